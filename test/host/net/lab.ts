import { type Iface, Network, parseIp, type Service, type Stack, vethPair } from '../../../src/host/index.ts'
import { Kernel } from '../../../src/kernel/index.ts'

/** Two machines with a bridge, a VXLAN device and pods, as flannel leaves them, and a gateway. */
export interface Lab {
  readonly kernel: Kernel
  readonly net: Network
  readonly gateway: Stack
  readonly nodes: readonly Stack[]
  pod(node: number, name: string, ip: string): Stack
}

export const web: Service = { name: 'web', http: () => ({ status: 200, body: 'ok\n' }) }

export function lab(): Lab {
  const kernel = new Kernel({ seed: 7, start: Date.UTC(2026, 10, 21, 2, 0, 0) })
  const net = new Network(kernel)
  const lan = net.segment('lan')
  const gateway = net.host('gateway')
  net.connect(gateway, lan, { cidr: '192.168.56.1/24' })
  gateway.standsFor = (ip) => ip >>> 24 === 8
  const nodes = [0, 1].map((i) => {
    const node = net.host(`node${i}`)
    net.connect(node, lan, { cidr: `192.168.56.1${i}/24`, gateway: '192.168.56.1' })
    node.sysctls.set('net.ipv4.ip_forward', '1')
    const cni = node.addIface('cni0', 'bridge', { mtu: 1450 })
    node.setUp(cni, true)
    node.setAddr(cni, `10.244.${i}.1/24`)
    const vxlan = {
      vni: 1,
      port: 8472,
      local: parseIp(`192.168.56.1${i}`)!,
      dev: 'eth0',
      learning: false,
      fdb: new Map(),
    }
    const flannel = node.addIface('flannel.1', 'vxlan', { mtu: 1450, vxlan })
    node.setUp(flannel, true)
    node.setAddr(flannel, `10.244.${i}.0/32`)
    return node
  })
  nodes.forEach((node, i) => {
    const j = 1 - i
    const peer = nodes[j].iface('flannel.1') as Iface
    const via = parseIp(`10.244.${j}.0`)!
    node.setNeighbour({ ip: via, dev: 'flannel.1', mac: peer.mac, state: 'PERMANENT' })
    node.iface('flannel.1')!.vxlan!.fdb.set(peer.mac, parseIp(`192.168.56.1${j}`)!)
    node.addRoute({ base: via, bits: 24, via, dev: 'flannel.1', onlink: true })
  })
  const pod = (n: number, name: string, ip: string): Stack => {
    const ns = net.namespace(nodes[n], name)
    const [outer, inner] = vethPair(nodes[n], `veth${name}`, ns, 'eth0', 1450)
    outer.master = nodes[n].iface('cni0')
    nodes[n].setUp(outer, true)
    ns.setUp(inner, true)
    ns.setAddr(inner, `${ip}/24`)
    ns.addRoute({ base: 0, bits: 0, via: parseIp(`10.244.${n}.1`)!, dev: 'eth0' })
    return ns
  }
  return { kernel, net, gateway, nodes, pod }
}
