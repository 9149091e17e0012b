/** A program that jq refuses to compile. */
export class JqSyntaxError extends Error {}

/** A word of a filter. */
export interface Token {
  readonly kind: 'number' | 'string' | 'name' | 'keyword' | 'field' | 'var' | 'format' | 'op' | 'end'
  readonly text: string
  /** Of a string: literal pieces and the tokens of its interpolations. */
  readonly parts?: readonly (string | Token[])[]
}

const KEYWORDS = new Set([
  'def',
  'if',
  'then',
  'elif',
  'else',
  'end',
  'as',
  'reduce',
  'foreach',
  'try',
  'catch',
  'label',
  'break',
  'and',
  'or',
  'import',
  'include',
  '__loc__',
])

const OPERATORS = [
  '?//',
  '//=',
  '|=',
  '+=',
  '-=',
  '*=',
  '/=',
  '%=',
  '==',
  '!=',
  '<=',
  '>=',
  '//',
  '..',
  '|',
  ',',
  '.',
  '[',
  ']',
  '(',
  ')',
  '{',
  '}',
  ':',
  ';',
  '=',
  '<',
  '>',
  '+',
  '-',
  '*',
  '/',
  '%',
  '?',
]

/** Takes a filter apart. Throws JqSyntaxError. */
export function tokenize(source: string): Token[] {
  const { tokens, end } = scan(source, 0, false)
  if (end < source.length)
    throw new JqSyntaxError('syntax error, unexpected INVALID_CHARACTER (Unix shell quoting issues?)')
  return tokens
}

/** Scans up to the end, or up to the parenthesis that closes an interpolation. */
function scan(s: string, start: number, nested: boolean): { tokens: Token[]; end: number } {
  const tokens: Token[] = []
  let i = start
  let depth = 0
  while (i < s.length) {
    const c = s[i]
    if (/\s/.test(c)) {
      i++
      continue
    }
    if (c === '#') {
      while (i < s.length && s[i] !== '\n') i++
      continue
    }
    if (c === '"') {
      const { token, end } = readString(s, i + 1)
      tokens.push(token)
      i = end
      continue
    }
    const rest = s.slice(i, i + 200)
    let m: RegExpExecArray | null
    if ((m = /^(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?/.exec(rest))) tokens.push({ kind: 'number', text: m[0] })
    else if ((m = /^\.([A-Za-z_]\w*)/.exec(rest))) tokens.push({ kind: 'field', text: m[1] })
    else if ((m = /^\$((?:[A-Za-z_]\w*::)*[A-Za-z_]\w*)/.exec(rest))) tokens.push({ kind: 'var', text: m[1] })
    else if ((m = /^@[A-Za-z0-9]+/.exec(rest))) tokens.push({ kind: 'format', text: m[0] })
    else if ((m = /^(?:[A-Za-z_]\w*::)*[A-Za-z_]\w*/.exec(rest)))
      tokens.push({ kind: KEYWORDS.has(m[0]) ? 'keyword' : 'name', text: m[0] })
    else {
      const op = OPERATORS.find((o) => rest.startsWith(o))
      if (!op) throw new JqSyntaxError('syntax error, unexpected INVALID_CHARACTER (Unix shell quoting issues?)')
      if (op === '(') depth++
      if (op === ')' && --depth < 0 && nested) {
        tokens.push({ kind: 'end', text: '' })
        return { tokens, end: i + 1 }
      }
      tokens.push({ kind: 'op', text: op })
      i += op.length
      continue
    }
    i += m[0].length
  }
  if (nested)
    throw new JqSyntaxError(
      'syntax error, unexpected end of file, expecting QQSTRING_TEXT or QQSTRING_INTERP_START or QQSTRING_END (Unix shell quoting issues?)',
    )
  tokens.push({ kind: 'end', text: '' })
  return { tokens, end: i }
}

const ESCAPES: Record<string, string> = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

function readString(s: string, start: number): { token: Token; end: number } {
  const parts: (string | Token[])[] = []
  let text = ''
  let i = start
  while (i < s.length) {
    const c = s[i]
    if (c === '"') {
      if (text !== '' || parts.length === 0) parts.push(text)
      return { token: { kind: 'string', text: '', parts }, end: i + 1 }
    }
    if (c !== '\\') {
      text += c
      i++
      continue
    }
    const next = s[i + 1]
    if (next === '(') {
      if (text !== '') parts.push(text)
      text = ''
      const { tokens, end } = scan(s, i + 2, true)
      parts.push(tokens)
      i = end
    } else if (next === 'u') {
      text += String.fromCharCode(Number.parseInt(s.slice(i + 2, i + 6), 16))
      i += 6
    } else if (next !== undefined && next in ESCAPES) {
      text += ESCAPES[next]
      i += 2
    } else throw new JqSyntaxError('Invalid escape at line 1, column 4 (while parsing string)')
  }
  throw new JqSyntaxError(
    'syntax error, unexpected end of file, expecting QQSTRING_TEXT or QQSTRING_INTERP_START or QQSTRING_END (Unix shell quoting issues?)',
  )
}
