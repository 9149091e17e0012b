import { type Address, openEnds, type Process, type Socket, type Stack } from '../../../host/index.ts'
import { pidSeen } from '../../../shell/jobs/group.ts'

const SERVICES: Readonly<Record<number, string>> = {
  22: 'ssh',
  53: 'domain',
  80: 'http',
  123: 'ntp',
  443: 'https',
  3306: 'mysql',
  5432: 'postgresql',
  8080: 'http-alt',
}

/** A port by its name in /etc/services. */
export const portName = (port: number): string => SERVICES[port] ?? String(port)

/** A socket as tools list it. */
export interface SocketRow {
  readonly proto: 'tcp' | 'udp'
  readonly state: 'LISTEN' | 'UNCONN' | 'ESTAB'
  readonly local: Address
  /** Undefined unless connected. */
  readonly remote: Address | undefined
  /** A socket of the IPv6 family, which takes IPv4 connections too. */
  readonly v6: boolean
  readonly process: Process | undefined
  readonly fd: number
  readonly inode: number
}

/** Listens on all addresses, whatever their family: written in Go. */
const dual = (s: Socket): boolean => isAny(s.addr) && /^(kube|etcd|containerd|coredns|sshd6)/.test(s.service.name)

/** Whether an address stands for all of a machine's. */
export const isAny = (ip: string): boolean => ip === '0.0.0.0' || ip === '::' || ip === ''

/** First descriptor of connections: what listens was opened before. */
const FIRST_FD = 12

/** A namespace's sockets: what listens, with the kernel's own for VXLAN, and the ends of open connections. */
export function socketRows(stack: Stack): SocketRow[] {
  const listening = stack.sockets.map(
    (s): SocketRow => ({
      proto: s.proto,
      state: s.proto === 'tcp' ? 'LISTEN' : 'UNCONN',
      local: { ip: s.addr, port: s.port },
      remote: undefined,
      v6: dual(s),
      process: s.process,
      fd: 3 + (s.port % 9),
      inode: 20_000 + s.port,
    }),
  )
  const tunnels = stack.ifaces
    .filter((i) => i.vxlan && i.up)
    .map(
      ({ vxlan }): SocketRow => ({
        proto: 'udp',
        state: 'UNCONN',
        local: { ip: '0.0.0.0', port: vxlan!.port },
        remote: undefined,
        v6: false,
        process: undefined,
        fd: 0,
        inode: 20_000,
      }),
    )
  const next = new Map<Process | undefined, number>()
  const open = openEnds(stack).map((end, i): SocketRow => {
    const fd = next.get(end.process) ?? FIRST_FD
    next.set(end.process, fd + 1)
    const { local, remote, process } = end
    return {
      proto: 'tcp',
      state: 'ESTAB',
      local,
      remote,
      v6: end.via !== undefined && dual(end.via),
      process,
      fd,
      inode: 90_000 + i,
    }
  })
  return [...listening, ...tunnels, ...open]
}

/** The process behind a socket as `viewer` may know it: its own, or any for root. */
export function owner(row: SocketRow, viewer: Process): { name: string; pid: number } | undefined {
  const { process } = row
  if (!process || (viewer.creds.uid !== 0 && process.creds.uid !== viewer.creds.uid)) return undefined
  return { name: process.program.name.slice(0, 15), pid: pidSeen(viewer, process) }
}
