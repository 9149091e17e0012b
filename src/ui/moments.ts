import wrapAnsi from 'wrap-ansi'
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

const MAX_TEXT = 300

/** The debrief's timeline as lines of at most `width` columns; what goes on below has no time. */
export function momentLines(mission: Mission, t: UiText, width: number): MomentLine[] {
  return mission.timeline().flatMap(({ at, who, where, what }) => {
    const seconds = Math.floor(at / 1000) - Math.floor(mission.startedAt / 1000)
    const said = who === 'hint' ? t.hintShown(what) : who === 'check' || who === 'solved' ? t.checked(what) : what
    const time = `${seconds < 0 ? '-' : ''}${clockText(Math.abs(seconds))}`
    const whole = `${where === undefined ? '' : `${where}  `}${printable(said)}`
    const text = whole.length > MAX_TEXT ? `${whole.slice(0, MAX_TEXT - 1)}…` : whole
    return wrapAnsi(text, width - 2, { hard: true })
      .split('\n')
      .map((line, i) => (i === 0 ? { who, time, text: `${MARKS[who]} ${line}` } : { who, time: '', text: `  ${line}` }))
  })
}
