import { domainName, lasting } from '../../scenario/curriculum.ts'
import { dateText } from '../date.ts'
import type { DebriefLine } from '../debriefing.ts'
import { hintText } from '../hints.ts'
import { paragraphs } from '../paragraphs.ts'
import { printable } from '../plain-text.ts'
import { type UiText, uiText } from '../text.ts'
import { say, withCode } from '../typeset.ts'
import type { ExamDesk } from './desk.ts'

/** A line of a page, with its tone. */
export type Line = DebriefLine

/** Breaks a text into lines. */
export type Tell = (text: string, tone?: Line['tone']) => Line[]

/** For lines of so many columns. */
export const teller =
  (width: number): Tell =>
  (text, tone) =>
    paragraphs(text, width).map((line) => ({ text: line, tone }))

export const BLANK: Line = { text: '' }

/** Before an exam: its rules, or what was left. */
export function rulesLines(desk: ExamDesk, width: number): Line[] {
  const { words: t, saved, pool, language } = desk
  const tell = teller(width)
  const { minutes, pass, tasks } = lasting(saved?.minutes ?? desk.minutes).exam
  const facts = [
    `${t.mode}${uiText(language).colon} ${desk.practice ? t.practice : t.exam}`,
    ...(desk.seed === undefined ? [] : [`${t.seed}${uiText(language).colon} ${desk.seed}`]),
  ]
  return [
    ...(desk.sure ? [...tell(t.sure, 'bad'), BLANK] : []),
    ...(saved
      ? [...tell(t.left, 'warn'), ...tell(t.leftOf(dateText(saved.begun), saved.practice)), BLANK]
      : [...facts.flatMap((line) => tell(line, 'accent')), BLANK]),
    ...t.rules(minutes, pass, tasks).flatMap((text) => [...tell(withCode(text)), BLANK]),
    ...(pool && pool.candidates.length === 0 ? tell(t.tooFew, 'bad') : []),
    ...(pool?.broken ?? []).flatMap((why) => tell(`✗ ${t.leftOut}${uiText(language).colon} ${printable(why)}`, 'bad')),
  ]
}

/** What a task says. */
export function taskLines(desk: ExamDesk, n: number, width: number): Line[] {
  const { words: t, tasks, exam, language } = desk
  const task = tasks[n]
  if (!task || !exam) return []
  const tell = teller(width)
  const scenario = desk.texts.of(task)
  const facts = [
    t.task(n + 1, tasks.length),
    t.worth(task.worth),
    domainName(task.domain, language),
    ...(exam.flags.has(n) ? [`⚑ ${t.flagged}`] : []),
  ]
  const item = (sign: string, text: Parameters<typeof say>[0]): Line[] =>
    tell(`${sign} ${withCode(say(text, language))}`)
  // A mission's text says how it hurts, a task's what is wanted.
  const goals =
    task.kind === 'mission' && scenario
      ? [
          BLANK,
          { text: uiText(language).goals, tone: 'heading' as const },
          ...scenario.goals.flatMap((goal) => item('○', goal.say)),
          ...(scenario.keep ?? []).flatMap((kept) => item('·', kept.say)),
        ]
      : []
  return [
    ...tell(facts.join(' · '), 'dim'),
    ...tell(say(desk.texts.title(task), language), 'heading'),
    ...tell(withCode(`\`ssh ${task.host}\``)),
    BLANK,
    ...tell(scenario ? withCode(say(scenario.brief, language)) : t.textGone),
    ...goals,
  ]
}

/** The hints of the task that is read, those that were shown. */
export function hintLines(desk: ExamDesk, width: number): Line[] {
  const { words: t, exam, language } = desk
  const tell = teller(width)
  const hints = exam?.scenario(exam.current).hints ?? []
  const shown = exam?.hintsShown(exam.current) ?? 0
  if (hints.length === 0) return tell(t.noHints)
  return [
    ...hints.slice(0, shown).flatMap((hint, i) => tell(`${i + 1}. ${withCode(say(hintText(hint), language))}`)),
    ...tell(shown < hints.length ? t.hintsLeft(hints.length - shown) : uiText(language).noMoreHints, 'dim'),
  ]
}

/** Keys below the hints: there may be no more to show. */
export function hintKeys({ exam }: ExamDesk, ui: UiText): string {
  const all = exam?.scenario(exam.current).hints.length ?? 0
  return (exam?.hintsShown(exam.current) ?? 0) < all ? ui.hintKeys : ui.sheetKeys
}

/** Before an exam is ended. */
export function endingLines({ words: t, exam, tasks }: ExamDesk, width: number): Line[] {
  const tell = teller(width)
  const unvisited = tasks.flatMap((_, n) => (exam?.entered.has(n) ? [] : [n + 1]))
  const flags = [...(exam?.flags ?? [])].map((n) => n + 1).sort((a, b) => a - b)
  return [
    ...tell(t.endingText),
    ...(unvisited.length > 0
      ? [BLANK, ...tell(t.unvisited(unvisited.length), 'warn'), ...tell(unvisited.join(' '))]
      : []),
    ...(flags.length > 0 ? [BLANK, ...tell(t.flags(flags.length), 'warn'), ...tell(flags.join(' '))] : []),
  ]
}
