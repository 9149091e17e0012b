import type { Key } from '../shell/index.ts'

/** One thing that the player did, with the virtual time (ms since the epoch) at which it happened. */
export type Input =
  | { readonly at: number; readonly key: Key }
  | { readonly at: number; readonly size: readonly [cols: number, rows: number] }
  | { readonly at: number; readonly check: true }
  | { readonly at: number; readonly hint: true }
  /** Nothing was done, but so much time had passed. */
  | { readonly at: number; readonly time: true }

const MAX_TEXT = 300_000
const MODIFIERS = ['ctrl', 'alt', 'shift'] as const

const isSide = (n: unknown): boolean => Number.isInteger(n) && (n as number) >= 1 && (n as number) <= 1000

function isKey(key: any): boolean {
  return (
    typeof key === 'object' &&
    key !== null &&
    typeof key.name === 'string' &&
    key.name.length <= 20 &&
    (key.text === undefined || (typeof key.text === 'string' && key.text.length <= MAX_TEXT)) &&
    MODIFIERS.every((m) => key[m] === undefined || typeof key[m] === 'boolean') &&
    Object.keys(key).every((k) => k === 'name' || k === 'text' || MODIFIERS.includes(k as never))
  )
}

/** One line of a log as an input; undefined when it is none. */
export function asInput(data: any): Input | undefined {
  if (typeof data !== 'object' || data === null || !Number.isFinite(data.at) || Object.keys(data).length !== 2)
    return undefined
  const { key, size, check, hint, time } = data
  if (check === true || hint === true || time === true) return data
  if (key !== undefined) return isKey(key) ? data : undefined
  return Array.isArray(size) && size.length === 2 && size.every(isSide) ? data : undefined
}
