import {
  Capture,
  type Host,
  type Process,
  type ProcessSpec,
  type Sink,
  type Source,
  TextSource,
} from '../host/index.ts'
import { type Coro, Signal } from '../kernel/index.ts'
import { bash } from './bash/program.ts'
import type { Shell } from './bash/shell.ts'
import { setTerminal } from './jobs/group.ts'
import { Terminal } from './jobs/terminal.ts'
import { groups, userByName } from './text/users.ts'

/** How a line is run. */
export interface RunOptions {
  /** What commands read; without it they are at a terminal where nobody types. */
  readonly stdin?: string
  /** Virtual ms after which Ctrl-C is pressed; 10 minutes by default. */
  readonly timeoutMs?: number
}

/** What a line printed, and its exit status. */
export interface RunResult {
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
}

const DEFAULT_TIMEOUT = 600_000
/** How long a program may take over an interrupt before it is killed. */
const GRACE = 5_000

/** Environment and credentials of a login, as login(1) and sshd set them up. */
export function loginEnvironment(
  host: Host,
  user: string,
): Pick<ProcessSpec, 'env' | 'cwd' | 'creds'> & { readonly shell: string } {
  const entry = userByName(host.fs, user) ?? {
    name: user,
    uid: 65534,
    gid: 65534,
    gecos: '',
    home: '/',
    shell: '/bin/sh',
  }
  const shell = entry.shell || '/bin/bash'
  const env: Record<string, string> = {
    HOME: entry.home,
    USER: entry.name,
    LOGNAME: entry.name,
    SHELL: shell,
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/games:/usr/local/games:/snap/bin',
    LANG: 'C.UTF-8',
    TERM: 'xterm-256color',
    MAIL: `/var/mail/${entry.name}`,
    PWD: entry.home,
  }
  const more = groups(host.fs).filter((g) => g.members.includes(entry.name) && g.gid !== entry.gid)
  return {
    env,
    cwd: host.fs.find(entry.home)?.kind === 'dir' ? entry.home : '/',
    creds: { uid: entry.uid, gid: entry.gid, groups: more.map((g) => g.gid) },
    shell,
  }
}

/** Starts a login shell on a terminal. */
export function startLogin(
  host: Host,
  user: string,
  terminal: Terminal,
  streams: { stdin: Source; stdout: Sink; stderr: Sink },
  extra: Partial<ProcessSpec> = {},
): Process {
  const { shell, ...login } = loginEnvironment(host, user)
  const name = shell.split('/').at(-1) ?? 'bash'
  const process = host.start({
    program: host.programs.get(name) ?? bash,
    argv: [terminal.scripted ? name : `-${name}`, ...(terminal.scripted ? ['-l'] : [])],
    ...login,
    exe: shell,
    cgroup: '/user.slice/user-0.slice/session-1.scope',
    ...streams,
    ...extra,
  })
  setTerminal(process, terminal)
  return process
}

interface Request {
  readonly source: string
  readonly stdin: string | undefined
  status: number | undefined
}

/** A terminal without a screen: whole command lines go in, their output is collected. */
class ScriptTerminal extends Terminal {
  readonly scripted = true
  readonly stdout = new Capture()
  readonly stderr = new Capture()
  /** The shell that waits for a command: the login shell's or, after ssh, a nested one. */
  reader: Shell | undefined
  readonly idle = new Signal()
  private readonly arrived = new Signal()
  private request: Request | undefined
  private next: Request | undefined
  private typed: Source = new TextSource('')
  readonly input: Source

  constructor() {
    super()
    const now = (): Source => this.typed
    const unpiped = (): boolean => this.request?.stdin === undefined
    const readable = new Signal()
    this.input = {
      get isTty() {
        return unpiped()
      },
      readable,
      read: () => now().read(),
      unread: (text) => now().unread(text),
      close() {},
    }
  }

  *readCommand(sh: Shell): Coro<string | null> {
    this.finish(sh.status)
    this.reader = sh
    // A shell without a pending request rests; Ctrl-C means nothing to it.
    while (!this.next) yield { on: [this.arrived] }
    const request = this.next
    this.next = undefined
    this.request = request
    this.reader = undefined
    this.typed = new TextSource(request.stdin ?? '')
    for (const line of request.source.split('\n')) if (line.trim() !== '') sh.history.push(line)
    return request.source
  }

  submit(request: Request): void {
    this.next = request
    this.arrived.fire()
  }

  /** The running request has ended with this status. */
  finish(status: number): void {
    if (this.request) this.request.status = status
    this.request = undefined
    this.typed = new TextSource('')
    this.idle.fire()
  }
}

/** A login session of one user on one host, driven line by line. Its state lasts: directory, variables, jobs, ssh. */
export class Session {
  private readonly terminal = new ScriptTerminal()
  private process: Process | undefined

  constructor(
    readonly home: Host,
    readonly user = 'root',
  ) {}

  /** The host on which the next command runs (another one after `ssh`). */
  get host(): Host {
    return this.terminal.reader?.p.host ?? this.home
  }

  /** The shell that waits for the next command. */
  get shell(): Shell | undefined {
    return this.terminal.reader
  }

  /** Working directory of the waiting shell. */
  get cwd(): string {
    return this.terminal.reader?.cwd ?? userByName(this.home.fs, this.user)?.home ?? '/'
  }

  /** Runs a command line (or several lines) as the user would type it. */
  *run(source: string, options: RunOptions = {}): Coro<RunResult> {
    const { terminal } = this
    yield* this.ready()
    const process = this.process!
    const kernel = this.home.kernel
    const request: Request = { source, stdin: options.stdin, status: undefined }
    terminal.submit(request)
    let deadline = kernel.now() + (options.timeoutMs ?? DEFAULT_TIMEOUT)
    const steps = ['SIGINT', 'SIGINT', 'SIGKILL']
    while (request.status === undefined && !process.status) {
      const by = yield { on: [terminal.idle, process.exited], until: deadline }
      if (by || kernel.now() < deadline) continue
      const signal = steps.shift()
      if (signal === undefined) break
      terminal.signal(signal)
      deadline = kernel.now() + GRACE
    }
    // An interrupted command says 130, whatever its last child said.
    const interrupted = steps.length < 3
    const ended = process.status
    const own = request.status
    if (own === undefined) terminal.finish(0)
    const status = own ?? (ended?.code !== undefined ? ended.code : 130)
    return { exit: interrupted ? 130 : status, stdout: terminal.stdout.take(), stderr: terminal.stderr.take() }
  }

  /** `run` for callers outside the simulation: advances virtual time until the command has ended. */
  exec(source: string, options: RunOptions = {}): RunResult {
    const kernel = this.home.kernel
    const task = kernel.spawn('session', this.run(source, options))
    if (!kernel.runTask(task, Number.POSITIVE_INFINITY)) throw new Error(`the world is at rest, but not: ${source}`)
    if (task.state === 'failed') throw task.error
    return task.result!
  }

  /** Ends the session: hang-up for everything that runs in it. */
  close(): void {
    this.process?.kill('SIGHUP')
    this.process = undefined
  }

  /** Waits for a shell that reads commands; logs in when there is none. */
  private *ready(): Coro {
    const { terminal } = this
    if (!this.process || this.process.status) {
      terminal.reader = undefined
      const streams = { stdin: terminal.input, stdout: terminal.stdout, stderr: terminal.stderr }
      this.process = startLogin(this.home, this.user, terminal, streams)
    }
    while (!terminal.reader && !this.process.status) yield { on: [terminal.idle, this.process.exited] }
  }
}
