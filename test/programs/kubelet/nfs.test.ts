import { expect, test } from 'vitest'
import { clusterPlan, World } from '../../../src/cluster/index.ts'

const VOLUMES = `
apiVersion: v1
kind: PersistentVolume
metadata: {name: share}
spec:
  capacity: {storage: 1Gi}
  accessModes: [ReadWriteMany]
  storageClassName: ""
  mountOptions: [nfsvers=4.2]
  nfs: {server: 10.1.2.3, path: /export}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: share}
spec: {accessModes: [ReadWriteMany], storageClassName: "", resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: Pod
metadata: {name: reader}
spec:
  containers: [{name: c, image: nginx:1.27, volumeMounts: [{name: data, mountPath: /data}]}]
  volumes: [{name: data, persistentVolumeClaim: {claimName: share}}]
`

test('an export is not mounted on a machine without mount.nfs', () => {
  const world = new World(clusterPlan('single')!, 1)
  world.advance(30_000)
  world.write('/root/volumes.yaml', VOLUMES)
  const run = (line: string): string => world.run(line).stdout
  run('kubectl apply -f volumes.yaml; sleep 20')
  const dir = `/var/lib/kubelet/pods/${run("kubectl get pod reader -o jsonpath='{.metadata.uid}'")}/volumes/kubernetes.io~nfs/share`
  const help = `mount: ${dir}: bad option; for several filesystems (e.g. nfs, cifs) you might need a /sbin/mount.<type> helper program.\n       dmesg(1) may have more information after failed mount system call.\n`
  expect(run("kubectl get events --field-selector reason=FailedMount -o jsonpath='{.items[0].message}'")).toBe(
    `MountVolume.SetUp failed for volume "share" : mount failed: exit status 32\nMounting command: mount\nMounting arguments: -t nfs -o nfsvers=4.2 10.1.2.3:/export ${dir}\nOutput: ${help}`,
  )
  const { stderr, exit } = world.run('mkdir -p /mnt/x; mount -t nfs 10.1.2.3:/export /mnt/x')
  expect([stderr, exit]).toEqual([help.replaceAll(dir, '/mnt/x'), 32])
})
