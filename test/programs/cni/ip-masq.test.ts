import { expect, test } from 'vitest'
import { listSpecs, Netfilter } from '../../../src/host/index.ts'
import { podChain } from '../../../src/programs/cni/chains.ts'
import { masquerade, stopMasquerading } from '../../../src/programs/cni/ip-masq.ts'

const ID = '64d3cb544873f5fce7102d6d9c35c42b55b3a43e877d9bc13414cc459c8fef10'
const pod = { id: ID, name: 'logger', namespace: 'default', uid: '', portMappings: [] }

test('the chain of a pod is named as in kube-proxy-02-iptables', () => {
  expect(podChain('lab', ID)).toBe('CNI-b0a1ecefb4704395870c1644')
  expect(podChain('lab', ID, 'DN-')).toBe('CNI-DN-b0a1ecefb4704395870c1')
})

test('a pod is masqueraded beyond its network until it has gone', () => {
  const stack = { netfilter: new Netfilter() }
  const rules = (): string[] => listSpecs(stack.netfilter.table('nat')).filter((l) => !l.startsWith('-P'))
  masquerade(stack, 'lab', pod, '10.244.0.2', 24)
  masquerade(stack, 'lab', pod, '10.244.0.2', 24)
  const comment = `-m comment --comment "name: \\"lab\\" id: \\"${ID}\\""`
  const chain = 'CNI-b0a1ecefb4704395870c1644'
  expect(rules()).toEqual([
    `-N ${chain}`,
    `-A POSTROUTING -s 10.244.0.2/32 ${comment} -j ${chain}`,
    `-A ${chain} -d 10.244.0.0/24 ${comment} -j ACCEPT`,
    `-A ${chain} ! -d 224.0.0.0/4 ${comment} -j MASQUERADE`,
  ])
  stopMasquerading(stack, 'lab', pod)
  expect(rules()).toEqual([])
})
