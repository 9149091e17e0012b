import { describe, expect, test } from 'vitest'
import {
  conntrackLine,
  type DialResult,
  parseRuleArgs,
  ruleWords,
  type Stack,
  type TableName,
} from '../../../src/host/index.ts'
import { type Lab, lab, web } from './lab.ts'

const append = (stack: Stack, name: TableName, line: string): void => {
  const table = stack.netfilter.table(name)
  const [, chain, ...words] = ruleWords(line)
  table.chains.get(chain)!.rules.push(parseRuleArgs(words, table, stack.netfilter))
  stack.netfilter.touch()
}

/** A Service with one pod of the first machine behind it, and what looks at its packets. */
function service(): Lab & { readonly client: Stack; readonly pod1: Stack } {
  const l = lab()
  const client = l.pod(0, 'client', '10.244.0.5')
  const pod1 = l.pod(0, 'server', '10.244.0.6')
  pod1.listen(undefined, { port: 8080, service: web })
  const [node] = l.nodes
  append(
    node,
    'nat',
    '-A PREROUTING -d 10.96.0.50/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.244.0.6:8080',
  )
  append(node, 'nat', '-A POSTROUTING -s 10.244.0.0/16 -j MASQUERADE')
  append(node, 'filter', '-A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT')
  append(node, 'filter', '-A FORWARD -m conntrack --ctstate NEW -j ACCEPT')
  return { ...l, client, pod1 }
}

/** Everything that counts or remembers packets. */
const tracks = ({ nodes, client, pod1, kernel }: ReturnType<typeof service>): unknown =>
  [...nodes, client, pod1].map((stack) => [
    stack.ifaces.map((i) => [i.name, { ...i.counters }]),
    [...stack.netfilter.tables.values()].flatMap((t) =>
      [...t.chains.values()].map((c) => [c.packets, c.bytes, ...c.rules.map((r) => [r.packets, r.bytes])]),
    ),
    stack.conntrack.list().map((e) => conntrackLine(e, kernel.now())),
  ])

/** A result without what belongs to one of the networks: its socket and its namespaces. */
const told = (r: DialResult) => ({
  ...r,
  socket: undefined,
  ends: r.outcome === 'open' ? { ...r.ends(), net: undefined } : undefined,
})

describe('a way that was taken before', () => {
  test('leaves the tracks of the first time, on the way to who listens and to who does not', () => {
    const [walked, remembered] = [service(), service()]
    for (const [ip, port] of [
      ['10.96.0.50', 80],
      ['10.244.0.6', 8080],
      ['10.244.0.6', 9],
      ['10.244.0.1', 22],
    ] as const)
      for (let i = 0; i < 3; i++) {
        // Whoever asks for every step has the packet walk.
        const a = walked.client.dial({ ip, port, trace: () => {} })
        const b = remembered.client.dial({ ip, port })
        expect(told(b)).toEqual(told(a))
        for (const { kernel } of [walked, remembered]) kernel.advance(1000)
      }
    expect(tracks(remembered)).toEqual(tracks(walked))
  })

  test.each<[string, (l: ReturnType<typeof service>) => void, string]>([
    [
      'a rule less',
      ({ nodes: [{ netfilter }] }) => {
        netfilter.table('nat').chains.get('PREROUTING')!.rules.shift()
        netfilter.touch()
      },
      'timeout',
    ],
    ['a first rule', ({ nodes }) => append(nodes[0], 'mangle', '-A FORWARD -p tcp -j DROP'), 'timeout'],
    ['a route', ({ client }) => void client.dropRoutes((r) => r.bits === 0), 'unreachable'],
    ['an interface', ({ pod1 }) => pod1.setUp(pod1.iface('eth0')!, false), 'unreachable'],
    ['a full table', ({ nodes }) => nodes[0].sysctls.set('net.netfilter.nf_conntrack_max', '1'), 'timeout'],
    ['forwarding', ({ nodes }) => nodes[0].sysctls.set('net.ipv4.ip_forward', '0'), 'timeout'],
  ])('is not believed any more after a change: %s', (_, change, outcome) => {
    const l = service()
    const once = (): string => l.client.dial({ ip: '10.96.0.50', port: 80 }).outcome
    expect([once(), once()]).toEqual(['open', 'open'])
    change(l)
    expect(once()).toBe(outcome)
  })

  test('whoever taps an interface sees every packet', () => {
    const l = service()
    const seen: string[] = []
    l.client.dial({ ip: '10.96.0.50', port: 80 })
    l.nodes[0].taps.add((iface, direction, p) => seen.push(`${iface.name} ${direction} ${p.dport}`))
    l.client.dial({ ip: '10.96.0.50', port: 80 })
    expect(seen.length).toBeGreaterThan(3)
  })
})
