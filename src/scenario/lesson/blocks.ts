/** A piece of a lesson, with the line of its file on which it begins. */
export type Block = { readonly line: number } & (
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly { readonly mark: string; readonly text: string }[] }
  /** The first row is the head. */
  | { readonly kind: 'table'; readonly rows: readonly (readonly string[])[] }
  /** `language`: the word after the fence, e.g. `exercise`. */
  | { readonly kind: 'fence'; readonly language: string; readonly text: string }
)

const FENCE = /^```\s*(\S*)\s*$/
const HEADING = /^##? +(.*)$/
const ITEM = /^(-|\d+\.) +(.*)$/
const ROW = /^\|(.*)\|\s*$/
const RULE = /^\|[\s|:-]+\|\s*$/

/** The Markdown that lessons use, in blocks. `first`: line of the file on which `source` begins. */
export function blocksOf(source: string, first = 1): Block[] {
  const lines = source.split('\n')
  const out: Block[] = []
  let at = 0
  const take = (wanted: (line: string) => boolean): string[] => {
    const from = at
    while (at < lines.length && wanted(lines[at])) at++
    return lines.slice(from, at)
  }
  while (at < lines.length) {
    const line = first + at
    const text = lines[at]
    const fence = FENCE.exec(text)
    const heading = HEADING.exec(text)
    if (text.trim() === '') at++
    else if (fence) {
      at++
      const inside = take((l) => !FENCE.test(l))
      at++
      out.push({ kind: 'fence', language: fence[1], text: inside.join('\n'), line })
    } else if (heading) {
      at++
      out.push({ kind: 'heading', text: heading[1], line })
    } else if (ROW.test(text)) {
      const rows = take((l) => ROW.test(l)).filter((l) => !RULE.test(l))
      out.push({ kind: 'table', rows: rows.map(cells), line })
    } else if (ITEM.test(text)) out.push({ kind: 'list', items: items(take((l) => ITEM.test(l) || isProse(l))), line })
    else out.push({ kind: 'text', text: take(isProse).join('\n'), line })
  }
  return out
}

const isProse = (line: string): boolean =>
  line.trim() !== '' && ![FENCE, HEADING, ITEM, ROW].some((other) => other.test(line))

/** A pipe inside backquotes is no border. */
const cells = (row: string): string[] =>
  ROW.exec(row)![1]
    .split(/\|(?=(?:[^`]*`[^`]*`)*[^`]*$)/)
    .map((cell) => cell.trim())

/** Lines that begin no item belong to the one before. */
function items(lines: readonly string[]): { mark: string; text: string }[] {
  const out: { mark: string; text: string }[] = []
  for (const line of lines) {
    const found = ITEM.exec(line)
    if (found) out.push({ mark: found[1] === '-' ? '·' : found[1], text: found[2] })
    else {
      const last = out.pop()!
      out.push({ ...last, text: `${last.text} ${line.trim()}` })
    }
  }
  return out
}
