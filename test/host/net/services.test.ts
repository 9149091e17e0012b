import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseRuleArgs, ruleKey, ruleSpec, ruleWords, type Stack, type TableName } from '../../../src/host/index.ts'
import { lab, web } from './lab.ts'

/** Adds rules in the words of iptables-save. */
function load(stack: Stack, table: TableName, text: string): void {
  const t = stack.netfilter.table(table)
  for (const line of text
    .trim()
    .split('\n')
    .map((l) => l.trim())) {
    const words = ruleWords(line)
    if (words[0] === '-N') t.chains.set(words[1], { name: words[1], rules: [], packets: 0, bytes: 0 })
    else t.chains.get(words[1])!.rules.push(parseRuleArgs(words.slice(2), t, stack.netfilter))
  }
  stack.netfilter.touch()
}

/** What kube-proxy writes for one Service 10.96.0.50:80 with the given endpoints, shortened. */
function proxy(stack: Stack, endpoints: string[]): void {
  load(
    stack,
    'nat',
    `-N KUBE-SERVICES
    -N KUBE-MARK-MASQ
    -N KUBE-POSTROUTING
    -N KUBE-SVC
    ${endpoints.map((_, i) => `-N KUBE-SEP-${i}`).join('\n')}
    -A PREROUTING -j KUBE-SERVICES
    -A OUTPUT -j KUBE-SERVICES
    -A POSTROUTING -j KUBE-POSTROUTING
    -A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
    -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
    -A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
    -A KUBE-POSTROUTING -j MASQUERADE --random-fully
    -A KUBE-SERVICES -d 10.96.0.50/32 -p tcp -m tcp --dport 80 -j KUBE-SVC
    -A KUBE-SVC ! -s 10.244.0.0/16 -d 10.96.0.50/32 -p tcp -m tcp --dport 80 -j KUBE-MARK-MASQ
    ${endpoints.map((_, i) => `-A KUBE-SVC -m statistic --mode random --probability ${1 / (endpoints.length - i)} -j KUBE-SEP-${i}`).join('\n')}
    ${endpoints.map((e, i) => `-A KUBE-SEP-${i} -s ${e}/32 -j KUBE-MARK-MASQ\n-A KUBE-SEP-${i} -p tcp -m tcp -j DNAT --to-destination ${e}:8080`).join('\n')}`,
  )
}

describe('a Service through NAT', () => {
  test('from the node the source is the node’s, from a pod it stays; endpoints take turns by chance', () => {
    const l = lab()
    const a = l.pod(0, 'a', '10.244.0.5')
    const b = l.pod(1, 'b', '10.244.1.7')
    const c = l.pod(1, 'c', '10.244.1.8')
    for (const p of [b, c]) p.listen(undefined, { port: 8080, service: { ...web, name: p.name } })
    for (const n of l.nodes) proxy(n, ['10.244.1.7', '10.244.1.8'])
    const seen = new Set<string>()
    for (let i = 0; i < 20; i++) {
      const r = a.dial({ ip: '10.96.0.50', port: 80 })
      expect(r).toMatchObject({ outcome: 'open', peer: { ip: '10.244.0.5' } })
      if (r.outcome === 'open') seen.add(r.socket.service.name)
    }
    expect([...seen].sort()).toEqual(['b', 'c'])
    expect(l.nodes[0].dial({ ip: '10.96.0.50', port: 80 })).toMatchObject({
      outcome: 'open',
      peer: { ip: '10.244.0.0' },
    })
    const entry = l.nodes[0].conntrack.list().find((e) => e.snat)!
    expect([entry.dnat, entry.orig.dport, entry.reply.sport]).toEqual([true, 80, 8080])
  })

  test('a pod reaches itself through its Service only because of masquerading', () => {
    const l = lab()
    const a = l.pod(0, 'a', '10.244.0.5')
    a.listen(undefined, { port: 8080, service: web })
    proxy(l.nodes[0], ['10.244.0.5'])
    expect(a.dial({ ip: '10.96.0.50', port: 80 })).toMatchObject({ outcome: 'open', peer: { ip: '10.244.0.1' } })
    l.nodes[0].netfilter.table('nat').chains.get('KUBE-SEP-0')!.rules.shift()
    l.nodes[0].netfilter.touch()
    expect(a.dial({ ip: '10.96.0.50', port: 80 }).outcome).toBe('timeout')
  })

  test('two pods on one bridge: without bridge-nf-call-iptables the answer by-passes NAT', () => {
    const l = lab()
    const a = l.pod(0, 'a', '10.244.0.5')
    l.pod(0, 'b', '10.244.0.6').listen(undefined, { port: 8080, service: web })
    proxy(l.nodes[0], ['10.244.0.6'])
    expect(a.dial({ ip: '10.244.0.6', port: 8080 }).outcome).toBe('open')
    expect(a.dial({ ip: '10.96.0.50', port: 80 }).outcome).toBe('timeout')
    l.nodes[0].sysctls.add({ 'net.bridge.bridge-nf-call-iptables': '1' })
    expect(a.dial({ ip: '10.96.0.50', port: 80 }).outcome).toBe('open')
  })

  test('a refused datagram leaves a flow without an answer', () => {
    const [a, b] = lab().nodes
    b.listen(undefined, { proto: 'udp', port: 53, service: web })
    load(a, 'filter', '-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT')
    const flow = (port: number): [string, boolean, number] => {
      const { outcome } = a.dial({ ip: '192.168.56.11', port, proto: 'udp' })
      const entry = a.conntrack.list().find((e) => e.orig.dport === port)!
      return [outcome, entry.replied, entry.expires - a.kernel.now()]
    }
    expect(flow(53)).toEqual(['open', true, 120_000])
    expect(flow(54)).toEqual(['refused', false, 30_000])
  })

  test('a full conntrack table drops new connections', () => {
    const l = lab()
    l.nodes[1].listen(undefined, { port: 80, service: web })
    load(l.nodes[1], 'filter', '-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT')
    l.nodes[1].sysctls.add({ 'net.netfilter.nf_conntrack_max': '3' })
    const logs: string[] = []
    l.nodes[1].onLog = (line) => logs.push(line)
    const outcomes = [1, 2, 3, 4].map(() => l.nodes[0].dial({ ip: '192.168.56.11', port: 80 }).outcome)
    expect(outcomes).toEqual(['open', 'open', 'open', 'timeout'])
    expect(logs).toEqual(['nf_conntrack: nf_conntrack: table full, dropping packet'])
    l.kernel.advance(121_000)
    expect(l.nodes[0].dial({ ip: '192.168.56.11', port: 80 }).outcome).toBe('open')
  })

  test('IPVS answers on its virtual address and picks servers in turn', () => {
    const l = lab()
    const b = l.pod(0, 'b', '10.244.0.6')
    b.listen(undefined, { port: 8080, service: web })
    const vip = 0x0a600032
    const dummy = l.nodes[0].addIface('kube-ipvs0', 'dummy')
    l.nodes[0].setAddr(dummy, '10.96.0.50/32')
    l.nodes[0].ipvs.add({
      proto: 'tcp',
      ip: vip,
      port: 80,
      scheduler: 'rr',
      reals: [{ ip: 0x0af40006, port: 8080, weight: 1, active: 0, inactive: 0 }],
      next: 0,
    })
    load(l.nodes[0], 'nat', '-A POSTROUTING -s 10.96.0.50/32 -j MASQUERADE')
    expect(l.nodes[0].dial({ ip: '10.96.0.50', port: 80 })).toMatchObject({
      outcome: 'open',
      peer: { ip: '10.244.0.1' },
    })
    l.nodes[0].ipvs.servers.get('tcp:10.96.0.50:80')!.reals.length = 0
    expect(l.nodes[0].dial({ ip: '10.96.0.50', port: 80 }).outcome).toBe('refused')
  })

  test('network policy is asked at both ends, not for answers', () => {
    const l = lab()
    const a = l.pod(0, 'a', '10.244.0.5')
    const b = l.pod(1, 'b', '10.244.1.7')
    b.listen(undefined, { port: 80, service: web })
    b.policy = (direction, p) => direction === 'ingress' && p.src === '10.244.0.5'
    expect(a.dial({ ip: '10.244.1.7', port: 80 }).outcome).toBe('open')
    expect(b.dial({ ip: '10.244.0.5', port: 80 }).outcome).toBe('timeout')
    a.policy = (direction) => direction === 'ingress'
    expect(a.dial({ ip: '10.244.1.7', port: 80 }).outcome).toBe('timeout')
  })

  test('strict rp_filter drops what would be answered through another interface', () => {
    const l = lab()
    const a = l.pod(0, 'a', '10.244.0.5')
    l.nodes[1].listen(undefined, { port: 80, service: web })
    expect(a.dial({ ip: '192.168.56.11', port: 80 }).outcome).toBe('open')
    // The kernel takes the larger of `all` and the interface's own value; 2 is loose.
    l.nodes[1].sysctls.set('net.ipv4.conf.all.rp_filter', '1')
    expect(a.dial({ ip: '192.168.56.11', port: 80 }).outcome).toBe('open')
    l.nodes[1].sysctls.set('net.ipv4.conf.eth0.rp_filter', '1')
    expect(a.dial({ ip: '192.168.56.11', port: 80 }).outcome).toBe('timeout')
  })
})

test('every rule that can be written is read back as itself', () => {
  const { nodes } = lab()
  const table = nodes[0].netfilter.table('nat')
  const ip = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255), fc.integer({ min: 1, max: 32 }))
  const cidr = ip.map(([a, b, c, d, n]) => {
    const base = ((((a << 24) | (b << 16) | (c << 8) | d) >>> 0) & (n === 32 ? 0xffffffff : ~(0xffffffff >>> n))) >>> 0
    return `${base >>> 24}.${(base >>> 16) & 255}.${(base >>> 8) & 255}.${base & 255}/${n}`
  })
  const not = fc.boolean().map((b) => (b ? '! ' : ''))
  const rule = fc
    .tuple(
      fc.option(fc.tuple(not, cidr).map(([n, c]) => `${n}-s ${c}`)),
      fc.option(fc.tuple(not, cidr).map(([n, c]) => `${n}-d ${c}`)),
      fc.option(fc.constantFrom('-i eth0', '! -i cni0', '-i veth+')),
      fc.option(fc.nat(65535).map((n) => `-p tcp -m tcp --dport ${n}`)),
      fc.option(
        fc.constantFrom(
          '-m comment --comment "a b"',
          '-m mark ! --mark 0x4000/0x4000',
          '-m conntrack --ctstate NEW',
          '-m addrtype --dst-type LOCAL',
        ),
      ),
      fc.constantFrom(
        '-j ACCEPT',
        '-j DNAT --to-destination 10.0.0.1:80',
        '-j MASQUERADE --random-fully',
        '-j MARK --set-xmark 0x4000/0x4000',
        '-j RETURN',
      ),
    )
    .map((parts) => parts.filter((x) => x !== null).join(' '))
  fc.assert(
    fc.property(rule, (text) => {
      expect(ruleSpec(parseRuleArgs(ruleWords(text), table, nodes[0].netfilter))).toBe(text)
    }),
  )
})

test('a rule is the same with and without the default of its target', () => {
  const { nodes } = lab()
  const { netfilter } = nodes[0]
  const key = (text: string): string => ruleKey(parseRuleArgs(ruleWords(text), netfilter.table('filter'), netfilter))
  expect(key('-p udp -j REJECT')).toBe(key('-p udp -j REJECT --reject-with icmp-port-unreachable'))
})
