import { ShellError } from '../control.ts'
import { runSource } from '../exec/source.ts'
import type { Builtin } from './index.ts'

export const historyBuiltins: Record<string, Builtin> = {
  history: (sh, argv) => {
    const arg = argv[1]
    if (arg === '-c') {
      sh.history.length = 0
      return 0
    }
    if (arg === '-d') {
      const n = Number(argv[2])
      if (!(n >= 1 && n <= sh.history.length)) throw new ShellError(`${argv[2]}: history position out of range`)
      sh.history.splice(n - 1, 1)
      return 0
    }
    if (arg === '-w' || arg === '-a') {
      const path = argv[2] ?? sh.vars.get('HISTFILE')
      if (path)
        sh.p.fs.writeFile(path, sh.history.map((h) => `${h}\n`).join(''), {
          cwd: sh.cwd,
          creds: sh.p.creds,
          mode: 0o600,
        })
      return 0
    }
    if (arg !== undefined && !/^\d+$/.test(arg)) throw new ShellError(`${arg}: numeric argument required`)
    const from = arg === undefined ? 0 : Math.max(0, sh.history.length - Number(arg))
    for (let i = from; i < sh.history.length; i++) sh.out(`${String(i + 1).padStart(5)}  ${sh.history[i]}\n`)
    return 0
  },
  *fc(sh, argv) {
    const args = argv.slice(1)
    // The line that called fc is not part of what it lists.
    const past = sh.history.slice(0, -1)
    if (args[0]?.startsWith('-l') || args[0] === '-ln' || args[0] === '-nl') {
      const numbers = !args[0].includes('n')
      const from = args[1] === undefined ? Math.max(0, past.length - 16) : at(past, args[1])
      const to = args[2] === undefined ? past.length - 1 : at(past, args[2])
      for (let i = from; i <= to && i < past.length; i++) sh.out(`${numbers ? i + 1 : ''}\t ${past[i]}\n`)
      return 0
    }
    if (args[0] === '-s') {
      let line = past.at(-1)
      for (const a of args.slice(1)) {
        const m = /^([^=]+)=(.*)$/.exec(a)
        if (m) line = line?.replace(m[1], m[2])
        else line = [...past].reverse().find((h) => h.startsWith(a))
      }
      if (line === undefined) throw new ShellError('no command found')
      sh.out(`${line}\n`)
      sh.history[sh.history.length - 1] = line
      return yield* runSource(sh, line, { name: '' })
    }
    throw new ShellError('editing is not simulated', 127)
  },
}

function at(past: readonly string[], spec: string): number {
  if (/^-\d+$/.test(spec)) return Math.max(0, past.length + Number(spec))
  if (/^\d+$/.test(spec)) return Number(spec) - 1
  for (let i = past.length - 1; i >= 0; i--) if (past[i].startsWith(spec)) return i
  return 0
}
