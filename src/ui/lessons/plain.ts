import { plain } from '../plain-text.ts'
import { uiText } from '../text.ts'
import { placeTitle, rowText } from './describe.ts'
import type { Reading } from './host.ts'

/** Which table it is. */
export const tableText = ({ reader, words: t }: Reading): string[] => [
  reader.limited ? t.shelf : t.lessons,
  t.tableKeys,
]

/** The chosen row of the table, for a screen reader. */
export function tableItem(desk: Reading): string {
  const { reader, words: t } = desk
  const { rows } = reader
  const search = reader.searching ? `${uiText(desk.language).search}${reader.search.text}. ` : ''
  if (!reader.ready) return t.loading
  if (rows.length === 0) return `${search}${t.nowhere}`
  const at = Math.max(0, Math.min(reader.at, rows.length - 1))
  const { mark, title, more } = rowText(rows[at], desk)
  return `${search}${at + 1}/${rows.length}: ${[mark.trim(), title.trim(), more].filter(Boolean).join(' ')}`
}

/** A whole lesson. */
export function pageText({ reader, words: t }: Reading): string[] {
  const { lesson, page } = reader
  return lesson ? [t.title(lesson.order, lesson.title), ...page.lines.map(plain), t.pageKeys] : []
}

/** Where the reader went in a lesson: a place of its contents, or a line that was searched for. */
export function pageItem({ reader, words: t, language }: Reading): string {
  const { page, contents, contentsAt, searching, search, hits, offset } = reader
  if (contents) return placeTitle(page.places[contentsAt], page.places, t)
  if (searching) return `${uiText(language).search}${search.text}`
  if (search.text === '') return ''
  const hit = hits.find((line) => line >= offset)
  return hit === undefined ? t.nowhere : plain(page.lines[hit])
}
