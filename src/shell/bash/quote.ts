/** Quotes a word so that the shell reads it back: `declare -p`, `set`, `printf %q`, `${x@Q}`. */
export function quoteWord(text: string, always = false): string {
  if (/[\x00-\x1f\x7f\udc80-\udcff]/.test(text)) return ansiQuote(text)
  if (!always && text !== '' && /^[\w@%+=:,./-]+$/.test(text)) return text
  return `'${text.replaceAll("'", "'\\''")}'`
}

/** `printf %q`: backslashes instead of quotes. */
export function quoteBackslash(text: string): string {
  if (text === '') return "''"
  if (/[\x00-\x1f\x7f\udc80-\udcff]/.test(text)) return ansiQuote(text)
  return text.replace(/[^\w@%+:./,=-]/gu, (c) => (c.charCodeAt(0) > 127 ? c : `\\${c}`)).replace(/^~/, '\\~')
}

const NAMES: Record<string, string> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\x1b': '\\E',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  "'": "\\'",
}

function ansiQuote(text: string): string {
  let out = ''
  for (const c of text) {
    const code = c.charCodeAt(0)
    if (NAMES[c]) out += NAMES[c]
    else if (code < 32 || code === 127) out += `\\${code.toString(8).padStart(3, '0')}`
    else if (code >= 0xdc80 && code <= 0xdcff) out += `\\${(code - 0xdc00).toString(8)}`
    else out += c
  }
  return `$'${out}'`
}

/** `declare -p` shows values in double quotes. */
export const quoteDouble = (text: string): string =>
  /[\x00-\x1f\x7f]/.test(text) ? ansiQuote(text) : `"${text.replace(/["\\$`]/g, '\\$&')}"`
