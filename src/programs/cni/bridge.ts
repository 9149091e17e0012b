import { formatIp, type Host, JOURNAL, parseCidr, parseIp, type Stack, vethPair } from '../../host/index.ts'
import { allocate } from './host-local.ts'
import type { PluginCall } from './index.ts'
import { masquerade } from './ip-masq.ts'

/** The bridge plugin: a bridge with the gateway's address, a veth into the pod, an address from the IPAM plugin. */
export function bridge(call: PluginCall): void {
  const { host, stack, netns, config, pod } = call
  const name: string = config.bridge ?? 'cni0'
  const ipam = config.ipam ?? {}
  if (ipam.type !== 'host-local') throw new Error(`failed to find plugin "${ipam.type ?? ''}" in path [/opt/cni/bin]`)
  const subnet: string = ipam.subnet ?? ipam.ranges?.[0]?.[0]?.subnet ?? ''
  const mtu: number = config.mtu || 1500
  const lease = allocate(host, call.network, subnet, pod.id)
  const gateway: string = ipam.gateway ?? lease.gateway
  const device = stack.iface(name) ?? stack.addIface(name, 'bridge', { mtu, up: true })
  if (config.isGateway || config.isDefaultGateway) {
    const own = device.addrs.find((a) => a.scope === 'global')
    if (own && formatIp(own.ip) !== gateway)
      throw new Error(
        `failed to set bridge addr: "${name}" already has an IP address different from ${gateway}/${lease.bits}`,
      )
    if (!own) stack.setAddr(device, `${gateway}/${lease.bits}`)
    stack.setUp(device, true)
    stack.sysctls.set('net.ipv4.ip_forward', '1')
  }
  const [outer, inner] = vethPair(stack, `veth${pod.id.slice(0, 8)}`, netns, 'eth0', mtu)
  outer.master = device
  // A bridge whose MTU nobody set follows the smallest of its ports.
  device.mtu = Math.min(...stack.ifaces.filter((i) => i.master === device).map((i) => i.mtu))
  stack.setUp(outer, true)
  netns.setUp(inner, true)
  netns.setAddr(inner, `${lease.ip}/${lease.bits}`)
  const via = parseIp(gateway)
  for (const route of ipam.routes ?? []) {
    const to = parseCidr(route.dst)
    if (to)
      netns.addRoute({
        base: to.base,
        bits: to.bits,
        via: route.gw ? parseIp(route.gw) : via,
        dev: 'eth0',
        proto: 'boot',
      })
  }
  if (config.isDefaultGateway && !netns.routes.some((r) => r.bits === 0))
    netns.addRoute({ base: 0, bits: 0, via, dev: 'eth0', proto: 'boot' })
  if (config.ipMasq) masquerade(stack, call.network, pod, lease.ip, lease.bits)
  call.ip = lease.ip
}

/** Takes the pod's end, and with it the bridge's port, away. */
export function removeBridgePort(netns: Stack, host?: Host): void {
  const inner = netns.iface('eth0')
  const outer = inner?.peer
  const bridge = outer?.master
  if (inner) netns.removeIface(inner)
  if (!outer || !bridge || !host?.has(JOURNAL)) return
  const kernel = (line: string): void => host.service(JOURNAL).kernel(line)
  const port = `${bridge.name}: port ${outer.index - bridge.index}(${outer.name}) entered disabled state`
  kernel(port)
  kernel(`${outer.name} (unregistering): left allmulticast mode`)
  kernel(`${outer.name} (unregistering): left promiscuous mode`)
  kernel(port)
}
