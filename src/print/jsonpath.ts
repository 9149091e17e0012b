import { compareBytes, formatFloat, formatNumber, type GoFormat, goQuote } from './go-value.ts'
import { toGoJson } from './json.ts'
import { JsonPathError, type JsonPathNode, parseJsonPath } from './jsonpath-parse.ts'

interface JsonPathOptions extends GoFormat {
  /** A missing field gives nothing instead of an error. kubectl's default is true. */
  readonly allowMissingKeys?: boolean
}

const fail = (message: string): never => {
  throw new JsonPathError(message)
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

/** Map values in the order of their keys; Go's order is random here. */
const members = (map: Record<string, unknown>): unknown[] =>
  Object.keys(map)
    .filter((key) => map[key] !== undefined)
    .sort(compareBytes)
    .map((key) => map[key])

/** A number literal of the template: it keeps its kind, since Go compares only like with like. */
class Literal {
  constructor(
    readonly kind: 'int' | 'float',
    readonly value: number,
  ) {}
}

function goType(value: unknown, floats: boolean | undefined): string {
  if (value instanceof Literal) return value.kind === 'int' ? 'int' : 'float64'
  if (typeof value === 'string') return 'string'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'number') return !floats && Number.isInteger(value) ? 'int64' : 'float64'
  return Array.isArray(value) ? '[]interface {}' : 'map[string]interface {}'
}

const BAD_TYPE = 'invalid type for comparison'
const BAD_PAIR = 'incompatible types for comparison'

/** One compiled template. It can be executed any number of times. */
export class JsonPath {
  private readonly nodes: readonly JsonPathNode[]
  private beginRange = 0
  private inRange = 0
  private endRange = 0
  private lastEnd: JsonPathNode | undefined

  constructor(
    template: string,
    private readonly options: JsonPathOptions = {},
  ) {
    this.nodes = parseJsonPath(template)
  }

  /** The values that each node of the template selects. */
  find(data: unknown): unknown[][] {
    this.beginRange = this.inRange = this.endRange = 0
    this.lastEnd = undefined
    return this.results(data, this.nodes)
  }

  /** The text the template makes of `data`. */
  text(data: unknown): string {
    return this.find(data)
      .map((values) => values.map((value) => this.print(value)).join(' '))
      .join('')
  }

  /** -o jsonpath-as-json: each group of results as an indented array. */
  json(data: unknown): string {
    return this.find(data)
      .map((values) => `${toGoJson(values.map(plain), { indent: '    ' })}\n`)
      .join('')
  }

  private print(value: unknown): string {
    if (value instanceof Literal) return value.kind === 'int' ? String(value.value) : formatFloat(value.value)
    if (value === null || value === undefined) return 'null'
    if (typeof value === 'object') return toGoJson(value)
    if (typeof value === 'number') return this.options.floats ? formatFloat(value) : formatNumber(value)
    return String(value)
  }

  private results(data: unknown, nodes: readonly JsonPathNode[]): unknown[][] {
    const out: unknown[][] = []
    for (let i = 0; i < nodes.length; i++) {
      const results = this.walk([data], nodes[i])
      if (this.endRange > 0 && this.endRange <= this.inRange) {
        this.endRange--
        this.lastEnd = nodes[i]
        break
      }
      if (this.beginRange > 0) {
        this.beginRange--
        this.inRange++
        const rest = nodes.slice(i + 1)
        if (results.length > 0) for (const value of results) out.push(...this.results(value, rest))
        else this.results(null, rest)
        this.inRange--
        const end = this.lastEnd ? nodes.indexOf(this.lastEnd, i + 1) : -1
        if (end >= 0) i = end
        continue
      }
      out.push(results)
    }
    return out
  }

  private walk(input: unknown[], node: JsonPathNode): unknown[] {
    switch (node.type) {
      case 'list':
        return node.nodes.reduce((values, child) => this.walk(values, child), input)
      case 'text':
        return [node.text]
      case 'int':
      case 'float':
        return input.map(() => new Literal(node.type as 'int' | 'float', node.value))
      case 'bool':
        return input.map(() => node.value)
      case 'field':
        return this.field(input, node.name)
      case 'array':
        return input.filter((v) => v !== null && v !== undefined).flatMap((v) => this.slice(v, node))
      case 'wildcard':
        return input.flatMap(children)
      case 'recursive':
        return input.flatMap((value) => this.descend(value))
      case 'union':
        return node.nodes.flatMap((child) => this.walk(input, child))
      case 'filter':
        return input.flatMap((value) => this.filter(value, node))
      case 'identifier':
        return this.identifier(input, node.name)
    }
  }

  private identifier(input: unknown[], name: string): unknown[] {
    if (name === 'range') {
      this.beginRange++
      return input
    }
    if (name !== 'end') return fail(`unrecognized identifier ${name}`)
    if (this.inRange === 0) return fail('not in range, nothing to end')
    this.endRange++
    return []
  }

  private field(input: unknown[], name: string): unknown[] {
    if (input.length === 0) return []
    const out = input.filter((value) => isMap(value) && Object.hasOwn(value, name) && value[name] !== undefined)
    if (out.length === 0 && !(this.options.allowMissingKeys ?? true)) fail(`${name} is not found`)
    return out.map((value) => (value as Record<string, unknown>)[name])
  }

  private slice(value: unknown, node: Extract<JsonPathNode, { type: 'array' }>): unknown[] {
    if (!Array.isArray(value)) return fail(`${goType(value, this.options.floats)} is not array or slice`)
    const [first, second, third] = node.params
    const length = value.length
    let from = first.known ? first.value : 0
    if (from < 0) from += length
    let to = second.known ? second.value : length
    if (to < 0 || (to === 0 && second.derived)) to += length
    if (from === to) return []
    const outside = (index: number): never => fail(`array index out of bounds: index ${index}, length ${length}`)
    if (from >= length || from < 0) outside(from)
    if (to > length || to < 0) outside(to - 1)
    if (from > to) fail(`starting index ${from} is greater than ending index ${to}`)
    if (third.known && third.value <= 0) fail('step must be > 0')
    const step = third.known ? third.value : 1
    return value.slice(from, to).filter((_, i) => i % step === 0)
  }

  private descend(value: unknown): unknown[] {
    const below = children(value)
    return below.length === 0 ? [] : [value, ...below.flatMap((child) => this.descend(child))]
  }

  private filter(value: unknown, node: Extract<JsonPathNode, { type: 'filter' }>): unknown[] {
    if (!Array.isArray(value)) return fail(`${this.describe(value)} is not array or slice and cannot be filtered`)
    return value.filter((item) => {
      if (node.operator === 'exists') {
        try {
          return this.walk([item], node.left).length > 0
        } catch {
          return false
        }
      }
      const lefts = this.walk([item], node.left)
      if (lefts.length === 0) return false
      if (lefts.length > 1) fail('can only compare one element at a time')
      const rights = this.walk([item], node.right)
      if (rights.length === 0) return false
      if (rights.length > 1) fail('can only compare one element at a time')
      return this.compare(node.operator, lefts[0], rights[0])
    })
  }

  private describe(value: unknown): string {
    return value === null || value === undefined
      ? '<nil>'
      : isMap(value)
        ? goMap(value, this.options)
        : this.print(value)
  }

  private compare(operator: string, left: unknown, right: unknown): boolean {
    const kinds = [this.kind(left), this.kind(right)]
    const a = plain(left) as number
    const b = plain(right) as number
    const equal = (): boolean => (kinds[0] === kinds[1] ? a === b : fail(BAD_PAIR))
    const less = (): boolean => {
      if (kinds[0] !== kinds[1]) return fail(BAD_PAIR)
      if (kinds[0] === 'bool') return fail(BAD_TYPE)
      return kinds[0] === 'string' ? compareBytes(String(a), String(b)) < 0 : a < b
    }
    switch (operator) {
      case '==':
        return equal()
      case '!=':
        return !equal()
      case '<':
        return less()
      case '>=':
        return !less()
      case '<=':
        return less() || equal()
      case '>':
        return !(less() || equal())
      default:
        return fail(`unrecognized filter operator ${operator}`)
    }
  }

  private kind(value: unknown): string {
    const type = goType(value, this.options.floats)
    if (value === null || value === undefined || type.endsWith('interface {}')) return fail(BAD_TYPE)
    return type === 'int64' ? 'int' : type
  }
}

function plain(value: unknown): unknown {
  return value instanceof Literal ? value.value : value
}

function children(value: unknown): unknown[] {
  if (Array.isArray(value)) return value
  if (isMap(value)) return members(value)
  return typeof value === 'string' ? [...value].map((c) => c.codePointAt(0)) : []
}

function goMap(value: unknown, format: GoFormat): string {
  if (Array.isArray(value)) return `[${value.map((item) => goMap(item, format)).join(' ')}]`
  if (!isMap(value))
    return value === null ? '<nil>' : typeof value === 'number' && format.floats ? formatFloat(value) : String(value)
  const keys = Object.keys(value).sort(compareBytes)
  return `map[${keys.map((key) => `${key}:${goMap(value[key], format)}`).join(' ')}]`
}

/** Go's %#v of a decoded object, as it ends up in error messages. */
function goSyntax(value: unknown, format: GoFormat = {}): string {
  if (value === null || value === undefined) return 'interface {}(nil)'
  if (typeof value === 'string') return goQuote(value)
  if (typeof value === 'number') return format.floats ? formatFloat(value) : formatNumber(value)
  if (Array.isArray(value)) return `[]interface {}{${value.map((item) => goSyntax(item, format)).join(', ')}}`
  if (!isMap(value)) return String(value)
  const keys = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort(compareBytes)
  return `map[string]interface {}{${keys.map((key) => `${goQuote(key)}:${goSyntax(value[key], format)}`).join(', ')}}`
}

/** The error of `kubectl -o jsonpath=…` when a template does not apply, with the dump it prints. */
export const jsonPathFailure = (template: string, reason: string, data: unknown, format: GoFormat = {}): string =>
  `error executing jsonpath ${goQuote(template)}: Error executing template: ${reason}. ` +
  'Printing more information for debugging the template:\n' +
  `\ttemplate was:\n\t\t${template}\n` +
  `\tobject given to jsonpath engine was:\n\t\t${goSyntax(data, format)}\n\n\n`
