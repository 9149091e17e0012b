import type { Mission, Moment } from '../game/index.ts'
import { clockText } from './clock.ts'
import { printable } from './plain-text.ts'
import type { UiText } from './text.ts'

const MARKS: Readonly<Record<Moment['who'], string>> = {
  before: '·',
  cluster: '!',
  player: '$',
  hint: '?',
  check: '✗',
  solved: '✓',
}

export interface MomentLine {
  readonly who: Moment['who']
  /** Since the mission's start; before it with a minus. */
  readonly time: string
  readonly text: string
}

/** The debrief's timeline as lines. */
export function momentLines(mission: Mission, t: UiText): MomentLine[] {
  return mission.timeline().map(({ at, who, where, what }) => {
    const seconds = Math.floor((at - mission.startedAt) / 1000)
    const said = who === 'hint' ? t.hintShown(what) : who === 'check' || who === 'solved' ? t.checked(what) : what
    return {
      who,
      time: `${seconds < 0 ? '-' : ''}${clockText(Math.abs(seconds))}`,
      text: `${MARKS[who]} ${where === undefined ? '' : `${where}  `}${printable(said)}`,
    }
  })
}
