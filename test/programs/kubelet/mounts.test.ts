import { expect, test } from 'vitest'
import { containerdOf } from '../../../src/programs/containerd/index.ts'
import { checksum, podsState } from '../../../src/programs/kubelet/checkpoints.ts'
import { NodeWorld } from './world.ts'

/** A node on which one pod runs, with a volume in memory. */
function running(): NodeWorld {
  const w = new NodeWorld()
  w.kernel.advance(3000)
  w.client.create({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      nodeName: 'node01',
      automountServiceAccountToken: false,
      containers: [
        {
          name: 'c',
          image: 'nginx:1.27',
          resources: { limits: { memory: '170Mi' } },
          volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }],
        },
      ],
      volumes: [{ name: 'scratch', emptyDir: { medium: 'Memory' } }],
    },
  } as never)
  w.kernel.advance(10_000)
  return w
}

test('the mount table shows what containerd and the kubelet have mounted for a pod, as long as it runs', () => {
  const w = running()
  const shown = (): string[] =>
    w.host.fs.table
      .map((m) => `${m.fs.source} ${m.path} ${m.fs.type} ${m.options}`)
      .filter((l) => !l.startsWith('/dev'))
      .map((l) => l.replace(/[0-9a-f]{64}/g, '<id>').replace(/[0-9a-f]{8}(?:-[0-9a-f]+){4}/g, '<uid>'))
  const snapshots = '/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots'
  const overlay = (lower: number, own: number): string =>
    `overlay /run/containerd/io.containerd.runtime.v2.task/k8s.io/<id>/rootfs overlay rw,relatime,lowerdir=${snapshots}/${lower}/fs,upperdir=${snapshots}/${own}/fs,workdir=${snapshots}/${own}/work,nouserxattr`
  expect(shown()).toEqual([
    'nsfs /run/netns/cni-<uid> nsfs rw',
    'shm /run/containerd/io.containerd.grpc.v1.cri/sandboxes/<id>/shm tmpfs rw,nosuid,nodev,noexec,relatime,size=65536k,inode64',
    overlay(1, 4),
    overlay(3, 5),
    'tmpfs /var/lib/kubelet/pods/<uid>/volumes/kubernetes.io~empty-dir/scratch tmpfs rw,relatime,size=174080k,inode64,noswap',
  ])
  w.client.remove('Pod', 'default', 'web')
  w.kernel.advance(60_000)
  expect(shown()).toEqual([])
})

test('the shim of a pod outlives the daemon, and the pod does not outlive its shim', () => {
  const w = running()
  const [sandbox] = containerdOf(w.host).sandboxes.values()
  const shim = sandbox.shim!
  expect(shim.argv.join(' ')).toBe(
    `/usr/bin/containerd-shim-runc-v2 -namespace k8s.io -id ${sandbox.id} -address /run/containerd/containerd.sock`,
  )
  expect(shim.cgroup).toBe('/system.slice/containerd.service')
  w.daemon.kill('SIGTERM')
  w.kernel.advance(1000)
  const [container] = containerdOf(w.host).containers.values()
  expect([shim.status, container.state]).toEqual([undefined, 'CONTAINER_RUNNING'])
  shim.kill('SIGKILL')
  expect([sandbox.state, container.state]).toEqual(['SANDBOX_NOTREADY', 'CONTAINER_EXITED'])
})

test('the resources of admitted pods are kept as upstream keeps them', () => {
  // From state_checkpoint_test.go.
  const data = '{"entries":{"pod1":{"ContainerResources":{"container1":{"requests":{"cpu":"1Ki","memory":"1Ki"}}}}}}'
  expect(checksum(data)).toBe(1178570812)
  const spec = { containers: [{ name: 'c', resources: { requests: { cpu: '100m' } } }, { name: 'b' }] }
  expect(podsState({ records: new Map([['u', { pod: { spec } }]]) } as never)).toBe(
    '{"data":"{\\"entries\\":{\\"u\\":{\\"ContainerResources\\":{\\"b\\":{},\\"c\\":{\\"requests\\":{\\"cpu\\":\\"100m\\"}}},\\"PodLevelResources\\":null}}}","checksum":3345644338}',
  )
})
