import { type DnsAnswer, type DnsQuestion, parseIp, queryDns, readResolvConf } from '../../../host/index.ts'
import { type Coro, sleep } from '../../../kernel/index.ts'
import type { Command } from '../lib/command.ts'

/** The types that the simulated name servers know. */
export type RecordType = DnsQuestion['type']
export const TYPES: readonly RecordType[] = ['A', 'AAAA', 'SRV', 'PTR', 'TXT', 'NS', 'SOA', 'MX', 'CNAME', 'ANY']

/** `4.3.2.1.in-addr.arpa` for an address, or undefined. */
export const reverseName = (text: string): string | undefined =>
  parseIp(text) === undefined || text === 'localhost'
    ? undefined
    : `${text.split('.').reverse().join('.')}.in-addr.arpa`

/** What asking one name server came to; `took` in ms. */
export interface Asked {
  readonly answer: DnsAnswer | undefined
  readonly server: string
  readonly took: number
  /** `;; communications error to A#53: …` lines, one for each failed try. */
  readonly errors: readonly string[]
}

/** Asks the servers as BIND's tools do: each server, several tries, five seconds each. */
export function* ask(
  c: Command,
  question: DnsQuestion,
  options: { server?: string; port?: number; tries?: number; timeout?: number; tcp?: boolean },
): Coro<Asked> {
  const servers = options.server === undefined ? readResolvConf(c.p.fs).servers : [options.server]
  const port = options.port ?? 53
  const errors: string[] = []
  for (let attempt = 0; attempt < (options.tries ?? 3); attempt++)
    for (const server of servers) {
      const r = yield* queryDns(c.p, server, question, options.timeout ?? 5000, { port, tcp: options.tcp })
      if (r.outcome === 'answer') return { answer: r.answer, server, took: r.took, errors }
      if (r.outcome === 'unreachable' && attempt === 0) {
        // The first ICMP error comes while the socket is not yet waiting for one: it counts as silence.
        yield* sleep(c.host.kernel, 2000)
        errors.push(`;; communications error to ${server}#${port}: timed out`)
        continue
      }
      const words = { timeout: 'timed out', refused: 'connection refused', unreachable: 'host unreachable' }
      errors.push(`;; communications error to ${server}#${port}: ${words[r.outcome]}`)
    }
  return { answer: undefined, server: servers[0], took: 0, errors }
}
