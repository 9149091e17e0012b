import type { Kernel } from '../../kernel/index.ts'
import type { Iface } from './iface.ts'
import { Segment } from './segment.ts'
import { Stack } from './stack.ts'

/** The network of a world: its segments and every namespace's stack. */
export class Network {
  readonly segments = new Map<string, Segment>()
  readonly stacks = new Map<string, Stack>()
  /** Counts configuration changes; a cached path is valid as long as it stays the same. */
  generation = 0

  private readonly bridges = new Map<Iface, { generation: number; ends: Map<number, Iface> }>()

  constructor(readonly kernel: Kernel) {}

  /** What answers behind the ports of a bridge: address → interface at the far end of the port's cable. */
  bridgePorts(bridge: Iface): Map<number, Iface> {
    const cached = this.bridges.get(bridge)
    if (cached?.generation === this.generation) return cached.ends
    const ends = new Map<number, Iface>()
    for (const port of bridge.stack.ports(bridge)) {
      const end = port.peer
      if (end) for (const a of end.addrs) ends.set(a.ip, end)
    }
    this.bridges.set(bridge, { generation: this.generation, ends })
    return ends
  }

  /** A broadcast domain. `latency` one way in ms, `mtu` of its switches. */
  segment(name: string, options: { latency?: number; mtu?: number } = {}): Segment {
    let s = this.segments.get(name)
    if (!s) {
      s = new Segment(name, options.latency ?? 0.15, options.mtu ?? 9216, () => {
        this.generation++
      })
      this.segments.set(name, s)
    }
    return s
  }

  /** The stack of a machine, with `lo` only. Give it interfaces with `connect`. */
  host(name: string): Stack {
    const stack = new Stack(this, name)
    this.stacks.set(name, stack)
    return stack
  }

  /** A namespace on a machine (a pod's sandbox). */
  namespace(host: Stack, name: string): Stack {
    return new Stack(this, name, host)
  }

  /** Gives a machine a network card on a segment with an address and, optionally, a default gateway. */
  connect(
    stack: Stack,
    segment: Segment,
    options: { cidr: string; name?: string; gateway?: string; mtu?: number; dynamic?: boolean },
  ): void {
    const name = options.name ?? 'eth0'
    const iface = stack.addIface(name, 'ethernet', { mtu: options.mtu ?? 1500 })
    segment.plug(iface)
    stack.configured.push({
      name,
      cidr: options.cidr,
      gateway: options.gateway,
      mtu: options.mtu ?? 1500,
      dynamic: options.dynamic,
    })
    stack.configure()
  }
}
