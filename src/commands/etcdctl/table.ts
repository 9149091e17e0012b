/** Cells longer than this are wrapped at blanks (tablewriter's default). */
const MAX_WIDTH = 30

/** A table as olekukonko/tablewriter draws it for etcdctl: centred upper-case titles, cells to the right. */
export function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const wrapped = rows.map((row) => row.map(wrap))
  const widths = titles.map((title, i) =>
    Math.max(
      title.length,
      // A wrapped cell keeps the full width although its lines are shorter.
      ...rows.map((row) => Math.min(row[i].length, MAX_WIDTH)),
      ...wrapped.flatMap((row) => row[i].map((l) => l.length)),
    ),
  )
  const rule = `+${widths.map((w) => '-'.repeat(w + 2)).join('+')}+\n`
  const head = `|${titles.map((t, i) => ` ${center(t, widths[i])} `).join('|')}|\n`
  const body = wrapped.map((row) => {
    const height = Math.max(...row.map((lines) => lines.length))
    let text = ''
    for (let line = 0; line < height; line++)
      text += `|${row.map((lines, i) => ` ${(lines[line] ?? '').padStart(widths[i])} `).join('|')}|\n`
    return text
  })
  return `${rule}${head}${rule}${body.join('')}${rows.length > 0 ? rule : ''}`
}

function center(text: string, width: number): string {
  const gap = width - text.length
  const left = Math.floor(gap / 2)
  return `${' '.repeat(left)}${text}${' '.repeat(gap - left)}`
}

function wrap(text: string): string[] {
  if (text.length <= MAX_WIDTH) return [text]
  const words = text.split(' ')
  const limit = Math.max(MAX_WIDTH, ...words.map((w) => w.length))
  const lines: string[] = []
  let line: string | undefined
  for (const word of words) {
    if (line !== undefined && line.length + 1 + word.length > limit) {
      lines.push(line)
      line = word
    } else line = line === undefined ? word : `${line} ${word}`
  }
  lines.push(line ?? '')
  return lines
}
