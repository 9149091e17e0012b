import { CelSyntaxError } from './errors.ts'
import { lex, type Token } from './lex.ts'

/** Syntax tree. `at` is the offset that error messages point to. */
export type Node =
  | { readonly op: 'literal'; readonly value: unknown; readonly at: number }
  | { readonly op: 'name'; readonly name: string; readonly at: number }
  | { readonly op: 'select'; readonly of: Node; readonly field: string; readonly test: boolean; readonly at: number }
  | { readonly op: 'index'; readonly of: Node; readonly index: Node; readonly at: number }
  | {
      readonly op: 'call'
      readonly name: string
      readonly target?: Node
      readonly args: readonly Node[]
      readonly at: number
    }
  | {
      readonly op: 'macro'
      readonly name: string
      readonly of: Node
      readonly variable: string
      readonly args: readonly Node[]
      readonly at: number
    }
  | { readonly op: 'list'; readonly items: readonly Node[]; readonly at: number }
  | {
      readonly op: 'message'
      /** `Object.spec`; the type of an object that is made of fields. */
      readonly type: string
      readonly fields: readonly (readonly [string, Node])[]
      readonly at: number
    }
  | { readonly op: 'map'; readonly entries: readonly (readonly [Node, Node])[]; readonly at: number }
  | {
      readonly op: 'unary' | 'binary' | 'ternary'
      readonly sign: string
      readonly args: readonly Node[]
      readonly at: number
    }

/** A double: whole numbers of JSON are ints. */
export class Double {
  constructor(readonly value: number) {}
}

const OPERAND =
  "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}"

/** Binary operators from the weakest to the strongest. */
const LEVELS: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['==', '!=', '<', '<=', '>', '>=', 'in'],
  ['+', '-'],
  ['*', '/', '%'],
]

const MACROS = new Set(['all', 'exists', 'exists_one', 'existsOne', 'map', 'filter'])

/** Parses an expression. Throws CelSyntaxError. */
export function parseCel(source: string): Node {
  return new Parser(source).whole()
}

class Parser {
  private readonly tokens: Token[]
  private position = 0

  constructor(private readonly source: string) {
    this.tokens = lex(source)
  }

  whole(): Node {
    const node = this.ternary()
    if (this.token.kind !== 'end') this.fail(`extraneous input '${this.token.text}' expecting <EOF>`)
    return node
  }

  private get token(): Token {
    return this.tokens[this.position]!
  }

  private fail(problem: string): never {
    throw new CelSyntaxError(this.source, this.token.at, `Syntax error: ${problem}`)
  }

  private accept(text: string): Token | undefined {
    const { token } = this
    if (token.text !== text || (token.kind !== 'op' && token.kind !== 'name')) return undefined
    this.position++
    return token
  }

  private expect(text: string): Token {
    return this.accept(text) ?? this.fail(`mismatched input '${this.token.text}' expecting '${text}'`)
  }

  private name(): Token {
    const { token } = this
    if (token.kind !== 'name') this.fail(`mismatched input '${token.text}' expecting IDENTIFIER`)
    this.position++
    return token
  }

  private ternary(): Node {
    const condition = this.binary(0)
    const sign = this.accept('?')
    if (!sign) return condition
    const yes = this.binary(0)
    this.expect(':')
    return { op: 'ternary', sign: '?:', args: [condition, yes, this.ternary()], at: sign.at }
  }

  private binary(level: number): Node {
    const signs = LEVELS[level]
    if (!signs) return this.unary()
    let left = this.binary(level + 1)
    for (;;) {
      const { token } = this
      if (!signs.includes(token.text) || token.kind === 'string') return left
      this.position++
      left = { op: 'binary', sign: token.text, args: [left, this.binary(level + 1)], at: token.at }
    }
  }

  private unary(): Node {
    const sign = this.accept('!') ?? this.accept('-')
    return sign ? { op: 'unary', sign: sign.text, args: [this.unary()], at: sign.at } : this.member()
  }

  private member(): Node {
    let node = this.primary()
    for (;;) {
      const dot = this.accept('.')
      if (dot) {
        const field = this.name()
        const open = this.accept('(')
        node = open
          ? this.method(node, field.text, open.at)
          : { op: 'select', of: node, field: field.text, test: false, at: dot.at }
        continue
      }
      const type = this.token.text === '{' ? pathOf(node) : undefined
      if (type !== undefined) {
        node = { op: 'message', type, at: this.expect('{').at, fields: this.fields() }
        continue
      }
      const bracket = this.accept('[')
      if (!bracket) return node
      const index = this.ternary()
      this.expect(']')
      node = { op: 'index', of: node, index, at: bracket.at }
    }
  }

  private method(target: Node, name: string, at: number): Node {
    const args = this.list(')')
    const [variable, ...rest] = args
    if (MACROS.has(name) && variable?.op === 'name' && rest.length > 0) {
      return { op: 'macro', name, of: target, variable: variable.name, args: rest, at }
    }
    return { op: 'call', name, target, args, at }
  }

  private list(end: string): Node[] {
    const items: Node[] = []
    while (!this.accept(end)) {
      items.push(this.ternary())
      if (!this.accept(',')) {
        this.expect(end)
        break
      }
    }
    return items
  }

  private primary(): Node {
    const { token } = this
    const { at } = token
    if (token.kind === 'int' || token.kind === 'string') {
      this.position++
      return { op: 'literal', value: token.value, at }
    }
    if (token.kind === 'float') {
      this.position++
      return { op: 'literal', value: new Double(token.value as number), at }
    }
    if (this.accept('(')) {
      const node = this.ternary()
      this.expect(')')
      return node
    }
    if (this.accept('[')) return { op: 'list', items: this.list(']'), at }
    if (this.accept('{')) return this.entries(at)
    if (token.kind !== 'name') this.fail(`mismatched input '${token.text}' expecting ${OPERAND}`)
    this.position++
    if (token.text === 'true' || token.text === 'false') return { op: 'literal', value: token.text === 'true', at }
    if (token.text === 'null') return { op: 'literal', value: null, at }
    const open = this.accept('(')
    if (!open) return { op: 'name', name: token.text, at }
    const args = this.list(')')
    const [field] = args
    if (token.text === 'has' && field?.op === 'select') return { ...field, test: true }
    return { op: 'call', name: token.text, args, at: open.at }
  }

  private fields(): [string, Node][] {
    const fields: [string, Node][] = []
    while (!this.accept('}')) {
      const { text } = this.name()
      this.expect(':')
      fields.push([text, this.ternary()])
      if (!this.accept(',')) {
        this.expect('}')
        break
      }
    }
    return fields
  }

  private entries(at: number): Node {
    const entries: [Node, Node][] = []
    while (!this.accept('}')) {
      const key = this.ternary()
      this.expect(':')
      entries.push([key, this.ternary()])
      if (!this.accept(',')) {
        this.expect('}')
        break
      }
    }
    return { op: 'map', entries, at }
  }
}

/** `a.b.c` of names only, else undefined. */
function pathOf(node: Node): string | undefined {
  if (node.op === 'name') return node.name
  if (node.op !== 'select' || node.test) return undefined
  const before = pathOf(node.of)
  return before === undefined ? undefined : `${before}.${node.field}`
}
