import type { Process, Program } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { byLetter, getoptLong, havingPassed, Lacking, type OptionGrammar } from '../../shell/getopt.ts'
import tables from './getopt-tables.json' with { type: 'json' }

/** What a tool hands to getopt_long(3), and what it prints after getopt's own line about a wrong option. */
interface OptionTable {
  readonly exit: number
  /** What it calls itself, when not by the name of its file. */
  readonly name?: string
  /** The string of letters. */
  readonly short: string
  /** Long names: `=` takes a value, `=?` may; `@other` means the same option as that one. */
  readonly long?: string
  /** The usual "Try 'NAME --help' …". */
  readonly try?: boolean
  readonly stderr?: string
  readonly stdout?: string
}

class WrongOption extends Error {}

/**
 * Puts the option grammar of the real tool before a program: a wrong option, a missing or superfluous value and an
 * ambiguous beginning end it in getopt's words, whichever options the program itself knows. The tables were read out of the
 * binaries of Debian 13 (arguments of getopt_long, and the output for an option that none has).
 */
export function behindGetopt(program: Program): Program {
  const table = (tables as Readonly<Record<string, OptionTable>>)[program.name]
  if (!table) return program
  let grammar: OptionGrammar | undefined
  return {
    ...program,
    *main(p) {
      grammar ??= grammarOf(table)
      const message = wrong(p.argv.slice(1), grammar)
      if (message === undefined) return yield* begun(program, p)
      const name = table.name ?? program.name
      if (table.stdout) p.stdout.write(table.stdout)
      const after = table.try ? `Try '${name} --help' for more information.\n` : (table.stderr ?? '')
      p.stderr.write(`${name}: ${message}\n${after}`)
      return table.exit
    },
  }
}

/** The program at work; of an option that only the real tool has it is said that it is not simulated. */
function* begun(program: Program, p: Process): Coro<number> {
  const running = program.main(p)
  const next = running.next.bind(running)
  // Options are read before anything is waited for.
  let read = false
  running.next = (by) => {
    if (read) return next(by)
    read = true
    return havingPassed(() => next(by))
  }
  try {
    return yield* running
  } catch (error) {
    if (!(error instanceof Lacking)) throw error
    p.stderr.write(`${program.name}: not simulated: ${error.message}\n`)
    return 127
  }
}

/** What is wrong with a command line: the first mistake that getopt meets before an option that ends the program. */
function wrong(argv: readonly string[], grammar: OptionGrammar): string | undefined {
  try {
    for (const [key] of getoptLong(argv, grammar)) if (key !== undefined && ENDS.has(key)) return undefined
    return undefined
  } catch (error) {
    if (error instanceof WrongOption) return error.message
    throw error
  }
}

/** Options over which tools print something and end before they read on. */
const ENDS = new Set(['help', 'version'])

function grammarOf({ short, long }: OptionTable): OptionGrammar {
  const names = (long ?? '').split(' ').filter((n) => n !== '')
  return {
    short: byLetter(short.replace(/^[-+:]+/, '')),
    long: names.map((text) => {
      const [, name, sign, same] = /^([^=@]+)(=\??)?(?:@(.+))?$/.exec(text)!
      const takes = sign === undefined ? 'none' : sign === '=' ? 'value' : 'optional'
      return { name, key: name, takes, option: same ?? name }
    }),
    ordered: short.startsWith('+'),
    lettersOnly: names.length === 0,
    wrong: (message) => new WrongOption(message),
  }
}
