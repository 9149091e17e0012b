import type { Stack } from '../../host/index.ts'
import { ensureChain, ensureRule } from '../lib/iptables-rules.ts'

/** The chains that the kubelet itself makes (kubelet_network_linux.go), for others to see that it uses iptables. */
export function initIptables(stack: Stack): void {
  ensureChain(stack, 'mangle', 'KUBE-IPTABLES-HINT')
  for (const table of ['mangle', 'nat', 'filter'] as const) ensureChain(stack, table, 'KUBE-KUBELET-CANARY')
  ensureChain(stack, 'filter', 'KUBE-FIREWALL')
  ensureRule(
    stack,
    'filter',
    'KUBE-FIREWALL',
    '! -s 127.0.0.0/8 -d 127.0.0.0/8 -m comment --comment "block incoming localnet connections" -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP',
  )
  ensureRule(stack, 'filter', 'OUTPUT', '-j KUBE-FIREWALL')
  ensureRule(stack, 'filter', 'INPUT', '-j KUBE-FIREWALL')
  stack.netfilter.touch()
}
