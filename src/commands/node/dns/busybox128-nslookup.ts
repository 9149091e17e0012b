import { type DnsAnswer, dnsLookup, lookup, type Program, queryDns, readResolvConf } from '../../../host/index.ts'
import type { Coro } from '../../../kernel/index.ts'
import { type Command, command } from '../lib/command.ts'
import { reverseName } from './query.ts'

/** busybox's nslookup up to 1.28: the resolver library with its search list, and names by reverse lookup. */
export const busybox128Nslookup: Program = command('busybox128-nslookup', function* (c) {
  const [name, wanted] = c.args.filter((a) => !a.startsWith('-'))
  if (name === undefined) {
    c.err(
      'BusyBox v1.28.4 (2018-05-22 17:00:17 UTC) multi-call binary.\n\nUsage: nslookup HOST [SERVER]\n\nQuery the nameserver for the IP address of the given HOST\noptionally using a specified DNS server\n',
    )
    return 1
  }
  const server = wanted ?? readResolvConf(c.p.fs).servers[0]
  c.out(`Server:    ${server}\nAddress 1: ${server}${suffix(yield* nameOf(c, server, server))}\n\n`)
  const reverse = reverseName(name)
  const found = reverse
    ? ({ ok: true, ips: [name] } as const)
    : wanted
      ? yield* dnsLookup(c.p, name)
      : yield* lookup(c.p, name)
  if (!found.ok) {
    c.err(`nslookup: can't resolve '${name}'\n`)
    return 1
  }
  c.out(`Name:      ${name}\n`)
  for (const [i, ip] of found.ips.entries()) c.out(`Address ${i + 1}: ${ip}${suffix(yield* nameOf(c, ip, server))}\n`)
  return 0
})

const suffix = (name: string | undefined): string => (name === undefined ? '' : ` ${name}`)

function* nameOf(c: Command, ip: string, server: string): Coro<string | undefined> {
  const reverse = reverseName(ip)
  if (!reverse) return undefined
  const r = yield* queryDns(c.p, server, { name: reverse, type: 'PTR' }, 5000)
  const answer: DnsAnswer | undefined = r.outcome === 'answer' ? r.answer : undefined
  return answer?.answers.find((a) => a.type === 'PTR')?.data.replace(/\.$/, '')
}
