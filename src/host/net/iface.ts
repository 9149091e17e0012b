import type { Segment } from './segment.ts'
import type { Stack } from './stack.ts'

/** What `ip link add type` makes, and the machine's cards. */
export type IfaceKind = 'loopback' | 'ethernet' | 'bridge' | 'veth' | 'vxlan' | 'dummy'

/** An IPv4 address of an interface. */
export interface IfaceAddr {
  readonly ip: number
  readonly bits: number
  readonly scope: 'global' | 'host' | 'link'
  /** Added by hand without `brd`: no broadcast address is shown. */
  readonly plain?: boolean
  /** `dynamic` as DHCP leaves it. */
  readonly dynamic?: boolean
}

/** Parameters of a VXLAN device and its forwarding database. */
export interface Vxlan {
  readonly vni: number
  readonly port: number
  readonly local: number
  /** Underlying device. */
  readonly dev: string
  readonly learning: boolean
  /** MAC of a remote VTEP → its outer address. */
  readonly fdb: Map<string, number>
}

interface Counters {
  rxBytes: number
  rxPackets: number
  rxDropped: number
  txBytes: number
  txPackets: number
  txDropped: number
}

/** One network interface. */
export interface Iface {
  readonly stack: Stack
  readonly index: number
  name: string
  readonly kind: IfaceKind
  mac: string
  mtu: number
  up: boolean
  addrs: IfaceAddr[]
  /** The bridge that it is a port of. */
  master?: Iface
  /** What its cable is plugged into (ethernet). */
  segment?: Segment
  /** The other end (veth). */
  peer?: Iface
  readonly vxlan?: Vxlan
  readonly counters: Counters
  /** An ethernet that is a veth seen from a machine that is a container itself: the other end's index and namespace. */
  outside?: { readonly index: number; readonly name?: string }
  /** Name of the namespace at the other end, for `link-netns`. */
  netnsName?: string
}

/** True when frames can pass: administratively up, and the cable or the other end is there. */
export const carrier = (i: Iface): boolean =>
  i.up &&
  (i.kind === 'ethernet'
    ? i.segment !== undefined && !i.segment.down
    : i.kind === 'veth'
      ? i.peer?.up === true
      : i.kind !== 'bridge' || i.stack.ports(i).some((p) => p.up))

/** An entry of the neighbour (ARP) table. */
export interface Neigh {
  readonly ip: number
  readonly dev: string
  readonly mac: string | undefined
  readonly state: 'PERMANENT' | 'REACHABLE' | 'STALE' | 'FAILED' | 'INCOMPLETE' | 'NOARP'
}

/** A route; destination is `base`/`bits`. */
export interface Route {
  readonly base: number
  readonly bits: number
  readonly via?: number
  /** Absent for unreachable, blackhole and prohibit. */
  readonly dev?: string
  readonly src?: number
  readonly metric: number
  readonly proto: 'kernel' | 'boot' | 'static' | 'dhcp'
  readonly scope: 'global' | 'link' | 'host'
  readonly type: 'unicast' | 'unreachable' | 'blackhole' | 'prohibit'
  readonly onlink?: boolean
  readonly mtu?: number
  /** Routing table; `main` unless said otherwise. */
  readonly table: string
}

/** A policy rule (`ip rule`). */
export interface PolicyRule {
  readonly priority: number
  readonly from?: { readonly base: number; readonly bits: number }
  readonly to?: { readonly base: number; readonly bits: number }
  readonly fwmark?: number
  readonly table: string
}
