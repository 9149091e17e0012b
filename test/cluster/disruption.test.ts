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

test('on a root file system that is read-only no pod is set up, and one is when it can be written to again', () => {
  const world = createWorld()
  const pod = '{"spec":{"nodeName":"node01"}}'
  world.sh(`ssh node01 mount -o remount,ro /; kubectl run late --image=nginx --overrides='${pod}'; sleep 15`)
  const says = (what: string): string => world.sh(`kubectl get ${what}`).stdout
  expect(
    says('events --field-selector involvedObject.name=late -o jsonpath={.items[0].reason}:{.items[0].message}'),
  ).toBe(
    `FailedToMakePodDataDirectories:error making pod data directories: mkdir /var/lib/kubelet/pods/${says('pod late -o jsonpath={.metadata.uid}')}: read-only file system`,
  )
  world.sh('ssh node01 mount -o remount,rw /; sleep 30')
  expect(says('pod late -o jsonpath={.status.phase}')).toBe('Running')
})
