import { aside, type Coro, forever, Interrupt, Signal, type Task, type Timer, type Timers } from '../kernel/index.ts'
import { SysError } from './errno.ts'
import type { Creds, FsView } from './fs/index.ts'
import type { Host } from './host.ts'
import type { NetNs } from './net/types.ts'
import type { Sink, Source } from './stream.ts'

/** An executable: everything that can be started, from `true` to `kube-apiserver`. Registered once, found through executable files. */
export interface Program {
  readonly name: string
  /** It is busybox's: it says and shows things in other words than the full tool. */
  readonly applet?: true
  /** Runs until it returns its exit status (0–255). Daemons end with `yield* p.park()`. */
  main(p: Process): Coro<number>
}

/** How a process ended. */
export type ExitStatus =
  | { readonly code: number; readonly signal?: undefined }
  | { readonly signal: string; readonly code?: undefined }

/** What a process is started with; what is left out comes from its parent. */
export interface ProcessSpec {
  readonly program: Program
  readonly argv: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly creds?: Creds
  readonly parent?: Process
  readonly stdin: Source
  readonly stdout: Sink
  readonly stderr: Sink
  /** Mount namespace; the host's own by default. */
  readonly fs?: FsView
  /** Network namespace; the host's own by default. */
  readonly net?: NetNs
  /** UTS namespace: what `hostname` says. */
  readonly hostname?: string
  /** systemd unit or kubepods cgroup path, e.g. `/system.slice/kubelet.service`. */
  readonly cgroup?: string
  /** Executable's path as `ps` and /proc show it. */
  readonly exe?: string
  /** A fixed process number: 1 for init. */
  readonly pid?: number
  /** Whose child it is though it inherits nothing from it: a container's first process under its shim. */
  readonly keeper?: Process
  /** PID as seen inside a PID namespace (containers); 1 for the container's first process. */
  readonly containerPid?: number
  /** Identity of its PID namespace: a container's, or one that containers share; the parent's by default. */
  readonly pidNamespace?: object
}

const NUMBERS: Record<string, number> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGSEGV: 11,
  SIGUSR2: 12,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
  SIGCHLD: 17,
  SIGCONT: 18,
  SIGSTOP: 19,
  SIGTSTP: 20,
  SIGWINCH: 28,
}

/** Number of a Unix signal by name, e.g. 15 for SIGTERM; 0 when unknown. */
export const signalNumber = (name: string): number => NUMBERS[name] ?? 0
/** Name of a signal number, e.g. SIGTERM for 15. */
export const signalName = (n: number): string | undefined => Object.keys(NUMBERS).find((k) => NUMBERS[k] === n)

/** A process of a host. It owns timers, sockets and clean-up actions, which end with it. */
export class Process {
  readonly pid: number
  readonly host: Host
  program: Program
  argv: readonly string[]
  env: Record<string, string>
  cwd: string
  creds: Creds
  readonly parent: Process | undefined
  readonly keeper: Process | undefined
  readonly children = new Set<Process>()
  stdin: Source
  stdout: Sink
  stderr: Sink
  /** What it sees of the file systems; chroot(2) replaces it. */
  fs: FsView
  readonly net: NetNs
  readonly hostname: string
  readonly cgroup: string
  exe: string
  readonly containerPid: number | undefined
  /** Undefined in the host's own PID namespace. */
  readonly pidNamespace: object | undefined
  /** True time of the start, virtual ms. */
  readonly startedAt: number
  private memory = 4 << 20
  /** CPU time used, ms; programs add to it. */
  cpuMs = 0
  /** CPU share while running, in millicores; for top. */
  cpuMilli = 0
  /** Stopped by SIGSTOP: it does nothing, and its sockets accept but never answer, until SIGCONT. */
  frozen = false
  /** Fires when SIGCONT lets the process go on. */
  readonly continued = new Signal()
  /** Told when SIGSTOP or SIGCONT changes `frozen`. */
  onFrozen: ((frozen: boolean) => void) | undefined
  status: ExitStatus | undefined
  /** Fires once at the exit. */
  readonly exited = new Signal()
  /** Fires whenever SIGSTOP or SIGTSTP stops the process (waitpid's WUNTRACED). */
  readonly stopped = new Signal()
  private task: Task<number> | undefined
  private readonly threads = new Set<Task<unknown>>()
  /** What came due while the process was stopped, in order. */
  private held: Timer[] = []
  private readonly handlers = new Map<string, () => void>()
  private readonly cleanup = new Set<() => void>()

  /** @internal Use `host.start`. */
  constructor(host: Host, pid: number, spec: ProcessSpec) {
    this.host = host
    this.pid = pid
    this.program = spec.program
    this.argv = spec.argv
    this.env = { ...(spec.env ?? {}) }
    this.cwd = spec.cwd ?? '/'
    this.creds = spec.creds ?? { uid: 0, gid: 0 }
    this.parent = spec.parent
    this.keeper = spec.keeper
    this.stdin = spec.stdin
    this.stdout = spec.stdout
    this.stderr = spec.stderr
    this.fs = spec.fs ?? host.fs
    this.net = spec.net ?? host.net
    this.hostname = spec.hostname ?? host.name
    this.cgroup = spec.cgroup ?? spec.parent?.cgroup ?? '/'
    this.exe = spec.exe ?? spec.argv[0] ?? spec.program.name
    this.containerPid = spec.containerPid
    this.pidNamespace = spec.pidNamespace ?? spec.parent?.pidNamespace
    this.startedAt = host.kernel.now()
  }

  /** @internal */
  begin(): void {
    this.parent?.children.add(this)
    this.task = this.host.kernel.spawn(
      `${this.host.name}:${this.program.name}[${this.pid}]`,
      this.program.main(this),
      (task) => {
        if (task.state === 'returned') this.finish({ code: (task.result ?? 0) & 255 })
        else if (task.error instanceof Interrupt) this.finish({ signal: task.error.signal })
        else if (task.error instanceof SysError) this.perror(task.error)
        else this.crash(task.error)
      },
    )
  }

  /** Resident memory in bytes, for ps/top/cgroup accounting; programs set it. Growing beyond a cgroup's limit kills. */
  get rss(): number {
    return this.memory
  }

  set rss(bytes: number) {
    const grows = bytes > this.memory
    this.memory = bytes
    if (grows) this.host.onMemory?.(this)
  }

  /** The host's clock, which may be wrong, in ms since the epoch. */
  now(): number {
    return this.host.clock.now()
  }

  /** Runs `fn` after `ms` of this host's (possibly fast or slow) clock unless the process has ended by then. */
  after(ms: number, fn: () => void): Timer {
    // The dead set no alarms: a late callback of an ended process changes nothing.
    if (this.status) return { at: this.host.kernel.now(), seq: -1, fn: undefined }
    const timer = this.alarm(this.host.kernel.now() + this.host.clock.toTrue(ms), () => {
      this.cleanup.delete(cancel)
      fn()
    })
    const cancel = (): void => this.host.kernel.cancel(timer)
    this.cleanup.add(cancel)
    return timer
  }

  /** The kernel's timers (true time) as this process has them: none goes off while it is stopped. */
  get timers(): Timers {
    const { kernel } = this.host
    return {
      now: () => kernel.now(),
      at: (at, fn) => this.alarm(at, fn),
      after: (ms, fn) => this.alarm(kernel.now() + ms, fn),
      cancel: (timer) => kernel.cancel(timer),
    }
  }

  private alarm(at: number, fn: () => void): Timer {
    const timer = this.host.kernel.at(at, () => this.due(timer, fn))
    return timer
  }

  private due(timer: Timer, fn: () => void): void {
    if (!this.frozen) return fn()
    timer.fn = fn
    this.held.push(timer)
  }

  /** Runs `fn` at once, or, while the process is stopped, when it goes on. */
  whenRunning(fn: () => void): void {
    this.due({ at: this.host.kernel.now(), seq: -1, fn: undefined }, fn)
  }

  /** A further task of the process: it stands still and ends with it. */
  spawn<T>(name: string, coro: Coro<T>, onEnd?: (task: Task<T>) => void): Task<T> {
    const task = this.host.kernel.spawn(name, coro, (t) => {
      this.threads.delete(task as Task<unknown>)
      onEnd?.(t)
    })
    this.threads.add(task as Task<unknown>)
    if (this.frozen) task.suspend()
    return task
  }

  /** Runs `fn` every `ms` (true time) until the process ends or the returned function is called. */
  every(ms: number, fn: () => void): () => void {
    let stopped = false
    const again = (): void => {
      this.after(ms, () => {
        if (stopped) return
        fn()
        if (!stopped && !this.status) again()
      })
    }
    again()
    return () => {
      stopped = true
    }
  }

  /** Runs `fn` when the process ends, in reverse order of registration. Returns the way to withdraw it. */
  defer(fn: () => void): () => void {
    if (this.status) {
      fn()
      return () => {}
    }
    this.cleanup.add(fn)
    return () => this.cleanup.delete(fn)
  }

  /** Handles a signal instead of dying of it (SIGKILL and SIGSTOP cannot be handled). */
  onSignal(name: string, handler: (() => void) | undefined): void {
    if (handler) this.handlers.set(name, handler)
    else this.handlers.delete(name)
  }

  /** Sends a signal, e.g. `SIGTERM`. */
  kill(name: string): void {
    if (this.status) return
    if (name === 'SIGSTOP' || name === 'SIGTSTP') {
      const handler = name === 'SIGTSTP' ? this.handlers.get(name) : undefined
      if (handler) return handler()
      this.frozen = true
      this.onFrozen?.(true)
      for (const task of this.tasks()) task.suspend()
      this.stopped.fire()
      return
    }
    if (name === 'SIGCONT') return this.resume()
    // Signals other than SIGKILL stay pending.
    if (this.frozen && name !== 'SIGKILL') return this.whenRunning(() => this.kill(name))
    const handler = name === 'SIGKILL' ? undefined : this.handlers.get(name)
    if (handler) return handler()
    if (name === 'SIGCHLD' || name === 'SIGWINCH') return
    // The first process of a PID namespace ignores every signal that it has no handler for, except SIGKILL.
    if (this.containerPid === 1 && name !== 'SIGKILL') return
    if (this.host.kernel && name === 'SIGKILL') return this.finish({ signal: name })
    this.task?.interrupt(new Interrupt(name))
  }

  private tasks(): Task<unknown>[] {
    return [...(this.task ? [this.task as Task<unknown>] : []), ...this.threads]
  }

  private resume(): void {
    if (!this.frozen) return
    this.frozen = false
    this.onFrozen?.(false)
    for (const task of this.tasks()) task.resume()
    const { held } = this
    this.held = []
    for (const timer of held)
      this.host.kernel.soon(() => {
        const { fn } = timer
        timer.fn = undefined
        if (fn && !this.status) this.due(timer, fn)
      })
    this.continued.fire()
  }

  /** Becomes another program in place (execve): `return yield* p.exec(…)` in the running program's main. */
  exec(program: Program, argv: readonly string[], exe: string): Coro<number> {
    this.program = program
    this.argv = argv
    this.exe = exe
    this.handlers.clear()
    return program.main(this)
  }

  /** Ends the process from within a callback, as exit(3) does. */
  exit(code: number): void {
    this.finish({ code: code & 255 })
  }

  /** Runs until a signal ends the process: the tail of a daemon's main. */
  park(): Coro<never> {
    return forever()
  }

  /** Waits for the end of this process. */
  *wait(): Coro<ExitStatus> {
    while (!this.status) yield { on: [this.exited] }
    return this.status
  }

  /** A system call failed of which the program says nothing in words of its own. */
  private perror(error: SysError): void {
    try {
      this.stderr.write(`${this.program.name}: ${error.message}\n`)
    } catch (nobody) {
      if (!(nobody instanceof Interrupt)) throw nobody
    }
    this.finish({ code: 1 })
  }

  private crash(error: unknown): void {
    this.host.onProgramError(this, error)
    this.finish({ signal: 'SIGABRT' })
  }

  private finish(status: ExitStatus): void {
    if (this.status) return
    this.status = status
    aside(() => {
      for (const fn of [...this.cleanup].reverse()) fn()
    })
    this.cleanup.clear()
    for (const each of this.tasks()) {
      each.resume()
      if (each.state === 'running') each.interrupt(new Interrupt(status.signal ?? 'SIGKILL'))
    }
    this.stdout.close()
    this.stderr.close()
    this.host.reap(this)
    this.parent?.children.delete(this)
    this.exited.fire()
  }
}

/** Whose child it is, unless that has ended. */
export const parentOf = (q: Process): Process | undefined => q.parent ?? (q.keeper?.status ? undefined : q.keeper)

/** Exit status as the shell's `$?` shows it: 128 + signal number for a killed process. */
export const shellStatus = (status: ExitStatus): number =>
  status.signal !== undefined ? 128 + signalNumber(status.signal) : status.code
