const SIMPLE: Record<string, string> = {
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
}

/** A byte as text: ASCII as itself, others as the surrogate escape that stands for an undecoded byte. */
const byteText = (n: number): string => String.fromCharCode(n < 128 ? n : 0xdc00 + n)

/** Joins surrogate-escaped bytes that form UTF-8 into the characters they encode. */
function joinBytes(text: string): string {
  if (!/[\udc80-\udcff]/.test(text)) return text
  return text.replace(/[\udc80-\udcff]+/g, (run) => {
    const bytes = Uint8Array.from([...run].map((c) => c.charCodeAt(0) - 0xdc00))
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    } catch {
      return run
    }
  })
}

/** `$'…'`: backslash escapes of C, with \xHH, \nnn, \uHHHH, \cX. */
export function decodeAnsiC(text: string): string {
  const out = text.replace(
    /\\(x[0-9a-fA-F]{1,2}|u[0-9a-fA-F]{1,4}|U[0-9a-fA-F]{1,8}|[0-7]{1,3}|c.|[\s\S])/gs,
    (whole, e: string) => {
      if (/^x./.test(e)) return byteText(Number.parseInt(e.slice(1), 16))
      if (/^[uU]./.test(e)) return String.fromCodePoint(Math.min(0x10ffff, Number.parseInt(e.slice(1), 16)))
      if (/^[0-7]/.test(e)) return byteText(Number.parseInt(e, 8) & 255)
      if (/^c./s.test(e)) return String.fromCharCode(e.charCodeAt(1) & 31)
      if (e === "'" || e === '"' || e === '?') return e
      return SIMPLE[e] ?? whole
    },
  )
  return joinBytes(out)
}

/** `echo -e` and printf's %b: like C, but octal is \0nnn, and \c ends the output. */
export function decodeEcho(text: string, octalNeedsZero = true): { text: string; stop: boolean } {
  let out = ''
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== '\\' || i + 1 >= text.length) {
      out += text[i]
      continue
    }
    const rest = text.slice(i + 1, i + 12)
    const octal = (octalNeedsZero ? /^0([0-7]{0,3})/ : /^0?([0-7]{1,3})/).exec(rest)
    const hex = /^x([0-9a-fA-F]{1,2})/.exec(rest)
    const unicode = /^(?:u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8}))/.exec(rest)
    if (rest[0] === 'c') return { text: joinBytes(out), stop: true }
    if (octal) {
      out += byteText(Number.parseInt(octal[1] || '0', 8) & 255)
      i += octal[0].length
    } else if (hex) {
      out += byteText(Number.parseInt(hex[1], 16))
      i += hex[0].length
    } else if (unicode) {
      out += String.fromCodePoint(Math.min(0x10ffff, Number.parseInt(unicode[1] ?? unicode[2], 16)))
      i += unicode[0].length
    } else if (rest[0] in SIMPLE) {
      out += SIMPLE[rest[0]]
      i++
    } else out += '\\'
  }
  return { text: joinBytes(out), stop: false }
}
