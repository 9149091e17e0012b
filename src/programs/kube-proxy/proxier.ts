import type { Stack } from '../../host/index.ts'
import type { StructuredLog } from '../lib/structured-log.ts'
import { cleanupIptables, IptablesProxier } from './iptables.ts'
import { IpvsProxier } from './ipvs.ts'
import { NftablesProxier } from './nftables.ts'
import type { ServicePort } from './services.ts'
import type { Settings } from './settings.ts'

/** Makes Services reachable on a node, by one of the kernel's means. */
export interface Proxier {
  /** All ports of all Services as they are now. */
  sync(ports: readonly ServicePort[]): void
}

/** The proxier of the mode; what other modes left behind goes. */
export function makeProxier(
  log: StructuredLog,
  s: Settings,
  stack: Stack,
  nodeIp: string,
  serviceCidr: string,
): Proxier {
  const ipv6 = { netfilter: stack.netfilter6 }
  if (s.mode !== 'iptables') for (const family of [stack, ipv6]) cleanupIptables(family)
  if (s.mode !== 'nftables') {
    stack.netfilter.native.delete('ip kube-proxy')
    stack.netfilter6.native.delete('ip6 kube-proxy')
  }
  if (s.mode === 'nftables') {
    log.info('server_linux.go:254', 'Using nftables Proxier')
    return new NftablesProxier(stack, { clusterCidr: s.clusterCidr, serviceCidr, nodeIp })
  }
  if (s.mode === 'ipvs') {
    log.info('server_linux.go:188', 'Using ipvs Proxier')
    return new IpvsProxier(stack, s.ipvsScheduler)
  }
  if (!s.clusterCidr)
    log.info(
      'server_linux.go:312',
      'Detect-local-mode set to ClusterCIDR, but no cluster CIDR specified for primary IP family',
      { ipFamily: 'IPv4', clusterCIDRs: null },
    )
  log.info('server_linux.go:137', 'Using iptables Proxier')
  if (s.localhostNodePorts) {
    stack.sysctls.set('net.ipv4.conf.all.route_localnet', '1')
    log.info(
      'proxier.go:241',
      'Setting route_localnet=1 to allow node-ports on localhost; to change this either disable iptables.localhostNodePorts (--iptables-localhost-nodeports) or set nodePortAddresses (--nodeport-addresses) to filter loopback addresses',
      { ipFamily: 'IPv4' },
    )
  }
  const options = { masqueradeAll: s.masqueradeAll, mark: 2 ** s.masqueradeBit }
  // Services are IPv4 only, so that the other family's rules never change.
  new IptablesProxier(ipv6, { ...options, clusterCidr: '', localhostNodePorts: false }).sync([])
  return new IptablesProxier(stack, {
    ...options,
    clusterCidr: s.clusterCidr,
    localhostNodePorts: s.localhostNodePorts,
  })
}
