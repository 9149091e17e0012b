import type { Address, Command } from './script.ts'

/** Where the script stands in its input. */
export interface Position {
  readonly lineNumber: number
  readonly pattern: string
  readonly isLast: boolean
}

/** Which commands apply to the pattern space; remembers the ranges that are open and the regular expression used last. */
export class Selection {
  private readonly open = new Map<Command, { until: number }>()
  private last: RegExp | undefined

  constructor(
    private readonly at: Position,
    private readonly fail: (message: string) => never,
  ) {}

  selects(c: Command): boolean {
    if (!c.one) return !c.negated
    if (!c.two) return this.matches(c.one) !== c.negated
    return this.inRange(c) !== c.negated
  }

  /** Whether `c`, just run, prints its text now: a range does at its end. */
  endsHere(c: Command): boolean {
    return !(c.two && this.open.has(c) && !c.negated) || (c.two.kind === 'last' && this.at.isLast)
  }

  /** The regular expression, or the one used last in place of an empty one. */
  use(regex: RegExp | undefined): RegExp {
    const used = regex ?? this.last
    if (!used) this.fail('no previous regular expression')
    this.last = used
    used.lastIndex = 0
    return used
  }

  private matches(address: Address): boolean {
    const { lineNumber } = this.at
    switch (address.kind) {
      case 'line':
        return lineNumber === address.n
      case 'step':
        return address.step! <= 0
          ? lineNumber === address.n
          : lineNumber >= address.n! && (lineNumber - address.n!) % address.step! === 0
      case 'last':
        return this.at.isLast
      case 'regex':
        return this.use(address.regex).test(this.at.pattern)
      default:
        return false
    }
  }

  private inRange(c: Command): boolean {
    const two = c.two!
    const range = this.open.get(c)
    if (range) {
      if (two.kind === 'last') return true
      if (two.kind === 'regex') {
        if (this.matches(two)) this.open.delete(c)
        return true
      }
      if (this.at.lineNumber >= range.until) this.open.delete(c)
      return this.at.lineNumber <= range.until
    }
    const zero = c.one!.kind === 'line' && c.one!.n === 0
    if (zero && this.at.lineNumber === 1) {
      if (!this.matches(two)) this.open.set(c, { until: Number.POSITIVE_INFINITY })
      return true
    }
    if (zero || !this.matches(c.one!)) return false
    const until = lastLine(two, this.at.lineNumber)
    if (until > this.at.lineNumber) this.open.set(c, { until })
    return true
  }
}

/** Last line of a range that begins here; infinite when it depends on what comes. */
function lastLine(two: Address, from: number): number {
  switch (two.kind) {
    case 'line':
      return two.n!
    case 'plus':
      return from + two.n!
    case 'multiple':
      return two.n! === 0 ? from : from + two.n! - (from % two.n!)
    default:
      return Number.POSITIVE_INFINITY
  }
}
