import { expect, test } from 'vitest'
import { createWorld } from '../../../src/cluster/index.ts'

test('a volume that lies on another machine, or nowhere, is not mounted: the kubelet asks again what the scheduler asked', () => {
  const world = createWorld({ cluster: 'default' })
  const volume = (name: string, node: string): string => `
apiVersion: v1
kind: PersistentVolume
metadata: { name: ${name} }
spec:
  capacity: { storage: 1Gi }
  accessModes: [ReadWriteOnce]
  storageClassName: ""
  claimRef: { namespace: default, name: ${name} }
  local: { path: /srv/${name} }
  nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: kubernetes.io/hostname, operator: In, values: [${node}] }] }] } }
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: ${name} }
spec: { accessModes: [ReadWriteOnce], storageClassName: "", resources: { requests: { storage: 1Gi } } }
---
apiVersion: v1
kind: Pod
metadata: { name: ${name} }
spec:
  nodeName: node02
  containers: [{ name: c, image: "nginx:1.27", volumeMounts: [{ name: v, mountPath: /v }] }]
  volumes: [{ name: v, persistentVolumeClaim: { claimName: ${name} } }]
`
  world.sh(`kubectl apply -f - <<EOF${volume('far', 'node01')}---${volume('gone', 'node02')}EOF`)
  world.advance(60_000)
  const told = (pod: string): string =>
    world.sh(
      `kubectl get events --field-selector involvedObject.name=${pod},reason=FailedMount -o jsonpath='{.items[*].message}'`,
    ).stdout
  expect([told('far'), told('gone')]).toEqual([
    'MountVolume.NodeAffinity check failed for volume "far" : no matching NodeSelectorTerms',
    'MountVolume.NewMounter initialization failed for volume "gone" : path "/srv/gone" does not exist',
  ])
  const journal = world.sh("ssh node02 journalctl -u kubelet -o cat | grep -o 'Operation for .*far.*' | head -1").stdout
  expect(journal.replace(/[0-9a-f]{8}(?:-[0-9a-f]+){4}/g, '<uid>').replace(/until .* \(dur/, 'until … (dur')).toBe(
    'Operation for "{volumeName:kubernetes.io/local-volume/far podName:<uid> nodeName:}" failed. No retries permitted until … (durationBeforeRetry 500ms). Error: MountVolume.NodeAffinity check failed for volume "far" (UniqueName: "kubernetes.io/local-volume/far") pod "far" (UID: "<uid>") : no matching NodeSelectorTerms\n',
  )
  world.sh('ssh node02 mkdir -p /srv/gone')
  world.advance(60_000)
  expect(world.sh("kubectl get pod gone -o jsonpath='{.status.phase}'").stdout).toBe('Running')
})
