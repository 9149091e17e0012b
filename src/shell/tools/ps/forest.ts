import { type Process, parentOf } from '../../../host/index.ts'

/** ASCII art of the tree, parents before children. */
export function forest(list: readonly Process[]): Map<Process, string> {
  const out = new Map<Process, string>()
  const inList = new Set(list)
  const visit = (q: Process, prefix: string, art: string): void => {
    out.set(q, art)
    const children = list.filter((c) => parentOf(c) === q)
    children.forEach((c, i) => {
      const last = i === children.length - 1
      visit(c, `${prefix}${last ? '   ' : '|  '} `, `${prefix} \\_ `)
    })
  }
  for (const q of list) {
    const parent = parentOf(q)
    if (!parent || !inList.has(parent)) visit(q, '', '')
  }
  return out
}
