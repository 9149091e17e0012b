import { Informers, LocalClient } from '../../api/index.ts'
import { type KubeObject, StatusError, TransportError } from '../../api/types.ts'
import {
  formatIp,
  type Iface,
  type Process,
  type Program,
  parseCidr,
  parseIp,
  type Stack,
  SysError,
} from '../../host/index.ts'
import { type Coro, hash, sleep } from '../../kernel/index.ts'
import { ApiTransport } from '../lib/api-transport.ts'
import { ensureChain, ensureRule } from '../lib/iptables-rules.ts'
import { type ClientConfig, inClusterConfig, loadKubeconfig } from '../lib/kubeconfig.ts'
import { reflectorError } from '../lib/reflector.ts'
import { StructuredLog } from '../lib/structured-log.ts'

interface NetConf {
  readonly network: string
  readonly backend: string
  readonly port: number
  readonly vni: number
  /** Of the card below, when it is not to be taken from the card itself. */
  readonly mtu: number | undefined
}

interface Options {
  readonly kubeconfig: string
  readonly netConf: string
  readonly ipMasq: boolean
  readonly iface: string
  readonly nodeName: string
}

const RESYNC = 5000
const SUBNET_FILE = '/run/flannel/subnet.env'

/** VTEP addresses are derived from the node's address, so that peers know them without asking. */
function vtepMac(ip: string): string {
  const h = hash(`vtep/${ip}`)
  const bytes = [0x9e, (h >>> 24) & 255, (h >>> 16) & 255, (h >>> 8) & 255, h & 255, ip.length]
  return bytes.map((b) => b.toString(16).padStart(2, '0')).join(':')
}

function options(p: Process): Options {
  const values = new Map<string, string>()
  for (const arg of p.argv.slice(1)) {
    const m = /^--?([^=]+)(?:=(.*))?$/.exec(arg)
    if (m) values.set(m[1], m[2] ?? 'true')
  }
  return {
    kubeconfig: values.get('kubeconfig-file') ?? '',
    netConf: values.get('net-config-path') ?? '/etc/kube-flannel/net-conf.json',
    ipMasq: values.get('ip-masq') === 'true',
    iface: values.get('iface') ?? '',
    nodeName: p.env.NODE_NAME || (p.containerPid === undefined ? p.host.name : p.hostname),
  }
}

function readNetConf(p: Process, path: string): NetConf {
  const doc = JSON.parse(p.fs.readFile(path))
  const backend = doc.Backend ?? {}
  return {
    network: doc.Network ?? '',
    backend: backend.Type ?? 'udp',
    port: backend.Port ?? 8472,
    vni: backend.VNI ?? 1,
    mtu: backend.MTU || undefined,
  }
}

/** flanneld with the Kubernetes subnet manager: takes the node's podCIDR, makes flannel.1 and routes to the others. */
export const flanneld: Program = {
  name: 'flanneld',
  *main(p) {
    const log = new StructuredLog(p)
    const o = options(p)
    const info = (at: string, text: string): void => log.raw('I', at, text)
    p.rss = 38 << 20
    p.cpuMilli = 5
    p.onSignal('SIGTERM', () => {
      info('main.go:401', 'shutdownHandler sent cancel signal...')
      p.exit(0)
    })
    let config: ClientConfig
    let conf: NetConf
    try {
      config = o.kubeconfig ? loadKubeconfig(p, o.kubeconfig) : inClusterConfig(p)
    } catch (error) {
      if (!(error instanceof TransportError)) throw error
      log.raw('E', 'main.go:227', `Failed to create SubnetManager: fail to create kubernetes config: ${error.message}`)
      return 1
    }
    try {
      conf = readNetConf(p, o.netConf)
    } catch (error) {
      const text = error instanceof SysError ? error.goMessage : (error as Error).message
      log.raw('E', 'main.go:227', `Failed to create SubnetManager: error parsing subnet config: ${text}`)
      return 1
    }
    const client = new LocalClient(new ApiTransport(p, config, 'flanneld/v0.27.4').send)
    const informers = new Informers(client, {
      rng: p.host.rng.fork('flanneld'),
      after: (ms, fn) => p.after(ms, fn),
      lists: true,
      onError: (failure) =>
        log.error('reflector.go:205', 'Failed to watch', reflectorError(config.server, failure), {
          reflector: 'pkg/subnet/kube/kube.go:491',
          type: '*v1.Node',
        }),
    })
    return yield* run(p, log, o, conf, client, informers)
  },
}

function* run(
  p: Process,
  log: StructuredLog,
  o: Options,
  conf: NetConf,
  client: LocalClient,
  informers: Informers,
): Coro<number> {
  const info = (at: string, text: string): void => log.raw('I', at, text)
  const stack = p.net as Stack
  info('kube.go:139', 'Waiting 10m0s for node controller to sync')
  info('kube.go:469', 'Starting kube subnet manager')
  const nodes = informers.informer('Node')
  const patience = p.host.kernel.now() + 600_000
  while (!nodes.synced) {
    if (p.host.kernel.now() > patience) {
      log.raw(
        'E',
        'main.go:227',
        'Failed to create SubnetManager: error waiting for nodeController to sync state: timed out waiting for the condition',
      )
      return 1
    }
    yield* sleep(p.host.kernel, 500)
  }
  info('kube.go:146', 'Node controller sync successful')
  info('main.go:231', `Created subnet manager: Kubernetes Subnet Manager - ${o.nodeName}`)
  info('main.go:234', 'Installing signal handlers')
  info('main.go:468', `Found network config - Backend type: ${conf.backend}`)
  const outer =
    (o.iface && stack.iface(o.iface)) || stack.ifaces.find((i) => i.kind === 'ethernet' && i.addrs.length > 0)
  if (!outer) {
    log.raw(
      'E',
      'main.go:268',
      'Failed to find any valid interface to use: failed to get default interface: unable to find default route',
    )
    return 1
  }
  const address = formatIp(outer.addrs[0].ip)
  info('match.go:211', 'Determining IP address of default interface')
  info('match.go:264', `Using interface with name ${outer.name} and address ${address}`)
  info('match.go:286', `Defaulting external address to interface address (${address})`)
  const node = nodes.get(undefined, o.nodeName)
  const failed = (text: string): number => {
    log.raw('E', 'main.go:359', `Error registering network: failed to acquire lease: ${text}`)
    info('main.go:448', 'Stopping shutdownHandler...')
    return 1
  }
  if (!node) return failed(`node "${o.nodeName}" not found`)
  const cidr: string | undefined = node.spec.podCIDR
  if (!cidr) return failed(`node "${o.nodeName}" pod cidr not assigned`)
  const own = parseCidr(cidr)
  const all = parseCidr(conf.network)
  if (!own || !all)
    return failed(
      `subnet ${conf.network} specified in the flannel net config doesn't contain ${cidr} PodCIDR of the ${o.nodeName} node`,
    )
  const mtu = conf.backend === 'vxlan' ? (conf.mtu ?? outer.mtu) - 50 : outer.mtu
  if (conf.backend === 'vxlan')
    info('vxlan.go:141', `VXLAN config: VNI=${conf.vni} Port=0 GBP=false Learning=false DirectRouting=false`)
  const device = conf.backend === 'vxlan' ? vxlanDevice(stack, outer, conf, own.base, mtu) : undefined
  if (!o.kubeconfig) announce(client, o.nodeName, address, conf)
  info('kube.go:636', `List of node(${o.nodeName}) annotations: map[string]string{}`)
  if (o.ipMasq) info('main.go:396', 'Setting up masking rules')
  const rules = (): void => setRules(stack, conf.network, cidr, o.ipMasq)
  rules()
  info('iptables.go:98', `Changing default FORWARD chain policy to ACCEPT`)
  const gateway = formatIp(own.base + 1)
  p.fs.mkdir('/run/flannel', { parents: true })
  p.fs.writeFile(
    SUBNET_FILE,
    `FLANNEL_NETWORK=${conf.network}\nFLANNEL_SUBNET=${gateway}/${own.bits}\nFLANNEL_MTU=${mtu}\nFLANNEL_IPMASQ=${o.ipMasq}\n`,
  )
  info('main.go:412', `Wrote subnet file to ${SUBNET_FILE}`)
  info('main.go:416', 'Running backend.')
  info('vxlan_network.go:65', 'watching for new subnet leases')
  const routes = (): void => setRoutes(stack, device, conf, nodes.list(), o.nodeName, outer)
  routes()
  nodes.onChange((now, before) => {
    if (now?.spec.podCIDR !== before?.spec.podCIDR || addressOf(now) !== addressOf(before)) routes()
  })
  p.every(RESYNC, rules)
  return yield* p.park()
}

const addressOf = (node: KubeObject | undefined): string | undefined =>
  node?.status?.addresses?.find((a: any) => a.type === 'InternalIP')?.address

function vxlanDevice(stack: Stack, outer: Iface, conf: NetConf, base: number, mtu: number): Iface {
  const name = `flannel.${conf.vni}`
  const address = formatIp(outer.addrs[0].ip)
  const known = stack.iface(name)
  if (known?.vxlan) {
    known.mtu = mtu
    stack.setUp(known, true)
    if (!known.addrs.some((a) => a.ip === base)) stack.setAddr(known, `${formatIp(base)}/32`)
    return known
  }
  const device = stack.addIface(name, 'vxlan', {
    mtu,
    mac: vtepMac(address),
    up: true,
    vxlan: {
      vni: conf.vni,
      port: conf.port,
      local: outer.addrs[0].ip,
      dev: outer.name,
      learning: false,
      fdb: new Map(),
    },
  })
  stack.setAddr(device, `${formatIp(base)}/32`)
  return device
}

/** One route for each other node, and with VXLAN its neighbour and forwarding entries. */
function setRoutes(
  stack: Stack,
  device: Iface | undefined,
  conf: NetConf,
  nodes: readonly KubeObject[],
  self: string,
  outer: Iface,
): void {
  const wanted = new Set<number>()
  for (const node of nodes) {
    if (node.metadata.name === self) continue
    const cidr = parseCidr(node.spec.podCIDR ?? '')
    const address = addressOf(node)
    const ip = address && parseIp(address)
    if (!cidr || ip === undefined || ip === '') continue
    wanted.add(cidr.base)
    const via = device ? cidr.base : ip
    const dev = device ? device.name : outer.name
    const known = stack.routes.find((r) => r.base === cidr.base && r.bits === cidr.bits && r.table === 'main')
    if (!known || known.via !== via || known.dev !== dev) {
      if (known) stack.dropRoutes((r) => r === known)
      stack.addRoute({
        base: cidr.base,
        bits: cidr.bits,
        via,
        dev,
        onlink: device !== undefined,
        proto: 'boot',
        scope: 'global',
      })
    }
    if (!device) continue
    const mac = vtepMac(address!)
    if (stack.neighbour(cidr.base, device.name)?.mac !== mac)
      stack.setNeighbour({ ip: cidr.base, dev: device.name, mac, state: 'PERMANENT' })
    if (device.vxlan!.fdb.get(mac) !== ip) {
      device.vxlan!.fdb.set(mac, ip)
      stack.changed()
    }
  }
  const network = parseCidr(conf.network)
  if (device)
    stack.dropRoutes(
      (r) => r.dev === device.name && r.via !== undefined && network !== undefined && !wanted.has(r.base),
    )
}

/** Masquerading and forwarding, looked after every few seconds. */
function setRules(stack: Stack, network: string, subnet: string, masq: boolean): void {
  const before = stack.netfilter.tables.get('nat')?.chains.get('FLANNEL-POSTRTG')?.rules.length ?? 0
  const forward = stack.netfilter.tables.get('filter')?.chains.get('FLANNEL-FWD')?.rules.length ?? 0
  const hooked = stack.netfilter.tables
    .get('nat')
    ?.chains.get('POSTROUTING')
    ?.rules.some((r) => r.target?.name === 'FLANNEL-POSTRTG')
  const hookedForward = stack.netfilter.tables
    .get('filter')
    ?.chains.get('FORWARD')
    ?.rules.some((r) => r.target?.name === 'FLANNEL-FWD')
  if ((!masq || (before === 6 && hooked)) && forward === 2 && hookedForward) return
  const note = '-m comment --comment "flanneld masq"'
  if (masq) {
    const chain = 'FLANNEL-POSTRTG'
    ensureChain(stack, 'nat', chain)
    ensureRule(stack, 'nat', 'POSTROUTING', `${note} -j ${chain}`)
    for (const rule of [
      `-m mark --mark 0x4000/0x4000 ${note} -j RETURN`,
      `-s ${subnet} -d ${network} ${note} -j RETURN`,
      `-s ${network} -d ${subnet} ${note} -j RETURN`,
      `! -s ${network} -d ${subnet} ${note} -j RETURN`,
      `-s ${network} ! -d 224.0.0.0/4 ${note} -j MASQUERADE --random-fully`,
      `! -s ${network} -d ${network} ${note} -j MASQUERADE --random-fully`,
    ])
      ensureRule(stack, 'nat', chain, rule)
  }
  const fwd = '-m comment --comment "flanneld forward"'
  ensureChain(stack, 'filter', 'FLANNEL-FWD')
  ensureRule(stack, 'filter', 'FORWARD', `${fwd} -j FLANNEL-FWD`)
  ensureRule(stack, 'filter', 'FLANNEL-FWD', `-s ${network} ${fwd} -j ACCEPT`)
  ensureRule(stack, 'filter', 'FLANNEL-FWD', `-d ${network} ${fwd} -j ACCEPT`)
  stack.netfilter.touch()
}

/** As a DaemonSet it tells the others through annotations of its Node. */
function announce(client: LocalClient, name: string, address: string, conf: NetConf): void {
  const annotations = {
    'flannel.alpha.coreos.com/backend-data': JSON.stringify({ VNI: conf.vni, VtepMAC: vtepMac(address) }),
    'flannel.alpha.coreos.com/backend-type': conf.backend,
    'flannel.alpha.coreos.com/kube-subnet-manager': 'true',
    'flannel.alpha.coreos.com/public-ip': address,
  }
  try {
    client.patch('Node', undefined, name, { metadata: { annotations } }, 'application/strategic-merge-patch+json')
  } catch (error) {
    if (!(error instanceof StatusError || error instanceof TransportError)) throw error
  }
}
