import { because, byText, type Happening, learn } from '../../kernel/index.ts'
import { SysError } from '../errno.ts'
import type { Process } from '../process.ts'
import { parseIp } from './ip.ts'
import type { Stack } from './stack.ts'
import type { Service, Socket } from './types.ts'

interface OpenSocket extends Socket {
  closed: boolean
  readonly ip: number
}

const portRange = byText((text) => text.split(/\s+/).map(Number))

/** The listening sockets of a namespace, and its client ports. */
export class Sockets {
  private readonly open = new Map<string, OpenSocket[]>()
  /** Why nobody listens any more, by protocol and port. */
  private readonly gone = new Map<string, Happening>()
  private nextPort: number

  constructor(private readonly stack: Stack) {
    this.nextPort = 32768 + stack.rng.int(28000)
  }

  all(): Socket[] {
    return [...this.open.values()].flat()
  }

  /** bind(2) and listen(2). Throws SysError EADDRINUSE or EADDRNOTAVAIL; closed when the process ends. */
  listen(
    process: Process | undefined,
    spec: { proto?: 'tcp' | 'udp'; addr?: string; port: number; service: Service },
  ): Socket {
    const proto = spec.proto ?? 'tcp'
    const addr = spec.addr ?? '0.0.0.0'
    const ip = addr === '' || addr === '::' || addr === '0.0.0.0' ? 0 : parseIp(addr)
    if (
      ip === undefined ||
      (ip !== 0 && !this.stack.isLocal(ip) && this.stack.sysctls.get('net.ipv4.ip_nonlocal_bind') !== '1')
    )
      throw new SysError('EADDRNOTAVAIL', `${addr}:${spec.port}`, 'bind')
    const port = spec.port === 0 ? this.ephemeral() : spec.port
    const key = `${proto}:${port}`
    const list = this.open.get(key) ?? []
    if (list.some((s) => s.ip === 0 || ip === 0 || s.ip === ip))
      throw new SysError('EADDRINUSE', `${addr}:${port}`, 'bind')
    const socket: OpenSocket = {
      closed: false,
      proto,
      addr: addr === '' ? '::' : addr,
      ip,
      port,
      process,
      service: spec.service,
      close: () => {
        socket.closed = true
        const why = because()
        if (why) this.gone.set(key, why)
        const now = this.open.get(key)?.filter((s) => s !== socket) ?? []
        if (now.length > 0) this.open.set(key, now)
        else this.open.delete(key)
        withdraw?.()
      },
    }
    list.push(socket)
    this.open.set(key, list)
    const withdraw = process?.defer(() => socket.close())
    return socket
  }

  /** The socket that receives a packet for ip:port. */
  at(proto: string, ip: number, port: number): Socket | undefined {
    const list = this.open.get(`${proto}:${port}`)
    const found = list?.find((s) => s.ip === ip) ?? list?.find((s) => s.ip === 0)
    if (!found) learn(this.gone.get(`${proto}:${port}`))
    return found
  }

  /** A free client port. */
  ephemeral(): number {
    const [lo, hi] = portRange(this.stack.sysctls.get('net.ipv4.ip_local_port_range') ?? '32768\t60999')
    this.nextPort = this.nextPort < lo || this.nextPort >= hi ? lo : this.nextPort + 2
    return this.nextPort
  }
}
