import { readAll, SysError } from '../../../host/index.ts'
import type { Coro } from '../../../kernel/index.ts'
import { Break, Continue, Exit, Return, ShellError } from '../control.ts'
import { findInPath } from '../exec/external.ts'
import { runSource } from '../exec/source.ts'
import type { Shell } from '../shell.ts'
import type { Builtin } from './index.ts'
import { usage } from './options-parse.ts'

const MAX_SOURCE_DEPTH = 200

function levels(sh: Shell, argv: readonly string[]): number {
  if (argv[1] === undefined) return 1
  if (!/^-?\d+$/.test(argv[1])) {
    sh.complain(`${argv[0]}: ${argv[1]}: numeric argument required`)
    throw new Exit(128)
  }
  const n = Number(argv[1])
  if (n < 1) throw new ShellError(`${argv[1]}: loop count out of range`)
  return n
}

function exitStatus(sh: Shell, argv: readonly string[]): number {
  if (argv[1] === undefined) return sh.status
  if (!/^[-+]?\d+$/.test(argv[1])) {
    sh.complain(
      sh.dialect === 'bash'
        ? `${argv[0]}: ${argv[1]}: numeric argument required`
        : `${argv[0]}: Illegal number: ${argv[1]}`,
    )
    return 2
  }
  if (argv.length > 2 && sh.dialect === 'bash') throw new ShellError('too many arguments')
  return Number(argv[1]) & 255
}

const exit: Builtin = (sh, argv) => {
  if (sh.interactive && !sh.scripted && !sh.exitWarned && sh.jobs.list.some((j) => j.state === 'stopped')) {
    sh.errorText('There are stopped jobs.\n')
    sh.exitWarned = true
    return 1
  }
  if (sh.interactive && !sh.subshell && !sh.scripted) sh.errorText(sh.login ? 'logout\n' : 'exit\n')
  throw new Exit(exitStatus(sh, argv))
}

function* source(sh: Shell, argv: readonly string[]): Coro<number> {
  const file = argv[1]
  if (file === undefined) {
    sh.complain(`${argv[0]}: filename argument required`)
    sh.errorText(`${argv[0]}: usage: ${argv[0]} filename [arguments]\n`)
    return 2
  }
  if (sh.sourceDepth > MAX_SOURCE_DEPTH) throw new ShellError('maximum source nesting level exceeded')
  const path = file.includes('/') ? file : (findInPath(sh, file) ?? file)
  let text: string
  try {
    const fd = /^\/dev\/(?:stdin|fd\/(\d+))$/.exec(path)
    const open = fd ? sh.fds.get(Number(fd[1] ?? 0)) : undefined
    text = open ? yield* readAll(open) : sh.p.fs.readFile(path, sh.cwd, sh.p.creds)
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    if (sh.dialect !== 'bash') {
      throw new ShellError(sh.dialect === 'dash' ? `cannot open ${file}: No such file` : `${file}: not found`, 2, true)
    }
    if (error.code === 'EISDIR') sh.complain(`${argv[0]}: ${file}: is a directory`)
    else sh.complain(`${file}: ${error.strerror}`)
    return 1
  }
  const saved = sh.args
  if (argv.length > 2) sh.args = argv.slice(2)
  sh.sourceDepth++
  try {
    return yield* runSource(sh, text, { name: path })
  } catch (error) {
    if (error instanceof Return) return error.status
    throw error
  } finally {
    sh.sourceDepth--
    if (argv.length > 2) sh.args = saved
  }
}

export const controlBuiltins: Record<string, Builtin> = {
  ':': () => 0,
  true: () => 0,
  false: () => 1,
  exit,
  logout: (sh, argv) => {
    if (!sh.login) throw new ShellError("not login shell: use `exit'")
    return exit(sh, argv)
  },
  return: (sh, argv) => {
    const status = exitStatus(sh, argv)
    if (!sh.vars.inFunction && sh.sourceDepth === 0)
      throw new ShellError("can only `return' from a function or sourced script", 2)
    throw new Return(status)
  },
  break: (sh, argv) => {
    if (sh.loopDepth === 0) {
      if (sh.dialect === 'bash') sh.complain("break: only meaningful in a `for', `while', or `until' loop")
      return 0
    }
    throw new Break(levels(sh, argv))
  },
  continue: (sh, argv) => {
    if (sh.loopDepth === 0) {
      if (sh.dialect === 'bash') sh.complain("continue: only meaningful in a `for', `while', or `until' loop")
      return 0
    }
    throw new Continue(levels(sh, argv))
  },
  shift: (sh, argv) => {
    const n = argv[1] === undefined ? 1 : Number(argv[1])
    if (!/^-?\d+$/.test(argv[1] ?? '1')) throw new ShellError(`${argv[1]}: numeric argument required`)
    if (n < 0) throw new ShellError(`${argv[1]}: shift count out of range`)
    if (n > sh.args.length) {
      if (sh.dialect === 'dash') throw new ShellError("can't shift that many", 2, true)
      return 1
    }
    sh.args = sh.args.slice(n)
    return 0
  },
  *eval(sh, argv) {
    const args = argv.slice(argv[1] === '--' ? 2 : 1)
    if (sh.dialect === 'bash' && argv[1] !== '--' && /^-./.test(args[0] ?? ''))
      return usage(sh, 'eval', args[0].slice(0, 2), 'eval [arg ...]')
    const text = args.join(' ')
    if (text.trim() === '') return 0
    return yield* runSource(sh, text, { name: sh.unit.name, firstLine: sh.line, construct: 'eval' })
  },
  source,
  '.': source,
}
