import type { Rng } from '../kernel/index.ts'

/** Sizes as go-humanize prints them: powers of 1000, one decimal below 10; %.0f rounds halves to even. */
export function si(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']
  if (bytes < 10) return `${bytes} B`
  const e = Math.min(Math.floor(Math.log(bytes) / Math.log(1000)), units.length - 1)
  const value = Math.floor((bytes / 1000 ** e) * 10 + 0.5) / 10
  return `${value < 10 ? value.toFixed(1) : roundEven(value)} ${units[e]}`
}

function roundEven(value: number): number {
  const floor = Math.floor(value)
  if (value - floor !== 0.5) return Math.round(value)
  return floor % 2 === 0 ? floor : floor + 1
}

/** A measured time as Go prints it, with digits below the millisecond that nobody simulated: 3.637197ms, 1.504966810s. */
export function measured(ms: number, rng: Rng): string {
  const fraction = rng.between(100_001, 999_999)
  if (ms < 1000) return `${Math.floor(ms)}.${fraction}ms`.replace(/0+ms$/, 'ms')
  const rest = String(Math.floor(ms) % 1000).padStart(3, '0')
  return `${Math.floor(ms / 1000)}.${rest}${fraction}s`.replace(/0+s$/, 's')
}
