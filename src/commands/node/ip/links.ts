import { formatIp, type Iface } from '../../../host/index.ts'

/** Link-local address that the kernel derives from a MAC (EUI-64). */
function linkLocal(mac: string): string {
  const b = mac.split(':').map((x) => Number.parseInt(x, 16))
  const groups = [(b[0] ^ 2) * 256 + b[1], b[2] * 256 + 0xff, 0xfe00 + b[3], b[4] * 256 + b[5]]
  return `fe80::${groups.map((g) => g.toString(16)).join(':')}`.replace(/:0(?=:|$)/, ':0')
}

const flagsOf = (i: Iface): string => {
  const lower = i.up && i.stack.carrier(i)
  const kind =
    i.kind === 'loopback' ? ['LOOPBACK'] : i.kind === 'dummy' ? ['BROADCAST', 'NOARP'] : ['BROADCAST', 'MULTICAST']
  const no = i.up && !lower ? ['NO-CARRIER'] : []
  return [...no, ...kind, ...(i.up ? ['UP'] : []), ...(lower ? ['LOWER_UP'] : [])].join(',')
}

const stateOf = (i: Iface): string =>
  !i.up
    ? 'DOWN'
    : i.kind === 'loopback' || i.kind === 'vxlan' || i.kind === 'dummy'
      ? 'UNKNOWN'
      : i.stack.carrier(i)
        ? 'UP'
        : 'DOWN'

/** `eth0@if3`. */
const labelOf = (i: Iface): string =>
  i.outside
    ? `${i.name}@if${i.outside.index}`
    : i.kind === 'veth' && i.peer
      ? `${i.name}@${i.peer.stack === i.stack ? i.peer.name : `if${i.peer.index}`}`
      : i.name

const SPACE_BROADCAST: Record<string, string> = { loopback: '00:00:00:00:00:00' }

/** First two lines of `ip link` and `ip addr`. */
export function linkLines(i: Iface, withMode: boolean, details: boolean): string {
  const qdisc =
    i.outside ||
    i.kind === 'loopback' ||
    i.kind === 'veth' ||
    i.kind === 'bridge' ||
    i.kind === 'vxlan' ||
    i.kind === 'dummy'
      ? 'noqueue'
      : 'fq_codel'
  const queue = i.up ? qdisc : 'noop'
  const master = i.master ? ` master ${i.master.name}` : ''
  const qlen = i.kind === 'veth' && i.master ? '' : 'qlen 1000'
  const type = i.kind === 'loopback' ? 'loopback' : 'ether'
  const ns = i.outside
    ? i.outside.name
      ? ` link-netns ${i.outside.name}`
      : ' link-netnsid 0'
    : i.kind === 'veth' && i.peer && i.peer.stack !== i.stack
      ? i.peer.stack === i.stack.host
        ? ' link-netnsid 0'
        : ` link-netns ${i.peer.stack.name}`
      : ''
  const extra = details ? detailText(i) : ''
  return `${i.index}: ${labelOf(i)}: <${flagsOf(i)}> mtu ${i.mtu} qdisc ${queue}${master} state ${stateOf(i)} ${withMode ? 'mode DEFAULT ' : ''}group default ${qlen}\n    link/${type} ${i.mac} brd ${SPACE_BROADCAST[i.kind] ?? 'ff:ff:ff:ff:ff:ff'}${ns}${extra}\n`
}

function detailText(i: Iface): string {
  const max = i.kind === 'loopback' ? 0 : 65535
  const head = ` promiscuity ${i.master ? 1 : 0} allmulti ${i.master ? 1 : 0} minmtu ${i.kind === 'loopback' ? 0 : 68} maxmtu ${max} `
  const v = i.vxlan
  const kind = v
    ? `\n    vxlan id ${v.vni} local ${formatIp(v.local)} dev ${v.dev} srcport 0 0 dstport ${v.port} ${v.learning ? '' : 'nolearning '}ttl auto ageing 300 udpcsum noudp6zerocsumtx noudp6zerocsumrx`
    : i.kind === 'bridge'
      ? '\n    bridge forward_delay 1500 hello_time 200 max_age 2000 ageing_time 30000 stp_state 0 priority 32768 vlan_filtering 0 vlan_protocol 802.1Q'
      : i.outside || i.kind === 'veth' || i.kind === 'dummy'
        ? `\n    ${i.outside ? 'veth' : i.kind}`
        : ''
  const veth = i.kind === 'veth' || i.outside !== undefined
  const queues = veth ? 2 : 1
  return `${head}${kind} addrgenmode eui64 numtxqueues ${queues} numrxqueues ${queues} gso_max_size 65536 gso_max_segs 65535 tso_max_size ${veth ? 524280 : 65536} tso_max_segs 65535 gro_max_size 65536 gso_ipv4_max_size 65536 gro_ipv4_max_size 65536 `
}

/** Address lines of `ip addr`. */
export function addrLines(i: Iface, family: 4 | 6 | undefined): string {
  let out = ''
  if (family !== 6)
    for (const a of i.addrs) {
      const brd =
        a.scope === 'global' && a.bits < 31 && !a.plain
          ? ` brd ${formatIp((a.ip | (0xffffffff >>> a.bits)) >>> 0)}`
          : ''
      out += `    inet ${formatIp(a.ip)}/${a.bits}${brd} scope ${a.scope}${a.dynamic ? ' dynamic' : ''} ${i.name}\n       valid_lft ${a.dynamic ? '86313sec' : 'forever'} preferred_lft ${a.dynamic ? '86313sec' : 'forever'}\n`
    }
  if (family !== 4 && i.up) {
    if (i.kind === 'loopback')
      out += '    inet6 ::1/128 scope host proto kernel_lo \n       valid_lft forever preferred_lft forever\n'
    else if (i.kind !== 'dummy' && i.stack.carrier(i))
      out += `    inet6 ${linkLocal(i.mac)}/64 scope link proto kernel_ll \n       valid_lft forever preferred_lft forever\n`
  }
  return out
}

/** A line of `ip -br link` or `ip -br addr`. */
export function briefLine(i: Iface, addresses: boolean, family?: 4 | 6): string {
  const head = `${labelOf(i).padEnd(16)} ${stateOf(i).padEnd(14)} `
  if (!addresses) return `${head}${i.mac} <${flagsOf(i)}> \n`
  const list = family === 6 ? [] : i.addrs.map((a) => `${formatIp(a.ip)}/${a.bits} `)
  if (family === 4) return `${head}${list.join('')}\n`
  if (i.up && i.kind === 'loopback') list.push('::1/128 ')
  else if (i.up && i.kind !== 'dummy' && i.stack.carrier(i)) list.push(`${linkLocal(i.mac)}/64 `)
  return `${head}${list.join('')}\n`
}

/** Counters of `ip -s link`. */
export function statLines(i: Iface): string {
  const c = i.counters
  const row = (cells: readonly (number | string)[]): string =>
    cells.map((x, n) => String(x).padStart(n === 0 ? 14 : 8)).join('')
  return `    RX:  bytes packets errors dropped  missed   mcast           \n${row([c.rxBytes, c.rxPackets, 0, c.rxDropped, 0, 0])} \n    TX:  bytes packets errors dropped carrier collsns           \n${row([c.txBytes, c.txPackets, 0, c.txDropped, 0, 0])} \n`
}
