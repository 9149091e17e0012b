import type { Drill } from './drill.ts'
import { spokenOf } from './line.ts'

/** The page, for a screen reader. What can be chosen is told one by one. */
export function pageText(drill: Drill): string[] {
  const { words: t, library, page } = drill
  if (!library) return [t.drill, t.loading]
  return [`${t.drill}, ${drill.streak}`, ...spokenOf(page.filter(({ entry }) => entry === undefined)), t.pageKeys]
}

/** The chosen entry. */
export function pageItem({ page, nav }: Drill): string {
  const entries = page.filter(({ entry }) => entry !== undefined)
  const [chosen] = spokenOf(entries.filter(({ entry }) => entry === nav.at))
  return chosen === undefined ? '' : `${nav.at + 1}/${entries.length}: ${chosen}`
}

/** A paragraph is one line: the terminal or the reader breaks it. */
const ONE_LINE = 10_000

/** What is told after a task or a run. */
export const afterText = (drill: Drill): string[] => [
  drill.after.title,
  ...spokenOf(drill.after.lines(ONE_LINE)),
  drill.after.keys,
]
