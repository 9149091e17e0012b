import { clockText } from '../clock.ts'
import type { Controller } from '../controller.ts'
import { docsItem, docsPage } from '../docs/plain.ts'
import type { UiText } from '../text.ts'
import { historyRow, spokenTask } from './list.ts'
import { endingLines, hintKeys, hintLines, type Line, rulesLines, taskLines } from './page.ts'
import { resultLines, resultTitle, solutionLines } from './result-page.ts'

/** A paragraph is one line: the terminal or the reader breaks it. */
const ONE_LINE = 10_000

const textOf = (lines: readonly Line[]): string[] => lines.map(({ text }) => text).filter((text) => text !== '')

/** Where in the exam the reader is: when it changes, `examText` is told. */
export function placeOf({ exam, docs }: Controller): string {
  const { stage, overlay, exam: sat } = exam
  const page =
    overlay === 'docs' ? `${docs.place.screen} ${docs.reader.lesson?.id}` : overlay === 'solution' ? exam.at : ''
  const task = stage === 'sitting' && overlay !== 'list' ? `${sat?.current} ${sat?.hintsShown(sat.current)}` : ''
  return [stage, overlay, page, task, exam.practice, exam.sure].join(' ')
}

/** What is told when the candidate comes to a page, a task or a sheet. */
export function examPage(game: Controller, ui: UiText): string[] {
  const { exam } = game
  const { words: t, overlay } = exam
  if (overlay === 'docs') return docsPage(game.docs)
  switch (exam.stage) {
    case 'rules':
    case 'left':
      return [t.title, ...textOf(rulesLines(exam, ONE_LINE)), exam.stage === 'left' ? t.leftKeys : t.rulesKeys]
    case 'loading':
      return [exam.exam ? t.resuming : t.loading]
    case 'marking':
      return [t.marking(0, exam.tasks.length)]
    case 'result':
      if (overlay === 'solution') return [t.solution, ...textOf(solutionLines(exam, ONE_LINE)), t.solutionKeys]
      return [t.result, ...textOf(resultLines(exam, ONE_LINE)), t.resultKeys]
    case 'history':
      return [t.history, ...(exam.records.all.length === 0 ? [t.noHistory] : []), t.historyKeys]
    case 'sitting':
      return sitting(game, overlay, ui)
  }
}

function sitting({ exam }: Controller, overlay: Controller['exam']['overlay'], ui: UiText): string[] {
  const { words: t } = exam
  const practice = exam.exam?.options.practice ?? false
  const keys = practice ? t.practiceKeys : t.keys
  switch (overlay) {
    case 'help':
      return [t.help, ...t.helpText(practice), ui.sheetKeys]
    case 'list':
      return [t.tasks, t.listKeys]
    case 'hints':
      return [t.hints, ...textOf(hintLines(exam, ONE_LINE)), hintKeys(exam, ui)]
    case 'paused':
      return [t.paused, t.pausedText, t.pausedKeys]
    case 'settings':
      return [ui.settings, ui.settingsKeys]
    case 'ending':
      return [t.ending, ...textOf(endingLines(exam, ONE_LINE)), practice ? t.endingPracticeKeys : t.endingKeys]
    case 'text':
      return [...textOf(taskLines(exam, exam.exam?.current ?? 0, ONE_LINE)), t.textKeys]
    default:
      // Beside the terminal, in a wide window, stands the task.
      return [...(exam.wide ? textOf(taskLines(exam, exam.exam?.current ?? 0, ONE_LINE)) : []), keys]
  }
}

/** What is chosen. */
export function examItem(game: Controller): string {
  const { exam, docs } = game
  if (exam.overlay === 'docs') return docsItem(docs)
  if (exam.overlay === 'list') return spokenTask(exam, exam.at)
  if (exam.stage === 'result' && !exam.overlay) return resultTitle(exam, exam.at)
  if (exam.stage === 'history' && exam.records.all[exam.at]) return historyRow(exam, exam.at)
  return ''
}

/** What the bar would show and is worth a word: time that runs out, flags, where one is. */
export function examState({ exam }: Controller): string {
  const { words: t, exam: sat } = exam
  if (!sat || !exam.seated) return ''
  const { place, warning } = sat
  return [
    ...(warning === undefined ? [] : [t.warning(warning)]),
    ...(sat.flags.has(sat.current) ? [t.flagged] : []),
    ...(place === undefined ? [] : [t.at(sat.tasks[place].host)]),
    // The minutes are told when they are asked for, with the task's text.
    ...(exam.overlay === 'text' ? [t.timeLeft(clockText(sat.secondsLeft - (sat.secondsLeft % 60)))] : []),
  ].join(', ')
}
