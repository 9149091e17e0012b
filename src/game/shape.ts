/** Checks a value and returns it, or throws an Error that names `path`. */
export type Guard<T> = (value: unknown, path: string) => T

/** One guard a field. */
export type Shape<T> = { readonly [K in keyof T]: Guard<T[K]> }

const wrong = (path: string, wanted: string): never => {
  throw new Error(`${path}: expected ${wanted}`)
}

/** A boolean. */
export const truth: Guard<boolean> = (value, path) =>
  typeof value === 'boolean' ? value : wrong(path, 'true or false')

/** One of these values. */
export const oneOf =
  <const T>(values: readonly T[]): Guard<T> =>
  (value, path) =>
    values.includes(value as T) ? (value as T) : wrong(path, `one of ${values.join(', ')}`)

/** A whole number from 0 to `max`. */
export const count =
  (max = Number.MAX_SAFE_INTEGER): Guard<number> =>
  (value, path) =>
    Number.isInteger(value) && (value as number) >= 0 && (value as number) <= max
      ? (value as number)
      : wrong(path, `a whole number from 0 to ${max}`)

/** A number from `min` to `max`. */
export const between =
  (min: number, max: number): Guard<number> =>
  (value, path) =>
    typeof value === 'number' && value >= min && value <= max ? value : wrong(path, `a number from ${min} to ${max}`)

/** A list of so many at most, each checked by `guard`. */
export const list =
  <T>(guard: Guard<T>, max = 1000): Guard<readonly T[]> =>
  (value, path) =>
    Array.isArray(value) && value.length <= max
      ? value.map((item, i) => guard(item, `${path}.${i}`))
      : wrong(path, `a list of at most ${max}`)

/** A text. */
export const words: Guard<string> = (value, path) => (typeof value === 'string' ? value : wrong(path, 'text'))

/**
 * An object with exactly the fields of `shape`; with any fields when there is none. Files of players are checked by
 * hand: the library that checks scenarios would cost the menu a fifth of a second.
 */
export function record<T extends object>(value: unknown, shape: Shape<T> | undefined, path = ''): T {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return wrong(path, 'an object')
  if (!shape) return value as T
  const out: Partial<T> = {}
  for (const key of Object.keys(value))
    if (!Object.hasOwn(shape, key)) return wrong(`${path}.${key}`, 'nothing: it is not known')
  for (const key of Object.keys(shape) as (keyof T & string)[])
    out[key] = shape[key]((value as T)[key], `${path}.${key}`)
  return out as T
}
