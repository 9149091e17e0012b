import { type Process, type Program, readLine, SysError } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { groupOf, setGroup } from '../jobs/group.ts'
import { inputTerminal, type Terminal } from '../jobs/terminal.ts'
import { userByName } from '../text/users.ts'
import { Abandon, Exit, Interrupted, Unwind } from './control.ts'
import { BASH_VERSION } from './dynamic.ts'
import { findInPath } from './exec/external.ts'
import { notifyJobs, setForeground } from './exec/job.ts'
import { runSource } from './exec/source.ts'
import { runToExit, statusOf } from './exec/top.ts'
import { armSignals } from './exec/traps.ts'
import { judge } from './grammar/judge.ts'
import { type Dialect, FLAG_LETTERS, Shell } from './shell.ts'
import { incomplete, reading } from './syntax.ts'

interface Invocation {
  command?: string
  script?: string
  readonly args: string[]
  interactive: boolean
  login: boolean
  readStdin: boolean
  noProfile: boolean
  noRc: boolean
  rcFile?: string
}

const VERSION = `GNU bash, version ${BASH_VERSION} (x86_64-pc-linux-gnu)
Copyright (C) 2022 Free Software Foundation, Inc.
License GPLv3+: GNU GPL version 3 or later <http://gnu.org/licenses/gpl.html>

This is free software; you are free to change and redistribute it.
There is NO WARRANTY, to the extent permitted by law.
`

/** A shell as an executable. */
function shellProgram(name: string, dialect: Dialect): Program {
  return {
    name,
    *main(p) {
      const sh = new Shell(p, { dialect, name: p.argv[0] ?? name })
      sh.adoptStreams()
      p.defer(() => {
        for (const fd of sh.fds.values()) fd.close()
      })
      return yield* start(sh, p)
    },
  }
}

function* start(sh: Shell, p: Process): Coro<number> {
  const how = parseArguments(sh, p.argv)
  if (typeof how === 'number') return how
  const terminal = how.command === undefined && how.script === undefined ? inputTerminal(p) : undefined
  how.interactive ||= terminal !== undefined
  importEnvironment(sh, how)
  if (how.interactive) {
    sh.setInteractive()
    sh.scripted = terminal?.scripted ?? false
    if (terminal) {
      setGroup(p, p.pid)
      setForeground(sh, groupOf(p))
    }
  }
  sh.login = how.login
  armSignals(sh)
  sh.args = how.args
  if (how.command !== undefined && how.args.length > 0) sh.name = how.args.shift()!
  sh.fromString = how.command !== undefined
  return yield* runToExit(sh, () => body(sh, how, terminal))
}

function* body(sh: Shell, how: Invocation, terminal: Terminal | undefined): Coro<number> {
  yield* startupFiles(sh, how)
  if (how.command !== undefined) return yield* runSource(sh, how.command, { name: sh.name, construct: '-c' })
  if (how.script !== undefined) return yield* runScript(sh, how.script)
  if (terminal) return yield* interact(sh, terminal)
  return yield* runStdin(sh)
}

/** Reads the command line. Returns an exit status for --version and for errors. */
function parseArguments(sh: Shell, argv: readonly string[]): Invocation | number {
  const how: Invocation = {
    args: [],
    interactive: false,
    login: argv[0]?.startsWith('-') ?? false,
    readStdin: false,
    noProfile: false,
    noRc: false,
  }
  let i = 1
  let wantsCommand = false
  for (; i < argv.length; i++) {
    const arg = argv[i]
    if (arg === '--' || arg === '-') {
      i++
      break
    }
    if (!/^[-+]./.test(arg)) break
    if (arg.startsWith('--') && sh.dialect === 'bash') {
      if (arg === '--version') {
        sh.out(VERSION)
        return 0
      }
      if (arg === '--login') how.login = true
      else if (arg === '--norc') how.noRc = true
      else if (arg === '--noprofile') how.noProfile = true
      else if (arg === '--posix') sh.options.add('posix')
      else if (arg === '--rcfile' || arg === '--init-file') how.rcFile = argv[++i]
      else if (arg !== '--verbose' && arg !== '--debugger') {
        sh.errorText(`${sh.name}: ${arg}: invalid option\n`)
        return 2
      }
      continue
    }
    for (const letter of arg.slice(1)) {
      if (letter === 'c') wantsCommand = true
      else if (letter === 'i') how.interactive = true
      else if (letter === 'l') how.login = true
      else if (letter === 's') how.readStdin = true
      else if (letter === 'o' || letter === 'O') {
        const name = argv[++i] ?? ''
        const store = letter === 'o' ? sh.options : sh.shopts
        if (arg[0] === '-') store.add(name)
        else store.delete(name)
      } else {
        const option = FLAG_LETTERS.find(([l]) => l === letter)?.[1]
        if (!option) {
          sh.errorText(`${sh.name}: ${arg[0]}${letter}: invalid option\n`)
          return 2
        }
        if (arg[0] === '-') sh.options.add(option)
        else sh.options.delete(option)
      }
    }
  }
  const rest = argv.slice(i)
  if (wantsCommand) {
    if (rest.length === 0) {
      sh.errorText(`${sh.name}: -c: option requires an argument\n`)
      return 2
    }
    how.command = rest[0]
    how.args.push(...rest.slice(1))
  } else if (rest.length > 0 && !how.readStdin) {
    how.script = rest[0]
    how.args.push(...rest.slice(1))
  } else how.args.push(...rest)
  return how
}

/** Variables that a shell takes over or sets at the start. */
function importEnvironment(sh: Shell, how: Invocation): void {
  const p = sh.p
  for (const [name, value] of Object.entries(p.env)) {
    if (/^[A-Za-z_]\w*$/.test(name) && name !== '_') sh.vars.define(name, { value, exported: true })
  }
  const set = (name: string, value: string, exported = false): void => {
    sh.vars.define(name, { ...sh.vars.own(name), value, exported: exported || sh.vars.own(name)?.exported })
  }
  set('IFS', ' \t\n')
  set('PWD', p.env.PWD && p.fs.find(p.env.PWD) === p.fs.find(p.cwd) ? p.env.PWD : p.cwd, true)
  sh.cwd = sh.vars.get('PWD')!
  set('OPTIND', '1')
  set('PPID', String(p.parent?.pid ?? 1))
  sh.vars.update('PPID', { readonly: true })
  if (sh.vars.get('PATH') === undefined) set('PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin')
  if (sh.dialect !== 'bash') {
    set('PS4', '+ ')
    if (sh.dialect === 'ash') set('SHLVL', String(Number(p.env.SHLVL ?? 0) + 1), true)
    return
  }
  set('SHLVL', String(Number(p.env.SHLVL ?? 0) + 1), true)
  set('BASH', '/bin/bash')
  set('BASH_VERSION', BASH_VERSION)
  set('HOSTNAME', p.hostname)
  set('HOSTTYPE', 'x86_64')
  set('OSTYPE', 'linux-gnu')
  set('MACHTYPE', 'x86_64-pc-linux-gnu')
  set('PS4', '+ ')
  if (how.interactive) {
    set('PS2', '> ')
    set('HISTSIZE', '1000')
    set('HISTFILE', `${sh.vars.get('HOME') ?? ''}/.bash_history`)
    const terminal = inputTerminal(p)
    set('COLUMNS', String(terminal?.cols ?? 80))
    set('LINES', String(terminal?.rows ?? 24))
  }
}

/** /etc/profile, ~/.profile, ~/.bashrc …, as bash(1) says under INVOCATION. */
function* startupFiles(sh: Shell, how: Invocation): Coro {
  const home = sh.vars.get('HOME') ?? userByName(sh.p.fs, undefined, sh.p.creds.uid)?.home ?? '/'
  const exists = (path: string): boolean => sh.p.fs.find(path)?.kind === 'file'
  if (how.login && !how.noProfile) {
    yield* sourceIfPresent(sh, '/etc/profile')
    const own = (sh.dialect === 'bash' ? ['.bash_profile', '.bash_login', '.profile'] : ['.profile'])
      .map((f) => `${home}/${f}`)
      .find(exists)
    if (own) yield* sourceIfPresent(sh, own)
  } else if (how.interactive && sh.dialect === 'bash' && !how.noRc) {
    yield* sourceIfPresent(sh, '/etc/bash.bashrc')
    yield* sourceIfPresent(sh, how.rcFile ?? `${home}/.bashrc`)
  } else if (!how.interactive && sh.dialect === 'bash') {
    const file = sh.vars.get('BASH_ENV')
    if (file) yield* sourceIfPresent(sh, file)
  }
  if (how.interactive && sh.vars.own('PS1')?.value === undefined)
    sh.vars.set(
      'PS1',
      sh.dialect === 'bash'
        ? '\\u@\\h:\\w\\$ '
        : sh.dialect === 'ash'
          ? '\\w \\$ '
          : sh.p.creds.uid === 0
            ? '# '
            : '$ ',
    )
  sh.status = 0
}

function* sourceIfPresent(sh: Shell, path: string): Coro {
  const node = sh.p.fs.find(path)
  if (node?.kind !== 'file') return
  try {
    yield* runSource(sh, node.read(), { name: path })
  } catch (error) {
    if (error instanceof Exit || !(error instanceof Unwind)) throw error
  }
}

function* runScript(sh: Shell, script: string): Coro<number> {
  let path = script
  if (!script.includes('/') && !sh.p.fs.exists(script, sh.cwd)) path = findInPath(sh, script) ?? script
  let text: string
  try {
    text = sh.p.fs.readFile(path, sh.cwd, sh.p.creds)
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    if (sh.dialect === 'bash') {
      sh.errorText(`${sh.name}: ${script}: ${error.strerror}\n`)
      return error.code === 'ENOENT' ? 127 : 126
    }
    sh.errorText(
      sh.dialect === 'dash'
        ? `${sh.name}: 0: cannot open ${script}: No such file\n`
        : `${sh.name}: can't open '${script}': ${error.strerror}\n`,
    )
    return 2
  }
  const node = sh.p.fs.find(path, sh.cwd)
  if (text.includes('\0') || (node?.kind === 'file' && node.program !== undefined)) {
    sh.errorText(`${path}: ${path}: cannot execute binary file\n`)
    return 126
  }
  sh.name = script
  return yield* runSource(sh, text, { name: script })
}

/** Commands from a pipe or file: one complete command at a time, so that commands can read what follows. */
function* runStdin(sh: Shell): Coro<number> {
  let text = ''
  let line = 1
  for (;;) {
    const next = yield* readLine(sh.stdin)
    if (next !== null) {
      text += `${next}\n`
      if (incomplete(sh, text)) continue
    }
    if (text.trim() !== '') {
      const status = yield* runSource(sh, text, { name: sh.name, firstLine: line })
      if (status === 2 && judge(text, reading(sh)).problem) return 2
    }
    line += text.split('\n').length - 1
    text = ''
    if (next === null) return sh.status
  }
}

/** The read-eval loop of a shell on a terminal. */
function* interact(sh: Shell, terminal: Terminal): Coro<number> {
  for (;;) {
    notifyJobs(sh, sh.scripted)
    setForeground(sh, groupOf(sh.p))
    try {
      sh.interrupted = false
      const source = yield* terminal.readCommand(sh)
      if (source === null) {
        if (!sh.scripted) sh.errorText(sh.login ? 'logout\n' : 'exit\n')
        return sh.status
      }
      if (source.trim() === '') continue
      const warned = sh.exitWarned
      yield* runSource(sh, source, { name: sh.scripted ? sh.name : '', construct: sh.scripted ? '-c' : undefined })
      if (warned) sh.exitWarned = false
    } catch (error) {
      if (error instanceof Exit) return error.status
      // Ctrl-C, failed expansions and the like give up the line, not the shell.
      sh.status = statusOf(sh, error)
      if (error instanceof Interrupted && !sh.scripted) sh.errorText('\n')
      if (error instanceof Abandon) sh.pipeStatus = [sh.status]
      sh.loopDepth = 0
      sh.guarded = 0
    }
  }
}

export const bash = shellProgram('bash', 'bash')
export const dash = shellProgram('sh', 'dash')
export const ash = shellProgram('ash', 'ash')
