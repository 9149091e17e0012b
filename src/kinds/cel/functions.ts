import { parseQuantity, QuantityError } from '../../print/index.ts'
import { same } from '../same.ts'
import { CelError, noOverload } from './errors.ts'
import { Double } from './parse.ts'

/** A value of resource.Quantity. */
class Quantity {
  readonly nano: bigint
  constructor(readonly text: string) {
    try {
      this.nano = parseQuantity(text).nano
    } catch (error) {
      if (error instanceof QuantityError) throw new CelError(error.message)
      throw error
    }
  }
}

/** A CEL map or object, and none of the values that JavaScript keeps as objects. */
export const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Double) &&
  !(value instanceof Quantity)

/** JSON numbers that are no whole numbers are doubles. */
export const fromJson = (value: unknown): unknown =>
  typeof value === 'number' && !Number.isInteger(value) ? new Double(value) : value

const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' ? value : value instanceof Double ? value.value : undefined

function typeName(value: unknown): string {
  if (value === null || value === undefined) return 'null_type'
  if (typeof value === 'string') return 'string'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'number') return 'int'
  if (value instanceof Double) return 'double'
  if (value instanceof Quantity) return 'kubernetes.Quantity'
  return Array.isArray(value) ? 'list' : 'map'
}

/** CEL's `==`: numbers of all types compare by value. */
export function equals(a: unknown, b: unknown): boolean {
  const [x, y] = [numberOf(a), numberOf(b)]
  if (x !== undefined || y !== undefined) return x === y
  if (a instanceof Quantity && b instanceof Quantity) return a.nano === b.nano
  return same(a, b)
}

/** CEL's order, negative, 0 or positive. Throws CelError for types that have none. */
export function compare(a: unknown, b: unknown): number {
  const [x, y] = [numberOf(a), numberOf(b)]
  if (x !== undefined && y !== undefined) return x - y
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b)
  return noOverload()
}

/** Go's name of a double: at least what distinguishes it. */
const doubleText = (value: number): string => String(value)

function text(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (value instanceof Double) return doubleText(value.value)
  return noOverload()
}

const conversion = (value: unknown, to: string): never => {
  throw new CelError(`type conversion error from '${typeName(value)}' to '${to}'`)
}

function toInt(value: unknown): number {
  if (typeof value === 'number') return value
  if (value instanceof Double) return Math.trunc(value.value)
  if (typeof value === 'string') return /^[+-]?\d+$/.test(value) ? Number(value) : conversion(value, 'int')
  return noOverload()
}

function toDouble(value: unknown): Double {
  if (typeof value === 'number') return new Double(value)
  if (value instanceof Double) return value
  if (typeof value === 'string') {
    return value.trim() === value && value !== '' && !Number.isNaN(Number(value))
      ? new Double(Number(value))
      : conversion(value, 'double')
  }
  return noOverload()
}

function toBool(value: unknown): boolean {
  if (typeof value === 'boolean') return value
  if (value === 'true' || value === 't' || value === '1') return true
  if (value === 'false' || value === 'f' || value === '0') return false
  return typeof value === 'string' ? conversion(value, 'bool') : noOverload()
}

function size(value: unknown): number {
  if (typeof value === 'string') return [...value].length
  if (Array.isArray(value)) return value.length
  return isMap(value) ? Object.keys(value).length : noOverload()
}

function matches(value: unknown, pattern: unknown): boolean {
  if (typeof value !== 'string' || typeof pattern !== 'string') return noOverload()
  try {
    return new RegExp(pattern, 'u').test(value)
  } catch {
    throw new CelError(`error parsing regexp: ${pattern}`)
  }
}

const isQuantity = (value: unknown): boolean => {
  try {
    return typeof value === 'string' && new Quantity(value).nano !== undefined
  } catch {
    return false
  }
}

/** `name(args)` */
export const GLOBALS: Readonly<Record<string, (...args: any[]) => unknown>> = {
  size,
  matches,
  string: (value) => text(value),
  int: toInt,
  uint: toInt,
  double: toDouble,
  bool: toBool,
  dyn: (value) => value,
  type: (value) => typeName(value),
  quantity: (value) => (typeof value === 'string' ? new Quantity(value) : noOverload()),
  isQuantity,
}

const string =
  (run: (self: string, ...args: any[]) => unknown) =>
  (self: unknown, ...args: unknown[]): unknown =>
    typeof self === 'string' ? run(self, ...args) : noOverload()

const pair =
  (run: (self: string, other: string, ...args: any[]) => unknown) =>
  (self: unknown, ...args: any[]): unknown =>
    typeof self === 'string' && typeof args[0] === 'string' ? run(self, args[0], ...args.slice(1)) : noOverload()

const quantities =
  (run: (order: number) => unknown) =>
  (self: unknown, other: unknown): unknown => {
    if (!(self instanceof Quantity) || !(other instanceof Quantity)) return noOverload()
    return run(self.nano < other.nano ? -1 : self.nano > other.nano ? 1 : 0)
  }

const list =
  (run: (self: unknown[], ...args: unknown[]) => unknown) =>
  (self: unknown, ...args: unknown[]): unknown =>
    Array.isArray(self) ? run(self, ...args) : noOverload()

function best(items: unknown[], sign: 1 | -1, name: string): unknown {
  if (items.length === 0) throw new CelError(`${name} called on empty list`)
  return items.reduce((a, b) => (compare(b, a) * sign > 0 ? b : a))
}

function format(self: string, args: unknown[]): string {
  let next = 0
  const shown = (value: unknown): string => {
    if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`
    if (isMap(value))
      return `{${Object.keys(value)
        .sort()
        .map((k) => `${k}: ${shown(value[k])}`)
        .join(', ')}}`
    return value === null ? 'null' : text(value)
  }
  return self.replace(/%(?:%|(?:\.(\d+))?([sdf]))/g, (all, digits, verb) => {
    if (all === '%%') return '%'
    const value = args[next++]
    return verb === 'f' ? (numberOf(value) ?? 0).toFixed(digits === undefined ? 6 : Number(digits)) : shown(value)
  })
}

const at = (self: string, found: number): number => (found < 0 ? -1 : [...self.slice(0, found)].length)

/** `self.name(args)` */
export const METHODS: Readonly<Record<string, (self: unknown, ...args: any[]) => unknown>> = {
  size,
  matches,
  startsWith: pair((a, b) => a.startsWith(b)),
  endsWith: pair((a, b) => a.endsWith(b)),
  contains: pair((a, b) => a.includes(b)),
  lowerAscii: string((a) => a.replace(/[A-Z]/g, (c) => c.toLowerCase())),
  upperAscii: string((a) => a.replace(/[a-z]/g, (c) => c.toUpperCase())),
  trim: string((a) => a.trim()),
  replace: pair((a, b, c: string, limit?: number) => {
    const parts = a.split(b)
    if (limit === undefined || limit < 0 || limit >= parts.length - 1) return parts.join(c)
    return [parts.slice(0, limit + 1).join(c), ...parts.slice(limit + 1)].join(b)
  }),
  split: pair((a, b) => a.split(b)),
  substring: string((a, from: number, to?: number) => [...a].slice(from, to).join('')),
  charAt: string((a, index: number) => [...a][index] ?? ''),
  indexOf: (self, other) =>
    typeof self === 'string'
      ? at(self, self.indexOf(other))
      : list((a) => a.findIndex((item) => equals(item, other)))(self),
  lastIndexOf: (self, other) =>
    typeof self === 'string'
      ? at(self, self.lastIndexOf(other))
      : list((a) => a.findLastIndex((item) => equals(item, other)))(self),
  format: string((a, args: unknown[]) => format(a, args)),
  find: pair((a, b) => new RegExp(b, 'u').exec(a)?.[0] ?? ''),
  findAll: pair((a, b) => [...a.matchAll(new RegExp(b, 'gu'))].map((m) => m[0])),
  join: list((a, separator = '') => a.map(text).join(String(separator))),
  isSorted: list((a) => a.every((item, i) => i === 0 || compare(a[i - 1], item) <= 0)),
  sum: list((a) => a.reduce((total: number, item) => total + (numberOf(item) ?? noOverload()), 0)),
  min: list((a) => best(a, -1, 'min')),
  max: list((a) => best(a, 1, 'max')),
  compareTo: quantities((order) => order),
  isGreaterThan: quantities((order) => order > 0),
  isLessThan: quantities((order) => order < 0),
}
