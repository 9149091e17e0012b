import type { Mission } from '../game/index.ts'

/** `12:07` or `1:02:07`. */
export function clockText(seconds: number): string {
  const pad = (n: number): string => String(n).padStart(2, '0')
  const h = Math.floor(seconds / 3600)
  const m = Math.floor((seconds % 3600) / 60)
  return h > 0 ? `${h}:${pad(m)}:${pad(seconds % 60)}` : `${m}:${pad(seconds % 60)}`
}

/** Time used, and the time allowed for it. */
export const timeOf = ({ seconds, scenario }: Pick<Mission, 'seconds' | 'scenario'>): string =>
  `${clockText(seconds)} / ${clockText(scenario.minutes * 60)}`
