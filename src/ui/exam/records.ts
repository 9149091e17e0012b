import { type ExamHistory, type ExamResult, noHistory, withResult } from '../../game/exam/result.ts'
import { loadHistory, saveHistory } from '../../serve/exam-storage.ts'
import type { Trouble } from '../../serve/storage.ts'

/** The exams that were marked. */
export class Records {
  private kept: ExamHistory = noHistory()
  /** The file cannot be read: it is not written either. */
  private unreadable = false

  constructor(private readonly trouble: Trouble) {}

  /** Reads them; what was damaged is set aside. */
  load(): void {
    this.kept = loadHistory((problem) => {
      if (problem.kind === 'unreadable') this.unreadable = true
      this.trouble(problem)
    })
  }

  /** The newest first. */
  get all(): readonly ExamResult[] {
    return [...this.kept.exams].reverse()
  }

  /** Whether it could be written down. */
  add(result: ExamResult): boolean {
    this.kept = withResult(this.kept, result)
    return !this.unreadable && saveHistory(this.kept, this.trouble)
  }
}
