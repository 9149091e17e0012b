import { type ClusterPlan, clusterPlan, createWorld, World } from '../../src/cluster/index.ts'
import { preloadImages } from '../../src/programs/containerd/index.ts'
import { deafRuntime, labContainers } from './lab-programs.ts'
import { weigh } from './load.ts'
import { nodeLab } from './node-lab/lab.ts'
import type { Recording } from './recording.ts'
import { setupOf } from './setups/index.ts'
import { breakTies } from './ties.ts'

const KIB = 1024

/** Which preset a recording was made in. */
export function clusterOf(recording: Recording): string {
  if (recording.area === 'etcd') return 'etcd-lab'
  return 'default'
}

/** Images that lay on the nodes of the kubectl lab unless a topic shows their download. */
const ON_THE_NODES = [
  'nginx:1.25',
  'nginx:1.26',
  'nginx:1.27',
  'nginx',
  'busybox:1.36',
  'busybox',
  'redis:6',
  'redis:7',
]

/** The lab's kubelets ran on machines of their own making, where they kept no cgroups. */
const HOLLOW = { cgroupsPerQOS: false, enforceNodeAllocatable: [] }

/** The machines of the kubectl recordings, as `kubectl get node -o yaml` shows them; workers joined a running control plane. */
function machines(plan: ClusterPlan, first: string | undefined): ClusterPlan {
  return {
    ...plan,
    joinAfter: 90_000,
    kubelet: HOLLOW,
    hosts: plan.hosts
      .toSorted((a, b) => Number(b.name === first) - Number(a.name === first))
      .map((h) => ({
        ...h,
        cpus: h.name === 'node02' ? 4 : 2,
        memory: (h.name === 'node02' ? 4_005_064 : 4_005_060) * KIB,
        disk: 40_470_732 * KIB,
      })),
  }
}

/** A settled world like the one in which the recording was made. */
export function labOf(recording: Recording, seed: number): World {
  if (recording.area === 'node') return nodeLab(recording, seed)
  const { cluster, lead = 0, seed: chance = seed, absent = [], ties, weighed, firstNode } = setupOf(recording)
  const plan = cluster ?? clusterPlan(clusterOf(recording))!
  const epoch = recording.start ? Date.parse(recording.start) - 1000 * lead : undefined
  if (recording.area !== 'kubectl') return createWorld({ cluster: plan, seed: chance, epoch })
  const world = new World(machines(plan, firstNode), chance, epoch)
  if (ties) breakTies(world, ties)
  weigh(weighed)
  labContainers(world)
  world.settle()
  deafRuntime(world)
  const pulled = downloads(recording)
  // Group a was recorded first.
  if (!pulled.has('nginx:1.27') && !/^a0[123]/.test(recording.topic))
    for (const host of world.hosts.values())
      preloadImages(
        host,
        ON_THE_NODES.filter((i) => !pulled.has(i) && !absent.includes(i)),
      )
  return world
}

/** Images of which the recorded events say that they were downloaded; all nodes were new where nginx was among them. */
function downloads(recording: Recording): Set<string> {
  const text = recording.steps.map((s) => s.stdout).join('\n')
  return new Set([...text.matchAll(/Successfully pulled image "([^"]+)"/g)].map((m) => m[1]))
}
