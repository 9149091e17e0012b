import { parseCidr } from '../ip.ts'
import { compileMatch, EXTENSIONS } from './extensions.ts'
import type { Match, MatchOption, Netfilter, Rule, Table, Target } from './model.ts'

/** A mistake in a rule, in iptables' words, with its exit status. */
export class RuleError extends Error {
  constructor(
    message: string,
    readonly status = 2,
  ) {
    super(message)
  }
}

/** Target extensions: options with the number of their values. */
const TARGETS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  ACCEPT: {},
  DROP: {},
  RETURN: {},
  QUEUE: {},
  REJECT: { '--reject-with': 1 },
  DNAT: { '--to-destination': 1, '--random': 0, '--persistent': 0 },
  SNAT: { '--to-source': 1, '--random': 0, '--random-fully': 0, '--persistent': 0 },
  MASQUERADE: { '--to-ports': 1, '--random': 0, '--random-fully': 0 },
  REDIRECT: { '--to-ports': 1, '--random': 0 },
  MARK: { '--set-mark': 1, '--set-xmark': 1, '--or-mark': 1, '--and-mark': 1, '--xor-mark': 1 },
  CONNMARK: { '--set-mark': 1, '--set-xmark': 1, '--save-mark': 0, '--restore-mark': 0, '--nfmask': 1, '--ctmask': 1 },
  LOG: { '--log-prefix': 1, '--log-level': 1, '--log-tcp-options': 0, '--log-ip-options': 0, '--log-uid': 0 },
  NFLOG: { '--nflog-group': 1, '--nflog-prefix': 1, '--nflog-threshold': 1 },
  TCPMSS: { '--set-mss': 1, '--clamp-mss-to-pmtu': 0 },
  CT: { '--notrack': 0, '--zone': 1 },
  NOTRACK: {},
  SET: { '--add-set': 2, '--del-set': 2 },
  CHECKSUM: { '--checksum-fill': 0 },
  TRACE: {},
}

const REJECTIONS =
  /^(icmp-)?(net|host|proto|port)(-unreachable|-unreach|-prohibited|-prohib)$|^icmp-admin-prohibited$|^(tcp-reset|tcp-rst|admin-prohib)$/

const NAT_ONLY = new Set(['DNAT', 'SNAT', 'MASQUERADE', 'REDIRECT'])
const PROTOCOLS: Record<string, string> = { '6': 'tcp', '17': 'udp', '1': 'icmp', all: 'all', '0': 'all' }

const hex = (n: number): string => `0x${(n >>> 0).toString(16)}`
const num = (text: string): number => Number(text)

/** Options of a target as iptables-save writes them: every way to set a mark becomes --set-xmark. */
function normalized(
  name: string,
  flag: string,
  values: readonly string[],
): { flag: string; values: readonly string[] } {
  if (name !== 'MARK' && name !== 'CONNMARK') return { flag, values }
  const [v, m] = (values[0] ?? '').split('/')
  const value = num(v)
  switch (flag) {
    case '--set-mark':
      return { flag: '--set-xmark', values: [`${hex(value)}/${hex(m === undefined ? 0xffffffff : num(m) | value)}`] }
    case '--set-xmark':
      return { flag, values: [`${hex(value)}/${hex(m === undefined ? 0xffffffff : num(m))}`] }
    case '--or-mark':
      return { flag: '--set-xmark', values: [`${hex(value)}/${hex(value)}`] }
    case '--and-mark':
      return { flag: '--set-xmark', values: [`0x0/${hex(~value)}`] }
    case '--xor-mark':
      return { flag: '--set-xmark', values: [`${hex(value)}/0x0`] }
    default:
      return { flag, values }
  }
}

/** Parses the words after `-A CHAIN`; `chain` is that chain, in some of which not every option makes sense. Models iptables 1.8 (nf_tables). */
export function parseRuleArgs(args: readonly string[], table: Table, nf: Netfilter, chain = ''): Rule {
  const rule: { -readonly [K in keyof Rule]: Rule[K] } = { matches: [], packets: 0, bytes: 0 }
  const matches: { name: string; options: MatchOption[] }[] = []
  let target: { name: string; goto?: boolean; options: { flag: string; values: readonly string[] }[] } | undefined
  let not = false
  const fail = (message: string, status = 2): never => {
    throw new RuleError(message, status)
  }
  const address = (text: string): NonNullable<Rule['src']> => {
    const cidr = parseCidr(text)
    const mask = /^\d+(?:\.\d+){3}\/(.+)$/.exec(text)?.[1]
    if (!cidr)
      return fail(mask === undefined ? `host/network \`${text}' not found` : `invalid mask \`${mask}' specified`)
    return { not, cidr }
  }
  for (let i = 0; i < args.length; i++) {
    const word = args[i]
    const operand = (): string => {
      if (i + 1 >= args.length) return fail(`option "${word}" requires an argument`)
      const next = args[++i]
      if (next === '!') {
        not = true
        return args[++i] ?? ''
      }
      return next
    }
    switch (word) {
      case '!':
        not = true
        continue
      case '-s':
      case '--source':
      case '--src':
        rule.src = address(operand())
        break
      case '-d':
      case '--destination':
      case '--dst':
        rule.dst = address(operand())
        break
      case '-i':
      case '--in-interface':
        if (chain === 'OUTPUT' || chain === 'POSTROUTING') fail(`Can't use -i with ${chain}\n`)
        rule.inIf = { not, name: operand() }
        break
      case '-o':
      case '--out-interface':
        if (chain === 'INPUT' || chain === 'PREROUTING') fail(`Can't use -o with ${chain}\n`)
        rule.outIf = { not, name: operand() }
        break
      case '-p':
      case '--protocol':
      case '--proto': {
        const given = operand().toLowerCase()
        const name = PROTOCOLS[given] ?? given
        if (!/^(tcp|udp|icmp|all|sctp|udplite|ipv6-icmp|icmpv6|esp|ah|gre|ipip|vrrp|\d+)$/.test(name))
          fail(`unknown protocol "${given}" specified`)
        if (name !== 'all') rule.proto = { not, name }
        break
      }
      case '-m':
      case '--match': {
        const name = operand()
        if (!EXTENSIONS[name]) fail(`Couldn't load match \`${name}':No such file or directory\n`)
        matches.push({ name, options: [] })
        break
      }
      case '-j':
      case '--jump':
      case '-g':
      case '--goto': {
        const name = operand()
        if (!TARGETS[name] && !table.chains.has(name)) fail(`Chain '${name}' does not exist`)
        if (NAT_ONLY.has(name) && table.name !== 'nat')
          fail(` RULE_APPEND failed (Invalid argument): rule in chain${chain === '' ? '' : ` ${chain}`}`, 4)
        target = { name, goto: word === '-g' || word === '--goto' ? true : undefined, options: [] }
        break
      }
      case '-f':
        rule.fragment = true
        break
      case '-c':
      case '--set-counters':
        rule.packets = Number(operand())
        rule.bytes = Number(args[++i] ?? 0)
        break
      default: {
        if (!word.startsWith('-')) fail(`Bad argument \`${word}'`)
        const ofTarget = target ? TARGETS[target.name]?.[word] : undefined
        if (target && ofTarget !== undefined) {
          const values = args.slice(i + 1, i + 1 + ofTarget)
          i += ofTarget
          target.options.push(normalized(target.name, word, values))
          break
        }
        const match = ownerOf(word)
        if (!match) fail(`unknown option "${word}"`)
        const extension = EXTENSIONS[match!.name]
        const flag = extension.alias?.[word] ?? word
        const count = extension.flags[flag]
        if (args[i + 1] === '!' && count > 0) {
          not = true
          i++
        }
        const values = args.slice(i + 1, i + 1 + count)
        if (values.length < count) fail(`option "${word}" requires an argument`)
        i += count
        match!.options.push({
          flag,
          not,
          values: match!.name === 'mark' || match!.name === 'connmark' ? values.map(markValue) : values,
        })
      }
    }
    not = false
  }
  for (const m of matches)
    if (m.name === 'set' && m.options[0] && !nf.sets.has(m.options[0].values[0]))
      fail(`Set ${m.options[0].values[0]} doesn't exist.\n`)
  rule.matches = matches.map((m): Match => compileMatch(m.name, m.options, fail))
  const needed = { DNAT: '--to-destination', SNAT: '--to-source' }[target?.name ?? '']
  if (needed && !target!.options.some((o) => o.flag === needed))
    fail(`${target!.name}: option "${needed}" must be specified\n`)
  const rejection = target?.name === 'REJECT' ? target.options[0]?.values[0] : undefined
  if (rejection !== undefined && !REJECTIONS.test(rejection)) fail(`unknown reject type "${rejection}"`)
  if (target?.name === 'REJECT' && target.options.length === 0)
    target.options.push({ flag: '--reject-with', values: ['icmp-port-unreachable'] })
  rule.target = target as Target | undefined
  return rule

  /** The match that an option belongs to; `-p tcp --dport 80` loads the protocol's own. */
  function ownerOf(word: string): { name: string; options: MatchOption[] } | undefined {
    const has = (name: string): boolean => {
      const e = EXTENSIONS[name]
      return word in e.flags || (e.alias !== undefined && word in e.alias)
    }
    for (let i = matches.length - 1; i >= 0; i--) if (has(matches[i].name)) return matches[i]
    const proto = rule.proto && !rule.proto.not ? rule.proto.name : undefined
    if (proto && EXTENSIONS[proto] && has(proto)) {
      const implicit = { name: proto, options: [] }
      matches.push(implicit)
      return implicit
    }
    return undefined
  }
}

const markValue = (text: string): string => {
  const [v, m] = text.split('/')
  return m === undefined ? hex(num(v)) : `${hex(num(v))}/${hex(num(m))}`
}

/** Splits a line of iptables-restore into words, honouring quotes. */
export function ruleWords(line: string): string[] {
  const out: string[] = []
  for (const m of line.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g))
    out.push(m[1]?.replace(/\\(.)/g, '$1') ?? m[2] ?? m[3])
  return out
}

/** What makes two rules the same for -C and -D. */
export const ruleKey = (r: Rule): string =>
  JSON.stringify([r.src, r.dst, r.inIf, r.outIf, r.proto, r.matches.map((m) => [m.name, m.options]), r.target])
