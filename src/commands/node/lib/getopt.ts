import { byLetter, getoptLong, type OptionGrammar } from '../../../shell/getopt.ts'

/** What getopt needs to know: letters (`n:` takes a value, `n::` an optional attached one) and long names. */
interface OptionTable {
  readonly short: string
  /** Long name → short letter or key; a trailing `=` takes a value, `=?` an optional one. */
  readonly long?: Readonly<Record<string, string>>
  /** Stop at the first operand. */
  readonly ordered?: boolean
}

/** What getopt_long leaves of a command line. */
export interface Options {
  /** Last value of each option; '' for flags. */
  readonly values: ReadonlyMap<string, string>
  readonly all: readonly (readonly [string, string])[]
  readonly args: readonly string[]
  has(key: string): boolean
  get(key: string): string | undefined
  list(key: string): string[]
}

/** An option mistake, in getopt's words (without the program's name). */
export class OptionError extends Error {}

/** getopt_long: options and operands may be mixed unless `ordered`. Throws OptionError. */
export function getopt(argv: readonly string[], table: OptionTable): Options {
  const all: [string, string][] = []
  const args: string[] = []
  for (const [key, text] of getoptLong(argv, grammarOf(table)))
    if (key === undefined) args.push(text)
    else all.push([key, text])
  const values = new Map(all)
  return {
    values,
    all,
    args,
    has: (key) => values.has(key),
    get: (key) => values.get(key),
    list: (key) => all.filter(([k]) => k === key).map(([, v]) => v),
  }
}

const grammarOf = ({ short, long = {}, ordered }: OptionTable): OptionGrammar => ({
  short: byLetter(short),
  long: Object.entries(long).map(([name, key]) => ({
    name: name.replace(/=\??$/, ''),
    key,
    takes: name.endsWith('=?') ? 'optional' : name.endsWith('=') ? 'value' : 'none',
  })),
  ordered,
  wrong: (message) => new OptionError(message),
})
