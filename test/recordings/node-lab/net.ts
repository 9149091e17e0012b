import type { World } from '../../../src/cluster/index.ts'
import { installed, programs } from '../../../src/cluster/programs.ts'
import {
  Blocked,
  createMachine,
  type DnsAnswer,
  type DnsQuestion,
  type Host,
  Network,
  parseIp,
  parseRuleArgs,
  type Service,
  type Stack,
  type TlsServer,
} from '../../../src/host/index.ts'
import { Kernel, Signal } from '../../../src/kernel/index.ts'
import { type RunOptions, Session } from '../../../src/shell/index.ts'
import { DEBIAN_LAB } from './platform.ts'

/** Namespaces on one machine: hosts, wires and servers, without a cluster. Has what the replayer uses of a World. */
export class NetWorld {
  readonly hosts = new Map<string, Host>()
  readonly home: Host
  private readonly session: Session

  constructor(
    readonly kernel: Kernel,
    home: Host,
    readonly network: Network,
  ) {
    this.home = home
    this.hosts.set(home.name, home)
    this.session = new Session(home)
  }

  now(): number {
    return this.kernel.now()
  }

  advance(ms: number): void {
    this.kernel.advance(ms)
  }

  run(source: string, options: RunOptions = {}): { exit: number; stdout: string; stderr: string } {
    return this.session.exec(source, options)
  }

  write(path: string, text: string): undefined {
    this.home.fs.mkdir(path.slice(0, path.lastIndexOf('/')) || '/', { parents: true })
    this.home.fs.writeFile(path, text)
  }
}

const RESOLV_CONF =
  'search default.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.9.1.2\noptions ndots:5\n'

interface Wire {
  readonly world: World
  readonly network: Network
  readonly na: Stack
  readonly nb: Stack
  readonly routers: readonly Stack[]
}

/** na 10.9.0.2 -- 10.9.0.1 (…) 10.9.1.1 -- nb 10.9.1.2, `between` being the MTU of a wire between two routers. */
function wire(seed: number, begin: number, between?: number): Wire {
  const kernel = new Kernel({ seed, start: begin })
  const network = new Network(kernel)
  const left = network.segment('left', { latency: 0.02 })
  const right = network.segment('right', { latency: 0.02 })
  const home = createMachine({
    kernel,
    programs,
    install: installed,
    network,
    segment: left,
    name: 'na',
    cidr: '10.9.0.2/24',
    gateway: '10.9.0.1',
    cpus: 2,
    memory: 4 * 2 ** 30,
    platform: { ...DEBIAN_LAB, without: [...(DEBIAN_LAB.without ?? []), 'wget'] },
  })
  home.fs.unlink('/etc/resolv.conf')
  home.fs.writeFile('/etc/resolv.conf', RESOLV_CONF)
  const na = network.stacks.get('na')!
  na.iface('eth0')!.outside = { index: 2, name: 'nr' }
  na.iface('eth0')!.addrs.splice(0, 1, { ip: parseIp('10.9.0.2')!, bits: 24, scope: 'global', plain: true })
  // Routes made by hand carry neither `proto static` nor `onlink`.
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
  router.sysctls.set('net.ipv4.ip_forward', '1')
  const routers = [router]
  if (between === undefined) network.connect(router, right, { cidr: '10.9.1.1/24', name: 'rb' })
  else {
    const middle = network.segment('middle', { latency: 0.02 })
    const second = network.host('nr2')
    network.connect(router, middle, { cidr: '10.9.2.1/24', name: 'rm', mtu: between })
    network.connect(second, middle, { cidr: '10.9.2.2/24', name: 'rm', mtu: between })
    network.connect(second, right, { cidr: '10.9.1.1/24', name: 'rb' })
    second.sysctls.set('net.ipv4.ip_forward', '1')
    router.addRoute({ base: parseIp('10.9.1.0')!, bits: 24, via: parseIp('10.9.2.2'), dev: 'rm' })
    second.addRoute({ base: parseIp('10.9.0.0')!, bits: 24, via: parseIp('10.9.2.1'), dev: 'rm' })
    routers.push(second)
  }
  const nb = network.host('nb')
  network.connect(nb, right, { cidr: '10.9.1.2/24', gateway: '10.9.1.1' })
  return { world: new NetWorld(kernel, home, network) as unknown as World, network, na, nb, routers }
}

/** The network of net-01-tools. */
export function netTools(seed: number, begin: number): World {
  const { world, nb, routers } = wire(seed, begin)
  rule(routers[0], '-p tcp --dport 8443 -j DROP')
  const expired = selfSigned(world, 'web.lab', '2024-01-01', '2025-01-01')
  const other = selfSigned(world, 'other.lab', '2026-01-01', '2036-01-01')
  world.write('/root/net/exp.pem', expired.certPem)
  world.write('/root/net/ok.pem', other.certPem)
  const web = text('ok\n')
  const hang = (): never => {
    throw new Blocked(new Signal(), undefined, undefined)
  }
  nb.listen(undefined, { proto: 'udp', port: 53, service: { name: 'dns', dns } })
  nb.listen(undefined, { port: 53, service: { name: 'dns', dns } })
  nb.listen(undefined, { port: 80, service: web })
  nb.listen(undefined, { port: 81, service: { name: 'empty' } })
  nb.listen(undefined, { port: 82, service: { name: 'reset', reset: true } })
  nb.listen(undefined, { port: 83, service: { name: 'hang', http: hang } })
  nb.listen(undefined, { port: 443, service: { ...web, tls: () => expired } })
  nb.listen(undefined, { port: 444, service: { ...web, tls: () => other } })
  return world
}

const VTEPS: Readonly<Record<string, string>> = { '10.9.0.2': '2e:2d:0a:75:c1:56', '10.9.1.2': '2e:2d:0a:75:c1:57' }

/** The narrow wire says nothing any more: no ICMP, larger frames vanish; what was learnt is forgotten. */
export function blackHole(world: World): void {
  const { network } = world
  network.stacks.get('na')!.pathMtus.forget()
  for (const name of ['nr', 'nr2']) network.stacks.get(name)!.iface('rm')!.mtu = 1500
  network.segment('middle').mtu = 1400
  network.stacks.get('na')!.changed()
}

/** The network of net-02-mtu-blackhole: a VXLAN over a path whose middle is narrower than it thinks. */
export function mtuLab(seed: number, begin: number): World {
  const { world, na, nb } = wire(seed, begin, 1400)
  for (const [stack, own, other] of [
    [na, '10.9.0.2', '10.9.1.2'],
    [nb, '10.9.1.2', '10.9.0.2'],
  ] as const) {
    const vxlan = { vni: 9, port: 4789, local: parseIp(own)!, dev: 'eth0', learning: false, fdb: new Map() }
    const vx = stack.addIface('vx0', 'vxlan', { mtu: 1450, up: true, vxlan, mac: VTEPS[own] })
    stack.setAddr(vx, `10.244.9.${own === '10.9.0.2' ? 1 : 2}/24`)
    vxlan.fdb.set(VTEPS[other], parseIp(other)!)
    stack.setNeighbour({
      ip: parseIp(`10.244.9.${own === '10.9.0.2' ? 2 : 1}`)!,
      dev: 'vx0',
      mac: VTEPS[other],
      state: 'PERMANENT',
    })
  }
  const big = 'x'.repeat(20_000)
  nb.listen(undefined, {
    port: 8088,
    service: {
      name: 'python3',
      http: (r) => {
        const body = r.path === '/big' ? big : 'ok\n'
        return {
          status: 200,
          old: true,
          body,
          headers: {
            server: 'BaseHTTP/0.6 Python/3.13.5',
            date: new Date(world.now()).toUTCString(),
            'content-length': String(body.length),
          },
        }
      },
    },
  })
  return world
}

const rule = (stack: Stack, words: string): void => {
  const filter = stack.netfilter.table('filter')
  filter.chains.get('FORWARD')!.rules.push(parseRuleArgs(words.split(' '), filter, stack.netfilter))
  stack.netfilter.touch()
}

const dns = (q: DnsQuestion): DnsAnswer => {
  if (q.name.endsWith('.local')) return { rcode: 'REFUSED', answers: [], extended: '14 (Not Ready)' }
  if (q.name !== 'web.lab' || q.type === 'AAAA') return { rcode: 'NXDOMAIN', answers: [] }
  const answers = q.type === 'A' ? [{ name: q.name, type: 'A', ttl: 0, data: '10.9.1.2' }] : []
  return { rcode: 'NOERROR', answers, authoritative: true }
}

const text = (body: string): Service => ({
  name: 'nginx',
  http: () => ({
    status: 200,
    undated: true,
    body,
    headers: { 'content-length': String(body.length), connection: 'close' },
  }),
})

/** As `openssl req -x509` makes one. */
function selfSigned(world: World, name: string, from: string, to: string): TlsServer {
  const day = (date: string): string => `${date.replaceAll('-', '')}000000Z`
  world.run(
    `cd /tmp; openssl req -x509 -newkey rsa:2048 -nodes -keyout ${name}.key -out ${name}.crt -subj /CN=${name} -addext subjectAltName=DNS:${name} -not_before ${day(from)} -not_after ${day(to)} 2>/dev/null; cd`,
  )
  const read = (file: string): string => world.home.fs.readFile(`/tmp/${name}.${file}`)
  return { certPem: read('crt'), keyPem: read('key'), clientAuth: 'none', library: 'openssl' }
}

/** The other end of the VXLAN is told, too. */
export const peerMtu = (world: World): void => {
  world.network.stacks.get('nb')!.iface('vx0')!.mtu = 1350
}
