import type { Stack } from '../../host/index.ts'
import { ensureChain, ensureRule, type Family } from '../lib/iptables-rules.ts'

/** The chains that the kubelet itself makes (kubelet_network_linux.go), for others to see that it uses iptables. */
export function initIptables(stack: Stack): void {
  for (const family of [{ netfilter: stack.netfilter6 }, stack] as const satisfies readonly Family[]) {
    ensureChain(family, 'mangle', 'KUBE-IPTABLES-HINT')
    for (const table of ['mangle', 'nat', 'filter'] as const) ensureChain(family, table, 'KUBE-KUBELET-CANARY')
    ensureChain(family, 'filter', 'KUBE-FIREWALL')
    ensureRule(family, 'filter', 'OUTPUT', '-j KUBE-FIREWALL')
    ensureRule(family, 'filter', 'INPUT', '-j KUBE-FIREWALL')
  }
  // Only IPv4 can be made to forward to localhost from outside.
  ensureRule(
    stack,
    'filter',
    'KUBE-FIREWALL',
    '! -s 127.0.0.0/8 -d 127.0.0.0/8 -m comment --comment "block incoming localnet connections" -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP',
  )
  stack.netfilter.touch()
}
