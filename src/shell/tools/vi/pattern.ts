import { posixRegex } from '../../text/regex.ts'

/** vim's "magic" regular expressions: a BRE with \+ \? \= \{ \| \( \v and a few classes. */
export function vimRegex(source: string, icase: boolean): RegExp {
  let text = source
  let insensitive = icase
  if (text.includes('\\c')) {
    text = text.replaceAll('\\c', '')
    insensitive = true
  }
  if (text.includes('\\C')) {
    text = text.replaceAll('\\C', '')
    insensitive = false
  }
  const veryMagic = text.startsWith('\\v')
  if (veryMagic) text = text.slice(2)
  if (text.startsWith('\\V')) text = text.slice(2).replace(/[.*[\]^$~]/g, '\\$&')
  text = text
    .replace(/\\d/g, '[0-9]')
    .replace(/\\D/g, '[^0-9]')
    .replace(/\\a/g, '[A-Za-z]')
    .replace(/\\l/g, '[a-z]')
    .replace(/\\u/g, '[A-Z]')
    .replace(/\\x/g, '[0-9A-Fa-f]')
    .replace(/\\=/g, '\\?')
    .replace(/\\\{-\}/g, '*')
    .replace(/\\\{([\d,]*)\}/g, '\\{$1\\}')
    .replace(/\\\//g, '/')
  if (veryMagic) text = text.replace(/</g, '\\<').replace(/>/g, '\\>')
  return posixRegex(text, { extended: veryMagic, icase: insensitive, flags: 'g' })
}

/** The right side of :s – &, \0-\9, \r (a new line), \n, \t, \u \U \l \L \E. */
export function vimReplacement(text: string): (m: RegExpMatchArray) => string {
  return (m) => {
    let out = ''
    let mode = ''
    let once = ''
    const add = (piece: string): void => {
      let p = mode === 'U' ? piece.toUpperCase() : mode === 'L' ? piece.toLowerCase() : piece
      if (once !== '' && p !== '') {
        p = (once === 'u' ? p[0].toUpperCase() : p[0].toLowerCase()) + p.slice(1)
        once = ''
      }
      out += p
    }
    for (let i = 0; i < text.length; i++) {
      const c = text[i]
      if (c === '&') add(m[0])
      else if (c !== '\\' || i + 1 >= text.length) add(c)
      else {
        const n = text[++i]
        if (/\d/.test(n)) add(typeof m[Number(n)] === 'string' ? m[Number(n)] : '')
        else if (n === 'r' || n === 'n') add('\n')
        else if (n === 't') add('\t')
        else if (n === 'U' || n === 'L') mode = n
        else if (n === 'E' || n === 'e') mode = ''
        else if (n === 'u' || n === 'l') once = n
        else add(n)
      }
    }
    return out
  }
}
