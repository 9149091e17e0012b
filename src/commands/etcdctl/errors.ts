/** cobrautl's exit codes. */
export const EXIT = {
  error: 1,
  badConnection: 2,
  invalidInput: 3,
  badFeature: 4,
  interrupted: 5,
  io: 6,
  badArgs: 128,
} as const

/** Ends a command: `Error: MESSAGE` on stderr and the status. An empty message prints nothing. */
export class ExitError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message)
  }
}

/** Exit code 128: the arguments make no sense. */
export const badArgs = (message: string): ExitError => new ExitError(EXIT.badArgs, message)
