import type { MissionRecord } from '../game/progress.ts'
import { clockText } from './clock.ts'
import type { UiText } from './text.ts'

/** What was reached before, if anything. */
export const bestRun = (best: MissionRecord | undefined, t: UiText): string[] =>
  best?.solved
    ? [`${t.bestRun(best.bestPoints, clockText(best.bestSeconds))}${best.diagnosed ? `, ${t.knew}` : ''}`]
    : []
