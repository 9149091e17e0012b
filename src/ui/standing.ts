import { scoreOf } from '../game/exam/result.ts'
import { CURRICULUM } from '../scenario/curriculum.ts'
import { DRILL } from '../serve/drill-store.ts'
import { HISTORY } from '../serve/exam-storage.ts'
import { load, type Trouble } from '../serve/storage.ts'
import type { UiText } from './text.ts'

/** Exams further back say little of what one knows now. */
const LATEST = 5

/** What the menu says of drills and exams. */
export interface Standing {
  /** Skills that are due; undefined for who has never drilled. */
  readonly due: number | undefined
  /** Of the latest exams that count: how many, and the best of them. */
  readonly exams: { readonly count: number; readonly best: number } | undefined
}

/** Looks it up on disk. */
export function standingOn(today: number, trouble: Trouble): Standing {
  const drilled = Object.entries(load(DRILL, trouble).skills)
  const exams = load(HISTORY, trouble)
    .exams.filter(({ practice }) => !practice)
    .slice(-LATEST)
  const best = Math.max(...exams.map(scoreOf))
  return {
    due:
      drilled.length === 0
        ? undefined
        : drilled.filter(([skill, { due }]) => due <= today && skill in CURRICULUM.skills).length,
    exams: exams.length === 0 ? undefined : { count: exams.length, best },
  }
}

/** The same in words; empty for a new player. */
export const standingText = ({ due, exams }: Standing, t: UiText): string =>
  [
    ...(due === undefined ? [] : [t.dueToday(due)]),
    ...(exams === undefined ? [] : [t.bestExam(exams.best, exams.count)]),
  ].join(' · ')
