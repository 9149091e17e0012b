import { Dir, type FileSystem } from '../fs/index.ts'
import type { Host } from '../host.ts'
import { parseIp } from '../net/ip.ts'
import type { Stack } from '../net/stack.ts'
import { PseudoFile } from './generated.ts'

const hex = (n: number, width: number): string => n.toString(16).toUpperCase().padStart(width, '0')
/** Address in the byte order of /proc/net. */
const swapped = (ip: number): string =>
  hex((((ip & 255) << 24) | ((ip & 0xff00) << 8) | ((ip >>> 8) & 0xff00) | (ip >>> 24)) >>> 0, 8)

/** /proc/net of a namespace. */
export function procNet(fs: FileSystem, stack: Stack | undefined, _host: Host): Dir {
  const dir = new Dir(fs, 0o555)
  if (!stack) return dir
  const add = (name: string, render: () => string): void => void dir.entries.set(name, new PseudoFile(fs, render))
  add('dev', () => {
    const rows = stack.ifaces.map((i) => {
      const c = i.counters
      return `${i.name.padStart(6)}: ${c.rxBytes} ${c.rxPackets} 0 ${c.rxDropped} 0 0 0 0 ${c.txBytes} ${c.txPackets} 0 ${c.txDropped} 0 0 0 0\n`
    })
    return `Inter-|   Receive                                                |  Transmit\n face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n${rows.join('')}`
  })
  add('route', () => {
    const rows = stack.routes
      .filter((r) => r.dev)
      .map(
        (r) =>
          `${r.dev}\t${swapped(r.base)}\t${swapped(r.via ?? 0)}\t${hex(r.via ? 3 : 1, 4)}\t0\t0\t${r.metric}\t${swapped(r.bits === 0 ? 0 : (0xffffffff << (32 - r.bits)) >>> 0)}\t0\t0\t0\n`,
      )
    return `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n${rows.join('')}`
  })
  add('arp', () => {
    const rows = stack.neighbours.map(
      (n) =>
        `${[n.ip >>> 24, (n.ip >>> 16) & 255, (n.ip >>> 8) & 255, n.ip & 255].join('.').padEnd(17)}0x1         0x${n.mac ? 2 : 0}         ${n.mac ?? '00:00:00:00:00:00'}     *        ${n.dev}\n`,
    )
    return `IP address       HW type     Flags       HW address            Mask     Device\n${rows.join('')}`
  })
  const sockets = (proto: 'tcp' | 'udp') => (): string => {
    const rows = stack.sockets
      .filter((s) => s.proto === proto)
      .map(
        (s, i) =>
          `${String(i).padStart(4)}: ${swapped(parseIp(s.addr) ?? 0)}:${hex(s.port, 4)} 00000000:0000 ${proto === 'tcp' ? '0A' : '07'} 00000000:00000000 00:00000000 00000000     0        0 ${20000 + i} 1 0000000000000000 100 0 0 10 0\n`,
      )
    return `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n${rows.join('')}`
  }
  add('tcp', sockets('tcp'))
  add('udp', sockets('udp'))
  return dir
}
