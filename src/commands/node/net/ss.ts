import { type Program, parseIp, type Socket, type Stack } from '../../../host/index.ts'
import { command, Fail, notSimulated, stackOf } from '../lib/command.ts'
import { getopt, OptionError, type Options } from '../lib/getopt.ts'

const SERVICES: Record<number, string> = {
  22: 'ssh',
  53: 'domain',
  80: 'http',
  123: 'ntp',
  323: '323',
  443: 'https',
  2379: '2379',
  3306: 'mysql',
  5432: 'postgresql',
  8080: 'http-alt',
}

interface Row {
  readonly socket: Socket
  readonly local: string
  readonly peer: string
  readonly state: string
  readonly users: string
}

/** What listens: programs' sockets, and those of the kernel, in which VXLAN packets arrive. */
const listeners = (stack: Stack): Socket[] => [
  ...stack.sockets,
  ...stack.ifaces
    .filter((i) => i.vxlan && i.up)
    .map(({ vxlan }) => ({
      proto: 'udp' as const,
      addr: '0.0.0.0',
      port: vxlan!.port,
      process: undefined,
      service: { name: 'vxlan' },
      close() {},
    })),
]

const any = (s: Socket): boolean => s.addr === '0.0.0.0' || s.addr === '::' || s.addr === ''

/** iproute2's ss: listening sockets, and what else people ask for. */
export const ss: Program = command('ss', (c) => {
  let o: Options
  try {
    o = getopt(c.args, {
      short: 'lntupaeoimsxrhHV46Kf:O',
      long: {
        listening: 'l',
        numeric: 'n',
        tcp: 't',
        udp: 'u',
        processes: 'p',
        all: 'a',
        summary: 's',
        unix: 'x',
        'no-header': 'H',
        version: 'V',
        ipv4: '4',
        ipv6: '6',
        extended: 'e',
        memory: 'm',
        info: 'i',
        options: 'o',
      },
    })
  } catch (error) {
    if (error instanceof OptionError)
      throw new Fail(`ss: ${error.message}\nUsage: ss [ OPTIONS ]\n       ss [ OPTIONS ] [ FILTER ]`, 255)
    throw error
  }
  const stack = stackOf(c.p)
  if (o.has('s')) {
    const tcp = stack.sockets.filter((s) => s.proto === 'tcp').length
    const udp = stack.sockets.length - tcp
    c.out(
      `Total: ${stack.sockets.length + 120}\nTCP:   ${tcp} (estab 0, closed 0, orphaned 0, timewait 0)\n\nTransport Total     IP        IPv6\nRAW\t  0         0         0        \nUDP\t  ${String(udp).padEnd(9)} ${String(udp).padEnd(9)} 0        \nTCP\t  ${String(tcp).padEnd(9)} ${String(tcp).padEnd(9)} 0        \nINET\t  ${String(tcp + udp).padEnd(9)} ${String(tcp + udp).padEnd(9)} 0        \nFRAG\t  0         0         0        \n\n`,
    )
    return 0
  }
  const protocols = o.has('t') || o.has('u') ? [o.has('u') ? 'udp' : '', o.has('t') ? 'tcp' : ''] : ['udp', 'tcp']
  if (!o.has('l') && !o.has('a')) return notSimulated(c, 'connections that are open (what listens: ss -l)')
  const filter = portFilter(o.args)
  const both = protocols.filter(Boolean).length > 1
  const port = (n: number): string => (o.has('n') ? String(n) : (SERVICES[n] ?? String(n)))
  const rows: Row[] = listeners(stack)
    .filter((s) => protocols.includes(s.proto) && filter(s))
    .map((s) => {
      const v6 = any(s) && /^(kube|etcd|containerd|coredns|sshd6)/.test(s.service.name)
      const host = any(s) ? (v6 ? '*' : '0.0.0.0') : s.addr
      return {
        socket: s,
        local: `${host}:${port(s.port)}`,
        peer: v6 ? '*:*' : '0.0.0.0:*',
        state: s.proto === 'tcp' ? 'LISTEN' : 'UNCONN',
        users:
          o.has('p') && s.process
            ? `users:(("${s.process.program.name.slice(0, 15)}",pid=${s.process.pid},fd=${3 + (s.port % 9)}))`
            : '',
      }
    })
    .sort(
      (a, b) =>
        Number(a.local.startsWith('*')) - Number(b.local.startsWith('*')) ||
        (parseIp(a.socket.addr) ?? 0) - (parseIp(b.socket.addr) ?? 0),
    )
  const header = ['Netid', 'State', 'Recv-Q', 'Send-Q', 'Local Address:Port', 'Peer Address:Port', 'Process']
  const table = rows.map((r) => [
    r.socket.proto,
    r.state,
    '0',
    r.socket.proto === 'tcp' ? '4096' : '0',
    r.local,
    r.peer,
    r.users,
  ])
  const all = o.has('H') ? table : [header, ...table]
  if (all.length === 0) return 0
  const width = (i: number): number => Math.max(...all.map((r) => r[i].length))
  // Addresses are aligned at the colon before the port.
  const split = (text: string): [string, string] =>
    text.endsWith('Address:Port')
      ? [text.slice(0, -5), ':Port']
      : [text.slice(0, text.lastIndexOf(':')), text.slice(text.lastIndexOf(':'))]
  const hostWidth = (i: number): number => Math.max(...all.map((r) => split(r[i])[0].length))
  const portWidth = (i: number): number => Math.max(...all.map((r) => split(r[i])[1].length))
  const address = (i: number, text: string): string =>
    `${split(text)[0].padStart(hostWidth(i))}${split(text)[1].padEnd(portWidth(i))}`
  for (const r of all) {
    const cells = [
      ...(both ? [r[0].padEnd(width(0))] : []),
      r[1].padEnd(width(1)),
      r[2].padEnd(6),
      r[3].padEnd(6),
      address(4, r[4]),
      address(5, r[5]),
    ]
    const process = r === header ? 'Process' : r[6]
    c.out(
      `${cells.join(' ')}${o.has('p') && rows.length > 0 ? process.padEnd(Math.max(...table.map((t) => t[6].length), 7)) : ''}\n`.replace(
        / *\n$/,
        o.has('p') ? '\n' : ' \n',
      ),
    )
  }
  return 0
})

/** `sport = :6443`, `( dport = :22 or sport = :22 )`. */
function portFilter(words: readonly string[]): (s: Socket) => boolean {
  const text = words.join(' ')
  const ports = [...text.matchAll(/sport\s*(?:=|==|eq)\s*:?(\d+)/g)].map((m) => Number(m[1]))
  return ports.length === 0 ? () => true : (s) => ports.includes(s.port)
}

/** net-tools' netstat: listening sockets and routes. */
export const netstat: Program = command('netstat', (c) => {
  let o: Options
  try {
    o = getopt(c.args, {
      short: 'lntuparives46W',
      long: { listening: 'l', numeric: 'n', tcp: 't', udp: 'u', programs: 'p', all: 'a', route: 'r' },
    })
  } catch (error) {
    if (error instanceof OptionError) throw new Fail(`netstat: ${error.message}`, 4)
    throw error
  }
  for (const flag of ['s', 'i']) if (o.has(flag)) return notSimulated(c, `netstat -${flag}`)
  const stack = stackOf(c.p)
  if (o.has('r')) {
    c.out('Kernel IP routing table\nDestination     Gateway         Genmask         Flags   MSS Window  irtt Iface\n')
    for (const r of stack.routes) {
      const dotted = (n: number): string => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255].join('.')
      const mask = r.bits === 0 ? 0 : (0xffffffff << (32 - r.bits)) >>> 0
      c.out(
        `${dotted(r.base).padEnd(15)} ${dotted(r.via ?? 0).padEnd(15)} ${dotted(mask).padEnd(15)} ${(r.via === undefined ? 'U' : 'UG').padEnd(7)}   0 0          0 ${r.dev}\n`,
      )
    }
    return 0
  }
  if (!o.has('l') && !o.has('a')) return notSimulated(c, 'connections that are open (what listens: netstat -l)')
  const protocols = o.has('t') || o.has('u') ? [o.has('t') ? 'tcp' : '', o.has('u') ? 'udp' : ''] : ['tcp', 'udp']
  const kind = o.has('l') ? 'only servers' : 'servers and established'
  c.out(
    `Active Internet connections (${kind})\nProto Recv-Q Send-Q Local Address           Foreign Address         State      ${o.has('p') ? ' PID/Program name    ' : ''}\n`,
  )
  for (const s of listeners(stack)
    .filter((x) => protocols.includes(x.proto))
    .sort((a, b) => (a.proto < b.proto ? -1 : a.proto > b.proto ? 1 : 0))) {
    const v6 = any(s) && /^(kube|etcd|containerd|coredns)/.test(s.service.name)
    const local = `${any(s) ? (v6 ? '::' : '0.0.0.0') : s.addr}:${s.port}`
    const user = s.process ? `${s.process.pid}/${s.process.program.name.slice(0, 14)}` : '-'
    c.out(
      `${(s.proto + (v6 ? '6' : '')).padEnd(5)}      0      0 ${local.padEnd(23)} ${(v6 ? ':::*' : '0.0.0.0:*').padEnd(23)} ${(s.proto === 'tcp' ? 'LISTEN' : '').padEnd(11)}${o.has('p') ? ` ${user.padEnd(20)}` : ''}\n`,
    )
  }
  return 0
})
