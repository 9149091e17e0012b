/** A program that awk refuses. */
export class AwkSyntaxError extends Error {
  constructor(
    message: string,
    readonly line: number,
    /** Found among the characters rather than the words of the program. */
    readonly lexical = false,
  ) {
    super(message)
  }
}

/** A word of a program, with its line from 1. */
export interface Token {
  readonly kind:
    | 'number'
    | 'string'
    | 'regex'
    | 'name'
    | 'function-call'
    | 'builtin'
    | 'keyword'
    | 'op'
    | 'newline'
    | 'end'
  readonly text: string
  readonly line: number
}

const KEYWORDS = new Set([
  'BEGIN',
  'END',
  'function',
  'func',
  'if',
  'else',
  'while',
  'for',
  'do',
  'break',
  'continue',
  'next',
  'nextfile',
  'exit',
  'return',
  'delete',
  'in',
  'getline',
  'print',
  'printf',
])

const BUILTINS = new Set([
  'length',
  'substr',
  'index',
  'split',
  'sub',
  'gsub',
  'match',
  'sprintf',
  'sin',
  'cos',
  'atan2',
  'exp',
  'log',
  'sqrt',
  'int',
  'rand',
  'srand',
  'tolower',
  'toupper',
  'system',
  'close',
  'fflush',
  'strftime',
  'systime',
  'mktime',
])

/** What only gawk has of these. */
const GNU_BUILTINS = new Set(['gensub', 'and', 'or', 'xor', 'lshift', 'rshift', 'compl', 'strtonum', 'asort', 'asorti'])

const OPERATORS = [
  '**=',
  '&&',
  '||',
  '==',
  '<=',
  '>=',
  '!=',
  '++',
  '--',
  '+=',
  '-=',
  '*=',
  '/=',
  '%=',
  '^=',
  '!~',
  '>>',
  '**',
  '|&',
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  ';',
  ',',
  '+',
  '-',
  '*',
  '/',
  '%',
  '^',
  '!',
  '>',
  '<',
  '|',
  '?',
  ':',
  '~',
  '$',
  '=',
]

/** Takes a program apart; `gnu`: as gawk does. Throws what the parser reports as a syntax error. */
export function tokenize(source: string, gnu = false): Token[] {
  const tokens: Token[] = []
  let line = 1
  let i = 0
  const push = (kind: Token['kind'], text: string): void => void tokens.push({ kind, text, line })
  while (i < source.length) {
    const c = source[i]
    if (c === ' ' || c === '\t' || c === '\r') i++
    else if (c === '\\' && (source[i + 1] === '\n' || source.startsWith('\r\n', i + 1))) {
      i += source[i + 1] === '\r' ? 3 : 2
      line++
    } else if (c === '\n') {
      push('newline', '\n')
      line++
      i++
    } else if (c === '#') while (i < source.length && source[i] !== '\n') i++
    else if (c === '"') {
      const { text, end } = readString(source, i + 1, line)
      push('string', text)
      i = end
    } else if (/\d/.test(c) || (c === '.' && /\d/.test(source[i + 1] ?? ''))) {
      const m = /^(0[xX][0-9a-fA-F]+|(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?)/.exec(source.slice(i, i + 64))!
      push('number', m[0])
      i += m[0].length
    } else if (/[A-Za-z_]/.test(c)) {
      const m = /^\w+/.exec(source.slice(i, i + 256))!
      i += m[0].length
      if (KEYWORDS.has(m[0])) push('keyword', m[0] === 'func' ? 'function' : m[0])
      else if (BUILTINS.has(m[0]) || (gnu && GNU_BUILTINS.has(m[0]))) push('builtin', m[0])
      else push(source[i] === '(' ? 'function-call' : 'name', m[0])
    } else if (c === '/' && regexAllowed(tokens.at(-1))) {
      const { text, end } = readRegex(source, i + 1, line)
      push('regex', text)
      i = end
    } else {
      const op = OPERATORS.find((o) => source.startsWith(o, i) && (gnu || !o.startsWith('**')))
      if (!op) throw new AwkSyntaxError(`unexpected character '${c}'`, line, true)
      push('op', op === '**' ? '^' : op === '**=' ? '^=' : op)
      i += op.length
    }
  }
  push('newline', '\n')
  push('end', '')
  return tokens
}

/** After an operand a slash divides. */
const regexAllowed = (t: Token | undefined): boolean =>
  !t ||
  !(
    t.kind === 'number' ||
    t.kind === 'string' ||
    t.kind === 'name' ||
    t.kind === 'builtin' ||
    t.text === ')' ||
    t.text === ']' ||
    t.text === '$' ||
    t.text === '++' ||
    t.text === '--'
  )

const ESCAPES: Record<string, string> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  '"': '"',
  '/': '/',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
}

/** The regular expression that begins at `start`, up to its slash; a slash in brackets is one of its own. */
function readRegex(source: string, start: number, line: number): { text: string; end: number } {
  let text = ''
  let inBracket = false
  for (let i = start; i < source.length && source[i] !== '\n'; i++) {
    const c = source[i]
    if (c === '\\') {
      text += source[i + 1] === '/' ? '/' : c + (source[i + 1] ?? '')
      i++
      continue
    }
    if (c === '[') inBracket = true
    else if (c === ']') inBracket = false
    else if (c === '/' && !inBracket) return { text, end: i + 1 }
    text += c
  }
  throw new AwkSyntaxError(`runaway regular expression /${source.slice(start, start + 10).split('\n')[0]} ...`, line)
}

function readString(source: string, start: number, line: number): { text: string; end: number } {
  let text = ''
  for (let i = start; i < source.length; i++) {
    const c = source[i]
    if (c === '"') return { text, end: i + 1 }
    if (c === '\n') break
    if (c !== '\\') {
      text += c
      continue
    }
    const next = source[++i]
    const octal = /^[0-7]{1,3}/.exec(source.slice(i, i + 3))
    if (octal) {
      text += String.fromCharCode(Number.parseInt(octal[0], 8))
      i += octal[0].length - 1
    } else if (next === '\n') continue
    else text += ESCAPES[next] ?? `\\${next}`
  }
  throw new AwkSyntaxError(`runaway string constant "${source.slice(start, start + 10)} ...`, line)
}

/** Escapes in -v and command-line assignments. */
export const unescapeValue = (text: string): string =>
  text.replace(/\\([\s\S])/g, (_m, c: string) => ESCAPES[c] ?? `\\${c}`)
