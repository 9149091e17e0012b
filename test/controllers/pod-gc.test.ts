import { expect, test } from 'vitest'
import { clusterPlan, World } from '../../src/cluster/index.ts'

test('pods of a machine that is off for good end when that is said, and of a node that was removed after a while', () => {
  const world = new World(clusterPlan('default')!, 1)
  world.advance(30_000)
  const run = (line: string): string => world.run(line).stdout
  world.write(
    '/root/db.yaml',
    `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      nodeSelector: {disk: fast}
      containers: [{name: redis, image: redis:7}]
`,
  )
  run('kubectl label node node01 disk=fast; kubectl apply -f db.yaml; sleep 20')
  run("kubectl label node node02 disk=fast; ssh node01 'systemctl stop kubelet'; sleep 400")
  const place = (): string => run("kubectl get pods --no-headers -o wide | awk '{print $1, $3, $7}'")
  expect(place()).toBe('db-0 Terminating node01\n')
  run('kubectl taint node node01 node.kubernetes.io/out-of-service=nodeshutdown:NoExecute; sleep 45')
  expect(place()).toBe('db-0 Running node02\n')

  run(
    'ssh node02 \'systemctl stop kubelet\'; kubectl run lone --image=nginx:1.27 --overrides=\'{"spec":{"nodeName":"node02"}}\'',
  )
  run('kubectl get pods -w -o json > w.json & kubectl delete node node02; sleep 90; kill %1')
  expect(run('kubectl get pod lone --ignore-not-found')).toBe('')
  expect(
    run(
      `jq -r 'select(.metadata.name=="lone" and .status.phase=="Failed")|.status.conditions[]|select(.type=="DisruptionTarget")|.reason+": "+.message' w.json | head -1`,
    ),
  ).toBe('DeletionByPodGC: PodGC: node no longer exists\n')
})

test('of too many ended pods the evicted and the oldest go', () => {
  const world = new World(clusterPlan('single')!, 1)
  world.advance(30_000)
  const run = (line: string): string => world.run(line).stdout
  const manifest = '/etc/kubernetes/manifests/kube-controller-manager.yaml'
  run(`sed -i '/    - --use-service-account/a\\    - --terminated-pod-gc-threshold=1' ${manifest}; sleep 60`)
  run('for i in 1 2 3; do kubectl run p$i --image=busybox:1.36 --restart=Never -- true; sleep 5; done; sleep 30')
  expect(run('kubectl get pods -o name')).toBe('pod/p3\n')
})
