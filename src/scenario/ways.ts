import type { Attempt } from './schema.ts'

/** One command line of a way through a scenario. */
interface WayLine {
  readonly on: string | undefined
  readonly line: string
  /** It goes on with what the line before began: a script, a manifest. */
  readonly goesOn: boolean
}

/** The command lines of a solution, a fix or a decoy, without its pauses. */
export const linesOf = (steps: readonly Attempt[]): WayLine[] =>
  steps.flatMap((step): WayLine[] => {
    if (typeof step !== 'string' && 'wait' in step) return []
    const [on, run] = typeof step === 'string' ? [undefined, step] : [step.on, step.run]
    return run
      .trim()
      .split('\n')
      .map((line, at) => ({ on, line, goesOn: at > 0 }))
  })
