type Takes = 'none' | 'value' | 'optional'

/** What getopt_long(3) needs to know of a program's options. Keys are the caller's names for them. */
export interface OptionGrammar {
  /** The option of a letter; undefined: there is none. */
  short(letter: string): { readonly key: string; readonly takes: Takes } | undefined
  readonly long: readonly {
    readonly name: string
    readonly key: string
    readonly takes: Takes
    /** Names that share this mean one option: a beginning that fits only them is not ambiguous. The name, when left out. */
    readonly option?: string
  }[]
  /** Stop at the first operand. */
  readonly ordered?: boolean
  /** getopt(3): two dashes begin no long name. */
  readonly lettersOnly?: boolean
  /** Makes an error of getopt's words (without the program's name) about an option. */
  wrong(message: string, option: string): Error
}

/** The options of getopt's string of letters: `n:` takes a value, `n::` perhaps an attached one. */
export const byLetter =
  (letters: string): OptionGrammar['short'] =>
  (letter) => {
    const at = letter === ':' ? -1 : letters.indexOf(letter)
    if (at < 0) return undefined
    return { key: letter, takes: letters[at + 1] !== ':' ? 'none' : letters[at + 2] === ':' ? 'optional' : 'value' }
  }

/** An option that the real tool has and ours has not. */
export class Lacking extends Error {}

/** Set while a program begins whose command line the real tool's grammar has let pass. */
let passed = false

/**
 * Lets a program begin whose command line the real tool's grammar has let pass: what the program's own grammar then
 * refuses first is not a mistake of the player's. Throws Lacking with the option.
 */
export function havingPassed<T>(begin: () => T): T {
  passed = true
  try {
    return begin()
  } finally {
    passed = false
  }
}

/** getopt_long: each option with its argument ('' for none), and each operand with `undefined` in place of a key. */
export function* getoptLong(
  argv: readonly string[],
  own: OptionGrammar,
): Generator<readonly [key: string | undefined, text: string]> {
  const grammar: OptionGrammar = passed ? { ...own, wrong: (_, option) => new Lacking(option) } : own
  // The first to read its options is the program itself.
  passed = false
  for (let i = 0; i < argv.length; i++) {
    const arg = argv[i]
    const isOperand = arg === '-' || !arg.startsWith('-')
    if (arg === '--' || (isOperand && grammar.ordered)) {
      for (const operand of argv.slice(isOperand ? i : i + 1)) yield [undefined, operand]
      return
    }
    if (isOperand) yield [undefined, arg]
    else if (arg.startsWith('--') && !grammar.lettersOnly) {
      const eq = arg.indexOf('=')
      const found = longOption(grammar, arg, eq < 0 ? arg : arg.slice(0, eq))
      if (found.takes === 'none' && eq >= 0)
        throw grammar.wrong(`option '--${found.name}' doesn't allow an argument`, `--${found.name}`)
      const next = found.takes === 'value' && eq < 0
      if (next && i + 1 >= argv.length)
        throw grammar.wrong(`option '--${found.name}' requires an argument`, `--${found.name}`)
      yield [found.key, eq >= 0 ? arg.slice(eq + 1) : next ? argv[++i] : '']
    } else if (yield* letters(arg, argv[i + 1], grammar)) i++
  }
}

/** The options of `-abc`. Returns true when the last one took the next word. */
function* letters(
  arg: string,
  next: string | undefined,
  grammar: OptionGrammar,
): Generator<readonly [string, string], boolean> {
  for (let j = 1; j < arg.length; j++) {
    const found = grammar.short(arg[j])
    if (!found) throw grammar.wrong(`invalid option -- '${arg[j]}'`, `-${arg[j]}`)
    if (found.takes === 'none') {
      yield [found.key, '']
      continue
    }
    const rest = arg.slice(j + 1)
    if (rest !== '' || found.takes === 'optional') {
      yield [found.key, rest]
      return false
    }
    if (next === undefined) throw grammar.wrong(`option requires an argument -- '${arg[j]}'`, `-${arg[j]}`)
    yield [found.key, next]
    return true
  }
  return false
}

/** The option of a long name or of the beginning of one. */
function longOption(grammar: OptionGrammar, arg: string, given: string): OptionGrammar['long'][number] {
  const name = given.slice(2)
  const exact = grammar.long.find((l) => l.name === name)
  if (exact) return exact
  const hits = grammar.long.filter((l) => l.name.startsWith(name))
  if (hits.length === 0) throw grammar.wrong(`unrecognized option '${arg}'`, given)
  if (new Set(hits.map((l) => l.option ?? l.name)).size > 1)
    throw grammar.wrong(
      `option '${arg}' is ambiguous; possibilities: ${hits.map((l) => `'--${l.name}'`).join(' ')}`,
      given,
    )
  return hits[0]
}
