/** A script that sed refuses: `-e expression #1, char 3: …`. */
export class SedError extends Error {
  constructor(
    message: string,
    readonly status = 1,
  ) {
    super(message)
  }
}

/** What a command's address or range end selects. */
export interface Address {
  readonly kind: 'line' | 'step' | 'last' | 'regex' | 'plus' | 'multiple'
  readonly n?: number
  readonly step?: number
  /** undefined: the last regular expression used. */
  readonly regex?: RegExp
}

/** A command of a script, ready to run. */
export interface Command {
  readonly name: string
  readonly one?: Address
  readonly two?: Address
  readonly negated: boolean
  /** Text of a, i, c; file of r, w; label; exit status. */
  text: string
  regex?: RegExp
  replace?: (m: RegExpMatchArray) => string
  flags?: { global: boolean; print: boolean; number: number; file?: string }
  map?: Map<string, string>
  /** Where `{` and branches continue. */
  target?: number
}
