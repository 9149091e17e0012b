import { unknown } from './errors.ts'

/** Names are given once. Throws GrpcError. */
export function reserve<T extends { readonly id: string }>(
  what: string,
  name: string,
  id: string,
  others: readonly T[],
  nameOf: (other: T) => string,
): void {
  const taken = others.find((other) => other.id !== id && nameOf(other) === name)
  if (taken)
    throw unknown(
      `failed to reserve ${what} name ${JSON.stringify(name)}: name ${JSON.stringify(name)} is reserved for ${JSON.stringify(taken.id)}`,
    )
}
