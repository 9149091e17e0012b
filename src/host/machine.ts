import { Signal } from '../kernel/index.ts'
import { type Platform, UBUNTU } from './base/platform.ts'
import type { Host } from './host.ts'
import { serviceKey } from './host.ts'
import { Modules } from './modules.ts'

/** An active swap area. */
export interface Swap {
  readonly path: string
  readonly type: 'file' | 'partition'
  /** Bytes. */
  readonly size: number
  used: number
  readonly priority: number
}

/** Where the machine stands between off and booted. */
export type PowerState = 'running' | 'starting' | 'stopping' | 'off'

/** What makes a host a machine: power, boots, identity, kernel modules. */
export class Machine {
  /** Changes at every boot, 32 hex digits. */
  bootId: string
  readonly machineId: string
  /** True virtual time of the boot, ms. */
  bootedAt: number
  power: PowerState = 'running'
  /** Fires when `power` changes. */
  readonly powerChanged = new Signal()
  readonly modules: Modules
  swaps: Swap[] = []
  readonly platform: Platform
  /** Kernel command line. */
  cmdline: string
  /** 1, 5 and 15 minute load averages. */
  load: [number, number, number] = [0.24, 0.31, 0.27]
  private boots = 0

  constructor(
    private readonly host: Host,
    options: { bootedAt?: number; platform?: Platform } = {},
  ) {
    this.platform = options.platform ?? UBUNTU
    this.cmdline = this.platform.cmdline
    this.modules = new Modules(this.platform.kernel.noModules ?? false)
    const rng = host.rng.fork('machine')
    this.machineId = rng.hex(32)
    this.bootId = rng.hex(32)
    this.bootedAt = options.bootedAt ?? host.kernel.now()
    host.clock.bootTrue = this.bootedAt
  }

  /** ms since boot by the host's own clock rate. */
  uptimeMs(): number {
    return Math.max(0, Math.round((this.host.kernel.now() - this.bootedAt) * this.host.clock.rate))
  }

  setPower(state: PowerState): void {
    this.power = state
    this.powerChanged.fire()
  }

  /** A new boot begins now. */
  begin(): void {
    this.boots++
    this.bootId = this.host.rng.fork(`boot/${this.boots}`).hex(32)
    this.bootedAt = this.host.kernel.now()
    this.host.clock.bootTrue = this.bootedAt
    this.modules.reset()
  }
}

export const MACHINE = serviceKey<Machine>('machine')
