import { deleteRules, ensureRule, type Family, fillChain } from '../lib/iptables-rules.ts'
import { podChain } from './chains.ts'
import type { CniPod } from './types.ts'

/** What a pod sends beyond its network gets the node's address. Models plugins/pkg/ip/ipmasq_iptables_linux.go. */
export function masquerade(stack: Family, network: string, pod: CniPod, ip: string, bits: number): void {
  const chain = podChain(network, pod.id)
  const comment = `-m comment --comment "name: \\"${network}\\" id: \\"${pod.id}\\""`
  fillChain(stack, 'nat', chain, [`-d ${ip}/${bits} ${comment} -j ACCEPT`, `! -d 224.0.0.0/4 ${comment} -j MASQUERADE`])
  ensureRule(stack, 'nat', 'POSTROUTING', `-s ${ip}/32 ${comment} -j ${chain}`)
  stack.netfilter.touch()
}

/** Takes a pod's rules away. */
export function stopMasquerading(stack: Family, network: string, pod: CniPod): void {
  const chain = podChain(network, pod.id)
  const nat = stack.netfilter.tables.get('nat')
  if (!nat?.chains.has(chain)) return
  deleteRules(stack, 'nat', 'POSTROUTING', (r) => r.target?.name === chain)
  nat.chains.delete(chain)
  stack.netfilter.touch()
}
