const NAMES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
}

/** The pattern space as `l` shows it: escapes for what does not print, folded at `width` columns (0 and 1: not). */
export function unambiguous(text: string, width: number): string {
  let out = ''
  let column = 0
  for (const ch of text) {
    const bytes = ch >= ' ' && ch <= '~' ? undefined : [...new TextEncoder().encode(ch)]
    const pieces = NAMES[ch] ? [NAMES[ch]] : bytes ? bytes.map((b) => `\\${b.toString(8).padStart(3, '0')}`) : [ch]
    for (const piece of pieces) {
      if (width > 1 && column + piece.length > width - 1) {
        out += '\\\n'
        column = 0
      }
      out += piece
      column += piece.length
    }
  }
  return `${out}$\n`
}
