import type { Exam } from '../../game/exam/exam.ts'
import type { ExamInput } from '../../game/exam/input.ts'

/** Real ms that one piece of work may take before keys are looked at. */
export const BUDGET = 10

/** Long work in pieces, one at a time: who begins another one, or gives it up, stops what was under way. */
export class Pieces {
  private current: object = {}

  /** `after` each piece the screen may show how far it is. */
  constructor(
    private readonly after: () => void,
    private readonly failed: (error: Error) => void,
  ) {}

  stop(): void {
    this.current = {}
  }

  /** Something that is not in pieces: what it answers with says whether it is still wanted. */
  begin(): () => boolean {
    const own = {}
    this.current = own
    return () => this.current === own
  }

  /** Calls `piece` until it says that all is done. */
  run(piece: () => boolean): void {
    const wanted = this.begin()
    const go = (): void => {
      if (!wanted()) return
      const until = performance.now() + BUDGET
      try {
        do {
          if (piece()) return
        } while (performance.now() < until)
      } catch (error) {
        return this.failed(error as Error)
      }
      this.after()
      setImmediate(go)
    }
    go()
  }

  /** Goes through `steps`, each of which yields what share is done; `then` gets what they return. */
  follow<T>(steps: Iterator<number, T>, progress: { done: number }, then: (result: T) => void): void {
    this.run(() => {
      const { done, value } = steps.next()
      if (done) then(value)
      else progress.done = value
      // One step may take long: keys come in between.
      return done === true
    })
  }
}

/** What was done in an exam is done again; yields what share of it. */
export function* replayed(exam: Exam, inputs: readonly ExamInput[]): Generator<number, void> {
  for (let at = 0; at < inputs.length; at++) {
    exam.apply(inputs[at])
    yield (at + 1) / inputs.length
  }
}
