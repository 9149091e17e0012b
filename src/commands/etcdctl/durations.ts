import type { Rng } from '../../kernel/index.ts'

/** A measured time as Go prints it. Virtual time has ms; the digits below come from the host's chance, as real ones do. */
export function took(ms: number, rng: Rng): string {
  const ns = String(rng.int(100_000) * 10 + rng.between(1, 9)).padStart(6, '0')
  if (ms < 1000) return `${ms}.${ns}ms`
  return `${Math.floor(ms / 1000)}.${String(ms % 1000).padStart(3, '0')}${ns}s`
}
