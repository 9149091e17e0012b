import type { Rating } from '../../game/drill/rating.ts'
import { type ReflexResult, runShare } from '../../game/drill/reflexes.ts'
import type { Mission } from '../../game/index.ts'
import type { Language } from '../../scenario/language.ts'
import type { Lesson } from '../../scenario/lesson/load.ts'
import { clockText } from '../clock.ts'
import { shortest, solutionLines, traps } from '../debriefing.ts'
import type { Subject } from '../lessons/reader.ts'
import { toReadText } from '../lessons/to-read.ts'
import { paragraphs } from '../paragraphs.ts'
import { uiText } from '../text.ts'
import { say, withCode } from '../typeset.ts'
import stringWidth from '../width.ts'
import { BLANK, type Line, line, type Tone } from './line.ts'
import { dateText, whenText } from './page.ts'
import { type DrillText, drillText } from './text.ts'

/** What is shown after a task or a run. */
export interface After {
  readonly title: string
  /** Stands right in the bar. */
  readonly about: string
  /** They say what Enter goes on with. */
  readonly keys: string
  /** Lines of at most `width` columns. */
  lines(width: number): Line[]
  /** About what there may be something to read. */
  readonly subject?: Subject
  /** Plays what comes next, if anything does. */
  goOn(): boolean
}

/** A task that was done or given up. */
export interface Done {
  readonly skill: string
  readonly mission: Mission
  readonly rating: Rating
  /** Virtual seconds, before the last look. */
  readonly seconds: number
  readonly failedChecks: number
  /** Day on which the skill comes again, and the day of the rating. */
  readonly due: number
  readonly today: number
}

const TONES: Readonly<Record<Rating, Tone>> = { again: 'bad', hard: 'warn', good: 'good', easy: 'good' }

/** Everything that is told after a task; `lessons` are those about it. */
export function afterLines(done: Done, lessons: readonly Lesson[], language: Language, width: number): Line[] {
  const t = drillText(language)
  const ui = uiText(language)
  const { mission, rating } = done
  const { scenario, verdict } = mission
  const told = (text: string, tone?: Tone): Line[] => paragraphs(text, width).map((row) => line(row, tone))
  const used = t.used(clockText(done.seconds), clockText(scenario.minutes * 60), mission.hintsShown, done.failedChecks)
  const checks = scenario.goals.flatMap((goal, i) => {
    const met = verdict?.objectives[i]?.met === true
    return told(
      `${met ? '✓' : '✗'} ${withCode(say(goal.say, language))} — ${met ? ui.met : ui.unmet}`,
      met ? 'good' : 'bad',
    )
  })
  const kept = (scenario.keep ?? []).flatMap((k, i) =>
    verdict?.kept[i] === false ? told(`✗ ${say(k.say, language)} — ${t.keptUnmet}`, 'warn') : [],
  )
  const plainly = (lines: readonly { readonly text: string; readonly tone?: Tone }[]): Line[] =>
    lines.map(({ text, tone }) => line(text, tone))
  const tell = (text: string, tone?: Tone) => paragraphs(text, width).map((row) => ({ text: row, tone }))
  const heading = (text: string) => [{ text: '' }, { text, tone: 'heading' as const }]
  return [
    ...told(`★ ${t.ratings[rating]}${t.colon} ${t.whyRated[rating]}`, TONES[rating]),
    ...told(`  ${used}`),
    ...told(`  ${t.comesAgain(whenText(done.due, done.today, t), dateText(done.due, language))}`),
    BLANK,
    line(t.checks, 'heading'),
    ...checks,
    ...kept,
    BLANK,
    line(t.explained, 'heading'),
    ...told(withCode(say(scenario.debrief, language))),
    ...plainly(traps(mission, ui, language, tell, heading)),
    ...plainly(shortest(mission, ui, tell, heading)),
    ...toReadText(
      lessons.map(({ title }) => title),
      language,
    ).flatMap((text) => [BLANK, ...told(text)]),
  ]
}

/** Keys that name what comes next: a long name gives way to the keys behind it. */
export function goOnKeys(next: string, columns: number, keys: (name: string) => string): string {
  const room = Math.max(1, columns - keys('').length - 1)
  return keys(next.length > room ? `${next.slice(0, room - 1).trimEnd()}…` : next)
}

/** A run of reflexes that has ended. */
export interface RunDone {
  /** It went to its end. */
  readonly whole: boolean
  readonly results: readonly ReflexResult[]
  /** The tasks of the results, as they were asked. */
  readonly tasks: readonly Mission['scenario'][]
  /** Best seconds by task as they were before the run; best run in per cent of par, 0 when there was none. */
  readonly before: { readonly best: Readonly<Record<string, number>>; readonly bestRun: number }
}

const TIME = 10
/** Room for what is told behind the times. */
const NOTE = 18

/** Time an item against par and the best one, and how each is done. */
export function runLines({ results, tasks, before, whole }: RunDone, language: Language, width: number): Line[] {
  const t = drillText(language)
  const share = whole ? runShare(results) : undefined
  const told = (text: string, tone?: Tone): Line[] => paragraphs(text, width).map((row) => line(row, tone))
  const nameWidth = Math.max(12, Math.min(44, width - 3 * TIME - NOTE))
  const row = (name: string, cells: readonly string[], tone?: Tone): Line => {
    const cut = stringWidth(name) > nameWidth ? `${name.slice(0, nameWidth - 1)}…` : name
    const text = cut + ' '.repeat(nameWidth - stringWidth(cut)) + cells.map((c) => c.padStart(TIME)).join('')
    return {
      parts: [{ text, tone }],
      spoken: `${name}${t.colon} ${cells.map((c, i) => `${t.runColumns[i]} ${c}`).join(', ')}`,
    }
  }
  const sum = (of: (r: ReflexResult) => number): string => clockText(results.reduce((all, r) => all + of(r), 0))
  return [
    { ...row('', t.runColumns, 'dim'), spoken: '' },
    ...results.map((r) => resultLine(r, before.best, t, language, row)),
    row(t.runTotal, [sum((r) => r.seconds ?? 0), sum((r) => r.task.minutes * 60)], 'heading'),
    BLANK,
    ...paragraphs(
      share === undefined
        ? t.runGap
        : `${t.runShare(share)}${before.bestRun === 0 || share < before.bestRun ? ` ${t.runBest}` : ''}`,
      width,
    ).map((text) => line(text, share === undefined ? 'dim' : 'good')),
    BLANK,
    line(uiText(language).shortest, 'heading'),
    ...results.flatMap(({ task }, i) => [
      ...told(say(task.title, language), 'dim'),
      ...solutionLines(tasks[i], (text) => paragraphs(text, width - 2).map((row) => ({ text: `  ${row}` }))).map(
        ({ text }) => line(text),
      ),
    ]),
  ]
}

function resultLine(
  { task, seconds, hints }: ReflexResult,
  best: Readonly<Record<string, number>>,
  t: DrillText,
  language: Language,
  row: (name: string, cells: readonly string[], tone?: Tone) => Line,
): Line {
  const par = task.minutes * 60
  const old = best[task.id]
  const cells = [
    seconds === undefined ? t.givenUp : clockText(seconds),
    clockText(par),
    old === undefined ? '–' : clockText(old),
  ]
  const isBest = seconds !== undefined && hints === 0 && old !== undefined && seconds < old
  const note = isBest ? `  ★ ${t.newBest}` : hints > 0 && seconds !== undefined ? `  ${t.helped}` : ''
  const drawn = row(say(task.title, language), cells, seconds === undefined ? 'dim' : seconds <= par ? 'good' : 'warn')
  return { parts: [...drawn.parts, { text: note, tone: 'accent' }], spoken: `${drawn.spoken}${note.replace('★', '')}` }
}
