import { type Field, type Schema, same } from '../../kinds/index.ts'
import { type FieldSet, insert } from './set.ts'

/** How server-side apply sees a place in an object. `schema` is undefined where nothing is known: maps are then granular and lists atomic. */
export interface Place {
  readonly schema: Schema | undefined
  readonly listType: Field['listType']
  readonly keys: readonly string[]
  readonly atomicMap: boolean
  /** Go writes the field even when it is empty, so that it is never "added". */
  readonly always: boolean
}

const UNKNOWN: Place = { schema: undefined, listType: 'atomic', keys: [], atomicMap: false, always: false }

/** Where a walk over an object's fields begins; without a schema (an unknown kind) everything is untyped. */
export const rootPlace = (schema: Schema | undefined): Place => ({ ...UNKNOWN, schema })

const places = new WeakMap<Field, Place>()

/** The place of a member of a struct or map; undefined when the schema does not declare it. */
function memberPlace({ schema }: Place, key: string): Place | undefined {
  if (!schema || schema.type === 'any') return UNKNOWN
  if (schema.type === 'map') return itemOf(schema.items)
  if (schema.type !== 'object') return undefined
  const field = schema.fields.get(key)
  if (!field) return undefined
  let place = places.get(field)
  if (!place) {
    const { schema: type, listType, keys, atomicMap, empty } = field
    place = {
      schema: type,
      listType,
      keys,
      atomicMap: atomicMap || (type.type === 'object' && type.atomic),
      always: empty === 'write',
    }
    places.set(field, place)
  }
  return place
}

const itemOf = (items: Schema): Place => ({
  ...UNKNOWN,
  schema: items,
  atomicMap: items.type === 'object' && items.atomic,
})

/** The place of an item of an associative list. */
const itemPlace = ({ schema }: Place): Place => (schema?.type === 'list' ? itemOf(schema.items) : UNKNOWN)

const isMap = (value: any): value is Record<string, any> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Defaults of keys that apply may leave out: a port's protocol. */
const KEY_DEFAULTS: Readonly<Record<string, unknown>> = { protocol: 'TCP' }

/** The path element of an item: `k:{"containerPort":80,"protocol":"TCP"}` or `v:"x"`. */
function itemElement(place: Place, item: any): string {
  if (place.listType === 'set') return `v:${JSON.stringify(item)}`
  const keys: Record<string, unknown> = {}
  for (const key of [...place.keys].sort()) {
    const value = item?.[key] ?? KEY_DEFAULTS[key]
    if (value !== undefined) keys[key] = value
  }
  return `k:${JSON.stringify(keys)}`
}

const isAssociative = (place: Place, value: any): boolean => Array.isArray(value) && place.listType !== 'atomic'

const empty = (value: any): boolean =>
  value === undefined || value === null || (isMap(value) && Object.keys(value).length === 0)

/** How two objects differ, in paths of fields (structured-merge-diff's Comparison). */
export interface Comparison {
  readonly added: FieldSet
  readonly modified: FieldSet
  readonly removed: FieldSet
}

/** Which fields differ between two objects. Models typed.Compare. */
export function compare(before: any, after: any, place: Place): Comparison {
  const result: Comparison = { added: {}, modified: {}, removed: {} }
  visit(before, after, place, [], true, true, result)
  return result
}

/** `hadParent`, `hasParent`: whether what contains this place is there before and after. */
function visit(
  before: any,
  after: any,
  place: Place,
  path: readonly string[],
  hadParent: boolean,
  hasParent: boolean,
  result: Comparison,
): void {
  if (before === after && hadParent === hasParent) return
  const composite = place.schema === undefined || !isScalar(place.schema)
  const had = before !== undefined || (place.always && hadParent && composite)
  const hasIt = after !== undefined || (place.always && hasParent && composite)
  if (!had && !hasIt) return
  if (path.length) {
    if (!had) insert(result.added, path)
    else if (!hasIt) insert(result.removed, path)
  }
  if (isMap(before) || isMap(after)) {
    if (!place.atomicMap && !(empty(before) && empty(after))) {
      const left = isMap(before) ? before : {}
      const right = isMap(after) ? after : {}
      const keys = new Set([...Object.keys(left), ...Object.keys(right)])
      for (const key of keys) {
        const member = memberPlace(place, key) ?? UNKNOWN
        visit(left[key], right[key], member, [...path, `f:${key}`], had, hasIt, result)
      }
      return
    }
  } else if (isAssociative(place, before ?? after)) {
    const left = byElement(place, before)
    const right = byElement(place, after)
    const item = itemPlace(place)
    for (const element of new Set([...left.keys(), ...right.keys()])) {
      visit(left.get(element), right.get(element), item, [...path, element], had, hasIt, result)
    }
    return
  }
  if (had && hasIt && !same(before, after)) insert(result.modified, path)
}

const isScalar = (schema: Schema): boolean => !['object', 'map', 'list', 'any'].includes(schema.type)

function byElement(place: Place, list: any): Map<string, any> {
  return new Map((Array.isArray(list) ? list : []).map((item) => [itemElement(place, item), item]))
}

/** Every field that an applied configuration mentions. Models typed.ToFieldSet. */
export function toFieldSet(value: any, place: Place): FieldSet {
  const set: FieldSet = {}
  collect(value, place, [], set)
  return set
}

function collect(value: any, place: Place, path: readonly string[], set: FieldSet): void {
  if (isMap(value) && !place.atomicMap) {
    if (path.length && Object.keys(value).length === 0) return insert(set, path)
    for (const key in value) collect(value[key], memberPlace(place, key) ?? UNKNOWN, [...path, `f:${key}`], set)
  } else if (isAssociative(place, value)) {
    if (value.length === 0) return insert(set, path)
    for (const [element, item] of byElement(place, value)) {
      insert(set, [...path, element])
      collect(item, itemPlace(place), [...path, element], set)
    }
  } else insert(set, path)
}

/** `config` laid over `live`. Models typed.Merge: shares what it does not change. */
export function merge(live: any, config: any, place: Place): any {
  if (config === undefined) return live
  if (isMap(config) && isMap(live) && !place.atomicMap) {
    const out: Record<string, any> = { ...live }
    for (const key in config) out[key] = merge(live[key], config[key], memberPlace(place, key) ?? UNKNOWN)
    return out
  }
  if (isAssociative(place, config) && Array.isArray(live)) {
    const wanted = byElement(place, config)
    const out: any[] = []
    for (const [element, item] of byElement(place, live)) {
      out.push(wanted.has(element) ? merge(item, wanted.get(element), itemPlace(place)) : item)
      wanted.delete(element)
    }
    return [...out, ...wanted.values()]
  }
  return config
}

/** `value` without the fields in `gone`; what becomes empty by that goes too. */
export function remove(value: any, gone: FieldSet, place: Place): any {
  if (isMap(value)) {
    const out: Record<string, any> = {}
    for (const key in value) {
      const sub = gone[`f:${key}`]
      if (!sub) out[key] = value[key]
      else if (Object.keys(sub).some((k) => k !== '.')) {
        const rest = remove(value[key], sub, memberPlace(place, key) ?? UNKNOWN)
        if (!empty(rest) && !(Array.isArray(rest) && rest.length === 0)) out[key] = rest
      }
    }
    return out
  }
  if (Array.isArray(value)) {
    const out: any[] = []
    for (const item of value) {
      const sub = gone[itemElement(place, item)]
      if (!sub) out.push(item)
      else if (!('.' in sub) && Object.keys(sub).length) out.push(remove(item, sub, itemPlace(place)))
    }
    return out
  }
  return value
}
