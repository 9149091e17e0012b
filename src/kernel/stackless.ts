/**
 * An error of the simulated world: thrown by the thousand and told apart by its type. It records no stack, whose
 * collection would cost more than all else about it.
 */
export class Stackless extends Error {
  constructor(message?: string) {
    const limit = Error.stackTraceLimit
    Error.stackTraceLimit = 0
    super(message)
    Error.stackTraceLimit = limit
  }
}
