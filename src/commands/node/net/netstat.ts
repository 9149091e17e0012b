import { type Address, formatIp, maskOf, type Program, type Stack } from '../../../host/index.ts'
import { type Command, command, Fail, notSimulated, stackOf } from '../lib/command.ts'
import { getopt, OptionError, type Options } from '../lib/getopt.ts'
import { hostNamed } from './names.ts'
import { isAny, owner, portName, type SocketRow, socketRows } from './sockets.ts'

/** net-tools' netstat: sockets and routes. */
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
  for (const flag of ['s', 'i', 'e']) if (o.has(flag)) return notSimulated(c, `netstat -${flag}`)
  const stack = stackOf(c.p)
  if (o.has('r')) {
    c.out(routes(stack))
    return 0
  }
  const chosen = o.has('t') || o.has('u')
  if (!chosen && !o.has('l') && !o.has('a')) return notSimulated(c, 'Unix sockets (TCP: netstat -t)')
  const kind = o.has('l') ? 'only servers' : o.has('a') ? 'servers and established' : 'w/o servers'
  c.out(
    `Active Internet connections (${kind})\nProto Recv-Q Send-Q Local Address           Foreign Address         State      ${o.has('p') ? ' PID/Program name    ' : ''}\n`,
  )
  const rows = socketRows(stack)
    .filter((r) => (!chosen || o.has(r.proto[0])) && (o.has('a') || (r.remote === undefined) === o.has('l')))
    .sort((a, b) => rank(a) - rank(b))
  for (const r of rows) c.out(line(c, o, r))
  return 0
})

/** As /proc/net has them: tcp, tcp6, udp; what listens comes first. */
const rank = (r: SocketRow): number => (r.proto === 'udp' ? 4 : 0) + (r.v6 ? 2 : 0) + (r.remote ? 1 : 0)

function line(c: Command, o: Options, r: SocketRow): string {
  const address = (a: Address | undefined): string => {
    if (!a) return r.v6 ? ':::*' : '0.0.0.0:*'
    const any = isAny(a.ip) ? (r.v6 ? '::' : '0.0.0.0') : undefined
    if (o.has('n')) return `${any ?? a.ip}:${a.port}`
    return `${any ?? hostNamed(c.p, a.ip)}:${portName(a.port)}`
  }
  const state = r.state === 'ESTAB' ? 'ESTABLISHED' : r.state === 'LISTEN' ? 'LISTEN' : ''
  const process = owner(r, c.p)
  const user = process ? `${process.pid}/${process.name.slice(0, 14)}` : '-'
  return `${(r.proto + (r.v6 ? '6' : '')).padEnd(5)}      0      0 ${address(r.local).padEnd(23)} ${address(r.remote).padEnd(23)} ${state.padEnd(11)}${o.has('p') ? ` ${user.padEnd(20)}` : ''}\n`
}

function routes(stack: Stack): string {
  const rows = stack.routes.map((r) => {
    const flags = r.via === undefined ? 'U' : 'UG'
    return `${formatIp(r.base).padEnd(15)} ${formatIp(r.via ?? 0).padEnd(15)} ${formatIp(maskOf(r.bits)).padEnd(15)} ${flags.padEnd(7)}   0 0          0 ${r.dev}\n`
  })
  return `Kernel IP routing table\nDestination     Gateway         Genmask         Flags   MSS Window  irtt Iface\n${rows.join('')}`
}
