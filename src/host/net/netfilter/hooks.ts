import type { CtEntry } from '../conntrack.ts'
import { icmp, lost, trace } from '../fate.ts'
import { formatIp } from '../ip.ts'
import type { Fate, Packet } from '../packet.ts'
import type { Stack } from '../stack.ts'
import { traverse, type Verdict } from './evaluate.ts'
import type { Context, Hook, TableName } from './model.ts'

/** Tables that a hook asks before and after the place of connection tracking and destination NAT. */
const BEFORE: Partial<Record<Hook, readonly TableName[]>> = {
  PREROUTING: ['raw', 'mangle'],
  OUTPUT: ['raw', 'mangle'],
}
const AFTER: Record<Hook, readonly TableName[]> = {
  PREROUTING: [],
  INPUT: ['mangle', 'filter', 'security'],
  FORWARD: ['mangle', 'filter', 'security'],
  OUTPUT: ['filter', 'security'],
  POSTROUTING: ['mangle'],
}

/** Runs all tables of a hook with connection tracking and NAT at their places. Returns why the packet stops here. */
export function hooks(
  stack: Stack,
  p: Packet,
  hook: Hook,
  inIf: string,
  outIf: string,
  phys?: { physIn?: string; physOut?: string },
): Fate | undefined {
  const nf = stack.netfilter
  if (!nf.used && nf.native.size === 0 && stack.ipvs.servers.size === 0) return undefined
  const early = BEFORE[hook]
  let ct: CtEntry | undefined
  if (early) {
    const tracked = track(stack, p)
    if (tracked === 'full') return lost(p, stack, 'nf_conntrack: table full')
    ct = tracked
  } else ct = known(stack, p)
  const c: Context = { stack, packet: p, hook, inIf, outIf, physIn: phys?.physIn, physOut: phys?.physOut, ct }
  if (early)
    for (const name of early) {
      const stop = consult(stack, c, name)
      if (stop) return stop
    }
  if (early && ct) destinationNat(stack, c, ct)
  for (const native of nf.native.values()) {
    const verdict = native.filter?.(c)
    if (verdict)
      return rejected(
        stack,
        p,
        verdict === 'drop'
          ? { verdict: 'drop', chain: native.name }
          : { verdict: 'reject', with: 'icmp-port-unreachable', chain: native.name },
      )
  }
  for (const name of AFTER[hook]) {
    const stop = consult(stack, c, name)
    if (stop) return stop
  }
  if (!early && hook !== 'FORWARD' && ct) {
    sourceNat(stack, c, ct)
    if (!p.reply && !stack.conntrack.confirm(ct)) return lost(p, stack, 'nf_conntrack: table full')
  }
  return undefined
}

function consult(stack: Stack, c: Context, name: TableName): Fate | undefined {
  const table = stack.netfilter.tables.get(name)
  if (!table || table.idle) return undefined
  const verdict = traverse(table, c)
  return verdict.verdict === 'drop' || verdict.verdict === 'reject' ? rejected(stack, c.packet, verdict) : undefined
}

const REJECTS: Record<string, Extract<Fate, { kind: 'icmp' }>['type']> = {
  'icmp-port-unreachable': 'port',
  'icmp-host-unreachable': 'host',
  'icmp-net-unreachable': 'net',
  'icmp-proto-unreachable': 'proto',
  'icmp-host-prohibited': 'admin',
  'icmp-admin-prohibited': 'admin',
  'icmp-net-prohibited': 'net-admin',
  'tcp-reset': 'reset',
}

function rejected(stack: Stack, p: Packet, v: Extract<Verdict, { verdict: 'drop' | 'reject' }>): Fate {
  trace(p, stack, v.verdict, v.chain)
  return v.verdict === 'drop' ? lost(p, stack, `DROP in ${v.chain}`) : icmp(stack, REJECTS[v.with] ?? 'port')
}

/** Connection tracking: the entry of the packet's flow on this stack, made for the first packet. */
function track(stack: Stack, p: Packet): CtEntry | undefined | 'full' {
  const entry = p.flow.entries.get(stack)
  if (!entry) {
    if (p.reply || p.icmp === 'frag-needed') return undefined
    const fresh = stack.conntrack.create(p.proto, p)
    p.flow.entries.set(stack, fresh)
    return fresh
  }
  if (!p.reply) return entry
  const r = entry.reply
  if (p.src === r.src && p.dst === r.dst && p.sport === r.sport && p.dport === r.dport) {
    p.dst = entry.orig.src
    p.dport = entry.orig.sport
  } else if (p.dst !== entry.orig.src) return undefined
  if (p.icmp === 'port-unreachable') return entry
  entry.replied = true
  stack.conntrack.touch(entry)
  return entry
}

const known = (stack: Stack, p: Packet): CtEntry | undefined => {
  const entry = p.flow.entries.get(stack)
  return entry && p.reply && p.dst !== entry.orig.src ? undefined : entry
}

function destinationNat(stack: Stack, c: Context, ct: CtEntry): void {
  const p = c.packet
  if (p.reply || ct.natDone & 1) return
  ct.natDone |= 1
  let to: { ip?: number; port?: number } | undefined
  for (const native of stack.netfilter.native.values()) {
    const choice = native.dnat?.(c)
    if (choice && typeof choice === 'object') to = choice
  }
  const nat = stack.netfilter.tables.get('nat')
  if (!to && nat && !nat.idle) {
    const verdict = traverse(nat, c)
    if (verdict.verdict === 'dnat') to = verdict
  }
  if (!to) return
  if (to.ip !== undefined) p.dst = to.ip
  if (to.port !== undefined) p.dport = to.port
  ct.reply.src = p.dst
  ct.reply.sport = p.dport
  ct.dnat = true
  trace(p, stack, 'DNAT', `${formatIp(p.dst)}:${p.dport}`)
}

function sourceNat(stack: Stack, c: Context, ct: CtEntry): void {
  const p = c.packet
  if (p.reply) {
    if (ct.dnat && p.src === ct.reply.src && p.sport === ct.reply.sport) {
      p.src = ct.orig.dst
      p.sport = ct.orig.dport
    }
    return
  }
  if (ct.natDone & 2) return
  ct.natDone |= 2
  let to: { ip?: number; port?: number } | undefined
  const masquerade = (): { ip: number } => ({ ip: masqueradeIp(stack, p, c.outIf) })
  for (const native of stack.netfilter.native.values()) if (native.masquerade?.(c)) to = masquerade()
  const nat = stack.netfilter.tables.get('nat')
  if (!to && nat && !nat.idle) {
    const verdict = traverse(nat, c)
    if (verdict.verdict === 'snat') to = verdict
    else if (verdict.verdict === 'masquerade' && c.hook === 'POSTROUTING') to = masquerade()
  }
  if (!to) return
  if (to.ip !== undefined) p.src = to.ip
  if (to.port !== undefined) p.sport = to.port
  ct.reply.dst = p.src
  ct.reply.dport = p.sport
  ct.snat = true
  trace(p, stack, 'SNAT', `${formatIp(p.src)}:${p.sport}`)
}

function masqueradeIp(stack: Stack, p: Packet, outIf: string): number {
  if (outIf === 'lo') return p.src
  const route = stack.route(p.dst)
  return route?.dev === outIf ? stack.sourceFor(route) : (stack.iface(outIf)?.addrs[0]?.ip ?? stack.primaryIp())
}
