import { type Address, inCidr, type Process, type Program, parseCidr, parseIp } from '../../../host/index.ts'
import { type Command, command, notSimulated, stackOf } from '../lib/command.ts'
import { getopt, OptionError, type Options } from '../lib/getopt.ts'
import { hostNamed } from './names.ts'
import { isAny, owner, portName, type SocketRow, socketRows } from './sockets.ts'

/** Connections' states by the names that `-s` takes. */
const STATES: Readonly<Record<string, string>> = { LISTEN: 'LISTEN', ESTABLISHED: 'ESTAB' }

/** lsof: which process has which network socket (`-i`). */
export const lsof: Program = command('lsof', (c) => {
  let o: Options
  try {
    o = getopt(c.args, { short: 'i::nPtlaUs::p:c:u:wO' })
  } catch (error) {
    if (error instanceof OptionError) return notSimulated(c, c.args.join(' '))
    throw error
  }
  if (!o.has('i') || o.has('U')) return notSimulated(c, 'files that are open (sockets: lsof -i)')
  // What follows -i as a word of its own is its address, too.
  const specs = [...o.list('i').filter(Boolean), ...o.args]
  const wanted = specs.map((spec) => addressTest(spec))
  if (wanted.includes(undefined)) return notSimulated(c, `-i ${specs.join(' ')}`)
  const states = o
    .list('s')
    .filter(Boolean)
    .flatMap((s) => s.replace(/^\w+:/, '').split(','))
    .map((name) => STATES[name.toUpperCase()])
  // Without -a conditions are alternatives, and a process by its number brings all its files.
  const narrow = ['p', 'c', 'u'].filter((flag) => o.has(flag))
  if (narrow.length > 0 && !o.has('a')) return notSimulated(c, `-${narrow[0]} without -a`)
  const rows = socketRows(stackOf(c.p))
    .filter((r) => r.process && owner(r, c.p))
    .filter((r) => specs.length === 0 || wanted.some((test) => test!(r)))
    .filter((r) => states.length === 0 || r.proto === 'udp' || states.includes(r.state))
    .filter((r) => belongs(c, o, r))
    .sort((a, b) => a.process!.pid - b.process!.pid || a.fd - b.fd)
  if (rows.length === 0) return 1
  if (o.has('t')) c.out([...new Set(rows.map((r) => `${owner(r, c.p)!.pid}\n`))].join(''))
  else c.out(table(c, o, rows))
  return 0
})

function belongs(c: Command, o: Options, r: SocketRow): boolean {
  const { name, pid } = owner(r, c.p)!
  if (o.has('p') && !o.get('p')!.split(',').includes(String(pid))) return false
  if (o.has('c') && !name.startsWith(o.get('c')!)) return false
  return !o.has('u') || o.get('u') === userOf(r.process!)
}

const userOf = (p: Process): string => (p.creds.uid === 0 ? 'root' : String(p.creds.uid))

/** `[46][PROTOCOL][@HOST][:PORT[,PORT]]`; undefined: not understood. */
function addressTest(spec: string): ((r: SocketRow) => boolean) | undefined {
  const m = /^([46])?(tcp|udp)?(?:@([\d.]+))?(?::([\w,-]+))?$/i.exec(spec)
  if (!m) return undefined
  const [, family, proto, host, ports] = m
  const ranges = ports?.split(',').map((one) => one.split('-').map(numberOf))
  const cidr = host === undefined ? undefined : parseCidr(`${host}/32`)
  const meets = (a: Address | undefined): boolean => {
    if (!a) return false
    if (ranges && !ranges.some(([lo, hi = lo]) => a.port >= lo && a.port <= hi)) return false
    return !cidr || inCidr(parseIp(a.ip) ?? 0, cidr)
  }
  return (r) =>
    (family === undefined || (family === '6') === r.v6) &&
    (proto === undefined || proto.toLowerCase() === r.proto) &&
    (meets(r.local) || meets(r.remote))
}

function numberOf(text: string): number {
  if (/^\d+$/.test(text)) return Number(text)
  for (let port = 1; port < 10_000; port++) if (portName(port) === text) return port
  return -1
}

function table(c: Command, o: Options, rows: readonly SocketRow[]): string {
  const address = ({ ip, port }: Address): string =>
    `${isAny(ip) ? '*' : o.has('n') ? ip : hostNamed(c.p, ip)}:${o.has('P') ? port : portName(port)}`
  const cells = rows.map((r) => [
    owner(r, c.p)!.name.slice(0, 9),
    String(owner(r, c.p)!.pid),
    userOf(r.process!),
    `${r.fd}u`,
    r.v6 ? 'IPv6' : 'IPv4',
    String(r.inode),
    '0t0',
    r.proto.toUpperCase(),
    `${address(r.local)}${r.remote ? `->${address(r.remote)}` : ''}${r.state === 'UNCONN' ? '' : r.state === 'ESTAB' ? ' (ESTABLISHED)' : ' (LISTEN)'}`,
  ])
  const head = ['COMMAND', 'PID', 'USER', 'FD', 'TYPE', 'DEVICE', 'SIZE/OFF', 'NODE', 'NAME']
  const all = [head, ...cells]
  const width = (i: number): number => Math.max(...all.map((row) => row[i].length))
  const left = new Set([0, 2, 4])
  return all
    .map((row) =>
      row
        .map((cell, i) => {
          if (i === 8) return cell
          // Behind a descriptor's number stand its mode and lock.
          if (i === 3) return row === head ? ` ${cell.padStart(width(3) - 1)} ` : `${cell.padStart(width(3))} `
          return left.has(i) ? cell.padEnd(width(i)) : cell.padStart(width(i))
        })
        .join(' '),
    )
    .map((text) => `${text}\n`)
    .join('')
}
