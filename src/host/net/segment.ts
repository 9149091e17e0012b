import type { Iface } from './iface.ts'
import type { Packet } from './packet.ts'

/** Decides whether a frame from one interface to another is lost. Without a packet it is an ARP exchange. */
export type FrameFilter = (from: Iface, to: Iface, packet: Packet | undefined) => boolean

/** One broadcast domain: a switch with the interfaces plugged into it. Faults of the cable and the switch live here. */
export class Segment {
  readonly ifaces = new Set<Iface>()
  /** The switch has failed: nothing passes. */
  down = false
  /** Fault filters by name: a frame is lost when any says so. */
  private readonly filters = new Map<string, FrameFilter>()
  private owners: Map<number, Iface[]> | undefined

  constructor(
    readonly name: string,
    /** One way, ms. */
    public latency: number,
    /** Frames whose IP packet is larger vanish without notice. */
    public mtu: number,
    private readonly changed: () => void,
  ) {}

  setDown(down: boolean): void {
    this.down = down
    this.changed()
  }

  setMtu(mtu: number): void {
    this.mtu = mtu
    this.changed()
  }

  /** The network says what it carries: the cards are configured for it, now and at every start of their machines. */
  carryOnly(mtu: number): void {
    this.setMtu(mtu)
    for (const iface of this.ifaces) {
      iface.mtu = mtu
      for (const config of iface.stack.configured) if (config.name === iface.name) config.mtu = mtu
    }
  }

  setLatency(ms: number): void {
    this.latency = ms
    this.changed()
  }

  /** Installs a fault under a name; `undefined` removes it. */
  fault(name: string, filter: FrameFilter | undefined): void {
    if (filter) this.filters.set(name, filter)
    else this.filters.delete(name)
    this.changed()
  }

  /** Hosts of different groups do not hear each other. Hosts in no group hear everybody. */
  partition(name: string, groups: readonly (readonly string[])[]): void {
    const side = new Map<string, number>()
    groups.forEach((group, i) => {
      for (const host of group) side.set(host, i)
    })
    this.fault(name, (from, to) => {
      const a = side.get(from.stack.name)
      const b = side.get(to.stack.name)
      return a !== undefined && b !== undefined && a !== b
    })
  }

  /** True when some fault picks frames that get lost. */
  get faulty(): boolean {
    return this.filters.size > 0
  }

  plug(iface: Iface): void {
    this.ifaces.add(iface)
    iface.segment = this
    this.forget()
    this.changed()
  }

  unplug(iface: Iface): void {
    this.ifaces.delete(iface)
    iface.segment = undefined
    this.forget()
    this.changed()
  }

  /** Addresses on this segment have changed. */
  forget(): void {
    this.owners = undefined
  }

  /** Who answers an ARP request for `ip`. */
  arp(from: Iface, ip: number): Iface | undefined {
    if (!this.owners) {
      this.owners = new Map()
      for (const iface of this.ifaces)
        for (const a of iface.addrs) {
          const list = this.owners.get(a.ip)
          if (list) list.push(iface)
          else this.owners.set(a.ip, [iface])
        }
    }
    for (const iface of this.owners.get(ip) ?? [])
      if (iface !== from && iface.up && iface.stack.powered && !this.lost(from, iface, undefined)) return iface
    return undefined
  }

  lost(from: Iface, to: Iface, packet: Packet | undefined): boolean {
    if (this.down) return true
    for (const filter of this.filters.values()) if (filter(from, to, packet)) return true
    return false
  }
}
