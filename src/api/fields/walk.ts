import { type Field, type Schema, same, zeroOf } from '../../kinds/index.ts'
import { type FieldSet, insert, isMember } from './set.ts'

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
  return `k:${JSON.stringify(elementKeys(place, item))}`
}

/** What calls an item of a list: its keys, by name. Those that Go writes even when they are empty need not be given. */
export function elementKeys({ keys, schema }: Place, item: any): Record<string, unknown> {
  const found: Record<string, unknown> = {}
  const type = schema?.type === 'list' ? schema.items : undefined
  for (const key of [...keys].sort()) {
    const value = item?.[key] ?? KEY_DEFAULTS[key] ?? blankKey(type, key)
    if (value !== undefined) found[key] = value
  }
  return found
}

function blankKey(type: Schema | undefined, key: string): unknown {
  if (type?.type !== 'object') return undefined
  const field = type.fields.get(key)
  const always = field?.empty === 'write' || type.model === 'V1LocalObjectReference'
  return field && always ? zeroOf(field.schema) : undefined
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
    return mergeItems(live, config, place)
  }
  return config
}

/**
 * Items of both lists, those they share in the order of the configuration and the others as near as can be to where they
 * were. Models mergingWalker.visitListItems.
 */
function mergeItems(live: readonly any[], config: readonly any[], place: Place): any[] {
  const [before, wanted] = [byElement(place, live), byElement(place, config)]
  const left = live.map((item) => itemElement(place, item))
  const right = config.map((item) => itemElement(place, item))
  const shared = right.filter((element) => before.has(element))
  const done = new Set<string>()
  const out: any[] = []
  const take = (element: string): void => {
    done.add(element)
    const item = wanted.get(element)
    out.push(before.has(element) ? merge(before.get(element), item, itemPlace(place)) : item)
    if (shared[0] === element) shared.shift()
  }
  for (let l = 0, r = 0; l < left.length || r < right.length; ) {
    const [mine, theirs] = [left[l], right[r]]
    if (mine !== undefined && theirs !== undefined) {
      if (mine === theirs) {
        take(mine)
        l++
        r++
        continue
      }
      // Shared, but it is another's turn.
      if (wanted.has(mine) && shared.length > 0 && shared[0] !== mine) {
        l++
        continue
      }
    }
    if (mine !== undefined) {
      if (!wanted.has(mine)) {
        out.push(live[l])
        l++
        continue
      }
      if (done.has(mine)) l++
    }
    if (theirs !== undefined) {
      take(theirs)
      r++
    }
  }
  return out
}

/** `value` without the fields in `gone`; a map or list that is emptied by that stays, empty. Models typed.RemoveItems. */
export function remove(value: any, gone: FieldSet, place: Place): any {
  if (isMap(value)) {
    const out: Record<string, any> = {}
    for (const key in value) {
      const sub = gone[`f:${key}`]
      if (!sub) out[key] = value[key]
      else if (!isMember(sub)) out[key] = remove(value[key], sub, memberPlace(place, key) ?? UNKNOWN)
    }
    return out
  }
  if (!isAssociative(place, value)) return value
  return value.flatMap((item: any) => {
    const sub = gone[itemElement(place, item)]
    if (!sub) return [item]
    return isMember(sub) ? [] : [remove(item, sub, itemPlace(place))]
  })
}
