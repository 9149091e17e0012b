import type { Stack } from '../../host/index.ts'
import { deleteRules, ensureChain, ensureRule, fillChain } from '../lib/iptables-rules.ts'
import { podChain } from './chains.ts'
import type { PluginCall } from './index.ts'
import type { CniPod } from './types.ts'

/** The portmap plugin: hostPorts as DNAT rules. */
export function portmap(call: PluginCall): void {
  const { stack, pod, ip, network } = call
  if (pod.portMappings.length === 0) return
  ensureChain(stack, 'nat', 'CNI-HOSTPORT-DNAT')
  ensureChain(stack, 'nat', 'CNI-HOSTPORT-SETMARK')
  ensureChain(stack, 'nat', 'CNI-HOSTPORT-MASQ')
  ensureRule(stack, 'nat', 'PREROUTING', '-m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT')
  ensureRule(stack, 'nat', 'OUTPUT', '-m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT')
  ensureRule(
    stack,
    'nat',
    'CNI-HOSTPORT-SETMARK',
    '-m comment --comment "CNI portfwd masquerade mark" -j MARK --set-xmark 0x2000/0x2000',
  )
  ensureRule(
    stack,
    'nat',
    'POSTROUTING',
    '-m comment --comment "CNI portfwd requiring masquerade" -j CNI-HOSTPORT-MASQ',
  )
  ensureRule(stack, 'nat', 'CNI-HOSTPORT-MASQ', '-m mark --mark 0x2000/0x2000 -j MASQUERADE')
  const own = podChain(network, pod.id, 'DN-')
  const rules: string[] = []
  for (const m of pod.portMappings) {
    const proto = m.protocol.toLowerCase()
    const at = m.hostIp && m.hostIp !== '0.0.0.0' ? `-d ${m.hostIp}/32 ` : ''
    rules.push(
      `-s ${ip}/32 ${at}-p ${proto} -m ${proto} --dport ${m.hostPort} -j CNI-HOSTPORT-SETMARK`,
      `-s 127.0.0.1/32 ${at}-p ${proto} -m ${proto} --dport ${m.hostPort} -j CNI-HOSTPORT-SETMARK`,
      `${at}-p ${proto} -m ${proto} --dport ${m.hostPort} -j DNAT --to-destination ${ip}:${m.containerPort}`,
    )
    ensureChain(stack, 'nat', own)
    ensureRule(
      stack,
      'nat',
      'CNI-HOSTPORT-DNAT',
      `-p ${proto} -m comment --comment "dnat name: '${network}' id: '${pod.id}'" -m multiport --dports ${m.hostPort} -j ${own}`,
    )
  }
  fillChain(stack, 'nat', own, rules)
  stack.netfilter.touch()
}

/** Takes a pod's hostPort rules away. */
export function unmapPorts(stack: Stack, network: string, pod: CniPod): void {
  if (pod.portMappings.length === 0) return
  const own = podChain(network, pod.id, 'DN-')
  deleteRules(stack, 'nat', 'CNI-HOSTPORT-DNAT', (r) => r.target?.name === own)
  stack.netfilter.tables.get('nat')?.chains.delete(own)
  stack.netfilter.touch()
}
