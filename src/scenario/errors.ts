/** What is wrong with a scenario file, and where. */
export class ContentError extends Error {
  constructor(
    readonly file: string,
    readonly line: number,
    readonly column: number,
    readonly problem: string,
    /** What the author can do about it. */
    readonly remedy?: string,
  ) {
    super(`${file}:${line}:${column}: ${problem}${remedy ? ` (${remedy})` : ''}`)
  }
}
