import type { Definition, Node, Pattern } from './ast.ts'
import { JqSyntaxError, type Token, tokenize } from './lexer.ts'

// biome-ignore format: one table
const BINARY: Record<string, readonly [number, 'left' | 'right' | 'none']> = {
  '//': [2, 'right'], '=': [3, 'none'], '|=': [3, 'none'], '+=': [3, 'none'], '-=': [3, 'none'], '*=': [3, 'none'],
  '/=': [3, 'none'], '%=': [3, 'none'], '//=': [3, 'none'], or: [4, 'left'], and: [5, 'left'], '==': [6, 'none'],
  '!=': [6, 'none'], '<': [6, 'none'], '<=': [6, 'none'], '>': [6, 'none'], '>=': [6, 'none'], '+': [7, 'left'],
  '-': [7, 'left'], '*': [8, 'left'], '/': [8, 'left'], '%': [8, 'left'],
}

/** The filter of a source text. Throws JqSyntaxError. */
export function parseJq(source: string): Node {
  const parser = new Parser(tokenize(source))
  return parser.program()
}

/** Parses a sequence of definitions (the library). */
export function parseDefinitions(source: string): Definition[] {
  return new Parser(tokenize(source)).definitions()
}

class Parser {
  private i = 0
  constructor(private readonly tokens: readonly Token[]) {}

  program(): Node {
    const defs: Definition[] = []
    while (this.is('keyword', 'def')) defs.push(this.definition())
    let body: Node = this.is('end') ? { k: 'identity' } : this.pipe()
    if (!this.is('end')) this.unexpected()
    for (const def of defs.reverse()) body = { k: 'def', def, body }
    return body
  }

  definitions(): Definition[] {
    const defs: Definition[] = []
    while (this.is('keyword', 'def')) defs.push(this.definition())
    return defs
  }

  private get at(): Token {
    return this.tokens[this.i]
  }

  private is(kind: Token['kind'], text?: string): boolean {
    return this.at.kind === kind && (text === undefined || this.at.text === text)
  }

  private take(text: string): boolean {
    if ((this.at.kind === 'op' || this.at.kind === 'keyword') && this.at.text === text) {
      this.i++
      return true
    }
    return false
  }

  private expect(text: string): void {
    if (!this.take(text)) this.unexpected()
  }

  private unexpected(): never {
    const t = this.at
    const names: Record<string, string> = {
      end: 'end of file',
      name: 'IDENT',
      field: 'FIELD',
      string: 'QQSTRING_START',
      number: 'LITERAL',
      format: 'FORMAT',
    }
    const what = names[t.kind] ?? (t.text.length === 1 ? `'${t.text}'` : t.text)
    throw new JqSyntaxError(`syntax error, unexpected ${what} (Unix shell quoting issues?)`)
  }

  private definition(): Definition {
    this.expect('def')
    const name = this.tokens[this.i++].text
    const params: string[] = []
    if (this.take('(')) {
      do {
        if (this.is('var')) params.push(`$${this.tokens[this.i++].text}`)
        else params.push(this.tokens[this.i++].text)
      } while (this.take(';'))
      this.expect(')')
    }
    this.expect(':')
    const body = this.pipe()
    this.expect(';')
    return { name, params, body }
  }

  private pipe(): Node {
    if (this.is('keyword', 'def')) {
      const def = this.definition()
      return { k: 'def', def, body: this.pipe() }
    }
    if (this.take('label')) {
      const name = this.tokens[this.i++].text
      this.expect('|')
      return { k: 'label', name, body: this.pipe() }
    }
    const a = this.comma()
    if (this.take('|')) return { k: 'pipe', a, b: this.pipe() }
    return a
  }

  private comma(): Node {
    let a = this.expr(2)
    while (this.take(',')) a = { k: 'comma', a, b: this.expr(2) }
    return a
  }

  private expr(min: number): Node {
    let a = this.postfix()
    if (this.is('keyword', 'as')) {
      this.i++
      const patterns = [this.pattern()]
      while (this.take('?//')) patterns.push(this.pattern())
      this.expect('|')
      return { k: 'bind', source: a, patterns, body: this.pipe() }
    }
    for (;;) {
      const t = this.at
      const info = t.kind === 'op' || t.kind === 'keyword' ? BINARY[t.text] : undefined
      if (!info || info[0] < min) return a
      this.i++
      const b = this.expr(info[1] === 'right' ? info[0] : info[0] + 1)
      const op = t.text
      if (op === 'and' || op === 'or') a = { k: op, a, b }
      else if (op === '//') a = { k: 'alternative', a, b }
      else if (info[0] === 3) a = { k: 'assign', op, a, b }
      else a = { k: 'binary', op, a, b }
    }
  }

  private pattern(): Pattern {
    if (this.is('var')) return { k: 'var', name: this.tokens[this.i++].text }
    if (this.take('[')) {
      const items: Pattern[] = []
      do items.push(this.pattern())
      while (this.take(','))
      this.expect(']')
      return { k: 'array', items }
    }
    this.expect('{')
    const items: { key: Node; bind?: string; value?: Pattern }[] = []
    do {
      if (this.is('var')) {
        const bind = this.tokens[this.i++].text
        items.push({ key: { k: 'literal', value: bind }, bind, value: this.take(':') ? this.pattern() : undefined })
        continue
      }
      let key: Node
      if (this.take('(')) {
        key = this.pipe()
        this.expect(')')
      } else if (this.is('string')) key = this.stringNode(undefined)
      else key = { k: 'literal', value: this.tokens[this.i++].text }
      this.expect(':')
      items.push({ key, value: this.pattern() })
    } while (this.take(','))
    this.expect('}')
    return { k: 'object', items }
  }

  private postfix(): Node {
    let e = this.primary()
    for (;;) {
      if (this.take('?')) e = { k: 'try', body: e }
      else if (this.is('field')) e = { k: 'index', target: e, key: { k: 'literal', value: this.tokens[this.i++].text } }
      else if (this.is('op', '.') && this.tokens[this.i + 1].kind === 'string') {
        this.i++
        e = { k: 'index', target: e, key: this.stringNode(undefined) }
      } else if (this.is('op', '.') && this.tokens[this.i + 1].text === '[') {
        this.i++
      } else if (this.is('op', '[')) e = this.suffix(e)
      else return e
    }
  }

  private suffix(target: Node): Node {
    this.expect('[')
    if (this.take(']')) return { k: 'iterate', target }
    if (this.take(':')) {
      const to = this.pipe()
      this.expect(']')
      return { k: 'slice', target, to }
    }
    const key = this.pipe()
    if (this.take(':')) {
      if (this.take(']')) return { k: 'slice', target, from: key }
      const to = this.pipe()
      this.expect(']')
      return { k: 'slice', target, from: key, to }
    }
    this.expect(']')
    return { k: 'index', target, key }
  }

  private stringNode(format: string | undefined): Node {
    const t = this.tokens[this.i++]
    const parts = t.parts!.map((p) => (typeof p === 'string' ? p : new Parser(p).whole()))
    if (parts.every((p) => typeof p === 'string')) return { k: 'literal', value: parts.join('') }
    return { k: 'string', format, parts }
  }

  private whole(): Node {
    const e = this.pipe()
    if (this.at.kind !== 'end') this.unexpected()
    return e
  }

  private primary(): Node {
    const t = this.at
    switch (t.kind) {
      case 'number':
        this.i++
        return { k: 'literal', value: Number(t.text) }
      case 'string':
        return this.stringNode(undefined)
      case 'format':
        this.i++
        if (this.is('string')) return this.stringNode(t.text)
        return { k: 'format', name: t.text }
      case 'field':
        this.i++
        return { k: 'index', target: { k: 'identity' }, key: { k: 'literal', value: t.text } }
      case 'var':
        this.i++
        if (t.text === '__loc__')
          return {
            k: 'object',
            items: [
              { key: { k: 'literal', value: 'file' }, value: { k: 'literal', value: '<top-level>' } },
              { key: { k: 'literal', value: 'line' }, value: { k: 'literal', value: 1 } },
            ],
          }
        return { k: 'var', name: t.text }
      case 'name': {
        this.i++
        const args: Node[] = []
        if (this.take('(')) {
          do args.push(this.pipe())
          while (this.take(';'))
          this.expect(')')
        }
        return { k: 'call', name: t.text, args }
      }
      case 'keyword':
        return this.keyword(t.text)
      case 'op':
        return this.operator(t.text)
      default:
        return this.unexpected()
    }
  }

  private operator(text: string): Node {
    switch (text) {
      case '.':
        this.i++
        if (this.is('string')) return { k: 'index', target: { k: 'identity' }, key: this.stringNode(undefined) }
        if (this.is('op', '[')) return this.suffix({ k: 'identity' })
        return { k: 'identity' }
      case '..':
        this.i++
        return { k: 'recurse' }
      case '(': {
        this.i++
        const e = this.pipe()
        this.expect(')')
        return e
      }
      case '[': {
        this.i++
        if (this.take(']')) return { k: 'array' }
        const body = this.pipe()
        this.expect(']')
        return { k: 'array', body }
      }
      case '{':
        return this.object()
      case '-':
        this.i++
        return { k: 'negate', a: this.postfix() }
      default:
        return this.unexpected()
    }
  }

  private keyword(text: string): Node {
    switch (text) {
      case 'if': {
        this.i++
        return this.conditional()
      }
      case 'try': {
        this.i++
        const body = this.postfixNoTry()
        return { k: 'try', body, handler: this.take('catch') ? this.postfixNoTry() : undefined }
      }
      case 'reduce':
      case 'foreach': {
        this.i++
        const source = this.postfix()
        this.expect('as')
        const pattern = this.pattern()
        this.expect('(')
        const init = this.pipe()
        this.expect(';')
        const update = this.pipe()
        const extract = text === 'foreach' && this.take(';') ? this.pipe() : undefined
        this.expect(')')
        return text === 'reduce'
          ? { k: 'reduce', source, pattern, init, update }
          : { k: 'foreach', source, pattern, init, update, extract }
      }
      case 'def': {
        const def = this.definition()
        return { k: 'def', def, body: this.pipe() }
      }
      case 'break':
        this.i++
        return { k: 'break', name: this.tokens[this.i++].text }
      default:
        return this.unexpected()
    }
  }

  private postfixNoTry(): Node {
    return this.postfix()
  }

  private conditional(): Node {
    const test = this.pipe()
    this.expect('then')
    const yes = this.pipe()
    if (this.take('elif')) return { k: 'if', test, yes, no: this.conditional() }
    const no = this.take('else') ? this.pipe() : undefined
    this.expect('end')
    return { k: 'if', test, yes, no }
  }

  private object(): Node {
    this.expect('{')
    const items: { key: Node; value: Node }[] = []
    while (!this.take('}')) {
      items.push(this.member())
      if (!this.take(',') && !this.is('op', '}')) this.unexpected()
    }
    return { k: 'object', items }
  }

  private member(): { key: Node; value: Node } {
    const t = this.at
    if (t.kind === 'var') {
      this.i++
      return { key: { k: 'literal', value: t.text }, value: { k: 'var', name: t.text } }
    }
    let key: Node
    if (this.take('(')) {
      key = this.pipe()
      this.expect(')')
    } else if (t.kind === 'string') key = this.stringNode(undefined)
    else if (t.kind === 'format') {
      this.i++
      key = this.is('string') ? this.stringNode(t.text) : { k: 'format', name: t.text }
    } else if (t.kind === 'name' || t.kind === 'keyword' || t.kind === 'number') {
      this.i++
      key = { k: 'literal', value: t.text }
    } else return this.unexpected()
    if (!this.take(':')) return { key, value: { k: 'index', target: { k: 'identity' }, key } }
    let value = this.expr(2)
    while (this.is('op', '|')) {
      this.i++
      value = { k: 'pipe', a: value, b: this.expr(2) }
    }
    return { key, value }
  }
}
