import { type SkillCard, sessionOn } from '../../game/drill/deck.ts'
import type { DrillState } from '../../game/drill/record.ts'
import { reflexRun } from '../../game/drill/reflexes.ts'
import { aheadOf, streakOn, strengthOf } from '../../game/drill/schedule.ts'
import { forecast, strengths } from '../../game/drill/strength.ts'
import { CURRICULUM } from '../../scenario/curriculum.ts'
import type { Language } from '../../scenario/language.ts'
import { dateOf } from '../../serve/drill-store.ts'
import { paragraphs } from '../paragraphs.ts'
import { printable } from '../plain-text.ts'
import { say } from '../typeset.ts'
import { fitted, heatMap, percentOf, shadeOf } from './heat-map.ts'
import { BLANK, type Line, line, type Tone } from './line.ts'
import { type DrillText, drillText } from './text.ts'

/** What the page is about. */
interface PageView {
  readonly deck: readonly SkillCard[]
  /** Files that cannot be used, and why. */
  readonly broken: readonly string[]
  readonly state: DrillState
  readonly today: number
  readonly language: Language
  readonly width: number
  /** Skills are told with their ids, for the command line. */
  readonly ids?: boolean
}

/** What can be begun from the page. */
type Entry =
  | { readonly kind: 'session' }
  | { readonly kind: 'reflexes' }
  | { readonly kind: 'skill'; readonly card: SkillCard }

/** Entries in the order in which they stand on the page. */
export const entriesOf = (deck: readonly SkillCard[]): Entry[] => [
  { kind: 'session' },
  { kind: 'reflexes' },
  ...deck.map((card): Entry => ({ kind: 'skill', card })),
]

/** Days of the forecast. */
const WEEK = 7
/** Columns of the names of entries. */
const NAME = 36
/** Columns that what is told of them needs at least. */
const STATE = 24
/** Columns of ids. */
const ID = 16

/** The skill's name; its ID when the curriculum has none of that ID. */
export const skillName = (skill: string, language: Language): string =>
  say(CURRICULUM.skills[skill]?.name ?? skill, language)

/** `Tue 24 Nov` */
export const dateText = (day: number, language: Language): string =>
  dateOf(day).toLocaleDateString(language === 'fr' ? 'fr-FR' : 'en-GB', {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    timeZone: 'UTC',
  })

/** `tomorrow` */
export const whenText = (day: number, today: number, t: DrillText): string =>
  day <= today ? t.today : day === today + 1 ? t.tomorrow : t.inDays(day - today)

/** The days on end, for the bar. */
export function streakText({ state, today, language }: Pick<PageView, 'state' | 'today' | 'language'>): string {
  const t = drillText(language)
  const days = streakOn(state.streak, today)
  return days === undefined ? t.streakUnknown : t.streak(days, state.streak.best)
}

/** The page before and after drills: what is due, how strong one is, what comes. */
export function pageLines(view: PageView): Line[] {
  const { deck, state, today, language, width, broken } = view
  const t = drillText(language)
  const latest = aheadOf(state, today)
  const told = (text: string, tone?: Tone): Line[] => paragraphs(text, width).map((row) => line(row, tone))
  return [
    ...entriesOf(deck)
      .slice(0, 2)
      .map((entry, i) => entryLine(entry, i, view, t)),
    BLANK,
    ...(latest === undefined ? [] : [...told(t.behind(dateText(latest, language)), 'warn'), BLANK]),
    ...told(t.strength, 'heading'),
    ...heatMap(strengths(deck, state, today), t, language, width),
    BLANK,
    ...told(t.coming + comingText(view, t)),
    BLANK,
    { ...line(t.skills, 'heading'), spoken: '' },
    ...deck.map((card, i) => entryLine({ kind: 'skill', card }, i + 2, view, t)),
    ...broken.flatMap((why) => told(`✗ ${t.brokenTask(printable(why))}`, 'bad')),
  ]
}

function comingText({ deck, state, today, language }: PageView, t: DrillText): string {
  const day = (n: number): string =>
    n === 0
      ? t.comingToday
      : dateOf(today + n).toLocaleDateString(language === 'fr' ? 'fr-FR' : 'en-GB', {
          weekday: 'short',
          timeZone: 'UTC',
        })
  return forecast(deck, state, today, WEEK)
    .map((count, n) => `${day(n)} ${count}`)
    .join(' · ')
}

function entryLine(entry: Entry, number: number, view: PageView, t: DrillText): Line {
  const [name, state, tone] = entryText(entry, view, t)
  const width = Math.min(NAME + (view.ids ? ID : 0), view.width - STATE)
  const parts = [{ text: fitted(name, width) }, { text: state, tone }]
  return { parts, entry: number, spoken: `${name}, ${state.replace(/^[█▓▒░] */, '').replace(/ {2,}/g, ', ')}` }
}

function entryText(entry: Entry, view: PageView, t: DrillText): [name: string, state: string, tone: Tone] {
  const { deck, state, today, language } = view
  if (entry.kind === 'session') {
    const { due, fresh } = sessionOn(deck, state, today)
    return due.length + fresh.length === 0
      ? [t.session, t.nothingDue, 'dim']
      : [t.session, t.sessionOf(due.length, fresh.length), 'accent']
  }
  if (entry.kind === 'reflexes') {
    const { runs, bestRun } = state.reflexes
    const run = reflexRun(
      deck.flatMap(({ tasks }) => tasks),
      runs,
    )
    return [t.reflexes, run.length === 0 ? t.noReflexes : t.reflexesOf(run.length, bestRun), 'dim']
  }
  const { skill, tasks } = entry.card
  const record = state.skills[skill]
  const name = `${view.ids ? skill.padEnd(ID) : ''}${skillName(skill, language)}`
  if (!record) return [name, tasks.length === 0 ? t.noTasks : t.new, 'dim']
  const percent = percentOf(strengthOf(record, today))
  const isDue = record.due <= today
  const facts = [
    `${shadeOf(percent).sign} ${t.percent(percent)}`.padEnd(8),
    (tasks.length === 0 ? t.noTasks : isDue ? t.due : whenText(record.due, today, t)).padEnd(13),
    t.times(record.times),
  ]
  return [name, facts.join(' '), isDue && tasks.length > 0 ? 'warn' : 'dim']
}
