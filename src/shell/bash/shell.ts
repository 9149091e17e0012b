import { normalize, type Process, type Sink, type Source, SysError } from '../../host/index.ts'
import { type Coro, Signal } from '../../kernel/index.ts'
import { Fd } from '../io/fd.ts'
import { ownPid } from '../jobs/group.ts'
import { Jobs } from '../jobs/table.ts'
import { Interrupted, ShellError } from './control.ts'
import { specialVariables } from './dynamic.ts'
import type { Assignment, FunctionNode } from './parse.ts'
import { Variables } from './variables.ts'

/** Which shell it is. */
export type Dialect = 'bash' | 'dash' | 'ash'

/** The text that nodes' positions refer to, with the name that errors give it. */
interface Unit {
  readonly name: string
  readonly text: string
  /** Line number of the text's first line. */
  readonly firstLine: number
}

/** A function with the script that it was defined in. */
export interface ShellFunction {
  readonly name: string
  readonly body: FunctionNode['body']
  readonly unit: Unit
  readonly source: string
}

/** Virtual microseconds that work inside the shell costs. */
export const COST = { builtin: 20, external: 1000, fork: 400 } as const

/** Options as `set -o` lists them that are on in a fresh shell. */
const DEFAULT_OPTIONS = ['braceexpand', 'hashall', 'interactive-comments']
const INTERACTIVE_OPTIONS = ['emacs', 'histexpand', 'history', 'monitor']
// biome-ignore format: one table
const DEFAULT_SHOPTS = [
  'checkwinsize', 'cmdhist', 'complete_fullquote', 'extquote', 'force_fignore', 'globasciiranges', 'globskipdots',
  'hostcomplete', 'interactive_comments', 'patsub_replacement', 'progcomp', 'promptvars', 'sourcepath',
]

/** Options with a letter, as `set -x` takes them. */
export const FLAG_LETTERS: readonly (readonly [string, string])[] = [
  ['a', 'allexport'],
  ['b', 'notify'],
  ['e', 'errexit'],
  ['f', 'noglob'],
  ['h', 'hashall'],
  ['k', 'keyword'],
  ['m', 'monitor'],
  ['n', 'noexec'],
  ['p', 'privileged'],
  ['t', 'onecmd'],
  ['u', 'nounset'],
  ['v', 'verbose'],
  ['x', 'xtrace'],
  ['B', 'braceexpand'],
  ['C', 'noclobber'],
  ['E', 'errtrace'],
  ['H', 'histexpand'],
  ['P', 'physical'],
  ['T', 'functrace'],
]

/** `$-` lists lower-case letters first, `i` among them. */
const order = (letter: string): number => 'abefhikmnptuvxBCEHPT'.indexOf(letter)

/** State of one shell process. Subshells are clones of it in processes of their own. */
export class Shell {
  p: Process
  readonly dialect: Dialect
  /** $0 */
  name: string
  interactive = false
  login = false
  /** Interactive, but driven by scripts: speaks as `bash -c` does. */
  scripted = false
  readonly vars: Variables
  functions = new Map<string, ShellFunction>()
  aliases = new Map<string, string>()
  options = new Set(DEFAULT_OPTIONS)
  shopts = new Set(DEFAULT_SHOPTS)
  readonly fds = new Map<number, Fd>()
  /** Logical working directory (with symlinks as typed). */
  cwd: string
  args: string[] = []
  status = 0
  pipeStatus: number[] = [0]
  lastBackground: number | undefined
  lastArg = ''
  jobs: Jobs
  traps = new Map<string, string>()
  dirStack: string[] = []
  hash = new Map<string, { path: string; hits: number }>()
  history: string[] = []
  unit: Unit = { name: '', text: '', firstLine: 1 }
  /** Position of the running command in `unit`. */
  pos = 0
  callStack: { name: string; line: number; unit: Unit }[] = []
  loopDepth = 0
  sourceDepth = 0
  /** Above 0 where `set -e` does not apply: conditions, `!`, all but the last of `&&` lists. */
  guarded = 0
  /** True in a subshell environment. */
  subshell = false
  subshellDepth = 0
  /** Command substitutions around the running command. */
  substitutionDepth = 0
  startedAt: number
  /** Fires when a signal handler wants the shell's attention while it waits. */
  readonly wakeup = new Signal()
  pendingTraps: string[] = []
  interrupted = false
  getoptsIndex = 1
  getoptsChar = 0
  private debt = 0
  /** True while the process has nothing left to do but the next simple command: it may become that program. */
  tail = false
  /** $$: stays the same in subshells. */
  mainPid: number
  /** Exit status of the last command substitution, for `x=$(false)`. */
  substitutionStatus: number | undefined
  /** Array values among the arguments of a declaration builtin, by name. */
  readonly pendingArrays = new Map<string, Assignment>()
  /** Files that process substitutions made, removed after the command. */
  substitutions: (() => void)[] = []
  /** Values set with ulimit, by letter. */
  readonly limits = new Map<string, string>()
  /** Functions registered with `complete -F`, by command. */
  readonly completions = new Map<string, string>()
  /** Started with -c. */
  fromString = false
  /** Exit was asked for while jobs are stopped: the second time is granted. */
  exitWarned = false

  constructor(p: Process, options: { dialect: Dialect; name: string; vars?: Variables }) {
    this.p = p
    this.dialect = options.dialect
    this.name = options.name
    this.cwd = p.cwd
    this.startedAt = p.host.kernel.now()
    this.mainPid = ownPid(p)
    this.jobs = new Jobs()
    const dynamic = specialVariables(this)
    this.vars = options.vars ? options.vars.clone(dynamic) : new Variables(dynamic)
  }

  /** Takes over the process' three streams. */
  adoptStreams(): void {
    this.fds.set(0, Fd.of(this.p.stdin, 'stdin'))
    this.fds.set(1, Fd.of(this.p.stdout, 'stdout'))
    this.fds.set(2, Fd.of(this.p.stderr, 'stderr'))
  }

  setInteractive(): void {
    this.interactive = true
    for (const o of INTERACTIVE_OPTIONS) this.options.add(o)
    this.shopts.add('expand_aliases')
  }

  /** A copy for a subshell; its process is set when it starts. */
  clone(): Shell {
    const copy = new Shell(this.p, { dialect: this.dialect, name: this.name, vars: this.vars })
    copy.functions = new Map(this.functions)
    copy.aliases = new Map(this.aliases)
    copy.options = new Set(this.options)
    copy.options.delete('monitor')
    copy.shopts = new Set(this.shopts)
    copy.scripted = this.scripted
    copy.fromString = this.fromString
    copy.jobs.inherited = [...this.jobs.inherited, ...this.jobs.list]
    copy.interactive = false
    copy.cwd = this.cwd
    copy.args = this.args
    copy.status = this.status
    copy.pipeStatus = this.pipeStatus
    copy.lastBackground = this.lastBackground
    copy.lastArg = this.lastArg
    copy.dirStack = [...this.dirStack]
    copy.hash = new Map(this.hash)
    copy.history = this.history
    copy.unit = this.unit
    copy.pos = this.pos
    copy.callStack = [...this.callStack]
    copy.loopDepth = this.loopDepth
    copy.sourceDepth = this.sourceDepth
    copy.guarded = this.guarded
    copy.startedAt = this.startedAt
    copy.mainPid = this.mainPid
    copy.subshell = true
    copy.subshellDepth = this.subshellDepth + 1
    copy.substitutionDepth = this.substitutionDepth
    // Ignored signals stay ignored, other traps are reset in a subshell.
    for (const [signal, action] of this.traps) if (action === '') copy.traps.set(signal, '')
    return copy
  }

  get line(): number {
    return this.lineAt(this.pos)
  }

  lineAt(pos: number): number {
    let line = this.unit.firstLine
    const text = this.unit.text
    for (let i = text.indexOf('\n'); i >= 0 && i < pos; i = text.indexOf('\n', i + 1)) line++
    return line
  }

  option(name: string): boolean {
    return this.options.has(name)
  }

  get kernel(): Process['host']['kernel'] {
    return this.p.host.kernel
  }

  get pid(): number {
    return ownPid(this.p)
  }

  get stdout(): Sink {
    return this.sink(1)
  }

  get stdin(): Source {
    const fd = this.fds.get(0)
    if (!fd) throw new SysError('EBADF', '', 'read')
    return fd
  }

  sink(n: number): Sink {
    const fd = this.fds.get(n)
    if (!fd) throw new SysError('EBADF', '', 'write')
    return fd
  }

  /** Writes to descriptor 1; write errors become the builtin's error. */
  out(text: string): void {
    this.sink(1).write(text)
  }

  /** Writes to descriptor 2 without ever failing. */
  errorText(text: string): void {
    const fd = this.fds.get(2)
    if (!fd) return
    try {
      fd.write(text)
    } catch (error) {
      if (!(error instanceof SysError)) throw error
    }
  }

  /** `bash: line 3: ` – what precedes every message of the shell. */
  prefix(): string {
    if (this.dialect === 'dash') return `${this.name}: ${this.line}: `
    if (this.dialect === 'ash')
      return `${this.name}: ${this.interactive || this.fromString ? '' : `line ${this.line}: `}`
    if (this.interactive && !this.scripted) return `${this.name}: `
    return `${this.unit.name || this.name}: line ${this.line}: `
  }

  /** Reports an error of the shell or of a builtin (`cd: /x: No such file or directory`). */
  complain(message: string): void {
    const builtin =
      this.dialect === 'ash' && !this.interactive
        ? /^(cd|local|export|readonly|read|unset|shift|return|eval|set): (.*)$/s.exec(message)
        : null
    // ash tells lines where it tells the command, and counts those of -c from 0.
    if (builtin) {
      const line = this.fromString ? this.line - 1 : this.line
      return this.errorText(`${this.name}: ${builtin[1]}: line ${line}: ${builtin[2]}\n`)
    }
    this.errorText(`${this.prefix()}${message}\n`)
  }

  /** Charges virtual CPU time. True when the caller must `yield* breathe()`. */
  charge(us: number): boolean {
    this.debt += us
    return this.debt >= 1000 || this.interrupted || this.pendingTraps.length > 0
  }

  /** Lets the charged time pass and notices signals. */
  *breathe(): Coro {
    const ms = Math.floor(this.debt / 1000)
    if (ms > 0) {
      this.debt -= ms * 1000
      yield { until: this.kernel.now() + ms, on: [this.wakeup] }
    }
    this.checkInterrupt()
  }

  checkInterrupt(): void {
    if (!this.interrupted) return
    this.interrupted = false
    throw new Interrupted()
  }

  /** Waits for signals of the kernel and for the shell's own attention. */
  *waitOn(on: readonly Signal[], until?: number): Coro<Signal | undefined> {
    const by = yield { on: [...on, this.wakeup], until }
    this.checkInterrupt()
    return by
  }

  /** Absolute form of a path typed by the user. */
  path(path: string): string {
    return normalize(path, this.cwd)
  }

  /** Arrays that the shell computes itself. */
  arrayOf(name: string): string[] | undefined {
    if (this.dialect !== 'bash') return undefined
    switch (name) {
      case 'PIPESTATUS':
        return this.pipeStatus.map(String)
      case 'FUNCNAME':
        return this.callStack.map((c) => c.name).reverse()
      case 'BASH_LINENO':
        return this.callStack.map((c) => String(c.line)).reverse()
      case 'BASH_SOURCE':
        return this.callStack.map((c) => c.unit.name).reverse()
      case 'DIRSTACK':
        return [this.cwd, ...this.dirStack]
      case 'GROUPS':
        return [this.p.creds.gid, ...(this.p.creds.groups ?? [])].map(String)
      case 'BASH_VERSINFO':
        return ['5', '2', '21', '1', 'release', 'x86_64-pc-linux-gnu']
      default:
        return undefined
    }
  }

  /** `$-` */
  flags(): string {
    let text = ''
    for (const [letter, name] of FLAG_LETTERS) if (this.options.has(name)) text += letter
    if (this.interactive) text += 'i'
    return [...text].sort((a, b) => order(a) - order(b)).join('') + (this.fromString ? 'c' : '')
  }

  fail(message: string, status = 1): never {
    throw new ShellError(message, status)
  }
}
