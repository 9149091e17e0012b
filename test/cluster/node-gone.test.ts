import { expect, test } from 'vitest'
import { createWorld } from '../../src/cluster/index.ts'

/** Recording f01: what a node leaves behind that fell silent, and one that was deleted. */
test('a silent node’s pods are marked in events without a uid; a deleted node is told of by the next monitoring pass', () => {
  const world = createWorld({ cluster: 'default' })
  world.sh(
    'kubectl run quick --image=nginx --overrides=\'{"spec":{"nodeName":"node01","tolerations":[{"operator":"Exists","effect":"NoExecute","tolerationSeconds":20}]}}\'',
  )
  world.sh('sleep 10; ssh node01 systemctl stop kubelet; sleep 90')
  const marked = 'kubectl get events --field-selector reason=TaintManagerEviction -o jsonpath='
  expect(world.sh(`${marked}'{.items[*].message} {.items[*].involvedObject}'`).stdout).toBe(
    'Marking for deletion Pod default/quick {"apiVersion":"v1","kind":"Pod","name":"quick","namespace":"default"}',
  )
  expect(world.sh('kubectl describe pod quick').stdout).not.toContain('Marking for deletion')
  const removed = "kubectl get events --field-selector reason=RemovingNode -o jsonpath='{.items[*].message}'"
  expect(world.sh(`kubectl delete node node01; sleep 6; ${removed}`).stdout).toBe(
    'node "node01" deleted\nNode node01 event: Removing Node node01 from Controller',
  )
})
