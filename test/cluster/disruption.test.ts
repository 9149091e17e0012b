import { expect, test } from 'vitest'
import { clusterPlan, createWorld } from '../../src/cluster/index.ts'

const EFFECTS = `kubectl get nodes -o jsonpath='{.items[*].spec.taints[*].effect}'`

test('one silent node is evicted; when all are silent nobody is', () => {
  const one = createWorld({ cluster: clusterPlan('default')!, seed: 1 })
  one.run('ssh node01 systemctl stop kubelet')
  one.advance(120_000)
  expect(one.run(EFFECTS).stdout).toContain('NoExecute')

  const all = createWorld({ cluster: clusterPlan('default')!, seed: 1 })
  all.run('for n in node01 node02; do ssh $n systemctl stop kubelet; done; systemctl stop kubelet')
  all.advance(120_000)
  expect(all.run(EFFECTS).stdout).toMatch(/^(NoSchedule ?)+$/)
})
