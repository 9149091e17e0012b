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

interface MomentLine {
  readonly who: Moment['who']
  /** Since the mission's start; before it with a minus. */
  readonly time: string
  readonly text: string
}

/** Since the mission's start; before it with a minus. */
export function momentTime(at: number, startedAt: number): string {
  const seconds = Math.floor(at / 1000) - Math.floor(startedAt / 1000)
  return `${seconds < 0 ? '-' : ''}${clockText(Math.abs(seconds))}`
}

const MAX_TEXT = 300

/** The debrief's timeline as lines of at most `width` columns; what goes on below has no time. */
export function momentLines(mission: Mission, t: UiText, width: number): MomentLine[] {
  return mission.timeline().flatMap(({ at, who, where, what }) => {
    const said = who === 'hint' ? t.hintShown(what) : who === 'check' || who === 'solved' ? t.checked(what) : what
    const time = momentTime(at, mission.startedAt)
    const whole = `${where === undefined ? '' : `${where}  `}${printable(said)}`
    const text = whole.length > MAX_TEXT ? `${whole.slice(0, MAX_TEXT - 1)}…` : whole
    return wrapAnsi(text, width - 2, { hard: true })
      .split('\n')
      .map((line, i) => (i === 0 ? { who, time, text: `${MARKS[who]} ${line}` } : { who, time: '', text: `  ${line}` }))
  })
}
