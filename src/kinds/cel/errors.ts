/** An expression that does not compile; the message is cel-go's, with the place marked below the source. */
export class CelSyntaxError extends Error {
  constructor(source: string, at: number, problem: string) {
    const before = source.slice(0, at)
    const line = before.split('\n').length
    const column = at - (before.lastIndexOf('\n') + 1)
    const text = source.split('\n')[line - 1]
    // Nothing can be marked in an empty source.
    super(
      source === ''
        ? `ERROR: <input>:1:0: ${problem}`
        : `ERROR: <input>:${line}:${column + 1}: ${problem}\n | ${text}\n | ${'.'.repeat(column)}^`,
    )
  }
}

/** An evaluation that failed: `no such key: x`. */
export class CelError extends Error {}

/** No function or operator takes operands of these types. Throws CelError. */
export const noOverload = (): never => {
  throw new CelError('no such overload')
}
