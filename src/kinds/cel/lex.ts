import { CelSyntaxError } from './errors.ts'

/** A word of an expression; `at` is its offset. */
export interface Token {
  readonly kind: 'int' | 'float' | 'string' | 'name' | 'op' | 'end'
  readonly text: string
  /** Of a literal. */
  readonly value?: string | number
  readonly at: number
}

const SPACE = /(?:[\s\f]|\/\/[^\n]*)+/y
const NUMBER = /0x[0-9a-fA-F]+u?|(?:\d+\.\d+|\d+)(?:[eE][+-]?\d+)?u?|\.\d+(?:[eE][+-]?\d+)?/y
const NAME = /[_a-zA-Z][_a-zA-Z0-9]*/y
const STRING = /(r?)("""[\s\S]*?"""|'''[\s\S]*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')/y
const OPERATOR = /&&|\|\||==|!=|<=|>=|[-+*/%<>!?:.,()[\]{}]/y

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' }

const unquote = (text: string): string =>
  text.replace(
    /\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2})|([0-7]{3})|([\s\S]))/g,
    (_, u, U, x, o, c) => {
      const hex = u ?? U ?? x
      if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16))
      if (o !== undefined) return String.fromCharCode(Number.parseInt(o, 8))
      return ESCAPES[c] ?? c
    },
  )

/** The tokens of an expression of the Common Expression Language, with an `end` at the end. */
export function lex(source: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  const match = (regex: RegExp): RegExpExecArray | null => {
    regex.lastIndex = at
    const found = regex.exec(source)
    if (found) at = regex.lastIndex
    return found
  }
  for (;;) {
    match(SPACE)
    if (at >= source.length) break
    const start = at
    const string = match(STRING)
    if (string) {
      const quotes = /^("""|''')/.test(string[2]!) ? 3 : 1
      const inner = string[2]!.slice(quotes, -quotes)
      tokens.push({ kind: 'string', text: string[0], value: string[1] ? inner : unquote(inner), at: start })
      continue
    }
    const number = match(NUMBER)
    if (number) {
      const text = number[0]
      const isFloat = !text.startsWith('0x') && /[.eE]/.test(text)
      tokens.push({ kind: isFloat ? 'float' : 'int', text, value: Number(text.replace(/u$/, '')), at: start })
      continue
    }
    const name = match(NAME)
    const token = name ?? match(OPERATOR)
    if (!token) {
      throw new CelSyntaxError(source, start, `Syntax error: token recognition error at: '${source[start]}'`)
    }
    tokens.push({ kind: name ? 'name' : 'op', text: token[0], at: start })
  }
  tokens.push({ kind: 'end', text: '<EOF>', at: source.length })
  return tokens
}
