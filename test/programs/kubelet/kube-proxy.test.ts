import { describe, expect, test } from 'vitest'
import { Capture, listSpecs, type Stack, TextSource } from '../../../src/host/index.ts'
import { kubeProxy } from '../../../src/programs/kube-proxy/index.ts'
import { serviceChain } from '../../../src/programs/kube-proxy/names.ts'
import { NodeWorld } from './world.ts'

function proxy(w: NodeWorld, config: string): Capture {
  const log = new Capture()
  w.host.fs.writeFile(
    '/proxy.conf',
    `kind: KubeProxyConfiguration\napiVersion: kubeproxy.config.k8s.io/v1alpha1\nclientConnection: {kubeconfig: /etc/kubernetes/kubelet.conf}\nclusterCIDR: 10.244.0.0/16\nconntrack: {maxPerCore: 0}\n${config}`,
  )
  w.host.start({
    program: kubeProxy,
    argv: ['kube-proxy', '--config=/proxy.conf', '--hostname-override=node01'],
    stdin: new TextSource(),
    stdout: log,
    stderr: log,
  })
  w.kernel.advance(3000)
  return log
}

const service = (w: NodeWorld, name: string, spec: object): void =>
  void w.client.create({ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'default' }, spec } as never)
const slice = (w: NodeWorld, name: string, ips: string[]): void =>
  void w.client.create({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${name}-x`, namespace: 'default', labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv4',
    ports: [{ name: '', port: 80, protocol: 'TCP' }],
    endpoints: ips.map((ip) => ({ addresses: [ip], conditions: { ready: true }, nodeName: 'node01' })),
  } as never)

describe('kube-proxy', () => {
  test('chain names are the real ones', () => {
    expect(serviceChain('SVC', 'default/kubernetes:https', 'tcp')).toBe('KUBE-SVC-NPX46M4PTMTKRN6Y')
  })

  test('writes a service with two endpoints and a node port', () => {
    const w = new NodeWorld()
    w.kernel.advance(3000)
    service(w, 'web', {
      type: 'NodePort',
      clusterIP: '10.99.0.1',
      ports: [{ port: 80, nodePort: 30080, targetPort: 80 }],
      selector: { app: 'web' },
    })
    service(w, 'noep', { clusterIP: '10.99.0.2', ports: [{ port: 80 }], selector: { app: 'x' } })
    slice(w, 'web', ['10.244.1.2', '10.244.1.3'])
    const log = proxy(w, '')
    const { netfilter } = w.host.net as Stack
    const svc = serviceChain('SVC', 'default/web', 'tcp')
    const ext = serviceChain('EXT', 'default/web', 'tcp')
    const nat = listSpecs(netfilter.table('nat'))
    expect(nat.filter((l) => l.includes(svc) || l.includes(ext))).toEqual([
      `-N ${ext}`,
      `-N ${svc}`,
      `-A ${ext} -m comment --comment "masquerade traffic for default/web external destinations" -j KUBE-MARK-MASQ`,
      `-A ${ext} -j ${svc}`,
      `-A KUBE-NODEPORTS -d 127.0.0.0/8 -p tcp -m comment --comment "default/web" -m tcp --dport 30080 -m nfacct --nfacct-name  localhost_nps_accepted_pkts -j ${ext}`,
      `-A KUBE-NODEPORTS -p tcp -m comment --comment "default/web" -m tcp --dport 30080 -j ${ext}`,
      `-A KUBE-SERVICES -d 10.99.0.1/32 -p tcp -m comment --comment "default/web cluster IP" -m tcp --dport 80 -j ${svc}`,
      `-A ${svc} ! -s 10.244.0.0/16 -d 10.99.0.1/32 -p tcp -m comment --comment "default/web cluster IP" -m tcp --dport 80 -j KUBE-MARK-MASQ`,
      expect.stringMatching(
        `-A ${svc} -m comment --comment "default/web -> 10.244.1.2:80" -m statistic --mode random --probability 0.5\\d+ -j KUBE-SEP-`,
      ),
      expect.stringMatching(`-A ${svc} -m comment --comment "default/web -> 10.244.1.3:80" -j KUBE-SEP-`),
    ])
    expect(listSpecs(netfilter.table('filter'), 'KUBE-SERVICES').at(-1)).toBe(
      '-A KUBE-SERVICES -d 10.99.0.2/32 -p tcp -m comment --comment "default/noep has no endpoints" -m tcp --dport 80 -j REJECT --reject-with icmp-port-unreachable',
    )
    expect(log.text()).toContain('server_linux.go:137] "Using iptables Proxier"')
    // A flushed chain is not repaired, a deleted canary is noticed.
    const services = listSpecs(netfilter.table('nat'), 'KUBE-SERVICES')
    netfilter.table('nat').chains.get('KUBE-SERVICES')!.rules = []
    w.kernel.advance(60_000)
    expect(netfilter.table('nat').chains.get('KUBE-SERVICES')!.rules).toEqual([])
    netfilter.table('nat').chains.delete('KUBE-PROXY-CANARY')
    w.kernel.advance(31_000)
    expect(listSpecs(netfilter.table('nat'), 'KUBE-SERVICES')).toEqual(services)
  })

  test('another mode leaves no chain of the iptables mode and no jump to one', () => {
    const w = new NodeWorld()
    w.kernel.advance(3000)
    const { netfilter } = w.host.net as Stack
    proxy(w, 'mode: iptables\n')
    const jumps = (): string[] => listSpecs(netfilter.table('filter'), 'FORWARD')
    expect(jumps().filter((l) => l.includes('-j KUBE-'))).not.toEqual([])
    for (const p of [...w.host.processes.values()]) if (p.program === kubeProxy) p.kill('SIGKILL')
    proxy(w, 'mode: nftables\n')
    expect(jumps()).toEqual(['-P FORWARD ACCEPT'])
    expect([...netfilter.table('nat').chains.keys()].filter((c) => c.startsWith('KUBE-S'))).toEqual([])
  })

  // As recorded in kube-proxy-03-nft: the kernel keeps the built-in chains that were used once, of both families.
  test('the nftables mode has an IPv6 twin', () => {
    const w = new NodeWorld()
    w.kernel.advance(3000)
    const { netfilter, netfilter6 } = w.host.net as Stack
    proxy(w, 'mode: iptables\n')
    for (const p of [...w.host.processes.values()]) if (p.program === kubeProxy) p.kill('SIGKILL')
    proxy(w, 'mode: nftables\n')
    const made = (table: 'mangle' | 'nat' | 'filter'): string[][] =>
      [netfilter6, netfilter].map((n) => n.table(table).made.map((c) => c.name))
    const [filter6, filter] = made('filter')
    expect(filter6).toEqual(['INPUT', 'FORWARD', 'OUTPUT', 'KUBE-KUBELET-CANARY', 'KUBE-FIREWALL'])
    expect(filter).toEqual(filter6)
    const mangle = ['KUBE-IPTABLES-HINT', 'KUBE-KUBELET-CANARY']
    expect(made('mangle')).toEqual([mangle, mangle])
    const nat = ['PREROUTING', 'OUTPUT', 'POSTROUTING', 'KUBE-KUBELET-CANARY']
    expect(made('nat')).toEqual([nat, nat])
    const twin = netfilter6.native.get('ip6 kube-proxy')!
    expect(twin.objects.filter((o) => o.kind === 'chain').map((o) => o.name)).toEqual([
      'filter-prerouting-pre-dnat',
      'filter-output-pre-dnat',
      'filter-input',
      'filter-forward',
      'filter-output',
      'nat-prerouting',
      'nat-output',
      'nat-postrouting',
      'nodeport-endpoints-check',
      'service-endpoints-check',
      'firewall-check',
      'services',
      'masquerading',
      'cluster-ips-check',
      'reject-chain',
    ])
  })

  test('a wrong mode is fatal', () => {
    const w = new NodeWorld()
    expect(proxy(w, 'mode: bogus\n').text()).toContain(
      'run.go:72] "command failed" err="failed validate: KubeProxyConfiguration.Mode.ProxyMode: Invalid value: \\"bogus\\": must be iptables, ipvs, nftables or blank (blank means the best-available proxy [currently iptables])"',
    )
  })
})
