import { because, type Happening, type Kernel, type Rng } from '../../kernel/index.ts'
import type { Process } from '../process.ts'
import { BeatenPaths } from './beaten-path.ts'
import { Conntrack } from './conntrack.ts'
import { type DialSpec, dial } from './dial.ts'
import { IcmpRate } from './icmp-rate.ts'
import {
  carrier,
  type Iface,
  type IfaceAddr,
  type IfaceKind,
  type Neigh,
  type PolicyRule,
  type Route,
  type Vxlan,
} from './iface.ts'
import { formatIp, isLoopback, maskOf, parseIp } from './ip.ts'
import { Ipvs } from './ipvs.ts'
import { Netfilter } from './netfilter/model.ts'
import type { Network } from './network.ts'
import type { Packet } from './packet.ts'
import { PathMtus } from './path-mtus.ts'
import { lookUpRoute, sourceFor } from './routing.ts'
import { Sockets } from './sockets.ts'
import { Sysctls } from './sysctl.ts'
import type { DialResult, NetNs, Service, Socket } from './types.ts'
import { macFor } from './veth.ts'

/** What a network policy engine decides about a new connection of a pod. */
export type PolicyFilter = (
  direction: 'ingress' | 'egress',
  packet: { readonly src: string; readonly dst: string; readonly proto: string; readonly port: number },
) => boolean

/** Sees packets that pass an interface (tcpdump). */
type PacketTap = (iface: Iface, direction: 'in' | 'out', packet: Packet) => void

/** The network stack of one namespace: a host's or a pod's. */
export class Stack implements NetNs {
  readonly ifaces: Iface[] = []
  readonly routes: Route[] = []
  readonly rules: PolicyRule[] = []
  readonly neighbours: Neigh[] = []
  readonly pathMtus: PathMtus
  readonly sysctls: Sysctls
  readonly netfilter = new Netfilter()
  private ipv6?: Netfilter
  readonly conntrack: Conntrack
  readonly ipvs = new Ipvs()
  readonly icmpRate: IcmpRate
  readonly taps = new Set<PacketTap>()
  readonly beatenPaths = new BeatenPaths(this)
  readonly rng: Rng
  readonly kernel: Kernel
  /** The namespace of the machine that this one lives on; itself for a machine. */
  readonly host: Stack
  /** Pods and other namespaces of this machine. */
  readonly children = new Set<Stack>()
  private on = true
  /** Enforced by a CNI that knows NetworkPolicy; nothing is enforced without one. */
  policy: PolicyFilter | undefined
  /** Addresses beyond its own that it answers for (a gateway that stands for the Internet). */
  standsFor: ((ip: number) => boolean) | undefined
  /** Network cards as the boot configures them. */
  readonly configured: { name: string; cidr: string; gateway?: string; mtu: number; dynamic?: boolean }[] = []
  /** How far away what it stands for is: one-way ms, and routers in between that do not answer. */
  beyond: { readonly latency: number; readonly hops: number } | undefined
  /** Why it is configured as it is, when something notable led to it. */
  why: Happening | undefined
  /** Kernel log lines (LOG target, table full, martians). */
  onLog: (line: string) => void = () => {}
  private readonly listening: Sockets
  private locals: Set<number> | undefined
  private byName: Map<string, Iface> | undefined
  private readonly flags = new Map<string, number>()
  private nextIndex = 1

  constructor(
    readonly network: Network,
    readonly name: string,
    host?: Stack,
  ) {
    this.kernel = network.kernel
    this.rng = network.kernel.rng.fork(`net/${name}`)
    this.host = host ?? this
    host?.children.add(this)
    this.sysctls = new Sysctls(host?.sysctls)
    this.sysctls.interfaces = () => this.ifaces.map((i) => i.name)
    this.sysctls.onChange = () => this.changed()
    this.netfilter.onChange = () => this.changed()
    this.conntrack = new Conntrack(network.kernel, this.sysctls)
    this.icmpRate = new IcmpRate(network.kernel, this.sysctls)
    this.conntrack.onFull = () => this.onLog('nf_conntrack: nf_conntrack: table full, dropping packet')
    this.pathMtus = new PathMtus(network.kernel)
    this.listening = new Sockets(this)
    const lo = this.addIface('lo', 'loopback', { mtu: 65536, mac: '00:00:00:00:00:00' })
    this.setAddr(lo, '127.0.0.1/8', 'host')
    lo.up = true
  }

  /** False while the machine is off: it does not even answer ARP. */
  get powered(): boolean {
    return this.on
  }

  set powered(on: boolean) {
    this.on = on
    this.changed()
  }

  get epoch(): number {
    return this.network.generation
  }

  /** Everything that depends on configuration must be computed anew. */
  changed(): void {
    this.locals = undefined
    this.byName = undefined
    this.flags.clear()
    this.network.generation++
    this.why = because() ?? this.why
  }

  // Interfaces

  addIface(
    name: string,
    kind: IfaceKind,
    options: { mtu?: number; mac?: string; vxlan?: Vxlan; up?: boolean; index?: number } = {},
  ): Iface {
    const iface: Iface = {
      stack: this,
      index: options.index ?? this.nextIndex,
      name,
      kind,
      mac: options.mac ?? macFor(this, name),
      mtu: options.mtu ?? 1500,
      up: options.up ?? false,
      addrs: [],
      vxlan: options.vxlan,
      counters: { rxBytes: 0, rxPackets: 0, rxDropped: 0, txBytes: 0, txPackets: 0, txDropped: 0 },
    }
    this.nextIndex = Math.max(this.nextIndex, iface.index) + 1
    this.ifaces.push(iface)
    this.changed()
    return iface
  }

  removeIface(iface: Iface): void {
    const i = this.ifaces.indexOf(iface)
    if (i < 0) return
    this.ifaces.splice(i, 1)
    iface.segment?.unplug(iface)
    for (const other of this.ifaces) if (other.master === iface) other.master = undefined
    this.dropRoutes((r) => r.dev === iface.name)
    this.neighbours.splice(0, this.neighbours.length, ...this.neighbours.filter((n) => n.dev !== iface.name))
    const peer = iface.peer
    iface.peer = undefined
    if (peer) {
      peer.peer = undefined
      peer.stack.removeIface(peer)
    }
    this.changed()
  }

  iface(name: string): Iface | undefined {
    this.byName ??= new Map(this.ifaces.map((i) => [i.name, i]))
    return this.byName.get(name)
  }

  /** A numeric per-interface sysctl: the larger of the interface's own and `all`'s, as the kernel combines them. */
  ifaceSysctl(iface: Iface, key: string): number {
    const id = `${iface.name}/${key}`
    let value = this.flags.get(id)
    if (value === undefined) {
      value = Math.max(
        this.sysctls.number(`net.ipv4.conf.all.${key}`),
        this.sysctls.number(`net.ipv4.conf.${iface.name}.${key}`),
      )
      this.flags.set(id, value)
    }
    return value
  }

  /** Ports of a bridge. */
  ports(bridge: Iface): Iface[] {
    return this.ifaces.filter((i) => i.master === bridge)
  }

  /** Brings an interface up or down; the kernel drops the routes of one that goes down. */
  setUp(iface: Iface, up: boolean): void {
    if (iface.up === up) return
    iface.up = up
    if (up) {
      for (const a of iface.addrs) this.connected(iface, a)
      this.restoreGateway(iface)
    } else this.dropRoutes((r) => r.dev === iface.name)
    iface.segment?.forget()
    this.changed()
  }

  /** systemd-networkd puts the configured default route back when a card gets its carrier. */
  private restoreGateway(iface: Iface): void {
    const config = this.configured.find((c) => c.name === iface.name)
    const via = config?.gateway === undefined ? undefined : parseIp(config.gateway)
    if (via === undefined || this.routes.some((r) => r.bits === 0 && r.dev === iface.name)) return
    this.addRoute({ base: 0, bits: 0, via, dev: iface.name, proto: 'static', scope: 'global' })
  }

  setAddr(iface: Iface, cidr: string, scope: IfaceAddr['scope'] = 'global', dynamic?: boolean, plain?: boolean): void {
    const [text, bits] = cidr.split('/')
    const addr: IfaceAddr = { ip: parseIp(text)!, bits: Number(bits ?? 32), scope, dynamic, plain }
    iface.addrs.push(addr)
    if (iface.up) this.connected(iface, addr)
    iface.segment?.forget()
    this.changed()
  }

  removeAddr(iface: Iface, ip: number): boolean {
    const addr = iface.addrs.find((a) => a.ip === ip)
    if (!addr) return false
    iface.addrs = iface.addrs.filter((a) => a !== addr)
    this.dropRoutes((r) => r.dev === iface.name && r.src === ip)
    iface.segment?.forget()
    this.changed()
    return true
  }

  private connected(iface: Iface, a: IfaceAddr): void {
    if (iface.kind === 'loopback' || a.bits === 32) return
    const base = (a.ip & maskOf(a.bits)) >>> 0
    if (this.routes.some((r) => r.base === base && r.bits === a.bits && r.dev === iface.name && r.proto === 'kernel'))
      return
    this.addRoute({
      base,
      bits: a.bits,
      dev: iface.name,
      src: a.ip,
      proto: 'kernel',
      scope: 'link',
      metric: a.dynamic ? 100 : 0,
    })
  }

  // Routes

  addRoute(r: Partial<Route> & Pick<Route, 'base' | 'bits'>): void {
    const route: Route = {
      metric: 0,
      proto: 'boot',
      scope: r.via === undefined && (r.type ?? 'unicast') === 'unicast' ? 'link' : 'global',
      type: 'unicast',
      table: 'main',
      ...r,
    }
    this.routes.push(route)
    this.routes.sort((a, b) => (a.base === b.base ? b.bits - a.bits : a.base - b.base) || a.metric - b.metric)
    this.changed()
  }

  dropRoutes(where: (r: Route) => boolean): number {
    const before = this.routes.length
    const kept = this.routes.filter((r) => !where(r))
    this.routes.splice(0, before, ...kept)
    if (kept.length !== before) this.changed()
    return before - kept.length
  }

  /** The route that the kernel takes towards `dst`, or undefined when the network is unreachable. */
  route(dst: number, mark = 0, src = 0): Route | undefined {
    return lookUpRoute(this, dst, mark, src)
  }

  /** Source address for packets that take the route. */
  sourceFor(route: Route): number {
    return sourceFor(this, route)
  }

  isLocal(ip: number): boolean {
    this.locals ??= new Set(this.ifaces.flatMap((i) => i.addrs.map((a) => a.ip)))
    return this.locals.has(ip) || isLoopback(ip) || this.standsFor?.(ip) === true
  }

  /** First global address. */
  primaryIp(): number {
    for (const i of this.ifaces) for (const a of i.addrs) if (a.scope === 'global') return a.ip
    return 0x7f000001
  }

  addresses(): readonly string[] {
    return this.ifaces.flatMap((i) => (i.kind === 'loopback' ? [] : i.addrs.map((a) => formatIp(a.ip))))
  }

  neighbour(ip: number, dev: string): Neigh | undefined {
    return this.neighbours.find((n) => n.ip === ip && n.dev === dev)
  }

  setNeighbour(entry: Neigh): void {
    const i = this.neighbours.findIndex((n) => n.ip === entry.ip && n.dev === entry.dev)
    if (i >= 0) this.neighbours[i] = entry
    else this.neighbours.push(entry)
    this.network.generation++
  }

  removeNeighbour(ip: number, dev: string): boolean {
    const i = this.neighbours.findIndex((n) => n.ip === ip && n.dev === dev)
    if (i < 0) return false
    this.neighbours.splice(i, 1)
    this.network.generation++
    return true
  }

  // Sockets

  get sockets(): readonly Socket[] {
    return this.listening.all()
  }

  listen(
    process: Process | undefined,
    spec: { proto?: 'tcp' | 'udp'; addr?: string; port: number; service: Service },
  ): Socket {
    return this.listening.listen(process, spec)
  }

  /** The socket that receives a packet for ip:port. */
  socketFor(proto: string, ip: number, port: number): Socket | undefined {
    return this.listening.at(proto, ip, port)
  }

  /** A free client port. */
  ephemeral(): number {
    return this.listening.ephemeral()
  }

  dial(spec: DialSpec): DialResult {
    return dial(this, spec)
  }

  // Housekeeping

  /** Rules for IPv6: programs write and list them, but no packet of that family is on any wire. */
  get netfilter6(): Netfilter {
    this.ipv6 ??= new Netfilter()
    return this.ipv6
  }

  /** Removes the namespace: its interfaces (and their other ends), sockets and rules are gone. */
  destroy(): void {
    for (const socket of this.sockets) socket.close()
    for (const iface of [...this.ifaces]) this.removeIface(iface)
    this.host.children.delete(this)
    this.powered = false
  }

  /** The machine loses power: pods' namespaces, tables and everything that is not configured to come back vanish. */
  reset(): void {
    for (const child of [...this.children]) child.destroy()
    for (const socket of this.sockets) socket.close()
    this.netfilter.tables.clear()
    this.netfilter.sets.clear()
    this.netfilter.native.clear()
    this.netfilter.recent.clear()
    this.ipv6 = undefined
    this.ipvs.servers.clear()
    this.conntrack.clear()
    for (const iface of [...this.ifaces])
      if (iface.kind !== 'loopback' && iface.kind !== 'ethernet') this.removeIface(iface)
    for (const iface of this.ifaces)
      if (iface.kind === 'ethernet') {
        iface.up = false
        iface.addrs = []
        iface.segment?.forget()
      }
    this.routes.length = 0
    this.rules.length = 0
    this.neighbours.length = 0
    this.changed()
  }

  /** Brings the network cards up as configured (netplan). */
  configure(): void {
    for (const config of this.configured) {
      const iface = this.iface(config.name)
      if (!iface || iface.addrs.length > 0) continue
      iface.mtu = config.mtu
      iface.up = true
      this.setAddr(iface, config.cidr, 'global', config.dynamic)
      const via = config.gateway === undefined ? undefined : parseIp(config.gateway)
      if (via !== undefined)
        this.addRoute({ base: 0, bits: 0, via, dev: config.name, proto: 'static', scope: 'global' })
    }
  }

  carrier(iface: Iface): boolean {
    return carrier(iface)
  }
}
