import { expect, test } from 'vitest'
import { clusterPlan, createWorld } from '../../src/cluster/index.ts'

test('what a deleted pod leaves is collected once a minute; a static pod that returns before counts its sandboxes on', () => {
  const world = createWorld({ cluster: clusterPlan('default')!, seed: 1 })
  const attempts = (): string => world.run("crictl pods --name kube-scheduler | awk 'NR>1 {print $(NF-1)}'").stdout
  const states = (): string => world.run("crictl pods --name kube-scheduler | grep -o 'NotReady\\|Ready'").stdout
  // Right after a collection.
  world.run('systemctl restart kubelet')
  world.advance(61_000)
  world.run('mv /etc/kubernetes/manifests/kube-scheduler.yaml /root/')
  world.advance(8_000)
  expect(world.run('crictl ps -aq --name kube-scheduler').stdout).toBe('')
  expect(states()).toBe('NotReady\n')
  expect(world.run('ls /var/log/pods | grep -c kube-scheduler').stdout).toBe('1\n')

  world.run('mv /root/kube-scheduler.yaml /etc/kubernetes/manifests/')
  world.advance(8_000)
  expect(states()).toBe('Ready\nNotReady\n')
  expect(attempts()).toBe('1\n0\n')

  world.advance(60_000)
  expect(states()).toBe('Ready\n')
  world.run('mv /etc/kubernetes/manifests/kube-scheduler.yaml /root/')
  world.advance(70_000)
  expect(states()).toBe('')
  expect(world.run('ls /var/log/pods | grep kube-scheduler').exit).toBe(1)
})
