import { formatIp } from './ip.ts'

/** Where IPVS sends connections of a virtual server. */
export interface RealServer {
  readonly ip: number
  readonly port: number
  weight: number
  active: number
  inactive: number
}

/** A service of IPVS. */
export interface VirtualServer {
  readonly proto: 'tcp' | 'udp'
  readonly ip: number
  readonly port: number
  scheduler: string
  /** Session persistence, seconds. */
  persistent?: number
  readonly reals: RealServer[]
  /** Round-robin position. */
  next: number
}

/** IP Virtual Server state of a namespace; usable once the module ip_vs is loaded. */
export class Ipvs {
  readonly servers = new Map<string, VirtualServer>()
  /** proto:client:vip:port → real, while persistent. */
  private readonly sticky = new Map<string, RealServer>()

  find(proto: string, ip: number, port: number): VirtualServer | undefined {
    return this.servers.get(`${proto}:${formatIp(ip)}:${port}`)
  }

  add(server: VirtualServer): void {
    this.servers.set(`${server.proto}:${formatIp(server.ip)}:${server.port}`, server)
  }

  remove(proto: string, ip: number, port: number): boolean {
    return this.servers.delete(`${proto}:${formatIp(ip)}:${port}`)
  }

  /** The real server for a new connection, or undefined when there is none. */
  schedule(server: VirtualServer, client: number): RealServer | undefined {
    const usable = server.reals.filter((r) => r.weight > 0)
    if (usable.length === 0) return undefined
    const key = `${server.proto}:${client}:${server.ip}:${server.port}`
    const before = server.persistent ? this.sticky.get(key) : undefined
    const real = before && usable.includes(before) ? before : usable[server.next++ % usable.length]
    if (server.persistent) this.sticky.set(key, real)
    real.inactive++
    return real
  }
}
