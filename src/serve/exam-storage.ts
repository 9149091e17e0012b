import { asExamInput, type ExamInput } from '../game/exam/input.ts'
import { type ExamHistory, noHistory, parseHistory, withMinutes } from '../game/exam/result.ts'
import { count, record, type Shape, truth, words } from '../game/shape.ts'
import { InputLog, type Saved } from './input-log.ts'
import { type Kept, stateDir, type Trouble } from './storage.ts'

/** Which exam it is: a draw from the same tasks by the same seed. */
export interface ExamHead {
  readonly seed: number
  readonly practice: boolean
  readonly minutes: number
  /** Real time at which it was begun, ISO 8601. */
  readonly begun: string
  /** What was drawn; another draw cannot be gone on with. */
  readonly drawn: string
}

/** An exam that was begun and not marked. */
export type SavedExam = Saved<ExamHead, ExamInput>

const headShape: Shape<ExamHead> = { seed: count(), practice: truth, minutes: count(), begun: words, drawn: words }

/** The log of the exam that is being sat. */
export class ExamLog extends InputLog<ExamHead, ExamInput> {
  constructor(trouble: Trouble) {
    const head = ({ version: _, ...data }: any): ExamHead => record(withMinutes(data), headShape, 'exam.jsonl')
    super({ file: 'exam.jsonl', head, entry: asExamInput }, trouble)
  }
}

/** Results of past exams, as kept on disk. */
export const HISTORY: Kept<ExamHistory> = {
  dir: stateDir,
  name: 'exam-history.json',
  parse: parseHistory,
  initial: noHistory,
  text: JSON.stringify,
}
