import { boot, type Host, JOURNAL, Network, type Process, SysError } from '../host/index.ts'
import { hash, Kernel, type Task } from '../kernel/index.ts'
import { lookupLocal } from '../programs/lib/transport.ts'
import { PEERS, type RunOptions, type RunResult, Session } from '../shell/index.ts'
import { bootstrap } from './bootstrap.ts'
import { type Installed, install } from './install.ts'
import { type ClusterPlan, clusterPlan } from './presets.ts'
import { programs } from './programs.ts'

/** When worlds begin unless told otherwise. */
const EPOCH = Date.parse('2026-11-21T09:00:00Z')

/** How long a new cluster runs after its last machine was switched on before anyone looks at it, ms: until it is quiet. */
const SETTLE_MS = 75_000

interface WorldOptions {
  /** A preset's name, or a plan. */
  readonly cluster?: string | ClusterPlan
  readonly seed?: number
  /** When the world begins, ms since 1970; EPOCH by default. */
  readonly epoch?: number
  /** Name of the machine of `single`. */
  readonly hostName?: string
}

/** A running world: machines, network and the player's sessions on one clock. */
export class World {
  readonly kernel: Kernel
  readonly network: Network
  readonly installed: Installed
  private readonly sessions = new Map<string, Session>()
  /** The machine on which the player begins. */
  readonly home: Host

  constructor(
    readonly plan: ClusterPlan,
    readonly seed: number,
    /** When the cluster has come to rest, ms since 1970. */
    readonly epoch = EPOCH,
  ) {
    this.kernel = new Kernel({ seed, start: epoch - SETTLE_MS - (plan.joinAfter ?? 0) })
    this.network = new Network(this.kernel)
    this.installed = install(this.kernel, this.network, programs, plan)
    this.home = this.hosts.get((plan.hosts.find((h) => h.role === 'control-plane') ?? plan.hosts[0]).name)!
    for (const host of this.hosts.values()) host.attach(PEERS, { find: (name, p) => this.peer(name, p) })
    for (const h of plan.hosts) {
      const host = this.hosts.get(h.name)!
      this.kernel.after(h.role === 'worker' ? (plan.joinAfter ?? 0) : 0, () =>
        this.kernel.spawn(`boot ${h.name}`, boot(host)),
      )
    }
    if (!plan.components) bootstrap(this.home, this.installed)
  }

  get hosts(): ReadonlyMap<string, Host> {
    return this.installed.hosts
  }

  /** Lets the machines start and the cluster come to rest. */
  settle(): void {
    this.kernel.runUntil(this.epoch)
  }

  now(): number {
    return this.kernel.now()
  }

  advance(ms: number): void {
    this.kernel.advance(ms)
  }

  /** Runs a command line as the player types it; its state lasts to the next one. `host`: in a session of its own there. */
  run(source: string, options: RunOptions & { readonly host?: string } = {}): RunResult {
    const name = options.host ?? this.home.name
    let session = this.sessions.get(name)
    if (!session) {
      session = this.login(name)
      this.sessions.set(name, session)
    }
    return this.inSession(session, source, options)
  }

  /** Runs a command line in a session that nobody else sees and that leaves nothing behind. */
  observe(source: string, options: RunOptions & { readonly host?: string } = {}): RunResult {
    return this.beginToObserve(source, options)()
  }

  /** The same, but other things may be begun before its end is waited for, by calling what is returned. */
  beginToObserve(source: string, options: RunOptions & { readonly host?: string } = {}): () => RunResult {
    const session = this.login(options.host ?? this.home.name)
    const task = this.kernel.spawn('session', session.run(source, options))
    return () => {
      try {
        return this.ended(task)
      } finally {
        session.close()
      }
    }
  }

  /**
   * From now on a bug of ours ends one program, which says so, and not the game: for players. Tests and proofs let it
   * throw.
   */
  endure(): void {
    this.kernel.onError = () => {}
    for (const host of this.hosts.values())
      host.onProgramError = (process, error) => {
        const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
        process.stderr.write(`${process.program.name}: not simulated: this made the simulation fail (${what})\n`)
      }
  }

  /** Ends what was typed so far: the next command starts in a fresh login. */
  forgetSessions(): void {
    for (const session of this.sessions.values()) session.close()
    this.sessions.clear()
  }

  /** Text that two equal runs share: time, and the journals of all machines. */
  fingerprint(): string {
    const parts = [String(this.now())]
    for (const host of this.hosts.values()) {
      let digest = 0
      for (const entry of host.service(JOURNAL).entries()) digest = hash(`${digest}${entry.message}`)
      parts.push(`${host.name} ${digest.toString(16)}`)
    }
    return parts.join('\n')
  }

  /** Who answers to ssh under a name, by the asking host's /etc/hosts, or an address. */
  private peer(name: string, from: Process): { host: Host; ip: string } | undefined {
    const ip = lookupLocal(from, name)
    const plan = this.plan.hosts.find((h) => h.address === ip || (ip === '127.0.1.1' && h.name === from.host.name))
    return plan && { host: this.hosts.get(plan.name)!, ip: plan.address }
  }

  private login(name: string): Session {
    const host = this.hosts.get(name)
    if (!host) throw new RangeError(`no host "${name}"`)
    return new Session(host)
  }

  private inSession(session: Session, source: string, options: RunOptions): RunResult {
    return this.ended(this.kernel.spawn('session', session.run(source, options)))
  }

  /** Lets time pass until a session's task has ended. */
  private ended(task: Task<RunResult>): RunResult {
    while (task.state === 'running') if (!this.kernel.step()) break
    if (task.state !== 'returned') throw task.error ?? new Error('the session does not answer')
    return task.result!
  }

  /** Standard output and error of a line with its status, for tests. */
  sh(source: string): RunResult {
    return this.run(source)
  }

  /** Writes a file on a host as root. Returns what went wrong, in the kernel's words. */
  write(path: string, content: string, host: Host = this.home): string | undefined {
    try {
      host.fs.mkdir(path.slice(0, path.lastIndexOf('/')) || '/', { parents: true })
      host.fs.writeFile(path, content)
      return undefined
    } catch (error) {
      if (error instanceof SysError) return error.message
      throw error
    }
  }
}

/** A settled world. Throws RangeError for an unknown preset. */
export function createWorld(options: WorldOptions = {}): World {
  const { cluster = 'default', seed = 1 } = options
  const plan = typeof cluster === 'string' ? clusterPlan(cluster, options.hostName) : cluster
  if (!plan) throw new RangeError(`no cluster "${cluster}"`)
  const world = new World(plan, seed, options.epoch)
  world.settle()
  return world
}
