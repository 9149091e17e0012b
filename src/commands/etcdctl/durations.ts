import type { Rng } from '../../kernel/index.ts'

/** A measured time as Go prints it. Virtual time has ms; the digits below come from the host's chance, as real ones do. */
export function took(ms: number, rng: Rng): string {
  const ns = String(rng.int(1_000_000)).padStart(6, '0')
  if (ms < 1000) return `${`${ms}.${ns}`.replace(/0+$/, '').replace(/\.$/, '')}ms`
  return `${`${Math.floor(ms / 1000)}.${String(ms % 1000).padStart(3, '0')}${ns}`.replace(/0+$/, '')}s`
}
