import type { Kernel, Rng } from '../kernel/index.ts'
import { HostClock } from './clock.ts'
import { SysError } from './errno.ts'
import { type Dir, type FileSystem, FsView } from './fs/index.ts'
import type { NetNs } from './net/types.ts'
import { Process, type ProcessSpec, type Program } from './process.ts'

/** All programs of a world by name. Executable files refer to them. */
export type Programs = ReadonlyMap<string, Program>

/** What a host is made of. */
export interface HostSpec {
  readonly name: string
  readonly kernel: Kernel
  readonly programs: Programs
  /** Root file system; the caller fills it. */
  readonly root: FileSystem
  /** Made by the network once the host exists. */
  readonly net: (host: Host) => NetNs
  readonly cpus: number
  /** Bytes. */
  readonly memory: number
}

/**
 * One Linux machine. It knows files, processes, its clock and its network stack; systemd, journald and the rest are
 * attached as services (`host.service(key)`), so that this class never grows with them. It never says Kubernetes.
 */
export class Host {
  readonly name: string
  readonly kernel: Kernel
  readonly rng: Rng
  readonly clock: HostClock
  readonly fs: FsView
  readonly rootFs: FileSystem
  readonly net: NetNs
  readonly cpus: number
  readonly memory: number
  /** How long the disk takes to make a write durable, ms: 0 when healthy; a busy or failing disk takes longer. */
  fsync = 0
  readonly programs: Programs
  readonly processes = new Map<number, Process>()
  /** Reports a bug in a program of ours (never a simulated failure). Tests and the CLI make it loud. */
  onProgramError: (process: Process, error: unknown) => void = (process, error) => {
    throw new Error(`${process.program.name} on ${this.name} failed`, { cause: error })
  }
  /** Told when a process grew: whoever keeps memory limits (cgroups) decides whether to kill. */
  onMemory: ((process: Process) => void) | undefined
  private nextPid = 700
  private readonly services = new Map<symbol, unknown>()

  constructor(spec: HostSpec) {
    this.name = spec.name
    this.kernel = spec.kernel
    this.rng = spec.kernel.rng.fork(`host/${spec.name}`)
    this.clock = new HostClock(spec.kernel)
    this.rootFs = spec.root
    this.fs = new FsView(spec.root.root as Dir, () => this.clock.now())
    this.cpus = spec.cpus
    this.memory = spec.memory
    this.programs = spec.programs
    this.net = spec.net(this)
  }

  /** Attaches a subsystem (systemd, the journal, containerd's state) under a typed key. */
  attach<T>(key: ServiceKey<T>, value: T): T {
    this.services.set(key.id, value)
    return value
  }

  /** The attached subsystem. Throws when the host has none. */
  service<T>(key: ServiceKey<T>): T {
    const value = this.services.get(key.id)
    if (value === undefined) throw new Error(`${this.name} has no ${key.id.description}`)
    return value as T
  }

  has(key: ServiceKey<unknown>): boolean {
    return this.services.has(key.id)
  }

  detach(key: ServiceKey<unknown>): void {
    this.services.delete(key.id)
  }

  /** A process number for a child that never gets to run a program (a failed exec). */
  takePid(): number {
    const pid = this.nextPid
    this.nextPid += 1 + this.rng.int(3)
    return pid
  }

  /** Starts a process. Its program begins at this instant, after what is already due. */
  start(spec: ProcessSpec): Process {
    const process = new Process(this, spec.pid ?? this.takePid(), spec)
    this.processes.set(process.pid, process)
    process.begin()
    return process
  }

  /**
   * The program that an executable file stands for. Throws ENOENT, EACCES (not executable), EISDIR or ENOEXEC
   * (a file that is neither an "ELF" nor a script; scripts are the shell's business).
   */
  executable(path: string, fs: FsView = this.fs, cwd = '/'): Program {
    const node = fs.resolve(path, cwd)
    if (node.kind === 'dir') throw new SysError('EACCES', path, 'exec')
    if (node.kind !== 'file' || (node.mode & 0o111) === 0) throw new SysError('EACCES', path, 'exec')
    const program = node.program === undefined ? undefined : this.programs.get(node.program)
    if (!program) throw new SysError('ENOEXEC', path, 'exec')
    return program
  }

  /** @internal */
  reap(process: Process): void {
    this.processes.delete(process.pid)
  }
}

/** Names a subsystem of a host together with its type. */
export interface ServiceKey<T> {
  readonly id: symbol
  readonly type?: T
}

/** A new key; `name` is for debugging only. */
export const serviceKey = <T>(name: string): ServiceKey<T> => ({ id: Symbol(name) })
