import { goMap } from '../../../api/patch/strategic.ts'
import { builtinKinds, deepEqual, type ObjectSchema, type Schema, schemaOf } from '../../../kinds/index.ts'
import { compareBytes } from '../../../print/index.ts'

type Json = any

/** Fields of a built-in kind, with its patch strategies; undefined for custom resources. */
export function patchSchema(apiVersion: string, kind: string): ObjectSchema | undefined {
  const found = builtinKinds.find((k) => k.apiVersion === apiVersion && k.kind === kind)
  const schema = found && schemaOf(found)
  return schema?.type === 'object' ? schema : undefined
}

const isMap = (value: Json): value is Record<string, Json> =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

interface DiffOptions {
  readonly ignoreDeletions?: boolean
  readonly ignoreChanges?: boolean
}

interface FieldInfo {
  readonly schema: Schema | undefined
  readonly strategies: readonly string[]
  readonly mergeKey: string | undefined
}

function fieldOf(schema: Schema | undefined, key: string): FieldInfo {
  if (schema?.type === 'object') {
    const field = schema.fields.get(key)
    return { schema: field?.schema, strategies: field?.patchStrategy ?? [], mergeKey: field?.mergeKey }
  }
  return { schema: schema?.type === 'map' ? schema.items : undefined, strategies: [], mergeKey: undefined }
}

const keysOf = (...maps: Record<string, Json>[]): string[] =>
  [...new Set(maps.flatMap((map) => Object.keys(map).filter((key) => map[key] !== undefined)))].sort(compareBytes)

/** Strategic merge patch that leads from `before` to `after` (strategicpatch.diffMaps). */
export function strategicDiff(
  before: Json,
  after: Json,
  schema: Schema | undefined,
  options: DiffOptions = {},
): Record<string, Json> {
  const patch: Record<string, Json> = {}
  for (const key of keysOf(before, after)) {
    const info = fieldOf(schema, key)
    if (after[key] === undefined) {
      if (!options.ignoreDeletions) patch[key] = null
    } else if (before[key] === undefined) {
      if (!options.ignoreChanges) patch[key] = after[key]
    } else diffValue(patch, key, before[key], after[key], info, options)
  }
  return patch
}

function diffValue(
  patch: Record<string, Json>,
  key: string,
  before: Json,
  after: Json,
  info: FieldInfo,
  options: DiffOptions,
): void {
  if (isMap(before) && isMap(after)) {
    if (info.strategies.includes('replace')) {
      if (!deepEqual(before, after) && !options.ignoreChanges) patch[key] = { ...after, $patch: 'replace' }
      return
    }
    const inner = strategicDiff(before, after, info.schema, options)
    if (Object.keys(inner).length === 0) return
    if (info.strategies.includes('retainKeys') && !options.ignoreChanges)
      inner.$retainKeys = Object.keys(after)
        .filter((k) => after[k] !== undefined)
        .sort(compareBytes)
    patch[key] = inner
    return
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const items = info.schema?.type === 'list' ? info.schema.items : undefined
    if (info.strategies.includes('merge')) {
      if (before.length === 0) {
        if (after.length > 0 && !options.ignoreChanges) patch[key] = after
        return
      }
      requireSameTypes(before, after)
      if (info.mergeKey) diffMapList(patch, key, before, after, info.mergeKey, items, options)
      else diffScalarList(patch, key, before, after, options)
    } else if (!deepEqual(before, after) && !options.ignoreChanges) patch[key] = after
    return
  }
  if (!deepEqual(before, after) && !options.ignoreChanges) patch[key] = after
}

/** Lists that cannot be compared element by element; the message is that of apimachinery/pkg/util/strategicpatch. */
export class PatchError extends Error {}

const typeOf = (value: Json): string => (value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value)

function requireSameTypes(...lists: Json[][]): void {
  const types = lists.flat().map(typeOf)
  if (types[0] === 'list') throw new PatchError('lists of lists are not supported')
  if (types.some((type) => type !== types[0])) {
    throw new PatchError(`list element types are not identical: ${goMap(lists)}`)
  }
}

function diffMapList(
  patch: Record<string, Json>,
  key: string,
  before: Json[],
  after: Json[],
  mergeKey: string,
  items: Schema | undefined,
  options: DiffOptions,
): void {
  const nameless = [...before, ...after].find((item) => item[mergeKey] === undefined)
  if (nameless) throw new PatchError(`map: ${goMap(nameless)} does not contain declared merge key: ${mergeKey}`)
  const id = (item: Json): string => JSON.stringify(item[mergeKey])
  const changes: Json[] = []
  const deletions: Json[] = []
  const keyOf = (item: Json): string => String(item[mergeKey])
  const sorted = (list: Json[]): Json[] => [...list].sort((a, b) => compareBytes(keyOf(a), keyOf(b)))
  // Side by side, so that entries which share a key (a port for UDP and for TCP) are each compared with their own.
  const [olds, news] = [sorted(before), sorted(after)]
  for (let i = 0, j = 0; i < olds.length || j < news.length; ) {
    const order = j === news.length ? -1 : i === olds.length ? 1 : compareBytes(keyOf(olds[i]), keyOf(news[j]))
    if (order === 0) {
      const inner = strategicDiff(olds[i++], news[j], items, options)
      if (Object.keys(inner).length > 0) changes.push({ ...inner, [mergeKey]: news[j][mergeKey] })
      j++
    } else if (order > 0) {
      const item = news[j++]
      if (!options.ignoreChanges) changes.push(item)
    } else {
      const old = olds[i++]
      if (!options.ignoreDeletions) deletions.push({ $patch: 'delete', [mergeKey]: old[mergeKey] })
    }
  }
  changes.push(...deletions)
  const sameOrder = deepEqual(
    before.map(id).filter((x) => after.some((item) => id(item) === x)),
    after.map(id).filter((x) => before.some((item) => id(item) === x)),
  )
  if (changes.length > 0) patch[key] = changes
  const changed = !options.ignoreChanges && (changes.length > 0 || !sameOrder)
  if (changed || (!options.ignoreDeletions && changes.length > 0))
    patch[`$setElementOrder/${key}`] = after.map((item) => ({ [mergeKey]: item[mergeKey] }))
}

function diffScalarList(
  patch: Record<string, Json>,
  key: string,
  before: Json[],
  after: Json[],
  options: DiffOptions,
): void {
  const added = after.filter((item) => !before.some((old) => deepEqual(old, item)))
  const removed = before.filter((old) => !after.some((item) => deepEqual(old, item)))
  if (added.length > 0 && !options.ignoreChanges) patch[key] = added
  if (removed.length > 0 && !options.ignoreDeletions) patch[`$deleteFromPrimitiveList/${key}`] = removed
  const changed = !options.ignoreChanges && !deepEqual(before, after)
  if (changed || (removed.length > 0 && !options.ignoreDeletions)) patch[`$setElementOrder/${key}`] = after
}

/** Puts two patches together; the second wins. Lists of maps keep both their entries. */
function combine(first: Json, second: Json, schema: Schema | undefined): Json {
  const out: Record<string, Json> = { ...first }
  for (const key of Object.keys(second)) {
    const info = fieldOf(schema, key)
    const [a, b] = [out[key], second[key]]
    if (isMap(a) && isMap(b)) out[key] = combine(a, b, info.schema)
    else if (Array.isArray(a) && Array.isArray(b) && info.mergeKey) out[key] = combineLists(a, b, info)
    else out[key] = b
  }
  return out
}

function combineLists(a: Json[], b: Json[], info: FieldInfo): Json[] {
  const mergeKey = info.mergeKey!
  const items = info.schema?.type === 'list' ? info.schema.items : undefined
  const out = [...a]
  for (const item of b) {
    const at = out.findIndex((o) => deepEqual(o[mergeKey], item[mergeKey]))
    if (at < 0) out.push(item)
    else out[at] = combine(out[at], item, items)
  }
  return out
}

/** What `kubectl apply` sends: changes from live to wanted, and deletions from last applied to wanted. */
export function threeWayStrategic(original: Json, modified: Json, current: Json, schema: ObjectSchema): Json {
  const changes = strategicDiff(current, modified, schema, { ignoreDeletions: true })
  const deletions = strategicDiff(original, modified, schema, { ignoreChanges: true })
  return combine(deletions, changes, schema)
}

/** RFC 7386 patch from `before` to `after`. */
export function mergeDiff(before: Json, after: Json): Record<string, Json> {
  const patch: Record<string, Json> = {}
  for (const key of keysOf(before, after)) {
    if (after[key] === undefined) patch[key] = null
    else if (isMap(before[key]) && isMap(after[key])) {
      const inner = mergeDiff(before[key], after[key])
      if (Object.keys(inner).length > 0) patch[key] = inner
    } else if (!deepEqual(before[key], after[key])) patch[key] = after[key]
  }
  return patch
}

function only(patch: Record<string, Json>, nulls: boolean): Record<string, Json> {
  const out: Record<string, Json> = {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) {
      if (nulls) out[key] = null
    } else if (isMap(value)) {
      const inner = only(value, nulls)
      if (Object.keys(inner).length > 0 || (!nulls && Object.keys(value).length === 0)) out[key] = inner
    } else if (!nulls) out[key] = value
  }
  return out
}

/** The same for kinds without a schema: a JSON merge patch. */
export function threeWayMerge(original: Json, modified: Json, current: Json): Json {
  return combine(only(mergeDiff(original, modified), true), only(mergeDiff(current, modified), false), undefined)
}

/** `encode` then diff: the change that an edit of `before` made. */
export function twoWay(
  before: Json,
  after: Json,
): { type: 'application/strategic-merge-patch+json' | 'application/merge-patch+json'; patch: Json } {
  const schema = patchSchema(before.apiVersion, before.kind)
  return schema
    ? { type: 'application/strategic-merge-patch+json', patch: strategicDiff(before, after, schema) }
    : { type: 'application/merge-patch+json', patch: mergeDiff(before, after) }
}

/** There is nothing to send. */
export const isEmptyPatch = (patch: Json): boolean => Object.keys(patch).length === 0
