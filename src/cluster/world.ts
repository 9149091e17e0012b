import { boot, type Host, Network, SysError } from '../host/index.ts'
import { Kernel } from '../kernel/index.ts'
import { bootstrap } from './bootstrap.ts'
import { type Installed, install } from './install.ts'
import { type ClusterPlan, clusterPlan } from './presets.ts'
import { programs } from './programs.ts'

/** When worlds begin unless told otherwise. */
export const EPOCH = Date.parse('2026-11-21T09:00:00Z')

/** How long a new cluster runs before anyone looks at it, ms: until everything is Ready and quiet. */
const SETTLE_MS = 180_000

export interface WorldOptions {
  /** A preset's name, or a plan. */
  readonly cluster?: string | ClusterPlan
  readonly seed?: number
  /** Name of the machine of `single`. */
  readonly hostName?: string
}

/** A running world: machines, network and the player's sessions on one clock. */
export class World {
  readonly kernel: Kernel
  readonly network: Network
  readonly installed: Installed
  /** The machine on which the player begins. */
  readonly home: Host

  constructor(
    readonly plan: ClusterPlan,
    readonly seed: number,
  ) {
    this.kernel = new Kernel({ seed, start: EPOCH - SETTLE_MS })
    this.network = new Network(this.kernel)
    this.installed = install(this.kernel, this.network, programs, plan)
    this.home = this.hosts.get(plan.hosts.find((h) => h.role === 'control-plane')!.name)!
    for (const host of this.hosts.values()) this.kernel.spawn(`boot ${host.name}`, boot(host))
    bootstrap(this.home, this.installed)
  }

  get hosts(): ReadonlyMap<string, Host> {
    return this.installed.hosts
  }

  /** Lets the machines start and the cluster come to rest. */
  settle(): void {
    this.kernel.runUntil(EPOCH)
  }

  now(): number {
    return this.kernel.now()
  }

  advance(ms: number): void {
    this.kernel.advance(ms)
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
  const world = new World(plan, seed)
  world.settle()
  return world
}
