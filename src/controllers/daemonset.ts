import { matchesNodeAffinity, tolerates, untolerated } from '../api/match.ts'
import { type KubeObject, StatusError } from '../api/types.ts'
import { deepEqual } from '../kinds/index.ts'
import { defineController, itself, itsOwner, keyOf, splitKey, type Tools } from './controller.ts'
import { currentRevision, hashOf, trimHistory } from './history.ts'
import { indexByOwner, isAvailable, isReady, podFromTemplate, scaled } from './pods.ts'

const HASH = 'controller-revision-hash'

/** Taints that every daemon pod tolerates (daemon/util AddOrUpdateDaemonPodTolerations). */
const DAEMON_TOLERATIONS = [
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/disk-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/pid-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' },
]
const HOST_NETWORK_TOLERATION = {
  key: 'node.kubernetes.io/network-unavailable',
  operator: 'Exists',
  effect: 'NoSchedule',
}

/** Models pkg/controller/daemon: one pod on every node that fits. */
export const daemonSet = defineController({
  name: 'daemonset-controller',
  watches: {
    DaemonSet: itself,
    Pod: itsOwner('DaemonSet'),
    Node: (_node, tools) => tools.informer('DaemonSet').list().map(keyOf),
  },
  start: (tools) => indexByOwner(tools),
  reconcile(key, tools) {
    const ds = tools.informer('DaemonSet').get(...(splitKey(key) as [string, string]))
    if (!ds || ds.metadata.deletionTimestamp) return undefined
    return sync(ds, tools)
  },
})

function tolerationsOf(ds: KubeObject): any[] {
  const spec = ds.spec.template.spec
  const extra = spec.hostNetwork ? [...DAEMON_TOLERATIONS, HOST_NETWORK_TOLERATION] : DAEMON_TOLERATIONS
  return [...(spec.tolerations ?? []), ...extra]
}

/** nodeShouldRunDaemonPod: may a new pod start there, may an existing one stay? */
function fitness(ds: KubeObject, node: KubeObject): { run: boolean; stay: boolean } {
  const spec = ds.spec.template.spec
  if (spec.nodeName && spec.nodeName !== node.metadata.name) return { run: false, stay: false }
  if (!matchesNodeAffinity(spec, node)) return { run: false, stay: false }
  const tolerations = tolerationsOf(ds)
  const taints = node.spec?.taints ?? []
  if (untolerated(taints, tolerations, ['NoExecute', 'NoSchedule'])) {
    return { run: false, stay: !taints.some((t: any) => t.effect === 'NoExecute' && !tolerates(tolerations, t)) }
  }
  return { run: true, stay: true }
}

const pinned = (affinity: any, node: string): any => {
  const terms = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
  const field = { key: 'metadata.name', operator: 'In', values: [node] }
  return {
    ...affinity,
    nodeAffinity: {
      ...affinity?.nodeAffinity,
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: terms ? terms.map((t: any) => ({ ...t, matchFields: [field] })) : [{ matchFields: [field] }],
      },
    },
  }
}

const targetOf = (pod: KubeObject): string | undefined =>
  pod.spec.nodeName ??
  pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms?.[0]
    ?.matchFields?.[0]?.values?.[0]

function sync(ds: KubeObject, tools: Tools): number | undefined {
  const { api, recorder } = tools
  const now = tools.now()
  const revision = currentRevision(ds, tools)
  const hash = hashOf(revision)
  const nodes = tools.informer('Node').list()
  const byNode = new Map<string, KubeObject[]>()
  for (const pod of tools.informer('Pod').by('owner', ds.metadata.uid!)) {
    const node = targetOf(pod) ?? ''
    byNode.set(node, [...(byNode.get(node) ?? []), pod])
  }
  const remove: KubeObject[] = []
  const create: string[] = []
  let again: number | undefined
  for (const node of nodes) {
    const name = node.metadata.name
    const { run, stay } = fitness(ds, node)
    const pods = byNode.get(name) ?? []
    if (run && pods.length === 0) create.push(name)
    else if (!stay) remove.push(...pods.filter((p) => !p.metadata.deletionTimestamp))
    else {
      const alive: KubeObject[] = []
      for (const pod of pods) {
        if (pod.metadata.deletionTimestamp) continue
        if (pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded') {
          const failed = pod.status.phase === 'Failed'
          const text = `Found ${failed ? 'failed' : 'succeeded'} daemon pod ${keyOf(pod)} on node ${name}, will try to ${failed ? 'kill' : 'delete'} it`
          if (failed) recorder.warning(ds, 'FailedDaemonPod', text)
          else recorder.normal(ds, 'SucceededDaemonPod', text)
          remove.push(pod)
        } else alive.push(pod)
      }
      remove.push(...alive.slice(1))
    }
  }
  for (const name of create) {
    try {
      const pod = podFromTemplate(ds.spec.template, ds)
      pod.metadata.labels = {
        ...pod.metadata.labels,
        [HASH]: hash,
        'pod-template-generation': String(templateGeneration(ds)),
      }
      pod.spec = { ...pod.spec, affinity: pinned(pod.spec.affinity, name), tolerations: tolerationsOf(ds) }
      const made = api.create(pod)
      recorder.normal(ds, 'SuccessfulCreate', `Created pod: ${made.metadata.name}`)
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
      recorder.warning(ds, 'FailedCreate', `Error creating: ${error.message}`)
      again = 5000
    }
  }
  if (create.length === 0 && ds.spec.updateStrategy?.type !== 'OnDelete')
    remove.push(...toUpdate(ds, byNode, nodes, hash, now, remove))
  for (const pod of new Set(remove)) {
    api.remove('Pod', pod.metadata.namespace, pod.metadata.name)
    recorder.normal(ds, 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`)
  }
  writeStatus(ds, nodes, byNode, hash, now, tools)
  const live = new Set([...byNode.values()].flat().map((p) => p.metadata.labels?.[HASH] ?? ''))
  trimHistory(ds, live.add(hash), tools)
  return again
}

const templateGeneration = (ds: KubeObject): number =>
  Number(ds.metadata.annotations?.['deprecated.daemonset.template.generation'] ?? ds.metadata.generation ?? 1)

/** Pods with an old template that may go now without exceeding maxUnavailable (rollingUpdate in update.go). */
function toUpdate(
  ds: KubeObject,
  byNode: Map<string, KubeObject[]>,
  nodes: KubeObject[],
  hash: string,
  now: number,
  removing: KubeObject[],
): KubeObject[] {
  const wanted = nodes.filter((n) => fitness(ds, n).run)
  const max = scaled(ds.spec.updateStrategy?.rollingUpdate?.maxUnavailable ?? 1, wanted.length, true)
  const minReady = ds.spec.minReadySeconds ?? 0
  let unavailable = 0
  const bad: KubeObject[] = []
  const good: KubeObject[] = []
  for (const node of wanted) {
    const pods = (byNode.get(node.metadata.name) ?? []).filter((p) => !removing.includes(p))
    const pod = pods.find((p) => !p.metadata.deletionTimestamp)
    if (!pod || !isAvailable(pod, minReady, now)) unavailable++
    if (!pod || pod.metadata.labels?.[HASH] === hash) continue
    if (isAvailable(pod, minReady, now)) good.push(pod)
    else bad.push(pod)
  }
  return [...bad, ...good.slice(0, Math.max(0, max - unavailable))]
}

function writeStatus(
  ds: KubeObject,
  nodes: KubeObject[],
  byNode: Map<string, KubeObject[]>,
  hash: string,
  now: number,
  tools: Tools,
): void {
  let desired = 0
  let scheduled = 0
  let misscheduled = 0
  let ready = 0
  let available = 0
  let updated = 0
  for (const node of nodes) {
    const pods = byNode.get(node.metadata.name) ?? []
    if (!fitness(ds, node).run) {
      if (pods.length > 0) misscheduled++
      continue
    }
    desired++
    if (pods.length === 0) continue
    scheduled++
    const [pod] = [...pods].sort(
      (a, b) => Date.parse(a.metadata.creationTimestamp!) - Date.parse(b.metadata.creationTimestamp!),
    )
    if (isReady(pod)) {
      ready++
      if (isAvailable(pod, ds.spec.minReadySeconds ?? 0, now)) available++
    }
    if (pod.metadata.labels?.[HASH] === hash) updated++
  }
  const put = (name: string, n: number) => (n > 0 ? { [name]: n } : {})
  const status = {
    currentNumberScheduled: scheduled,
    numberMisscheduled: misscheduled,
    desiredNumberScheduled: desired,
    numberReady: ready,
    observedGeneration: ds.metadata.generation ?? 1,
    ...put('updatedNumberScheduled', updated),
    ...put('numberAvailable', available),
    ...put('numberUnavailable', desired - available),
    ...(ds.status?.collisionCount ? { collisionCount: ds.status.collisionCount } : {}),
  }
  if (!deepEqual(status, ds.status)) tools.api.updateStatus({ ...ds, status })
}
