/** A place in a file, counted from 1. */
export interface Place {
  readonly line: number
  readonly column: number
}

export const BEGINNING: Place = { line: 1, column: 1 }

/** What is wrong with a scenario file, and where. */
export class ContentError extends Error {
  constructor(
    readonly file: string,
    readonly line: number,
    readonly column: number,
    readonly problem: string,
    /** What the author can do about it. */
    readonly remedy?: string,
    /** What else is wrong with the file, as far as it can be told. */
    readonly others: readonly ContentError[] = [],
  ) {
    super(`${file}:${line}:${column}: ${problem}${remedy ? ` (${remedy})` : ''}`)
  }
}
