import type { DrawnTask } from '../../game/exam/draw.ts'
import type { Exam } from '../../game/exam/exam.ts'
import { BUDGET } from './pieces.ts'

/** Whose exam it is. */
interface Owner {
  readonly exam: Exam | undefined
  /** The candidate is at the terminal. */
  readonly seated: boolean
  simulate(what: () => void): void
  /** A cluster could not be set up. */
  failed(task: DrawnTask, error: Error): void
}

/** Sets up the clusters on which the candidate is not, and keeps them up to date, behind what is shown. */
export class Behind {
  /** The exam for which this is going on. */
  private busy: Exam | undefined
  private readonly told = new WeakSet<DrawnTask>()

  constructor(private readonly owner: Owner) {}

  /** Does what there is to do, in pieces. */
  tend(): void {
    const { exam } = this.owner
    if (!exam || this.busy === exam) return
    this.busy = exam
    setTimeout(() => this.piece(exam), 1)
  }

  private piece(exam: Exam): void {
    const { owner } = this
    if (exam !== this.busy) return
    let done = exam !== owner.exam || !owner.seated
    const until = performance.now() + BUDGET
    owner.simulate(() => {
      while (!done && performance.now() < until) done = exam.prepare()
    })
    if (!done && exam === owner.exam) return void setTimeout(() => this.piece(exam), 1)
    this.busy = undefined
    for (const { task, error } of exam.failures) {
      if (this.told.has(task)) continue
      this.told.add(task)
      owner.failed(task, error)
    }
  }
}
