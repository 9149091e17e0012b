import { parseCidr, parseIp, vethPair } from '../../host/index.ts'
import { allocate } from './host-local.ts'
import type { PluginCall } from './index.ts'

/**
 * The ptp plugin: a veth whose outer end has the gateway's address; every packet of the pod, to its neighbours too, is
 * routed by the node. Models containernetworking/plugins plugins/main/ptp.
 */
export function ptp(call: PluginCall): void {
  const { host, stack, netns, config, pod } = call
  const ipam = config.ipam ?? {}
  if (ipam.type !== 'host-local') throw new Error(`failed to find plugin "${ipam.type ?? ''}" in path [/opt/cni/bin]`)
  const subnet: string = ipam.subnet ?? ipam.ranges?.[0]?.[0]?.subnet ?? ''
  const lease = allocate(host, call.network, subnet, pod.id, ipam.dataDir)
  const name = `veth${pod.id.slice(0, 8)}`
  const [outer, inner] = vethPair(stack, name, netns, 'eth0', config.mtu || 1500)
  stack.setUp(outer, true)
  netns.setUp(inner, true)
  stack.setAddr(outer, `${lease.gateway}/32`)
  stack.addRoute({ base: parseIp(lease.ip)!, bits: 32, dev: name, proto: 'boot' })
  netns.setAddr(inner, `${lease.ip}/${lease.bits}`)
  const gateway = parseIp(lease.gateway)!
  const range = parseCidr(subnet)!
  const src = parseIp(lease.ip)
  // The kernel's route to the subnet would ask neighbours for their MAC addresses: the gateway answers for them all.
  netns.dropRoutes((r) => r.base === range.base && r.bits === range.bits)
  netns.addRoute({ base: gateway, bits: 32, dev: 'eth0', src, proto: 'boot' })
  netns.addRoute({ ...range, via: gateway, dev: 'eth0', src, proto: 'boot' })
  for (const route of ipam.routes ?? []) {
    const to = parseCidr(route.dst)
    if (to) netns.addRoute({ base: to.base, bits: to.bits, via: gateway, dev: 'eth0', proto: 'boot' })
  }
  stack.sysctls.set('net.ipv4.ip_forward', '1')
  call.ip = lease.ip
}
