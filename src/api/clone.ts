/** A deep copy of a JSON value. Stored objects are shared, so whoever changes one works on a copy. */
export function clone<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    const out = new Array(value.length)
    for (let i = 0; i < value.length; i++) out[i] = clone(value[i])
    return out as T
  }
  const out: Record<string, unknown> = {}
  for (const key in value) {
    const v = (value as Record<string, unknown>)[key]
    out[key] = typeof v === 'object' && v !== null ? clone(v) : v
  }
  return out as T
}
