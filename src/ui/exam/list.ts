import { hasPassed, scoreOf } from '../../game/exam/result.ts'
import { clockText } from '../clock.ts'
import { dateText } from '../date.ts'
import { say } from '../typeset.ts'
import type { ExamDesk } from './desk.ts'
import { BLANK, type Line } from './page.ts'

/** No tick: that one has worked at a task does not mean that it is solved. */
const MARKS = { flag: '⚑', visited: '●', shown: '○', unseen: ' ' } as const

/** A row of the list of tasks: number, flag, whether it was visited, worth, host, title. */
export function taskRow(desk: ExamDesk, n: number): string {
  const { exam, tasks, language } = desk
  const task = tasks[n]
  const visited = exam?.entered.has(n) ? MARKS.visited : exam?.shown.has(n) ? MARKS.shown : MARKS.unseen
  const flag = exam?.flags.has(n) ? MARKS.flag : ' '
  const worth = `${task.worth}\u00a0%`.padStart(5)
  return `${String(n + 1).padStart(2)} ${flag} ${visited} ${worth}  ${task.host}  ${say(desk.texts.title(task), language)}`
}

/** What the marks mean, below the list. */
export const listLegend = ({ words: t }: ExamDesk): Line[] => [
  BLANK,
  { text: `   ${MARKS.flag} ${t.flagged}   ${MARKS.visited} ${t.visited}   ${MARKS.shown} ${t.readOnly}`, tone: 'dim' },
]

/** The same in words. */
export function spokenTask(desk: ExamDesk, n: number): string {
  const { exam, tasks, language, words: t } = desk
  const task = tasks[n]
  const marks = [...(exam?.flags.has(n) ? [t.flagged] : []), ...(exam?.entered.has(n) ? [t.visited] : [])]
  return [
    t.task(n + 1, tasks.length),
    t.worth(task.worth),
    task.host,
    say(desk.texts.title(task), language),
    ...marks,
  ].join(', ')
}

/** A row of the history. */
export function historyRow({ records, words: t }: ExamDesk, n: number): string {
  const result = records.all[n]
  const facts = [
    dateText(result.begun),
    `${scoreOf(result)}\u00a0%`.padStart(5),
    hasPassed(result) ? `✓ ${t.passedWord}` : `✗ ${t.notPassedWord}`,
    clockText(result.seconds),
    ...(result.practice ? [t.practice] : []),
  ]
  return facts.join('  ')
}
