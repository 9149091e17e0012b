import { byDomain, earnedBy, hasPassed, scoreOf, type TaskResult, worthOf } from '../../game/exam/result.ts'
import { CURRICULUM, domainName } from '../../scenario/curriculum.ts'
import { clockText } from '../clock.ts'
import { dateText } from '../date.ts'
import { shortest } from '../debriefing.ts'
import { toReadText } from '../lessons/to-read.ts'
import { uiText } from '../text.ts'
import { say, withCode } from '../typeset.ts'
import type { ExamDesk } from './desk.ts'
import { BLANK, type Line, type Tell, teller } from './page.ts'

const whole = (n: number): string => String(Math.round(n * 10) / 10)

/** All that is told of an exam that was marked. */
export const resultLines = (desk: ExamDesk, width: number): Line[] => sectionsOf(desk, width).flat()

/** The line on which a task's part of the result begins. */
export const resultLineOf = (desk: ExamDesk, n: number, width: number): number =>
  sectionsOf(desk, width)
    .slice(0, n + 1)
    .reduce((sum, lines) => sum + lines.length, 1)

/** The result as a whole, then each task behind a blank line. */
function sectionsOf(desk: ExamDesk, width: number): Line[][] {
  const { words: t, result, language } = desk
  if (!result) return []
  const tell = teller(width)
  const { pass } = CURRICULUM.exam
  const up = result.seconds >= result.minutes * 60 ? ` · ${t.timeUp}` : ''
  const passed = hasPassed(result)
  const score = scoreOf(result)
  const mode = result.practice ? `${t.practice} · ` : ''
  const head = [
    ...tell(`${passed ? '★' : '✗'} ${(passed ? t.passed : t.notPassed)(score, pass)}`, passed ? 'good' : 'bad'),
    ...tell(
      `${mode}${dateText(result.begun)} · ${t.used(clockText(result.seconds), clockText(result.minutes * 60), result.seed)}${up}`,
      'dim',
    ),
    BLANK,
    { text: t.domains, tone: 'heading' as const },
    ...byDomain(result).flatMap(([domain, of]) =>
      tell(`  ${domainName(domain, language).padEnd(28)} ${t.of(whole(earnedBy(of)), worthOf(of))}`),
    ),
  ]
  return [head, ...result.tasks.map((task, n) => [BLANK, ...taskResult(desk, task, n, tell)])]
}

/** A task's number, title, and what it earned. */
export function resultTitle(desk: ExamDesk, n: number): string {
  const task = desk.result?.tasks[n]
  if (!task) return ''
  const earned = desk.words.of(whole(earnedBy([task])), task.worth)
  return `${n + 1}. ${say(desk.texts.title(task), desk.language)} — ${earned}`
}

function taskResult(desk: ExamDesk, task: TaskResult, n: number, tell: Tell): Line[] {
  const title = tell(`${n === desk.at ? '▸ ' : ''}${resultTitle(desk, n)}`, 'heading')
  return [...title, ...aboutOf(desk, task, tell), ...checksOf(desk, task, tell), ...explanationOf(desk, task, tell)]
}

/** The task that is chosen in a result, as it was asked, and how its author does it. */
export function solutionLines(desk: ExamDesk, width: number): Line[] {
  const task = desk.result?.tasks[desk.at]
  if (!task) return []
  const { language } = desk
  const scenario = desk.texts.of(task)
  const tell = teller(width)
  const heading = (text: string): Line[] => [BLANK, { text, tone: 'heading' }]
  return [
    ...tell(resultTitle(desk, desk.at), 'heading'),
    ...aboutOf(desk, task, tell),
    BLANK,
    ...(scenario ? [...tell(withCode(say(scenario.brief, language))), BLANK] : []),
    ...checksOf(desk, task, tell),
    ...(scenario ? shortest({ scenario }, uiText(language), tell, heading) : []),
    BLANK,
    ...explanationOf(desk, task, tell),
  ]
}

/** Where it was, of which domain it is, whether anybody was there. */
const aboutOf = ({ words: t, language }: ExamDesk, task: TaskResult, tell: Tell): Line[] =>
  tell(`${task.host} · ${domainName(task.domain, language)}${task.entered ? '' : ` · ${t.unseen}`}`, 'dim')

function checksOf({ words: t, language, texts }: ExamDesk, task: TaskResult, tell: Tell): Line[] {
  const goals = texts.of(task)?.goals
  const checks = task.checks.flatMap((met, i) => {
    const goal = goals?.[i]
    return tell(`${met ? '✓' : '✗'} ${goal ? withCode(say(goal.say, language)) : i + 1}`, met ? 'good' : 'bad')
  })
  return [...checks, ...(task.kept ? [] : tell(`✗ ${t.keptBroken}`, 'warn'))]
}

/** Why it is done so, and what there is to read about it. */
function explanationOf(desk: ExamDesk, task: TaskResult, tell: Tell): Line[] {
  const scenario = desk.texts.of(task)
  if (!scenario) return tell(desk.words.textGone)
  return [
    ...tell(withCode(say(scenario.debrief, desk.language))),
    ...toReadText(desk.toRead(scenario), desk.language).flatMap((text) => tell(text)),
  ]
}
