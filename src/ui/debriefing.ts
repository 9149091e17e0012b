import type { Mission } from '../game/index.ts'
import type { Language } from '../scenario/language.ts'
import { linesOf } from '../scenario/ways.ts'
import { clockText } from './clock.ts'
import type { Controller } from './controller.ts'
import { toRead } from './lessons/to-read.ts'
import { momentLines, momentTime } from './moments.ts'
import { paragraphs } from './paragraphs.ts'
import { printable } from './plain-text.ts'
import type { UiText } from './text.ts'
import type { Theme } from './theme.ts'
import { say, withCode } from './typeset.ts'

/** A line of the debrief and what it means. */
export interface DebriefLine {
  readonly text: string
  readonly tone?: 'heading' | keyof Theme
}

const TIME_WIDTH = 8
/** A link says this much at most. */
const MAX_LINK = 200

/** Everything that is told after a mission, as lines of at most `width` columns. */
export function debriefing(game: Controller, mission: Mission, t: UiText, width: number): DebriefLine[] {
  const told = (text: string, tone?: DebriefLine['tone']): DebriefLine[] =>
    paragraphs(text, width).map((line) => ({ text: line, tone }))
  const heading = (text: string): DebriefLine[] => [{ text: '' }, { text, tone: 'heading' }]
  const used = t.used(clockText(mission.seconds), mission.hintsShown, mission.failedChecks)
  return [
    ...told(`★ ${t.points(mission.points)} — ${used}`, 'good'),
    ...diagnosis(mission, t, game).flatMap(({ text, tone }) => told(text, tone)),
    { text: '' },
    ...told(withCode(say(mission.scenario.debrief, game.language))),
    ...traps(mission, t, game.language, told, heading),
    ...shortest(mission, t, told, heading),
    ...toRead(game, width).map((text) => ({ text })),
    ...chain(mission, t, width, heading),
    ...heading(t.timeline),
    ...told(t.legend, 'dim'),
    ...momentLines(mission, t, width - TIME_WIDTH).map(({ time, text, who }) => ({
      text: `${time.padStart(TIME_WIDTH - 1)} ${text}`,
      tone: TONES[who],
    })),
  ]
}

const TONES = {
  before: 'warn',
  cluster: 'bad',
  player: undefined,
  hint: 'dim',
  check: 'dim',
  solved: 'good',
} as const

type Tell = (text: string, tone?: DebriefLine['tone']) => DebriefLine[]
type Head = (text: string) => DebriefLine[]

/** Whether the player knew what it was. */
function diagnosis({ causes, diagnosis: said }: Mission, t: UiText, { language }: Controller): DebriefLine[] {
  const right = causes.find((cause) => cause.right)
  if (!right) return []
  if (said?.right) return [{ text: `✓ ${t.diagnosed}`, tone: 'good' }]
  const was = say(right.say, language)
  return [
    said
      ? { text: `✗ ${t.misdiagnosed(say(said.say, language), was)}`, tone: 'bad' }
      : { text: `✗ ${t.undiagnosed(was)}`, tone: 'dim' },
  ]
}

/** Wrong ways that the player took, why they lead nowhere, and why one takes them. */
export function traps({ trapped }: Mission, t: UiText, language: Language, told: Tell, heading: Head): DebriefLine[] {
  if (trapped.size === 0) return []
  return [
    ...heading(t.trapped),
    ...[...trapped].flatMap(({ name, why, tempting }) => [
      ...told(`✗ ${withCode(say(name, language))}`, 'warn'),
      ...[why, ...(tempting === undefined ? [] : [tempting])].flatMap((text) =>
        told(`  ${withCode(say(text, language))}`),
      ),
    ]),
  ]
}

/** What led to what, as the cluster itself recorded it. */
function chain(mission: Mission, t: UiText, width: number, heading: Head): DebriefLine[] {
  const lines = mission.chain().flatMap(({ at, where, what, depth, alike }): DebriefLine[] => {
    const mark = depth === 0 ? '' : `${'  '.repeat(depth - 1)}└ `
    const said = `${where}  ${printable(what)}${alike > 0 ? ` ${t.alike(alike)}` : ''}`.trim()
    const time = momentTime(at, mission.startedAt).padStart(TIME_WIDTH - 1)
    const rest = Math.max(20, width - TIME_WIDTH - mark.length)
    const shown = said.length > MAX_LINK ? `${said.slice(0, MAX_LINK - 1)}…` : said
    return paragraphs(shown, rest).map((line, i) => ({
      text: i === 0 ? `${time} ${mark}${line}` : `${' '.repeat(TIME_WIDTH + mark.length)}${line}`,
      tone: depth === 0 ? 'warn' : undefined,
    }))
  })
  return lines.length === 0 ? [] : [...heading(t.chain), ...lines]
}

/** The commands of the author's own solution. */
export function shortest({ scenario }: Pick<Mission, 'scenario'>, t: UiText, told: Tell, heading: Head): DebriefLine[] {
  return [...heading(t.shortest), ...solutionLines(scenario, told)]
}

/** The same without a heading: what a line goes on with hangs under its prompt. */
export const solutionLines = ({ solution }: Mission['scenario'], told: Tell): DebriefLine[] =>
  linesOf(solution).flatMap(({ on, line, goesOn }) => {
    if (line === '') return [{ text: '' }]
    return told(goesOn ? `  ${line}` : `$ ${on === undefined ? '' : `${on}  `}${line}`)
  })
