import { type Address, type Program, parseIp } from '../../../host/index.ts'
import { type Command, command, Fail, notSimulated, stackOf } from '../lib/command.ts'
import { getopt, OptionError, type Options } from '../lib/getopt.ts'
import { isAny, owner, portName, type SocketRow, socketRows } from './sockets.ts'
import { parseFilter } from './ss-filter.ts'

const USAGE = 'Usage: ss [ OPTIONS ]\n       ss [ OPTIONS ] [ FILTER ]'

/** iproute2's ss: what listens, and the connections that are open. */
export const ss: Program = command('ss', (c) => {
  const o = options(c)
  const rows = socketRows(stackOf(c.p))
  if (o.has('s')) {
    c.out(summary(rows))
    return 0
  }
  for (const flag of ['x', 'm', 'i', 'o', 'K', 'r'])
    if (o.has(flag)) return notSimulated(c, flag === 'x' ? 'Unix sockets' : `-${flag}`)
  const filter = parseFilter(o.args)
  const chosen = o.has('t') || o.has('u')
  const listed = o.has('l') || o.has('a')
  if (!chosen && !listed && !filter.states) return notSimulated(c, 'Unix sockets (TCP: ss -t)')
  const states =
    filter.states ?? (o.has('a') ? ['LISTEN', 'UNCONN', 'ESTAB'] : o.has('l') ? ['LISTEN', 'UNCONN'] : ['ESTAB'])
  const found = rows
    .filter((r) => (!chosen || o.has(r.proto[0])) && states.includes(r.state) && filter.matches(r))
    .filter((r) => o.has('4') === o.has('6') || r.v6 === o.has('6'))
    .sort((a, b) => rank(a) - rank(b) || (a.remote ? 0 : (parseIp(a.local.ip) ?? 0) - (parseIp(b.local.ip) ?? 0)))
  const netid = !(o.has('t') || o.has('u')) || (o.has('t') && o.has('u'))
  c.out(table(c, o, found, netid, !filter.single))
  return 0
})

/** As the kernel tells them: of each family what listens before what is connected. */
const rank = (r: SocketRow): number => (r.v6 ? 2 : 0) + (r.remote ? 1 : 0)

function options(c: Command): Options {
  try {
    return getopt(c.args, {
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
        resolve: 'r',
        oneline: 'O',
      },
    })
  } catch (error) {
    if (error instanceof OptionError) throw new Fail(`ss: ${error.message}\n${USAGE}`, 255)
    throw error
  }
}

/** `ss -s`. */
function summary(rows: readonly SocketRow[]): string {
  const count = (proto: string, v6?: boolean): number =>
    rows.filter((r) => (proto === 'inet' || r.proto === proto) && (v6 === undefined || r.v6 === v6)).length
  const open = rows.filter((r) => r.state === 'ESTAB').length
  const line = (name: string, proto: string): string => {
    const cells = [count(proto), count(proto, false), count(proto, true)]
    return `${name}\t  ${cells.map((n) => String(n).padEnd(9)).join(' ')}\n`
  }
  // Unix sockets and netlink's make up most of all that there are.
  return `Total: ${rows.length + 120}\nTCP:   ${count('tcp')} (estab ${open}, closed 0, orphaned 0, timewait 0)\n\nTransport Total     IP        IPv6\n${line('RAW', 'raw')}${line('UDP', 'udp')}${line('TCP', 'tcp')}${line('INET', 'inet')}${line('FRAG', 'frag')}\n`
}

interface Cells {
  readonly netid: string
  readonly state: string
  readonly queue: string
  readonly local: readonly [host: string, port: string]
  readonly peer: readonly [host: string, port: string]
  readonly process: string
}

const HEADER: Cells = {
  netid: 'Netid',
  state: 'State',
  queue: 'Send-Q',
  local: ['Local Address:', 'Port'],
  peer: ['Peer Address:', 'Port'],
  process: 'Process',
}

/** Columns as wide as what is in them; addresses meet at the colon before the port. */
function table(c: Command, o: Options, rows: readonly SocketRow[], netid: boolean, state: boolean): string {
  const address = (r: SocketRow, a: Address | undefined): [string, string] => {
    if (!a) return [r.v6 ? '*:' : '0.0.0.0:', '*']
    const host = isAny(a.ip) ? (r.v6 ? '*' : '0.0.0.0') : r.v6 ? `[::ffff:${a.ip}]` : a.ip
    return [`${host}:`, o.has('n') ? String(a.port) : portName(a.port)]
  }
  const body = rows.map(
    (r): Cells => ({
      netid: r.proto,
      state: r.state,
      queue: r.state === 'LISTEN' ? '4096' : '0',
      local: address(r, r.local),
      peer: address(r, r.remote),
      process: [o.has('p') ? users(c, r) : '', o.has('e') ? extended(r) : ''].filter(Boolean).join(' '),
    }),
  )
  const all = [HEADER, ...body]
  const width = (of: (cells: Cells) => string): number => Math.max(...all.map((cells) => of(cells).length))
  const widths = {
    state: width((x) => x.state),
    local: [width((x) => x.local[0]), width((x) => x.local[1])],
    peer: [width((x) => x.peer[0]), width((x) => x.peer[1])],
    // The header counts for nothing where it is not printed.
    process: Math.max(o.has('H') ? 0 : HEADER.process.length, ...body.map((x) => x.process.length)),
  }
  // Its column is there only for who asks.
  const processes = o.has('p') || o.has('e')
  const line = (x: Cells): string => {
    const cells = [
      ...(netid ? [x.netid.padEnd(5)] : []),
      ...(state ? [x.state.padEnd(widths.state)] : []),
      x === HEADER ? 'Recv-Q' : '0     ',
      x.queue.padEnd(6),
      x.local[0].padStart(widths.local[0]) + x.local[1].padEnd(widths.local[1]),
      x.peer[0].padStart(widths.peer[0]) + x.peer[1].padEnd(widths.peer[1]),
    ]
    if (!processes) return `${cells.join(' ')}\n`
    const last = x.process.padEnd(widths.process)
    return `${cells.join(' ')}${x === HEADER || x.process === '' ? '' : ' '}${last}\n`
  }
  return (o.has('H') ? body : all).map(line).join('')
}

function users(c: Command, row: SocketRow): string {
  const process = owner(row, c.p)
  return process ? `users:(("${process.name}",pid=${process.pid},fd=${row.fd}))` : ''
}

/** `-e`: the socket itself. */
function extended(row: SocketRow): string {
  const uid = row.process?.creds.uid ?? 0
  const cgroup = row.process?.cgroup
  return [
    ...(uid === 0 ? [] : [`uid:${uid}`]),
    `ino:${row.inode}`,
    `sk:${(row.inode % 4096).toString(16)}`,
    ...(cgroup ? [`cgroup:${cgroup}`] : []),
    ...(row.v6 && row.state !== 'ESTAB' ? ['v6only:0'] : []),
    '<->',
  ].join(' ')
}
