import { compare, type Json, type JsonObject, typeOf } from './json.ts'
import { index, JqError, needArray, type Path, text } from './values.ts'

/** The value at a path; null where the path leads nowhere. */
export function getPath(v: Json, path: Path): Json {
  let at = v
  for (const k of path) at = at === null ? null : index(at, k)
  return at
}

/** Sets the value at a path, making arrays and objects on the way. */
export function setPath(v: Json, path: Path, value: Json): Json {
  if (path.length === 0) return value
  const [k, ...rest] = path
  if (k instanceof Map) {
    if (v !== null && !Array.isArray(v)) throw new JqError(`Cannot update field at object index of ${typeOf(v)}`)
    const list = v ?? []
    const at = (n: Json | undefined, fallback: number): number =>
      typeof n === 'number' ? Math.max(0, Math.min(list.length, n < 0 ? n + list.length : n)) : fallback
    const from = at(k.get('start'), 0)
    const to = at(k.get('end'), list.length)
    const part = setPath(list.slice(from, to), rest, value)
    return [
      ...list.slice(0, from),
      ...needArray(part, 'A slice of an array can only be assigned another array'),
      ...list.slice(Math.max(from, to)),
    ]
  }
  if (typeof k === 'number') {
    if (v !== null && !Array.isArray(v)) throw new JqError(`Cannot index ${typeOf(v)} with number`)
    const out = [...(v ?? [])]
    const i = k < 0 ? out.length + k : k
    if (i < 0) throw new JqError('Out of bounds negative array index')
    if (i > 1 << 24) throw new JqError('Array index too large')
    while (out.length < i) out.push(null)
    out[i] = setPath(out[i] ?? null, rest, value)
    return out
  }
  if (v !== null && !(v instanceof Map)) throw new JqError(`Cannot index ${typeOf(v)} with "${text(k)}"`)
  if (typeof k !== 'string') throw new JqError(`Invalid path component`)
  const out: JsonObject = new Map(v ?? [])
  out.set(k, setPath(out.get(k) ?? null, rest, value))
  return out
}

function deletePath(v: Json, path: readonly Json[]): Json {
  if (v === null || path.length === 0) return null
  const [k, ...rest] = path
  if (rest.length > 0) {
    const inner = index(v, k)
    return inner === null ? v : setPath(v, [k], deletePath(inner, rest))
  }
  if (v instanceof Map && typeof k === 'string') {
    const out = new Map(v)
    out.delete(k)
    return out
  }
  if (Array.isArray(v) && typeof k === 'number') return v.filter((_, i) => i !== (k < 0 ? v.length + k : k))
  if (Array.isArray(v) && k instanceof Map) {
    const gone = index(v, k) as Json[]
    const start = k.get('start')
    const from = typeof start === 'number' ? (start < 0 ? v.length + start : start) : 0
    return [...v.slice(0, from), ...v.slice(from + gone.length)]
  }
  throw new JqError(`Cannot delete field at ${typeof k === 'string' ? 'object' : 'array'} index of ${typeOf(v)}`)
}

/** The value without what stands at any of the paths, the last one first so that indices hold. */
export const deletePaths = (v: Json, paths: readonly Path[]): Json =>
  ([...paths] as Json[][]).sort((a, b) => compare(b, a)).reduce((acc: Json, p) => deletePath(acc, p), v)
