/** One sentence of a syntax error, and the line of the text (from 1) that it is said of. */
export interface Sentence {
  readonly line: number
  readonly text: string
}

/** What is wrong with a source, as bash's own parser finds it. */
export interface SyntaxProblem {
  /** `incomplete`: more input could complete it, so an interactive shell asks with PS2. */
  readonly kind: 'incomplete' | 'unexpected'
  /** Where the offending token begins. */
  readonly pos: number
  /** Where the complete command that is given up began: what precedes it has run. */
  readonly unit: number
  /** The token that could not follow, in bash's spelling. */
  readonly token?: string
  /** The quote or bracket that was never closed. */
  readonly quote?: string
  /** What bash says, in order. */
  readonly says: readonly Sentence[]
  /** The line that bash then quotes. */
  readonly offending?: Sentence
  /** Inside `a=(…)` only the line is given up; inside `$(…)` the shell ends in its own way. */
  readonly within?: 'array' | 'substitution'
}

/** Unwinds the parser at the first error. */
export class SyntaxStop {
  readonly problem: Omit<SyntaxProblem, 'unit'>

  constructor(problem: Omit<SyntaxProblem, 'unit'>) {
    this.problem = problem
  }
}
