import { type Field, type ObjectSchema, type Schema, same } from '../../kinds/index.ts'
import { badRequest } from '../errors.ts'
import { StatusError } from '../types.ts'

const DIRECTIVE = '$patch'
const RETAIN = '$retainKeys'
const DELETE_FROM = '$deleteFromPrimitiveList/'
const ORDER = '$setElementOrder/'

/** Strategic merge patch. Models apimachinery/pkg/util/strategicpatch. Shares what it does not change. */
export function strategicMerge(target: any, patch: any, schema: ObjectSchema): any {
  return mergeMap(isMap(target) ? target : {}, patch, schema)
}

const isMap = (value: any): value is Record<string, any> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A struct's field, or the values of a map; undefined where nothing is known. */
function fieldOf(schema: Schema | undefined, key: string): { schema: Schema | undefined; field: Field | undefined } {
  if (schema?.type === 'object') {
    const field = schema.fields.get(key)
    return { schema: field?.schema, field }
  }
  return { schema: schema?.type === 'map' ? schema.items : undefined, field: undefined }
}

function mergeMap(target: Record<string, any>, patch: Record<string, any>, schema: Schema | undefined): any {
  const directive = patch[DIRECTIVE]
  if (directive !== undefined) {
    const { [DIRECTIVE]: _, ...rest } = patch
    if (directive === 'replace') return rest
    if (directive === 'delete') return {}
    if (directive !== 'merge') throw unknownDirective(directive, patch)
  }
  let out: Record<string, any> = { ...target }
  if (patch[RETAIN] !== undefined) out = retain(out, patch[RETAIN], patch)
  for (const key in patch) {
    const value = patch[key]
    if (key === DIRECTIVE || key === RETAIN || key.startsWith(ORDER)) continue
    if (key.startsWith(DELETE_FROM)) {
      const name = key.slice(DELETE_FROM.length)
      if (!Array.isArray(value)) throw badRequest('invalid patch format of primitive list')
      if (Array.isArray(out[name])) out[name] = out[name].filter((x: any) => !value.some((v: any) => same(v, x)))
      continue
    }
    if (value === null) {
      delete out[key]
      continue
    }
    const { schema: type, field } = fieldOf(schema, key)
    const before = out[key]
    if (isMap(value)) {
      const replaces = field?.patchStrategy.includes('replace')
      out[key] = replaces ? value : mergeMap(isMap(before) ? before : {}, value, type)
    } else if (Array.isArray(value) && field?.patchStrategy.includes('merge')) {
      out[key] = mergeList(Array.isArray(before) ? before : [], value, field, type)
    } else out[key] = value
  }
  for (const key in patch) {
    if (!key.startsWith(ORDER)) continue
    const name = key.slice(ORDER.length)
    const mergeKey = fieldOf(schema, name).field?.mergeKey
    if (!Array.isArray(patch[key])) throw badRequest('invalid patch format of setElementOrder list')
    if (Array.isArray(out[name])) out[name] = inOrder(out[name], patch[key], mergeKey, target[name])
  }
  return out
}

/** Drops the keys that the patch does not list ($retainKeys, for unions such as volumes and strategies). */
function retain(target: Record<string, any>, keys: any, patch: Record<string, any>): Record<string, any> {
  if (!Array.isArray(keys)) throw badRequest('invalid JSON document')
  for (const key in patch) {
    if (key !== RETAIN && !key.startsWith('$') && !keys.includes(key)) {
      throw badRequest('invalid patch format of retainKeys')
    }
  }
  return Object.fromEntries(Object.entries(target).filter(([key]) => keys.includes(key)))
}

function mergeList(target: any[], patch: any[], field: Field, type: Schema | undefined): any[] {
  const { mergeKey } = field
  if (!mergeKey) return [...target, ...patch.filter((p) => !target.some((t) => same(t, p)))]
  const items = type?.type === 'list' ? type.items : undefined
  let out = [...target]
  const replaces = patch.some((p) => p?.[DIRECTIVE] === 'replace')
  if (replaces) {
    return patch
      .filter((p) => !(p[DIRECTIVE] === 'replace' && Object.keys(p).length === 1))
      .map(({ [DIRECTIVE]: _, ...p }) => p)
  }
  for (const item of patch) {
    if (!isMap(item)) throw new StatusError(500, '', `list of lists or primitives is not supported in ${field.name}`)
    if (item[mergeKey] === undefined) throw missingKey(item, mergeKey)
    const at = out.findIndex((o) => same(o[mergeKey], item[mergeKey]))
    if (item[DIRECTIVE] === 'delete') out = out.filter((o) => !same(o[mergeKey], item[mergeKey]))
    else if (at >= 0) out[at] = mergeMap(out[at], item, items)
    else out.push(mergeMap({}, item, items))
  }
  // Without an order of its own the patch's items come first, in its order; the rest keeps its place behind them.
  return patch.length > 0 && target.length > 0 ? patchFirst(out, patch, mergeKey, target) : out
}

/** Items in the order in which the server merges: those of the patch, and live ones before or after by where they were. */
function patchFirst(items: any[], patch: any[], mergeKey: string, live: any[]): any[] {
  const keyOf = (item: any) => JSON.stringify(item[mergeKey])
  const inPatch = new Map(patch.map((p, i) => [keyOf(p), i]))
  const inLive = new Map(live.map((l, i) => [keyOf(l), i]))
  const patched = items
    .filter((i) => inPatch.has(keyOf(i)))
    .sort((a, b) => inPatch.get(keyOf(a))! - inPatch.get(keyOf(b))!)
  const others = items.filter((i) => !inPatch.has(keyOf(i)))
  return interleave(patched, others, (item) => inLive.get(keyOf(item)))
}

/** Puts `others` between the ordered items by comparing their places in the live list. */
function interleave(ordered: any[], others: any[], place: (item: any) => number | undefined): any[] {
  const out: any[] = []
  let o = 0
  for (const item of ordered) {
    const at = place(item)
    while (at !== undefined && o < others.length && place(others[o])! < at) out.push(others[o++])
    out.push(item)
  }
  return [...out, ...others.slice(o)]
}

function inOrder(items: any[], order: any[], mergeKey: string | undefined, live: any[] = []): any[] {
  const keyOf = (item: any) => JSON.stringify(mergeKey ? item[mergeKey] : item)
  const rank = new Map(order.map((o, i) => [keyOf(o), i]))
  const inLive = new Map(live.map((l, i) => [keyOf(l), i]))
  const ordered = items.filter((i) => rank.has(keyOf(i))).sort((a, b) => rank.get(keyOf(a))! - rank.get(keyOf(b))!)
  return interleave(
    ordered,
    items.filter((i) => !rank.has(keyOf(i))),
    (item) => inLive.get(keyOf(item)),
  )
}

const missingKey = (item: any, mergeKey: string): StatusError =>
  new StatusError(500, '', `map: ${goMap(item)} does not contain declared merge key: ${mergeKey}`)

const unknownDirective = (directive: unknown, patch: any): StatusError =>
  badRequest(`Unknown patch type found: ${directive} in map: ${goMap(patch)}`)

/** How Go's %v prints a value: `map[spec:map[replicas:3]]`. */
export function goMap(value: any): string {
  if (Array.isArray(value)) return `[${value.map(goMap).join(' ')}]`
  if (!isMap(value)) return value === null ? '<nil>' : String(value)
  return `map[${Object.keys(value)
    .sort()
    .map((key) => `${key}:${goMap(value[key])}`)
    .join(' ')}]`
}

/** The patch as the server shows it in errors: lists merged by key have been consumed by then. */
export function consumed(patch: any, schema: Schema | undefined): any {
  if (!isMap(patch)) return patch
  const out: Record<string, any> = {}
  for (const key in patch) {
    if (key.startsWith('$')) continue
    const { schema: type, field } = fieldOf(schema, key)
    if (Array.isArray(patch[key]) && field?.patchStrategy.includes('merge')) continue
    out[key] = consumed(patch[key], type)
  }
  return out
}
