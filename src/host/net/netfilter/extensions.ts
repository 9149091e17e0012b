import { inCidr, isLoopback, parseCidr, parseIp } from '../ip.ts'
import type { Context, Match, MatchOption } from './model.ts'

type Tester = (c: Context) => boolean

interface Extension {
  /** Flags and how many values each takes. */
  readonly flags: Readonly<Record<string, number>>
  /** Other spellings. */
  readonly alias?: Readonly<Record<string, string>>
  compile(options: readonly MatchOption[], fail: (message: string) => never): Tester
}

const always: Tester = () => true
const flip = (not: boolean, t: Tester): Tester => (not ? (c) => !t(c) : t)
const all = (tests: Tester[]): Tester => (tests.length === 1 ? tests[0] : (c) => tests.every((t) => t(c)))

/** `N`, `N:M`, `:M`, `N:` or a service name. */
function portRange(text: string): readonly [number, number] | undefined {
  const port = (s: string, fallback: number): number | undefined =>
    s === '' ? fallback : /^\d+$/.test(s) ? Number(s) : SERVICES[s]
  const [a, b] = text.includes(':') ? text.split(':') : [text, text]
  const lo = port(a, 0)
  const hi = port(b, 65535)
  return lo === undefined || hi === undefined || lo > 65535 || hi > 65535 ? undefined : [lo, hi]
}

/** /etc/services for what people type. */
export const SERVICES: Record<string, number> = {
  ssh: 22,
  domain: 53,
  http: 80,
  ntp: 123,
  https: 443,
  'http-alt': 8080,
  mysql: 3306,
  postgresql: 5432,
  redis: 6379,
}

const ports = (field: 'sport' | 'dport', o: MatchOption, fail: (m: string) => never): Tester => {
  const range = portRange(o.values[0]) ?? fail(`invalid port/service \`${o.values[0]}' specified`)
  return flip(o.not, (c) => c.packet[field] >= range[0] && c.packet[field] <= range[1])
}

const l4 = (proto: 'tcp' | 'udp'): Extension => ({
  flags: {
    '--sport': 1,
    '--dport': 1,
    ...(proto === 'tcp' ? { '--tcp-flags': 2, '--syn': 0, '--tcp-option': 1 } : {}),
  },
  alias: { '--source-port': '--sport', '--destination-port': '--dport' },
  compile: (options, fail) =>
    all([
      (c) => c.packet.proto === proto,
      ...options.map((o): Tester => {
        if (o.flag === '--sport') return ports('sport', o, fail)
        if (o.flag === '--dport') return ports('dport', o, fail)
        // Every packet that walks the path opens a connection or answers one that opens.
        return flip(o.not, (c) => (o.flag === '--syn' ? !c.packet.reply : true))
      }),
    ]),
})

const ctState = (c: Context): string =>
  !c.ct ? 'UNTRACKED' : c.packet.reply ? 'ESTABLISHED' : c.ct.replied ? 'ESTABLISHED' : 'NEW'

const conntrack: Extension = {
  flags: {
    '--ctstate': 1,
    '--state': 1,
    '--ctorigdst': 1,
    '--ctorigdstport': 1,
    '--ctdir': 1,
    '--ctproto': 1,
    '--ctstatus': 1,
  },
  compile: (options, fail) =>
    all(
      options.map((o): Tester => {
        if (o.flag === '--ctstate' || o.flag === '--state') {
          const states = o.values[0].split(',')
          for (const s of states)
            if (!['INVALID', 'NEW', 'ESTABLISHED', 'RELATED', 'UNTRACKED', 'SNAT', 'DNAT'].includes(s))
              fail(`Bad ctstate "${s}"`)
          return flip(
            o.not,
            (c) =>
              states.includes(ctState(c)) ||
              (states.includes('DNAT') && c.ct?.dnat === true) ||
              (states.includes('SNAT') && c.ct?.snat === true),
          )
        }
        if (o.flag === '--ctorigdst') {
          const cidr = parseCidr(o.values[0]) ?? fail(`host/network \`${o.values[0]}' not found`)
          return flip(o.not, (c) => c.ct !== undefined && inCidr(c.ct.orig.dst, cidr))
        }
        if (o.flag === '--ctorigdstport') {
          const range = portRange(o.values[0]) ?? fail('bad port')
          return flip(o.not, (c) => c.ct !== undefined && c.ct.orig.dport >= range[0] && c.ct.orig.dport <= range[1])
        }
        if (o.flag === '--ctdir') return flip(o.not, (c) => c.packet.reply === (o.values[0] === 'REPLY'))
        return always
      }),
    ),
}

const hex = (text: string): number => Number(text.startsWith('0x') ? text : text)

const mark = (field: 'packet' | 'ct'): Extension => ({
  flags: { '--mark': 1 },
  compile: (options, fail) => {
    const o = options[0] ?? fail('Option "--mark" is required')
    const [v, m] = o.values[0].split('/')
    const value = hex(v)
    const mask = m === undefined ? 0xffffffff : hex(m)
    if (Number.isNaN(value) || Number.isNaN(mask)) fail(`bad mark value`)
    return flip(o.not, (c) => ((field === 'packet' ? c.packet.mark : (c.ct?.mark ?? 0)) & mask) >>> 0 === value)
  },
})

const addrtype: Extension = {
  flags: { '--src-type': 1, '--dst-type': 1, '--limit-iface-in': 0, '--limit-iface-out': 0 },
  compile: (options) => {
    const is = (c: Context, ip: number, type: string): boolean => {
      switch (type) {
        case 'LOCAL':
          return isLoopback(ip) || c.stack.isLocal(ip)
        case 'UNICAST':
          return !isLoopback(ip) && !c.stack.isLocal(ip) && ip < 0xe0000000
        case 'BROADCAST':
          return ip === 0xffffffff
        case 'MULTICAST':
          return ip >>> 28 === 14
        default:
          return false
      }
    }
    return all(
      options
        .filter((o) => o.values.length > 0)
        .map((o): Tester => {
          const types = o.values[0].split(',')
          return flip(o.not, (c) => {
            const ip = o.flag === '--src-type' ? c.packet.src : c.packet.dst
            return types.some((t) => is(c, ip, t))
          })
        }),
    )
  },
}

const statistic: Extension = {
  flags: { '--mode': 1, '--probability': 1, '--every': 1, '--packet': 1 },
  compile: (options) => {
    const value = (flag: string): string | undefined => options.find((o) => o.flag === flag)?.values[0]
    if (value('--mode') === 'nth') {
      const every = Number(value('--every') ?? 1)
      let n = Number(value('--packet') ?? 0)
      return () => n++ % every === 0
    }
    const p = Number(value('--probability') ?? 0)
    return (c) => c.stack.rng.float() < p
  },
}

const multiport: Extension = {
  flags: { '--dports': 1, '--sports': 1, '--ports': 1 },
  alias: { '--destination-ports': '--dports', '--source-ports': '--sports' },
  compile: (options, fail) =>
    all(
      options.map((o): Tester => {
        const ranges = o.values[0].split(',').map((p) => portRange(p) ?? fail(`invalid port/service \`${p}' specified`))
        const hit = (n: number): boolean => ranges.some((r) => n >= r[0] && n <= r[1])
        return flip(o.not, (c) =>
          o.flag === '--dports'
            ? hit(c.packet.dport)
            : o.flag === '--sports'
              ? hit(c.packet.sport)
              : hit(c.packet.dport) || hit(c.packet.sport),
        )
      }),
    ),
}

const set: Extension = {
  flags: { '--match-set': 2 },
  compile: (options) =>
    all(
      options.map((o) => {
        const [name, dirs] = o.values
        return flip(o.not, (c) => {
          const members = c.stack.netfilter.sets.get(name)
          if (!members) return false
          const key = dirs
            .split(',')
            .map((d, i) => setKey(c, members.type, d, i))
            .join(',')
          if (members.entries.has(key)) return true
          if (!members.type.startsWith('hash:net')) return false
          const ip = dirs.startsWith('src') ? c.packet.src : c.packet.dst
          for (const entry of members.entries.keys()) {
            const cidr = parseCidr(entry.split(',')[0])
            if (cidr && inCidr(ip, cidr)) return true
          }
          return false
        })
      }),
    ),
}

function setKey(c: Context, type: string, direction: string, i: number): string {
  const field = type.slice(type.indexOf(':') + 1).split(',')[i]
  const src = direction === 'src'
  if (field === 'port') return `${c.packet.proto}:${src ? c.packet.sport : c.packet.dport}`
  const ip = src ? c.packet.src : c.packet.dst
  return `${ip >>> 24}.${(ip >>> 16) & 255}.${(ip >>> 8) & 255}.${ip & 255}`
}

const recent: Extension = {
  flags: {
    '--name': 1,
    '--set': 0,
    '--rcheck': 0,
    '--update': 0,
    '--remove': 0,
    '--seconds': 1,
    '--reap': 0,
    '--mask': 1,
    '--rsource': 0,
    '--rdest': 0,
    '--hitcount': 1,
  },
  compile: (options) => {
    const value = (flag: string): string | undefined => options.find((o) => o.flag === flag)?.values[0]
    const has = (flag: string): boolean => options.some((o) => o.flag === flag)
    const name = value('--name') ?? 'DEFAULT'
    const seconds = Number(value('--seconds') ?? 0)
    return (c) => {
      let list = c.stack.netfilter.recent.get(name)
      if (!list) {
        list = new Map()
        c.stack.netfilter.recent.set(name, list)
      }
      const now = c.stack.kernel.now()
      if (has('--set')) {
        list.set(c.packet.src, now)
        return true
      }
      const seen = list.get(c.packet.src)
      const hit = seen !== undefined && (seconds === 0 || now - seen <= seconds * 1000)
      if (hit && has('--update')) list.set(c.packet.src, now)
      return hit
    }
  },
}

const physdev: Extension = {
  flags: {
    '--physdev-in': 1,
    '--physdev-out': 1,
    '--physdev-is-bridged': 0,
    '--physdev-is-in': 0,
    '--physdev-is-out': 0,
  },
  compile: (options) =>
    all(
      options.map((o) =>
        flip(o.not, (c) => {
          if (o.flag === '--physdev-in') return ifaceMatches(o.values[0], c.physIn ?? '')
          if (o.flag === '--physdev-out') return ifaceMatches(o.values[0], c.physOut ?? '')
          if (o.flag === '--physdev-is-in') return c.physIn !== undefined
          return c.physIn !== undefined && c.physOut !== undefined
        }),
      ),
    ),
}

/** Interface names match exactly, or by prefix when the pattern ends in `+`. */
export const ifaceMatches = (pattern: string, name: string): boolean =>
  pattern.endsWith('+') ? name.startsWith(pattern.slice(0, -1)) : name === pattern

const ICMP_TYPES: Record<string, Context['packet']['icmp']> = {
  '8': 'echo-request',
  'echo-request': 'echo-request',
  ping: 'echo-request',
  '0': 'echo-reply',
  'echo-reply': 'echo-reply',
  pong: 'echo-reply',
  '3': 'frag-needed',
  'destination-unreachable': 'frag-needed',
  '3/4': 'frag-needed',
  'fragmentation-needed': 'frag-needed',
  '11': 'time-exceeded',
  'time-exceeded': 'time-exceeded',
}

const icmp: Extension = {
  flags: { '--icmp-type': 1 },
  compile: (options, fail) =>
    all([
      (c) => c.packet.proto === 'icmp',
      ...options.map((o) => {
        if (o.values[0] === 'any') return always
        const type = ICMP_TYPES[o.values[0]] ?? fail(`Invalid ICMP type \`${o.values[0]}'`)
        return flip(o.not, (c) => c.packet.icmp === type)
      }),
    ]),
}

const iprange: Extension = {
  flags: { '--src-range': 1, '--dst-range': 1 },
  compile: (options, fail) =>
    all(
      options.map((o) => {
        const [a, b] = o.values[0].split('-')
        const lo = parseIp(a) ?? fail(`iprange: Bad IP address "${a}"`)
        const hi = parseIp(b ?? a) ?? fail(`iprange: Bad IP address "${b}"`)
        return flip(o.not, (c) => {
          const ip = o.flag === '--src-range' ? c.packet.src : c.packet.dst
          return ip >= lo && ip <= hi
        })
      }),
    ),
}

const length: Extension = {
  flags: { '--length': 1 },
  compile: (options, fail) =>
    all(
      options.map((o) => {
        const range = portRange(o.values[0]) ?? fail('length: bad value')
        return flip(o.not, (c) => c.packet.size >= range[0] && c.packet.size <= range[1])
      }),
    ),
}

const passive = (flags: Record<string, number>): Extension => ({ flags, compile: () => always })

/** Match extensions by name. */
export const EXTENSIONS: Readonly<Record<string, Extension>> = {
  tcp: l4('tcp'),
  udp: l4('udp'),
  comment: passive({ '--comment': 1 }),
  conntrack,
  state: conntrack,
  mark: mark('packet'),
  connmark: mark('ct'),
  addrtype,
  statistic,
  multiport,
  set,
  recent,
  physdev,
  icmp,
  iprange,
  length,
  limit: passive({ '--limit': 1, '--limit-burst': 1 }),
  hashlimit: passive({
    '--hashlimit-upto': 1,
    '--hashlimit-above': 1,
    '--hashlimit-burst': 1,
    '--hashlimit-mode': 1,
    '--hashlimit-name': 1,
  }),
  owner: passive({ '--uid-owner': 1, '--gid-owner': 1 }),
  pkttype: passive({ '--pkt-type': 1 }),
  nfacct: passive({ '--nfacct-name': 1 }),
}

/** Extensions whose answer depends on more than the packet's addresses and the flow. */
const FICKLE = new Set(['statistic', 'recent', 'set'])
const BY_SENDERS_PORT = new Set(['--sport', '--sports', '--ports'])

/** Compiles a match from its options. */
export function compileMatch(name: string, options: readonly MatchOption[], fail: (m: string) => never): Match {
  const fickle = FICKLE.has(name) || options.some((o) => BY_SENDERS_PORT.has(o.flag))
  return { name, options, test: EXTENSIONS[name].compile(options, fail), fickle }
}
