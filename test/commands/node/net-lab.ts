import { busyboxNetPrograms, hostPrograms } from '../../../src/commands/node/index.ts'
import {
  Blocked,
  baseImage,
  type DnsQuestion,
  FileSystem,
  Host,
  installSystem,
  mountPseudo,
  Network,
  parseIp,
  parseRuleArgs,
  type Service,
} from '../../../src/host/index.ts'
import { Kernel, Signal } from '../../../src/kernel/index.ts'

/** The network of the recording net-01-tools: na 10.9.0.2 -- router 10.9.0.1/10.9.1.1 -- nb 10.9.1.2. */
export function netLab() {
  const kernel = new Kernel({ seed: 5, start: Date.UTC(2026, 10, 21, 2, 28, 0) })
  const network = new Network(kernel)
  const left = network.segment('left', { latency: 0.02 })
  const right = network.segment('right', { latency: 0.02 })
  const programs = new Map([...hostPrograms, ...busyboxNetPrograms].map((p) => [p.name, p]))
  const root = new FileSystem('/dev/vda1', 'ext4', 4e10)
  const host = new Host({
    name: 'na',
    kernel,
    programs,
    root,
    cpus: 2,
    memory: 4 * 2 ** 30,
    net: () => {
      const s = network.host('na')
      network.connect(s, left, { cidr: '10.9.0.2/24', gateway: '10.9.0.1' })
      return s
    },
  })
  installSystem(host)
  baseImage(root, { hostname: 'na', programs: programs.keys(), installed: kernel.now() })
  mountPseudo(host)
  host.fs.unlink('/etc/resolv.conf')
  host.fs.writeFile(
    '/etc/resolv.conf',
    'search default.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.9.1.2\noptions ndots:5\n',
  )
  const na = network.stacks.get('na')!
  na.routes.splice(0, na.routes.length)
  na.addRoute({ base: 0, bits: 0, via: parseIp('10.9.0.1'), dev: 'eth0' })
  na.addRoute({
    base: parseIp('10.9.0.0')!,
    bits: 24,
    dev: 'eth0',
    src: parseIp('10.9.0.2'),
    proto: 'kernel',
    scope: 'link',
  })
  const router = network.host('nr')
  network.connect(router, left, { cidr: '10.9.0.1/24', name: 'ra' })
  network.connect(router, right, { cidr: '10.9.1.1/24', name: 'rb' })
  router.sysctls.set('net.ipv4.ip_forward', '1')
  const filter = router.netfilter.table('filter')
  filter.chains
    .get('FORWARD')!
    .rules.push(parseRuleArgs('-p tcp --dport 8443 -j DROP'.split(' '), filter, router.netfilter))
  const nb = network.host('nb')
  network.connect(nb, right, { cidr: '10.9.1.2/24', gateway: '10.9.1.1' })
  const dns = (q: DnsQuestion) =>
    q.name.endsWith('.local')
      ? ({ rcode: 'REFUSED', answers: [] } as const)
      : q.name === 'web.lab'
        ? ({
            rcode: 'NOERROR',
            answers: q.type === 'A' ? [{ name: q.name, type: 'A', ttl: 0, data: '10.9.1.2' }] : [],
            authoritative: true,
          } as const)
        : ({ rcode: 'NXDOMAIN', answers: [] } as const)
  const text = (body: string): Service => ({
    name: 'nginx',
    http: () => ({ status: 200, body, headers: { 'content-length': String(body.length), connection: 'close' } }),
  })
  nb.listen(undefined, { proto: 'udp', port: 53, service: { name: 'dns', dns } })
  nb.listen(undefined, { port: 80, service: text('ok\n') })
  nb.listen(undefined, { port: 81, service: { name: 'empty' } })
  nb.listen(undefined, {
    port: 83,
    service: {
      name: 'hang',
      http: () => {
        throw new Blocked(new Signal(), undefined, undefined)
      },
    },
  })
  return { kernel, network, host, na, router, nb }
}
