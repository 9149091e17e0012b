import { setUmask, umaskOf } from '../../io/files.ts'
import { signalFromText } from '../../text/signals.ts'
import { ShellError } from '../control.ts'
import { setTrap } from '../exec/traps.ts'
import { type Builtin, builtins } from './index.ts'
import { parseFlags, usage } from './options-parse.ts'

const PSEUDO = new Set(['EXIT', 'ERR', 'DEBUG', 'RETURN'])

function trapName(text: string): string | undefined {
  const upper = text.toUpperCase()
  if (upper === '0' || upper === 'EXIT') return 'EXIT'
  if (PSEUDO.has(upper)) return upper
  return signalFromText(text) || undefined
}

const trap: Builtin = (sh, argv) => {
  const args = argv.slice(1)
  if (args[0] === '--') args.shift()
  if (args.length === 0 || args[0] === '-p') {
    const wanted = args.slice(1).map(trapName)
    for (const [name, action] of sh.traps)
      if (wanted.length === 0 || wanted.includes(name)) sh.out(`trap -- '${action.replaceAll("'", "'\\''")}' ${name}\n`)
    return 0
  }
  if (args[0] === '-l') return builtins.get('kill')!(sh, ['kill', '-l']) as number
  const single = args.length === 1
  const action = single || args[0] === '-' ? undefined : args[0]
  let status = 0
  for (const text of single ? args : args.slice(1)) {
    const name = trapName(text)
    if (name === undefined) {
      sh.complain(`trap: ${text}: invalid signal specification`)
      status = 1
    } else setTrap(sh, name, action)
  }
  return status
}

const umask: Builtin = (sh, argv) => {
  const args = argv.slice(1).filter((a) => a !== '-p' && a !== '-S')
  const mask = umaskOf(sh.p)
  if (args.length === 0) {
    const clause = (shift: number): string => {
      const bits = ~(mask >> shift) & 7
      return `${bits & 4 ? 'r' : ''}${bits & 2 ? 'w' : ''}${bits & 1 ? 'x' : ''}`
    }
    sh.out(
      argv.includes('-S') ? `u=${clause(6)},g=${clause(3)},o=${clause(0)}\n` : `${mask.toString(8).padStart(4, '0')}\n`,
    )
    return 0
  }
  if (/^[0-7]+$/.test(args[0])) {
    setUmask(sh.p, Number.parseInt(args[0], 8))
    return 0
  }
  if (/^\d+$/.test(args[0])) throw new ShellError(`${args[0]}: octal number out of range`)
  let next = mask
  for (const part of args[0].split(',')) {
    const m = /^([ugoa]*)([-+=])([rwx]*)$/.exec(part)
    if (!m) {
      const bad = /^([ugoa]*)([-+=]?)[rwx]*(.?)/.exec(part)!
      const what = bad[2]
        ? `\`${bad[3]}': invalid symbolic mode character`
        : `\`${bad[3]}': invalid symbolic mode operator`
      throw new ShellError(what)
    }
    const who = m[1] === '' || m[1].includes('a') ? 'ugo' : m[1]
    const bits = (m[3].includes('r') ? 4 : 0) | (m[3].includes('w') ? 2 : 0) | (m[3].includes('x') ? 1 : 0)
    for (const w of who) {
      const shift = w === 'u' ? 6 : w === 'g' ? 3 : 0
      if (m[2] === '=') next = (next & ~(7 << shift)) | ((~bits & 7) << shift)
      else if (m[2] === '+') next &= ~(bits << shift)
      else next |= bits << shift
    }
  }
  setUmask(sh.p, next)
  return 0
}

/** Limits as a root login on Ubuntu 24.04 sees them: letter, label, unit, value. */
const LIMITS: readonly (readonly [string, string, string, string])[] = [
  ['R', 'real-time non-blocking time', 'microseconds, ', 'unlimited'],
  ['c', 'core file size', 'blocks, ', '0'],
  ['d', 'data seg size', 'kbytes, ', 'unlimited'],
  ['e', 'scheduling priority', '', '0'],
  ['f', 'file size', 'blocks, ', 'unlimited'],
  ['i', 'pending signals', '', '15430'],
  ['l', 'max locked memory', 'kbytes, ', '504260'],
  ['m', 'max memory size', 'kbytes, ', 'unlimited'],
  ['n', 'open files', '', '1024'],
  ['p', 'pipe size', '512 bytes, ', '8'],
  ['q', 'POSIX message queues', 'bytes, ', '819200'],
  ['r', 'real-time priority', '', '0'],
  ['s', 'stack size', 'kbytes, ', '8192'],
  ['t', 'cpu time', 'seconds, ', 'unlimited'],
  ['u', 'max user processes', '', '15430'],
  ['v', 'virtual memory', 'kbytes, ', 'unlimited'],
  ['x', 'file locks', '', 'unlimited'],
]

const ulimit: Builtin = (sh, argv) => {
  const letters = argv
    .slice(1)
    .filter((a) => a.startsWith('-'))
    .flatMap((a) => [...a.slice(1)])
    .filter((c) => c !== 'H' && c !== 'S')
  const value = argv.slice(1).find((a) => !a.startsWith('-'))
  if (letters.includes('a')) {
    for (const [l, label, unit, v] of LIMITS)
      sh.out(
        `${label.padEnd(27)} (${unit}-${l}) ${sh.limits.get(l) ?? v}\n`.replace(
          /^(.{27}) +\(/,
          (_m, a: string) => `${a} (`,
        ),
      )
    return 0
  }
  const letter = letters[0] ?? 'f'
  const limit = LIMITS.find(([l]) => l === letter)
  if (!limit) return usage(sh, 'ulimit', `-${letter}`, 'ulimit [-SHabcdefiklmnpqrstuvxPRT] [limit]')
  if (value === undefined) sh.out(`${sh.limits.get(letter) ?? limit[3]}\n`)
  else if (!/^(\d+|unlimited|hard|soft)$/.test(value)) throw new ShellError(`${value}: invalid number`)
  else sh.limits.set(letter, value)
  return 0
}

const nothing: Builtin = () => 0

const compgen: Builtin = (sh, argv) => {
  const parsed = parseFlags(
    sh,
    argv,
    'abcdefgjksuvo:A:G:W:F:C:X:P:S:',
    'compgen [-abcdefgjksuv] [-o option] [-A action] [-G globpat] [-W wordlist] [-F function] [-C command] [-X filterpat] [-P prefix] [-S suffix] [word]',
  )
  if (typeof parsed === 'number') return parsed
  const prefix = parsed.args[0] ?? ''
  const found: string[] = []
  if (parsed.flags.W !== undefined) found.push(...parsed.flags.W.split(/\s+/).filter(Boolean))
  if (parsed.flags.v !== undefined) found.push(...sh.vars.names())
  if (parsed.flags.a !== undefined) found.push(...[...sh.aliases.keys()].sort())
  if (parsed.flags.b !== undefined) found.push(...[...builtins.keys()].sort())
  const hits = found.filter((f) => f.startsWith(prefix))
  for (const h of hits) sh.out(`${h}\n`)
  return hits.length > 0 ? 0 : 1
}

export const miscBuiltins: Record<string, Builtin> = {
  trap,
  umask,
  ulimit,
  times: (sh) => {
    sh.out('0m0.004s 0m0.002s\n0m0.012s 0m0.008s\n')
    return 0
  },
  caller: (sh, argv) => {
    const frame = sh.callStack[sh.callStack.length - 1 - Number(argv[1] ?? 0)]
    if (!frame) return 1
    sh.out(
      argv[1] === undefined
        ? `${frame.line} ${frame.unit.name || 'NULL'}\n`
        : `${frame.line} ${frame.name} ${frame.unit.name}\n`,
    )
    return 0
  },
  enable: (sh, argv) => {
    const unknown = argv.slice(1).filter((a) => !a.startsWith('-') && !builtins.has(a))
    for (const name of unknown) sh.complain(`enable: ${name}: not a shell builtin`)
    return unknown.length > 0 ? 1 : 0
  },
  // Completion is the line editor's business; scripts that register functions are accepted and kept.
  complete: (sh, argv) => {
    const at = argv.indexOf('-F')
    if (at > 0) {
      let names = argv.slice(at + 2)
      while (names[0] === '-o') names = names.slice(2)
      for (const name of names) sh.completions.set(name, argv[at + 1])
    }
    return 0
  },
  compopt: nothing,
  compgen,
  bind: nothing,
  help: (sh, argv) => {
    if (argv.length < 2) {
      sh.out(
        "GNU bash, version 5.2.21(1)-release (x86_64-pc-linux-gnu)\nThese shell commands are defined internally.  Type `help' to see this list.\n",
      )
      return 0
    }
    const topic = argv.slice(1).find((a) => !a.startsWith('-')) ?? argv[1]
    if (!builtins.has(topic)) {
      const see = `Try \`help help' or \`man -k ${topic}' or \`info ${topic}'.`
      sh.complain(`help: no help topics match \`${topic}'.  ${see}`)
      return 1
    }
    sh.errorText(`help ${argv[1]}: not simulated\n`)
    return 127
  },
}
