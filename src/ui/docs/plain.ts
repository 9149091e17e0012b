import { pageItem, pageText, tableItem } from '../lessons/plain.ts'
import type { DocsDesk } from './desk.ts'

/** The table of reference pages, or the page that is open, for a screen reader. */
export const docsPage = (docs: DocsDesk): string[] =>
  docs.place.screen === 'lesson' ? pageText(docs) : [docs.words.lessons, docs.words.tableKeys]

/** What is chosen there. */
export const docsItem = (docs: DocsDesk): string => (docs.place.screen === 'lesson' ? pageItem(docs) : tableItem(docs))
