import { paragraphs } from './paragraphs.ts'
import { plain } from './plain-text.ts'

const BOLD = ['\u001b[1m', '\u001b[22m'] as const
const CODE = ['\u001b[36m', '\u001b[39m'] as const
const FENCE = /^```/

const inline = (text: string): string =>
  text.replace(/\*\*([^*]+)\*\*/g, BOLD.join('$1')).replace(/`([^`]+)`/g, CODE.join('$1'))

/**
 * Our lessons' Markdown as lines of a terminal: headings, paragraphs, bullets, emphasis, code. Backquotes go, their
 * colour stays; code blocks are kept as they stand.
 */
export function markdown(source: string, width: number): string[] {
  const out: string[] = []
  let text: string[] = []
  const flush = (): void => {
    if (text.length > 0) out.push(...paragraphs(inline(text.join('\n')), width))
    text = []
  }
  let fenced = false
  for (const line of plain(source).trim().split('\n')) {
    if (FENCE.test(line)) {
      flush()
      fenced = !fenced
    } else if (fenced) out.push(`    ${CODE[0]}${line.slice(0, width - 4)}${CODE[1]}`)
    else if (line.trim() === '') {
      flush()
      if (out.at(-1) !== '') out.push('')
    } else if (/^#+ /.test(line)) {
      flush()
      out.push(`${BOLD[0]}${line.replace(/^#+ /, '')}${BOLD[1]}`)
    } else if (/^[-*] /.test(line)) {
      flush()
      text.push(`· ${line.slice(2)}`)
    } else text.push(line.trim())
  }
  flush()
  return out
}
