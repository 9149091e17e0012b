/** Parser of kubectl's JSONPath dialect (client-go/util/jsonpath/parser.go), with its error texts. */

/** A node of a parsed template: a list of them is what the parser makes. */
export type JsonPathNode =
  | { type: 'list'; nodes: JsonPathNode[] }
  | { type: 'text'; text: string }
  | { type: 'field'; name: string }
  | { type: 'array'; params: ArrayParam[] }
  | { type: 'filter'; left: JsonPathNode; right: JsonPathNode; operator: string }
  | { type: 'int' | 'float'; value: number }
  | { type: 'bool'; value: boolean }
  | { type: 'wildcard' }
  | { type: 'recursive' }
  | { type: 'union'; nodes: JsonPathNode[] }
  | { type: 'identifier'; name: string }

type List = Extract<JsonPathNode, { type: 'list' }>

interface ArrayParam {
  value: number
  known: boolean
  derived: boolean
}

/** A template that cannot be parsed or applied. The message is client-go's. */
export class JsonPathError extends Error {}

const fail = (message: string): never => {
  throw new JsonPathError(message)
}

const isAlphanumeric = (c: string): boolean => /[\p{L}\p{Nd}_]/u.test(c)
const isTerminator = (c: string): boolean => c === '' || ' \t\r\n.,[]$@{}'.includes(c)
const ESCAPED: Record<string, string> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\' }

/** strconv.Unquote that also takes single-quoted strings. */
function unquote(quoted: string): string {
  const quote = quoted[0]
  const body = quoted.slice(1, -1)
  const syntax = (): never => fail(`unquote string ${quoted} error invalid syntax`)
  let out = ''
  for (let i = 0; i < body.length; i++) {
    if (body[i] !== '\\') {
      if (body[i] === quote) syntax()
      out += body[i]
      continue
    }
    const c = body[++i]
    if (c === quote) out += c
    else if (ESCAPED[c]) out += ESCAPED[c]
    else {
      const m = /^(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3}))/.exec(body.slice(i))
      if (!m) return syntax()
      out += String.fromCodePoint(m[4] ? Number.parseInt(m[4], 8) : Number.parseInt(m[1] ?? m[2] ?? m[3], 16))
      i += m[0].length - 1
    }
  }
  return out
}

class Parser {
  readonly root: List = { type: 'list', nodes: [] }
  private pos = 0
  private start = 0

  constructor(private readonly input: string) {
    this.text()
  }

  private take(): string {
    const text = this.input.slice(this.start, this.pos)
    this.start = this.pos
    return text
  }

  private next(): string {
    const code = this.input.codePointAt(this.pos)
    if (code === undefined) return ''
    const c = String.fromCodePoint(code)
    this.pos += c.length
    return c
  }

  private peek(): string {
    const code = this.input.codePointAt(this.pos)
    return code === undefined ? '' : String.fromCodePoint(code)
  }

  private text(): void {
    const open = this.input.indexOf('{', this.pos)
    this.pos = open < 0 ? this.input.length : open
    if (this.pos > this.start) this.root.nodes.push({ type: 'text', text: this.take() })
    if (open < 0) return
    this.pos++
    this.take()
    const list: List = { type: 'list', nodes: [] }
    this.root.nodes.push(list)
    this.action(list)
  }

  private action(list: List): void {
    for (;;) {
      if (this.input.startsWith('}', this.pos)) {
        this.pos++
        this.take()
        return this.text()
      }
      if (this.input.startsWith('[?(', this.pos)) {
        this.filter(list)
        continue
      }
      if (this.input.startsWith('..', this.pos)) {
        this.recursive(list)
        continue
      }
      const c = this.peek()
      if (c === '' || c === '\n' || c === '\r') fail('unclosed action')
      if (c === ' ' || c === '@' || c === '$') {
        this.next()
        this.take()
      } else if (c === '[') this.array(list)
      else if (c === '"' || c === "'") this.quote(list, c)
      else if (c === '.') {
        this.next()
        this.field(list)
      } else if (/[-+\p{Nd}]/u.test(c)) this.number(list)
      else if (isAlphanumeric(c)) this.identifier(list)
      else {
        const code = c.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')
        fail(`unrecognized character in action: U+${code} '${c}'`)
      }
    }
  }

  private identifier(list: List): void {
    while (!isTerminator(this.peek())) this.next()
    const name = this.take()
    if (name === 'true' || name === 'false') list.nodes.push({ type: 'bool', value: name === 'true' })
    else list.nodes.push({ type: 'identifier', name })
  }

  private recursive(list: List): void {
    if (list.nodes.at(-1)?.type === 'recursive') fail('invalid multiple recursive descent')
    this.pos += 2
    this.take()
    list.nodes.push({ type: 'recursive' })
    if (isAlphanumeric(this.peek())) this.field(list)
  }

  private number(list: List): void {
    if (/[-+]/.test(this.peek())) this.next()
    while (/[.\p{Nd}]/u.test(this.peek())) this.next()
    const text = this.take()
    if (/^[-+]?\d+$/.test(text)) list.nodes.push({ type: 'int', value: Number(text) })
    else if (/^[-+]?(\d+\.?\d*|\.\d+)$/.test(text)) list.nodes.push({ type: 'float', value: Number(text) })
    else fail(`cannot parse number ${text}`)
  }

  private array(list: List): void {
    for (;;) {
      const c = this.next()
      if (c === '' || c === '\n') fail('unterminated array')
      if (c === ']') break
    }
    let text = this.take().slice(1, -1)
    if (text === '*') text = ':'
    const parts = text.split(',')
    if (parts.length > 1) {
      const nodes = parts.map((part) => parseAction(`[${part.replace(/^ +| +$/g, '')}]`))
      list.nodes.push({ type: 'union', nodes })
      return
    }
    const key = /^'([^']*)'$/.exec(text)
    if (key) {
      list.nodes.push(...parseAction(`.${key[1]}`).nodes)
      return
    }
    const slice = /^(-?\d*)(:-?\d*)?(:-?\d*)?$/.exec(text)
    if (!slice) return fail(`invalid array index ${text}`)
    const params: ArrayParam[] = []
    for (let i = 0; i < 3; i++) {
      const raw = slice[i + 1]
      if (raw) {
        const digits = i > 0 ? raw.slice(1) : raw
        if (i > 0 && digits === '') params.push({ value: 0, known: false, derived: false })
        else if (!/^-?\d+$/.test(digits)) fail(`array index ${digits} is not a number`)
        else params.push({ value: Number(digits), known: true, derived: false })
      } else if (i === 1) params.push({ value: params[0].value + 1, known: true, derived: true })
      else params.push({ value: 0, known: false, derived: false })
    }
    list.nodes.push({ type: 'array', params })
  }

  private filter(list: List): void {
    this.pos += 3
    this.take()
    let begin = false
    let end = false
    let pair = ''
    for (;;) {
      const c = this.next()
      if (c === '' || c === '\n') fail('unterminated filter')
      if (c === '"' || c === "'") {
        if (!begin) {
          begin = true
          pair = c
        } else if (this.input[this.pos - 2] !== '\\' && c === pair) end = true
      } else if (c === ')' && begin === end) break
    }
    if (this.next() !== ']') fail('unclosed array expect ]')
    const text = this.take().slice(0, -2)
    const m = /^([^!<>=]+)([!<>=]+)(.+?)$/.exec(text)
    if (m) list.nodes.push({ type: 'filter', left: parseAction(m[1]), right: parseAction(m[3]), operator: m[2] })
    else
      list.nodes.push({
        type: 'filter',
        left: parseAction(text),
        right: { type: 'list', nodes: [] },
        operator: 'exists',
      })
  }

  private quote(list: List, end: string): void {
    this.next()
    for (;;) {
      const c = this.next()
      if (c === '' || c === '\n') fail('unterminated quoted string')
      if (c === end && this.input[this.pos - 2] !== '\\') break
    }
    list.nodes.push({ type: 'text', text: unquote(this.take()) })
  }

  private field(list: List): void {
    this.take()
    for (;;) {
      const c = this.peek()
      if (c === '\\') {
        this.next()
        this.next()
      } else if (isTerminator(c)) break
      else this.next()
    }
    const name = this.take()
    list.nodes.push(name === '*' ? { type: 'wildcard' } : { type: 'field', name: name.replaceAll('\\', '') })
  }
}

function parseAction(text: string): List {
  return new Parser(`{${text}}`).root.nodes[0] as List
}

/** Parses a template. Throws JsonPathError. */
export const parseJsonPath = (text: string): readonly JsonPathNode[] => new Parser(text).root.nodes

/** get.RelaxedJSONPathExpression: lets `.spec.x`, `spec.x` and `{spec.x}` through as `{.spec.x}`. */
export function relaxedJsonPath(expression: string): string {
  if (expression === '') return expression
  const m = /^\{\.?([^{}]+)\}$|^\.?([^{}]+)$/.exec(expression)
  if (!m)
    return fail(
      `unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'`,
    )
  return `{.${m[1] ?? m[2]}}`
}
