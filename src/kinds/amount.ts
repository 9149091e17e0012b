import { parseQuantity } from '../print/index.ts'

const known = new Map<string, bigint>()
const LIMIT = 4096

/** A quantity in units of 10⁻⁹, remembered: the same few amounts are parsed again and again. Zero when malformed. */
export function amount(quantity: string | number | undefined | null): bigint {
  if (quantity === undefined || quantity === null) return 0n
  const text = String(quantity)
  let value = known.get(text)
  if (value === undefined) {
    try {
      value = parseQuantity(text).nano
    } catch {
      value = 0n
    }
    if (known.size >= LIMIT) known.clear()
    known.set(text, value)
  }
  return value
}
