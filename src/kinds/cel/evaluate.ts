import { CelError, noOverload } from './errors.ts'
import { compare, equals, fromJson, GLOBALS, isMap, METHODS } from './functions.ts'
import { Double, type Node } from './parse.ts'

/** Variables of an expression. A function is called when the variable is first needed. */
export type Scope = (name: string) => unknown

/** The value of a parsed expression. Throws CelError. */
export function evaluate(node: Node, scope: Scope): unknown {
  switch (node.op) {
    case 'literal':
      return node.value
    case 'name':
      return fromJson(scope(node.name))
    case 'select':
      return select(evaluate(node.of, scope), node.field, node.test)
    case 'index':
      return index(evaluate(node.of, scope), evaluate(node.index, scope))
    case 'call':
      return call(node, scope)
    case 'macro':
      return macro(node, scope)
    case 'list':
      return node.items.map((item) => evaluate(item, scope))
    case 'map':
      return Object.fromEntries(node.entries.map(([k, v]) => [String(evaluate(k, scope)), evaluate(v, scope)]))
    case 'message':
      return Object.fromEntries(node.fields.map(([name, value]) => [fieldName(name), evaluate(value, scope)]))
    case 'unary':
      return unary(node.sign, evaluate(node.args[0]!, scope))
    case 'ternary': {
      const condition = evaluate(node.args[0]!, scope)
      if (typeof condition !== 'boolean') return noOverload()
      return evaluate(node.args[condition ? 1 : 2]!, scope)
    }
    case 'binary':
      if (node.sign === '&&' || node.sign === '||') return logic(node.sign === '||', node.args, scope)
      return binary(node.sign, evaluate(node.args[0]!, scope), evaluate(node.args[1]!, scope))
  }
}

/** Names of fields that are no identifiers are written with escapes. */
const fieldName = (field: string): string =>
  field
    .replaceAll('__dot__', '.')
    .replaceAll('__dash__', '-')
    .replaceAll('__slash__', '/')
    .replaceAll('__underscores__', '__')

function select(value: unknown, name: string, test: boolean): unknown {
  if (!isMap(value)) return noOverload()
  const field = name.includes('__') ? fieldName(name) : name
  if (test) return value[field] !== undefined
  if (value[field] === undefined) throw new CelError(`no such key: ${field}`)
  return fromJson(value[field])
}

function index(value: unknown, key: unknown): unknown {
  if (Array.isArray(value)) {
    if (typeof key !== 'number') return noOverload()
    if (key < 0 || key >= value.length) throw new CelError(`index out of bounds: ${key}`)
    return fromJson(value[key])
  }
  if (!isMap(value)) return noOverload()
  const found = value[String(key)]
  if (found === undefined) throw new CelError(`no such key: ${key}`)
  return fromJson(found)
}

function call({ name, target, args }: Extract<Node, { op: 'call' }>, scope: Scope): unknown {
  const run = target ? METHODS[name] : GLOBALS[name]
  if (!run) return noOverload()
  const values = args.map((arg) => evaluate(arg, scope))
  return target ? run(evaluate(target, scope), ...values) : (run as (...v: unknown[]) => unknown)(...values)
}

function unary(sign: string, value: unknown): unknown {
  if (sign === '!') return typeof value === 'boolean' ? !value : noOverload()
  if (typeof value === 'number') return -value
  return value instanceof Double ? new Double(-value.value) : noOverload()
}

/** Either side may fail as long as the other decides. */
function logic(decider: boolean, args: readonly Node[], scope: Scope): boolean {
  let failure: unknown
  for (const arg of args) {
    try {
      const value = evaluate(arg, scope)
      if (typeof value !== 'boolean') noOverload()
      if (value === decider) return decider
    } catch (error) {
      if (!(error instanceof CelError)) throw error
      failure ??= error
    }
  }
  if (failure) throw failure
  return !decider
}

function binary(sign: string, a: unknown, b: unknown): unknown {
  switch (sign) {
    case '==':
      return equals(a, b)
    case '!=':
      return !equals(a, b)
    case '<':
      return compare(a, b) < 0
    case '<=':
      return compare(a, b) <= 0
    case '>':
      return compare(a, b) > 0
    case '>=':
      return compare(a, b) >= 0
    case 'in':
      if (Array.isArray(b)) return b.some((item) => equals(a, fromJson(item)))
      return isMap(b) ? b[String(a)] !== undefined : noOverload()
    default:
      return arithmetic(sign, a, b)
  }
}

function arithmetic(sign: string, a: unknown, b: unknown): unknown {
  if (sign === '+') {
    if (typeof a === 'string' && typeof b === 'string') return a + b
    if (Array.isArray(a) && Array.isArray(b)) return [...a, ...b]
  }
  if (a instanceof Double && b instanceof Double) return new Double(compute(sign, a.value, b.value))
  if (typeof a !== 'number' || typeof b !== 'number') return noOverload()
  if (b === 0 && sign === '/') throw new CelError('division by zero')
  if (b === 0 && sign === '%') throw new CelError('modulus by zero')
  return Math.trunc(compute(sign, a, b))
}

function compute(sign: string, a: number, b: number): number {
  if (sign === '+') return a + b
  if (sign === '-') return a - b
  if (sign === '*') return a * b
  return sign === '/' ? a / b : a % b
}

function macro({ name, of, variable, args }: Extract<Node, { op: 'macro' }>, scope: Scope): unknown {
  const range = evaluate(of, scope)
  const items = Array.isArray(range) ? range : isMap(range) ? Object.keys(range) : noOverload()
  const within = (item: unknown, body: Node) =>
    evaluate(body, (wanted) => (wanted === variable ? fromJson(item) : scope(wanted)))
  const holds = (item: unknown) => {
    const value = within(item, args[0]!)
    return typeof value === 'boolean' ? value : noOverload()
  }
  switch (name) {
    case 'all':
    case 'exists':
      return quantified(items, holds, name === 'exists')
    case 'filter':
      return items.filter(holds)
    case 'map': {
      const body = args[args.length - 1]!
      const chosen = args.length > 1 ? items.filter(holds) : items
      return chosen.map((item) => within(item, body))
    }
    default:
      return items.filter(holds).length === 1
  }
}

/** Like && and || over all items. */
function quantified(items: readonly unknown[], holds: (item: unknown) => boolean, decider: boolean): boolean {
  let failure: unknown
  for (const item of items) {
    try {
      if (holds(item) === decider) return decider
    } catch (error) {
      if (!(error instanceof CelError)) throw error
      failure ??= error
    }
  }
  if (failure) throw failure
  return !decider
}
