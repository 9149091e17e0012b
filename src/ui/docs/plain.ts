import { pageItem, pageText, tableItem, tableText } from '../lessons/plain.ts'
import type { DocsDesk } from './desk.ts'

/** The table of reference pages, or the page that is open, for a screen reader. */
export const docsPage = (docs: DocsDesk): string[] =>
  docs.place.screen === 'lesson' ? pageText(docs) : tableText(docs)

/** What is chosen there. */
export const docsItem = (docs: DocsDesk): string => (docs.place.screen === 'lesson' ? pageItem(docs) : tableItem(docs))
