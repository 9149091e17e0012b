import {
  BUILTIN,
  type Chain,
  formatCidr,
  formatIp,
  may,
  type NativeTable,
  type Program,
  type Rule,
  type Table,
} from '../../../host/index.ts'
import { command, Fail, stackOf } from '../lib/command.ts'

const PRIORITY: Record<string, string> = { raw: 'raw', mangle: 'mangle', filter: 'filter', security: 'security' }

/** nft: lists native tables as they were loaded, and iptables' tables translated. Editing is not simulated. */
export const nft: Program = command('nft', (c) => {
  const words = c.args.filter((a) => !a.startsWith('-'))
  if (c.args.some((a) => a === '-v' || a === '--version')) {
    c.out('nftables v1.1.3 (Commodore Bullmoose #4)\n')
    return 0
  }
  if (!may(c.p.creds, 'NET_ADMIN')) throw new Fail('Operation not permitted (you must be root)')
  const { netfilter, netfilter6 } = stackOf(c.p)
  const tables: {
    family: string
    name: string
    text: () => string
    chains: () => string
    find: (kind: string, name: string) => string | undefined
  }[] = []
  for (const [family, rules] of [
    ['ip6', netfilter6],
    ['ip', netfilter],
  ] as const)
    for (const t of rules.tables.values())
      tables.push({
        family,
        name: t.name,
        text: () => t.made.map((ch) => chainText(t, ch)).join('\n\n'),
        chains: () => t.made.map((ch) => `\tchain ${ch.name} {\n${hookLine(t, ch)}\t}`).join('\n'),
        find: (kind, name) =>
          t.made.filter((ch) => kind === 'chain' && ch.name === name).map((ch) => chainText(t, ch))[0],
      })
  for (const t of [...netfilter.native.values(), ...netfilter6.native.values()])
    tables.push({
      family: t.family,
      name: t.name,
      text: () => (t.comment ? `\tcomment "${t.comment}"\n` : '') + t.objects.map(objectText).join('\n\n'),
      chains: () => nativeChains(t),
      find: (kind, name) => t.objects.filter((o) => o.kind === kind && o.name === name).map(objectText)[0],
    })
  const missing = (): never => {
    const line = words.join(' ')
    const word = words.at(-1) ?? ''
    throw new Fail(
      `Error: No such file or directory\n${line}\n${' '.repeat(line.length - word.length)}${'^'.repeat(word.length)}`,
    )
  }
  const [verb, what, family, name, object] = words
  if (verb !== 'list') throw new Fail(`nft: not simulated: ${words.join(' ')}`, 127)
  const frame = (t: (typeof tables)[number], body: string): string => `table ${t.family} ${t.name} {\n${body}\n}\n`
  switch (what) {
    case 'ruleset':
      for (const t of tables) c.out(frame(t, t.text()))
      return 0
    case 'tables':
      for (const t of tables) c.out(`table ${t.family} ${t.name}\n`)
      return 0
    case 'chains':
      for (const t of tables) if (family === undefined || t.family === family) c.out(frame(t, t.chains()))
      return 0
    case 'table': {
      const [f, n] = name === undefined ? ['ip', family] : [family, name]
      const t = tables.find((x) => x.family === f && x.name === n) ?? missing()
      c.out(frame(t, t.text()))
      return 0
    }
    case 'chain':
    case 'set':
    case 'map': {
      const [f, n, o] = object === undefined ? ['ip', family, name] : [family, name, object]
      const t = tables.find((x) => x.family === f && x.name === n) ?? missing()
      c.out(frame(t, t.find(what, o) ?? missing()))
      return 0
    }
    default:
      throw new Fail(`nft: not simulated: ${words.join(' ')}`, 127)
  }
})

const objectText = (o: NativeTable['objects'][number]): string =>
  `\t${o.kind} ${o.name} {\n${o.body.map((l) => (l === '' ? '\n' : `\t\t${l}\n`)).join('')}\t}`

const nativeChains = (t: NativeTable): string =>
  t.objects
    .filter((o) => o.kind === 'chain')
    .map(
      (o) =>
        `\tchain ${o.name} {\n${o.body
          .filter((l) => /^(type |comment )/.test(l))
          .map((l) => `\t\t${l}\n`)
          .join('')}\t}`,
    )
    .join('\n')

function hookLine(t: Table, ch: Chain): string {
  if (!(BUILTIN[t.name] as readonly string[]).includes(ch.name)) return ''
  const nat = t.name === 'nat'
  const priority = nat ? (ch.name === 'POSTROUTING' || ch.name === 'INPUT' ? 'srcnat' : 'dstnat') : PRIORITY[t.name]
  const type = nat ? 'nat' : t.name === 'mangle' && ch.name === 'OUTPUT' ? 'route' : 'filter'
  return `\t\ttype ${type} hook ${ch.name.toLowerCase()} priority ${priority}; policy ${(ch.policy ?? 'ACCEPT').toLowerCase()};\n`
}

const chainText = (t: Table, ch: Chain): string =>
  `\tchain ${ch.name} {\n${hookLine(t, ch)}${ch.rules.map((r) => `\t\t${translate(r)}\n`).join('')}\t}`

/** A rule in nft's words; extensions without a translation appear as xt expressions, as nft shows them. */
function translate(r: Rule): string {
  const out: string[] = []
  const address = (m: NonNullable<Rule['src']>): string =>
    `${m.not ? '!= ' : ''}${m.cidr.bits === 32 ? formatIp(m.cidr.base) : formatCidr(m.cidr)}`
  if (r.inIf) out.push(`iifname ${r.inIf.not ? '!= ' : ''}"${r.inIf.name.replace(/\+$/, '*')}"`)
  if (r.outIf) out.push(`oifname ${r.outIf.not ? '!= ' : ''}"${r.outIf.name.replace(/\+$/, '*')}"`)
  if (r.src) out.push(`ip saddr ${address(r.src)}`)
  if (r.dst) out.push(`ip daddr ${address(r.dst)}`)
  if (r.proto && !r.matches.some((m) => m.name === r.proto!.name && m.options.length > 0))
    out.push(`ip protocol ${r.proto.not ? '!= ' : ''}${r.proto.name}`)
  let comment = ''
  for (const m of r.matches) {
    if (m.name === 'comment') comment = ` comment "${m.options[0]?.values[0] ?? ''}"`
    else if ((m.name === 'tcp' || m.name === 'udp') && m.options.length > 0)
      out.push(
        ...m.options.map(
          (o) => `${m.name} ${o.flag.slice(2)} ${o.not ? '!= ' : ''}${(o.values[0] ?? '').replace(':', '-')}`,
        ),
      )
    else if (m.name === 'conntrack' || m.name === 'state')
      out.push(...m.options.map((o) => `ct state ${o.not ? '!= ' : ''}${o.values[0].toLowerCase()}`))
    else if (m.name === 'mark') out.push(...m.options.map((o) => markText(o.values[0], o.not)))
    else if (m.name !== 'tcp' && m.name !== 'udp') out.push(`xt match "${m.name}"`)
  }
  const verdict: Record<string, string> = { ACCEPT: 'accept', DROP: 'drop', RETURN: 'return' }
  const t = r.target
  out.push(`counter packets ${r.packets} bytes ${r.bytes}`)
  if (t) {
    const plain = verdict[t.name]
    const builtin = /^(REJECT|DNAT|SNAT|MASQUERADE|MARK|LOG|REDIRECT|CONNMARK|TCPMSS|NFLOG|CT|SET)$/.test(t.name)
    if (plain) out.push(plain)
    else if (t.name === 'REJECT') out.push('reject')
    else if (t.name === 'DNAT') out.push(`dnat to ${t.options[0]?.values[0]}`)
    else if (t.name === 'SNAT') out.push(`snat to ${t.options[0]?.values[0]}`)
    else if (t.name === 'MASQUERADE')
      out.push(`masquerade${t.options.some((o) => o.flag === '--random-fully') ? ' fully-random' : ''}`)
    else if (builtin) out.push(`xt target "${t.name}"`)
    else out.push(`${t.goto ? 'goto' : 'jump'} ${t.name}`)
  }
  return out.join(' ') + comment
}

function markText(value: string, not: boolean): string {
  const [v, m] = value.split('/')
  return m === undefined
    ? `meta mark ${not ? '!= ' : ''}0x${Number(v).toString(16).padStart(8, '0')}`
    : `meta mark & 0x${Number(m).toString(16).padStart(8, '0')} ${not ? '!=' : '=='} 0x${Number(v).toString(16).padStart(8, '0')}`
}
