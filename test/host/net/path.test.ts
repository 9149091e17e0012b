import { describe, expect, test } from 'vitest'
import { type Hop, parseRuleArgs, ruleWords, type TableName } from '../../../src/host/index.ts'
import { lab, web } from './lab.ts'

const outcome = (r: { outcome: string; code?: string; after?: number }): string =>
  [r.outcome, r.code, r.after].filter((x) => x !== undefined).join(' ')

describe('the packet path', () => {
  test('machines on one segment: open, refused, absent, powered off, no route', () => {
    const { nodes, net } = lab()
    nodes[1].listen(undefined, { port: 80, service: web })
    expect(outcome(nodes[0].dial({ ip: '192.168.56.11', port: 80 }))).toBe('open')
    expect(outcome(nodes[0].dial({ ip: '192.168.56.11', port: 81 }))).toBe('refused')
    expect(outcome(nodes[0].dial({ ip: '192.168.56.99', port: 80 }))).toBe('unreachable EHOSTUNREACH 3066')
    nodes[1].powered = false
    expect(outcome(nodes[0].dial({ ip: '192.168.56.11', port: 80 }))).toBe('unreachable EHOSTUNREACH 3066')
    nodes[1].powered = true
    net.segment('lan').fault('drop80', (_, __, p) => p?.dport === 80)
    expect(outcome(nodes[0].dial({ ip: '192.168.56.11', port: 80 }))).toBe('timeout')
    nodes[0].dropRoutes((r) => r.bits === 0)
    expect(outcome(nodes[0].dial({ ip: '1.1.1.1', port: 80 }))).toBe('unreachable ENETUNREACH 0')
  })

  test('pod to pod over VXLAN: the outer packet crosses the wire, source addresses stay', () => {
    const { pod } = lab()
    const a = pod(0, 'a', '10.244.0.5')
    const b = pod(1, 'b', '10.244.1.7')
    b.listen(undefined, { port: 8080, service: web })
    const hops: Hop[] = []
    const r = a.dial({ ip: '10.244.1.7', port: 8080, trace: (h) => hops.push(h) })
    expect(r).toMatchObject({ outcome: 'open', peer: { ip: '10.244.0.5' }, pathMtu: 1450, blackhole: false })
    expect(hops.filter((h) => h.step === 'out').map((h) => `${h.stack} ${h.detail}`)).toEqual([
      'a eth0 via 10.244.0.1',
      'node0 flannel.1 via 10.244.1.0',
      'node0 eth0',
      'node1 cni0',
      'b eth0 via 10.244.1.1',
      'node1 flannel.1 via 10.244.0.0',
      'node1 eth0',
      'node0 cni0',
    ])
  })

  test.each([
    ['ip_forward off', (l: ReturnType<typeof lab>) => l.nodes[1].sysctls.set('net.ipv4.ip_forward', '0'), 'timeout'],
    [
      'flannel.1 down',
      (l: ReturnType<typeof lab>) => l.nodes[1].setUp(l.nodes[1].iface('flannel.1')!, false),
      'timeout',
    ],
    [
      'wrong VTEP address in the neighbour table',
      (l: ReturnType<typeof lab>) =>
        l.nodes[0].setNeighbour({ ip: 0x0af40100, dev: 'flannel.1', mac: '02:00:00:00:00:99', state: 'PERMANENT' }),
      'timeout',
    ],
    ['route gone', (l: ReturnType<typeof lab>) => l.nodes[0].dropRoutes((r) => r.dev === 'flannel.1'), 'timeout'],
    [
      'the way back is missing',
      (l: ReturnType<typeof lab>) => l.nodes[1].dropRoutes((r) => r.dev === 'flannel.1'),
      'timeout',
    ],
  ])('%s', (_case, fault, want) => {
    const l = lab()
    const a = l.pod(0, 'a', '10.244.0.5')
    l.pod(1, 'b', '10.244.1.7').listen(undefined, { port: 80, service: web })
    expect(a.dial({ ip: '10.244.1.7', port: 80 }).outcome).toBe('open')
    fault(l)
    expect(a.dial({ ip: '10.244.1.7', port: 80 }).outcome).toBe(want)
  })

  test('a switch with a small MTU is a black hole for the overlay: small packets pass, large ones vanish', () => {
    const { pod, net } = lab()
    const a = pod(0, 'a', '10.244.0.5')
    pod(1, 'b', '10.244.1.7').listen(undefined, { port: 80, service: web })
    net.segment('lan').setMtu(1400)
    expect(a.dial({ ip: '10.244.1.7', port: 80 })).toMatchObject({ outcome: 'open', pathMtu: 1350, blackhole: true })
  })

  describe('pods whose cards are larger than the wrapped packet may be', () => {
    const frag = 'filter OUTPUT -p icmp --icmp-type destination-unreachable -j DROP'
    test.each<[string, string[], { pathMtu: number; blackhole: boolean }]>([
      ['the machine says so, and packets become smaller', [], { pathMtu: 1400, blackhole: false }],
      ['the machine may not say so', [frag], { pathMtu: 1400, blackhole: true }],
      [
        'segments are small by agreement',
        [frag, 'mangle FORWARD -p tcp --syn -j TCPMSS --set-mss 1360'],
        { pathMtu: 1400, blackhole: false },
      ],
      [
        'the agreement is as wrong as the cards',
        [frag, 'mangle FORWARD -p tcp --syn -j TCPMSS --clamp-mss-to-pmtu'],
        { pathMtu: 1400, blackhole: true },
      ],
    ])('%s', (_case, rules, want) => {
      const { pod, net, nodes } = lab()
      net.segment('lan').carryOnly(1450)
      const a = pod(0, 'a', '10.244.0.5')
      pod(1, 'b', '10.244.1.7').listen(undefined, { port: 80, service: web })
      for (const node of nodes)
        for (const rule of rules) {
          const [name, chain, ...words] = ruleWords(rule)
          const table = node.netfilter.table(name as TableName)
          table.chains.get(chain)!.rules.push(parseRuleArgs(words, table, node.netfilter))
        }
      expect(a.dial({ ip: '10.244.1.7', port: 80 })).toMatchObject({ outcome: 'open', ...want })
    })
  })

  test('a frozen server never answers; a closed socket refuses', () => {
    const { nodes } = lab()
    const socket = nodes[1].listen(undefined, { port: 80, service: web })
    socket.close()
    expect(nodes[0].dial({ ip: '192.168.56.11', port: 80 }).outcome).toBe('refused')
  })
})
