import { type ExamHistory, type ExamResult, noHistory, withResult } from '../../game/exam/result.ts'
import { HISTORY } from '../../serve/exam-storage.ts'
import { load, type Trouble, update } from '../../serve/storage.ts'

/** The exams that were marked. */
export class Records {
  private kept: ExamHistory = noHistory()

  constructor(private readonly trouble: Trouble) {}

  /** Reads them; what was damaged is set aside. */
  load(): void {
    this.kept = load(HISTORY, this.trouble)
  }

  /** The newest first. */
  get all(): readonly ExamResult[] {
    return [...this.kept.exams].reverse()
  }

  /** Whether it could be written down. */
  add(result: ExamResult): boolean {
    const { value, kept } = update(HISTORY, this.kept, (history) => withResult(history, result), this.trouble)
    this.kept = value
    return kept
  }
}
