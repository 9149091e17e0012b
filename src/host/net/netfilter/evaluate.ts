import { formatIp, inCidr, parseIp } from '../ip.ts'
import { ifaceMatches } from './extensions.ts'
import { BUILTIN, type Chain, type Context, type Rule, type Table, type Target } from './model.ts'

/** What the rules of a table decide about a packet. */
export type Verdict =
  | { readonly verdict: 'accept' }
  | { readonly verdict: 'drop'; readonly chain: string }
  | { readonly verdict: 'reject'; readonly with: string; readonly chain: string }
  | { readonly verdict: 'dnat'; readonly ip?: number; readonly port?: number }
  | { readonly verdict: 'snat'; readonly ip?: number; readonly port?: number }
  | { readonly verdict: 'masquerade' }

const ACCEPT: Verdict = { verdict: 'accept' }

/** Does the rule apply to the packet? */
function ruleMatches(rule: Rule, c: Context): boolean {
  const p = c.packet
  if (rule.dst && inCidr(p.dst, rule.dst.cidr) === rule.dst.not) return false
  if (rule.src && inCidr(p.src, rule.src.cidr) === rule.src.not) return false
  if (rule.proto && (rule.proto.name === p.proto) === rule.proto.not) return false
  if (rule.inIf && ifaceMatches(rule.inIf.name, c.inIf) === rule.inIf.not) return false
  if (rule.outIf && ifaceMatches(rule.outIf.name, c.outIf) === rule.outIf.not) return false
  for (const match of rule.matches) {
    if (match.fickle && p.flow.steps) p.flow.steps.repeatable = false
    if (!match.test(c)) return false
  }
  return true
}

function count(what: Rule | Chain, { packet }: Context): void {
  what.packets++
  what.bytes += packet.size
  packet.flow.steps?.counted.push(what)
}

/** Runs a packet through the table's chain of the hook. */
export function traverse(table: Table, c: Context): Verdict {
  const chain = table.chains.get(c.hook)
  if (!chain || !(BUILTIN[table.name] as readonly string[]).includes(c.hook)) return ACCEPT
  if (chain.rules.length > 0) {
    const result = run(table, chain, c, 0)
    if (result && result !== 'return') return result
  }
  count(chain, c)
  return chain.policy === 'DROP' ? { verdict: 'drop', chain: `${chain.name} (policy)` } : ACCEPT
}

function run(table: Table, chain: Chain, c: Context, depth: number): Verdict | 'return' | undefined {
  // The kernel refuses loops when rules are loaded; a broken set of rules must not hang the world.
  if (depth > 64) return { verdict: 'drop', chain: chain.name }
  for (const rule of chain.rules) {
    if (!ruleMatches(rule, c)) continue
    count(rule, c)
    const target = rule.target
    if (!target) continue
    const sub = table.chains.get(target.name)
    if (sub) {
      const result = run(table, sub, c, depth + 1)
      if (result && result !== 'return') return result
      if (target.goto) return 'return'
      continue
    }
    const result = apply(target, c, chain)
    if (result) return result
  }
  return undefined
}

const option = (t: Target, flag: string): string | undefined => t.options.find((o) => o.flag === flag)?.values[0]

function apply(t: Target, c: Context, chain: Chain): Verdict | 'return' | undefined {
  switch (t.name) {
    case 'ACCEPT':
      return ACCEPT
    case 'DROP':
      return { verdict: 'drop', chain: chain.name }
    case 'RETURN':
      return 'return'
    case 'REJECT':
      return { verdict: 'reject', with: option(t, '--reject-with')!, chain: chain.name }
    case 'DNAT':
      return { verdict: 'dnat', ...destination(option(t, '--to-destination') ?? '') }
    case 'REDIRECT':
      return {
        verdict: 'dnat',
        ip: c.hook === 'OUTPUT' ? 0x7f000001 : c.stack.primaryIp(),
        port: Number(option(t, '--to-ports') ?? 0) || undefined,
      }
    case 'SNAT':
      return { verdict: 'snat', ...destination(option(t, '--to-source') ?? '') }
    case 'MASQUERADE':
      return { verdict: 'masquerade' }
    case 'MARK':
      c.packet.mark = newMark(t, c.packet.mark)
      return undefined
    case 'CONNMARK':
      if (c.ct && t.options.some((o) => o.flag === '--save-mark')) c.ct.mark = c.packet.mark
      else if (c.ct && t.options.some((o) => o.flag === '--restore-mark')) c.packet.mark = c.ct.mark
      else if (c.ct) c.ct.mark = newMark(t, c.ct.mark)
      return undefined
    case 'LOG':
      if (c.packet.flow.steps) c.packet.flow.steps.repeatable = false
      c.stack.onLog(logLine(option(t, '--log-prefix') ?? '', c))
      return undefined
    case 'TCPMSS':
      clampSegments(t, c)
      return undefined
    case 'SET':
      return undefined
    default:
      return undefined
  }
}

const destination = (text: string): { ip?: number; port?: number } => {
  const [ip, port] = text.split(':')
  return { ip: parseIp(ip.split('-')[0]), port: port ? Number(port.split('-')[0]) : undefined }
}

/** A SYN's largest segment size is made smaller: the other side will send no larger packets. xt_TCPMSS. */
function clampSegments(t: Target, c: Context): void {
  const { packet } = c
  if (packet.proto !== 'tcp' || !packet.flags?.includes('S')) return
  const size = option(t, '--set-mss')
  const limit = size === undefined ? (c.stack.iface(c.outIf)?.mtu ?? 65536) : Number(size) + 40
  const other = packet.reply ? 0 : 1
  packet.flow.own[other] = Math.min(packet.flow.own[other], limit)
}

/** `--set-xmark v/m`: new = (old & ~m) ^ v; the other spellings are stored as this one. */
function newMark(t: Target, old: number): number {
  const [v, m] = (option(t, '--set-xmark') ?? '0x0/0xffffffff').split('/')
  return ((old & ~Number(m ?? 0xffffffff)) ^ Number(v)) >>> 0
}

function logLine(prefix: string, c: Context): string {
  const p = c.packet
  const ports = p.proto === 'icmp' ? 'TYPE=8 CODE=0' : `SPT=${p.sport} DPT=${p.dport}`
  const rest = p.proto === 'tcp' ? ' WINDOW=64240 RES=0x00 SYN URGP=0' : p.proto === 'udp' ? ` LEN=${p.size - 20}` : ''
  const flags = p.df ? ' DF' : ''
  return `${prefix}IN=${c.inIf} OUT=${c.outIf} SRC=${formatIp(p.src)} DST=${formatIp(p.dst)} LEN=${p.size} TOS=0x00 PREC=0x00 TTL=${p.ttl} ID=0${flags} PROTO=${p.proto.toUpperCase()} ${ports}${rest}`
}
