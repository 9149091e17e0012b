import { lexTemplate, TemplateError, type Token } from './template-lex.ts'

/** Nodes of a template. `pos` is the offset that error messages point at, `text` what they show. */
export type TemplateNode =
  | { type: 'text'; text: string }
  | { type: 'action'; pipe: Pipe }
  | { type: 'if' | 'with' | 'range'; pipe: Pipe; body: TemplateNode[]; otherwise: TemplateNode[] }
  | { type: 'template'; name: string; pipe: Pipe | undefined; pos: number }
  | { type: 'break' }
  | { type: 'continue' }

/** A pipeline of a Go template: `$x := a | b` (text/template/parse PipeNode). */
export interface Pipe {
  readonly variables: readonly string[]
  readonly assign: boolean
  readonly commands: readonly CommandNode[]
  readonly pos: number
  readonly text: string
}

/** One command of a pipeline. */
export interface CommandNode {
  readonly args: readonly Operand[]
  readonly pos: number
  readonly text: string
}

/** A term of a command. */
export type Operand = { readonly pos: number; readonly text: string } & (
  | { readonly type: 'dot' }
  | { readonly type: 'nil' }
  | { readonly type: 'field'; readonly path: readonly string[] }
  | { readonly type: 'variable'; readonly name: string; readonly path: readonly string[] }
  | { readonly type: 'function'; readonly name: string }
  | { readonly type: 'literal'; readonly value: unknown; readonly kind: 'int' | 'float' | 'string' | 'bool' }
  | { readonly type: 'pipe'; readonly pipe: Pipe; readonly path: readonly string[] }
)

/** A parsed template with those that it defines. */
export interface Template {
  readonly name: string
  readonly source: string
  readonly body: readonly TemplateNode[]
  readonly defined: ReadonlyMap<string, readonly TemplateNode[]>
}

const KEYWORDS = new Set(['if', 'else', 'end', 'range', 'with', 'define', 'template', 'block', 'break', 'continue'])

class Parser {
  readonly defined = new Map<string, readonly TemplateNode[]>()
  private i = 0
  private readonly variables = ['$']
  private rangeDepth = 0

  constructor(
    private readonly name: string,
    private readonly tokens: readonly Token[],
    private readonly functions: ReadonlySet<string>,
  ) {}

  private fail(message: string, token = this.tokens[Math.max(0, this.i - 1)]): never {
    throw new TemplateError(`template: ${this.name}:${token.line}: ${message}`)
  }

  private next(): Token {
    return this.tokens[this.i++] ?? this.tokens.at(-1)!
  }

  private skip(): Token {
    while (this.tokens[this.i].type === 'space') this.i++
    return this.tokens[this.i]
  }

  private unexpected(token: Token, context: string): never {
    const shown =
      token.type === 'eof'
        ? 'EOF'
        : token.type === 'ident' && KEYWORDS.has(token.text)
          ? `<${token.text}>`
          : JSON.stringify(token.text.length > 10 ? token.text.slice(0, 10) : token.text) +
            (token.text.length > 10 ? '...' : '')
    this.i++
    return this.fail(`unexpected ${shown} in ${context}`, token)
  }

  /** Nodes up to `{{end}}`, `{{else}}` or the end of the text. */
  list(nested: boolean): { nodes: TemplateNode[]; end: 'end' | 'else' | 'eof' } {
    const nodes: TemplateNode[] = []
    for (;;) {
      const token = this.next()
      if (token.type === 'eof') {
        if (nested) this.fail('unexpected EOF', token)
        return { nodes, end: 'eof' }
      }
      if (token.type === 'text') {
        nodes.push({ type: 'text', text: token.text })
        continue
      }
      const word = this.skip()
      if (word.type === 'ident' && (word.text === 'end' || word.text === 'else')) {
        this.i++
        if (!nested) this.fail(`unexpected {{${word.text}}}`, word)
        if (word.text === 'end') this.close('end')
        return { nodes, end: word.text }
      }
      nodes.push(...this.action(word))
    }
  }

  private action(word: Token): TemplateNode[] {
    if (word.type === 'ident' && KEYWORDS.has(word.text)) {
      this.i++
      switch (word.text) {
        case 'if':
        case 'with':
        case 'range':
          return [this.control(word.text)]
        case 'break':
        case 'continue':
          this.close(`{{${word.text}}}`)
          if (this.rangeDepth === 0) this.fail(`{{${word.text}}} outside {{range}}`, word)
          return [{ type: word.text }]
        case 'template': {
          const name = this.templateName('template clause')
          const pipe = this.skip().type === 'close' ? undefined : this.pipe('template clause')
          this.close('template clause')
          return [{ type: 'template', name, pipe, pos: word.pos }]
        }
        default: {
          const name = this.templateName(`${word.text} clause`)
          const pipe = word.text === 'block' ? this.pipe('block clause') : undefined
          this.close(`${word.text} clause`)
          const { nodes } = this.list(true)
          this.defined.set(name, nodes)
          return word.text === 'block' ? [{ type: 'template', name, pipe, pos: word.pos }] : []
        }
      }
    }
    const pipe = this.pipe('command')
    this.close('command')
    return [{ type: 'action', pipe }]
  }

  private templateName(context: string): string {
    const token = this.skip()
    if (token.type !== 'string' && token.type !== 'rawstring') this.unexpected(token, context)
    this.i++
    return token.type === 'string' ? JSON.parse(token.text) : token.text.slice(1, -1)
  }

  private control(type: 'if' | 'with' | 'range'): TemplateNode {
    const scope = this.variables.length
    const pipe = this.pipe(type)
    this.close(type)
    if (type === 'range') this.rangeDepth++
    const { nodes: body, end } = this.list(true)
    if (type === 'range') this.rangeDepth--
    let otherwise: TemplateNode[] = []
    if (end === 'else') {
      const word = this.skip()
      if (word.type === 'ident' && word.text === type && type !== 'range') {
        this.i++
        otherwise = [this.control(type)]
      } else {
        this.close('else')
        const rest = this.list(true)
        if (rest.end === 'else') this.fail('expected end; found {{else}}')
        otherwise = rest.nodes
      }
    }
    this.variables.length = scope
    return { type, pipe, body, otherwise }
  }

  private close(context: string): void {
    const token = this.skip()
    if (token.type !== 'close') this.unexpected(token, context)
    this.i++
  }

  private pipe(context: string): Pipe {
    const first = this.skip()
    const variables: string[] = []
    let assign = false
    if (first.type === 'variable') {
      const mark = this.i
      const names: string[] = []
      while (this.tokens[this.i].type === 'variable') {
        names.push(this.tokens[this.i++].text)
        const after = this.skip()
        if (after.type === 'comma' && context === 'range') {
          this.i++
          this.skip()
        } else break
      }
      const operator = this.skip()
      if (operator.type === 'declare' || operator.type === 'assign') {
        this.i++
        assign = operator.type === 'assign'
        variables.push(...names)
        if (!assign) this.variables.push(...names)
      } else this.i = mark
    }
    const commands: CommandNode[] = []
    const start = this.skip()
    for (;;) {
      const token = this.skip()
      if (token.type === 'close' || token.type === 'rparen') {
        if (commands.length === 0) {
          this.i++
          this.fail(`missing value for ${context}`, token)
        }
        break
      }
      if (token.type === 'pipe') {
        this.i++
        const following = this.skip()
        if (following.type === 'close' || following.type === 'pipe')
          this.fail(`missing value for ${context}`, following)
        continue
      }
      commands.push(this.command(context))
    }
    const body = commands.map((c) => c.text).join(' | ')
    return {
      variables,
      assign,
      commands,
      pos: start.pos,
      text: variables.length > 0 ? `${variables.join(', ')} ${assign ? '=' : ':='} ${body}` : body,
    }
  }

  private command(context: string): CommandNode {
    const args: Operand[] = []
    const start = this.skip()
    for (;;) {
      const token = this.skip()
      if (token.type === 'close' || token.type === 'rparen' || token.type === 'pipe') break
      args.push(this.operand(token, context))
    }
    if (args.length === 0) this.fail('empty command')
    return { args, pos: start.pos, text: args.map((a) => a.text).join(' ') }
  }

  private operand(token: Token, context: string): Operand {
    this.i++
    const path = (): string[] => {
      const out: string[] = []
      while (this.tokens[this.i].type === 'field') out.push(this.tokens[this.i++].text.slice(1))
      return out
    }
    // As upstream: a chain of fields is located at its second link.
    const at = { pos: this.tokens[this.i].type === 'field' ? this.tokens[this.i].pos : token.pos, text: token.text }
    switch (token.type) {
      case 'dot':
        return { ...at, type: 'dot' }
      case 'nil':
        return { ...at, type: 'nil' }
      case 'field': {
        const full = [token.text.slice(1), ...path()]
        return { ...at, text: full.map((name) => `.${name}`).join(''), type: 'field', path: full }
      }
      case 'variable': {
        if (!this.variables.includes(token.text)) this.fail(`undefined variable ${JSON.stringify(token.text)}`, token)
        const rest = path()
        return { ...at, text: [token.text, ...rest].join('.'), type: 'variable', name: token.text, path: rest }
      }
      case 'ident':
        if (!this.functions.has(token.text)) this.fail(`function ${JSON.stringify(token.text)} not defined`, token)
        return { ...at, type: 'function', name: token.text }
      case 'bool':
        return { ...at, type: 'literal', kind: 'bool', value: token.text === 'true' }
      case 'number': {
        const value = Number(token.text.replaceAll('_', ''))
        return {
          ...at,
          type: 'literal',
          kind: Number.isInteger(value) && !/[.eE]/.test(token.text) ? 'int' : 'float',
          value,
        }
      }
      case 'char':
        return { ...at, type: 'literal', kind: 'int', value: unquoteGo(token.text).codePointAt(0) ?? 0 }
      case 'string':
        return { ...at, type: 'literal', kind: 'string', value: unquoteGo(token.text) }
      case 'rawstring':
        return { ...at, type: 'literal', kind: 'string', value: token.text.slice(1, -1) }
      case 'lparen': {
        const pipe = this.pipe('parenthesized pipeline')
        const end = this.skip()
        if (end.type !== 'rparen') this.unexpected(end, 'parenthesized pipeline')
        this.i++
        const rest = path()
        return { ...at, text: `(${pipe.text})${rest.map((n) => `.${n}`).join('')}`, type: 'pipe', pipe, path: rest }
      }
      default:
        this.i--
        return this.unexpected(token, context === 'command' ? 'command' : 'operand')
    }
  }
}

const ESCAPES: Record<string, string> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

function unquoteGo(quoted: string): string {
  return quoted
    .slice(1, -1)
    .replace(/\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.))/g, (_, x, u, U, octal, c) => {
      if (c !== undefined) return ESCAPES[c] ?? c
      return String.fromCodePoint(octal ? Number.parseInt(octal, 8) : Number.parseInt(x ?? u ?? U, 16))
    })
}

/** Parses a template. Throws TemplateError. */
export function parseTemplate(name: string, source: string, functions: ReadonlySet<string>): Template {
  const parser = new Parser(name, lexTemplate(name, source), functions)
  const { nodes } = parser.list(false)
  return { name, source, body: nodes, defined: parser.defined }
}
