/** What getopt needs to know: letters (`n:` takes a value, `n::` an optional attached one) and long names. */
interface OptionTable {
  readonly short: string
  /** Long name → short letter or key; a trailing `=` takes a value, `=?` an optional one. */
  readonly long?: Readonly<Record<string, string>>
  /** Stop at the first operand. */
  readonly ordered?: boolean
}

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

/** getopt_long: options and operands may be mixed unless `ordered`. */
export function getopt(argv: readonly string[], table: OptionTable): Options {
  const all: [string, string][] = []
  const args: string[] = []
  const long = Object.entries(table.long ?? {}).map(([name, key]) => ({
    name: name.replace(/=\??$/, ''),
    key,
    takes: name.endsWith('=?') ? 'optional' : name.endsWith('=') ? 'value' : 'none',
  }))
  const short = (letter: string): 'none' | 'value' | 'optional' | undefined => {
    const at = letter === ':' ? -1 : table.short.indexOf(letter)
    if (at < 0) return undefined
    return table.short[at + 1] !== ':' ? 'none' : table.short[at + 2] === ':' ? 'optional' : 'value'
  }
  for (let i = 0; i < argv.length; i++) {
    const arg = argv[i]
    if (arg === '--') {
      args.push(...argv.slice(i + 1))
      break
    }
    if (arg === '-' || !arg.startsWith('-')) {
      if (table.ordered) {
        args.push(...argv.slice(i))
        break
      }
      args.push(arg)
      continue
    }
    if (arg.startsWith('--')) {
      const eq = arg.indexOf('=')
      const name = eq < 0 ? arg.slice(2) : arg.slice(2, eq)
      const exact = long.find((l) => l.name === name)
      const candidates = exact ? [exact] : long.filter((l) => l.name.startsWith(name))
      if (candidates.length === 0) throw new OptionError(`unrecognized option '${eq < 0 ? arg : arg.slice(0, eq)}'`)
      if (candidates.length > 1)
        throw new OptionError(
          `option '${arg}' is ambiguous; possibilities: ${candidates.map((l) => `'--${l.name}'`).join(' ')}`,
        )
      const l = candidates[0]
      if (l.takes === 'none' && eq >= 0) throw new OptionError(`option '--${l.name}' doesn't allow an argument`)
      if (l.takes === 'value' && eq < 0 && i + 1 >= argv.length)
        throw new OptionError(`option '--${l.name}' requires an argument`)
      all.push([l.key, eq >= 0 ? arg.slice(eq + 1) : l.takes === 'value' ? argv[++i] : ''])
      continue
    }
    for (let j = 1; j < arg.length; j++) {
      const takes = short(arg[j])
      if (takes === undefined) throw new OptionError(`invalid option -- '${arg[j]}'`)
      if (takes === 'none') {
        all.push([arg[j], ''])
        continue
      }
      const rest = arg.slice(j + 1)
      if (rest === '' && takes === 'value') {
        if (i + 1 >= argv.length) throw new OptionError(`option requires an argument -- '${arg[j]}'`)
        all.push([arg[j], argv[++i]])
      } else all.push([arg[j], rest])
      break
    }
  }
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
