import { matchesNodeAffinity, tolerates, untolerated } from '../api/match.ts'
import { hasCause, type KubeObject, StatusError } from '../api/types.ts'
import { deepEqual } from '../kinds/index.ts'
import { defineController, itself, itsOwner, keyOf, splitKey, type Tools } from './controller.ts'
import { currentRevision, hashOf, trimHistory } from './history.ts'
import { indexByOwner, isAvailable, isReady, podFromTemplate, scaled, slowStart, unlessGone } from './pods.ts'

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

/** Daemon pods that are there, by the node they are on or meant for. */
type PodsByNode = ReadonlyMap<string, readonly KubeObject[]>

function podsByNode(ds: KubeObject, tools: Tools): PodsByNode {
  const out = new Map<string, KubeObject[]>()
  for (const pod of tools.informer('Pod').by('owner', ds.metadata.uid!)) {
    const node = targetOf(pod) ?? ''
    out.set(node, [...(out.get(node) ?? []), pod])
  }
  return out
}

/** Which pods are to go and which nodes are to get one. */
interface Plan {
  remove: KubeObject[]
  create: string[]
}

function sync(ds: KubeObject, tools: Tools): number | undefined {
  if (Object.keys(ds.spec.selector).length === 0) {
    const text = 'This daemon set is selecting all pods. A non-empty selector is required.'
    tools.recorder.warning(ds, 'SelectingAll', text)
    return undefined
  }
  const hash = hashOf(currentRevision(ds, tools))
  const nodes = tools.informer('Node').list()
  const byNode = podsByNode(ds, tools)
  let failure: unknown
  try {
    const plan = manage(ds, nodes, byNode, hash, tools)
    carryOut(ds, plan, hash, tools)
    // What was just made or removed is waited for before anything is updated (expectations).
    if (plan.create.length + plan.remove.length === 0 && ds.spec.updateStrategy?.type !== 'OnDelete')
      carryOut(ds, rollingUpdate(ds, nodes, byNode, hash, tools.now()), hash, tools)
    trimHistory(ds, new Set([...[...byNode.values()].flat().map((p) => p.metadata.labels?.[HASH] ?? ''), hash]), tools)
  } catch (error) {
    failure = error
  }
  const again = writeStatus(ds, nodes, byNode, hash, tools)
  if (failure) throw failure
  return again
}

/** Oldest first; of those from one second, the ones that got further. */
const oldestFirst = (pods: readonly KubeObject[]): KubeObject[] =>
  [...pods].sort((a, b) => Date.parse(a.metadata.creationTimestamp!) - Date.parse(b.metadata.creationTimestamp!))

const surges = (ds: KubeObject): boolean => {
  const surge = ds.spec.updateStrategy?.type === 'RollingUpdate' && ds.spec.updateStrategy.rollingUpdate?.maxSurge
  return surge !== undefined && surge !== false && Number.parseFloat(String(surge)) > 0
}

/** Models manage (daemon_controller.go): every node that fits has a pod, no other has, and dead ones go. */
function manage(ds: KubeObject, nodes: readonly KubeObject[], byNode: PodsByNode, hash: string, tools: Tools): Plan {
  const plan: Plan = { remove: [], create: [] }
  for (const node of nodes) {
    const name = node.metadata.name
    const { run, stay } = fitness(ds, node)
    const pods = byNode.get(name)
    if (run && !pods) plan.create.push(name)
    else if (!stay) plan.remove.push(...(pods ?? []).filter((p) => !p.metadata.deletionTimestamp))
    else keepOne(ds, name, run, pods ?? [], hash, plan, tools)
  }
  // Pods of nodes that are gone, and that were never bound to one.
  const there = new Set(nodes.map((n) => n.metadata.name))
  for (const [name, pods] of byNode)
    if (!there.has(name)) plan.remove.push(...pods.filter((p) => !p.spec.nodeName && !p.metadata.deletionTimestamp))
  return plan
}

function keepOne(
  ds: KubeObject,
  node: string,
  run: boolean,
  pods: readonly KubeObject[],
  hash: string,
  plan: Plan,
  tools: Tools,
): void {
  const running: KubeObject[] = []
  for (const pod of pods) {
    if (pod.metadata.deletionTimestamp) continue
    if (pod.status?.phase === 'Failed') {
      const wait = failureBackOff(ds, node, tools)
      if (wait > 0) {
        tools.enqueue(keyOf(ds), wait)
        continue
      }
      const text = `Found failed daemon pod ${keyOf(pod)} on node ${node}, will try to kill it`
      tools.recorder.warning(ds, 'FailedDaemonPod', text)
      plan.remove.push(pod)
    } else if (pod.status?.phase === 'Succeeded') {
      const text = `Found succeeded daemon pod ${keyOf(pod)} on node ${node}, will try to delete it`
      tools.recorder.normal(ds, 'SucceededDaemonPod', text)
      plan.remove.push(pod)
    } else running.push(pod)
  }
  const ordered = oldestFirst(running)
  if (!surges(ds)) return void plan.remove.push(...ordered.slice(1))
  if (running.length <= 1) {
    if (running.length === 0 && run) plan.create.push(node)
    return
  }
  const fresh = ordered.find((p) => p.metadata.labels?.[HASH] === hash)
  const old = ordered.find((p) => p.metadata.labels?.[HASH] !== hash)
  plan.remove.push(...ordered.filter((p) => p !== fresh && p !== old))
  if (fresh && old && (!isReady(old) || isAvailable(fresh, ds.spec.minReadySeconds ?? 0, tools.now())))
    plan.remove.push(old)
}

const FIRST_BACKOFF_MS = 1000
const MAX_BACKOFF_MS = 15 * 60_000

const backOffs = new WeakMap<Tools, Map<string, { since: number; delay: number }>>()

/** failedPodsBackoff: how long a failed pod stays before it is killed, ms; 0 now, and the next one stays twice as long. */
function failureBackOff(ds: KubeObject, node: string, tools: Tools): number {
  let known = backOffs.get(tools)
  if (!known) backOffs.set(tools, (known = new Map()))
  const key = `${ds.metadata.uid}/${ds.status?.observedGeneration ?? 0}/${node}`
  const now = tools.now()
  const last = known.get(key)
  if (last && now - last.since < last.delay) return last.delay
  const expired = !last || now - last.since > 2 * MAX_BACKOFF_MS
  known.set(key, { since: now, delay: expired ? FIRST_BACKOFF_MS : Math.min(last.delay * 2, MAX_BACKOFF_MS) })
  return 0
}

/** Models syncNodes: makes pods in growing batches until one is refused, then deletes. Throws the first refusal. */
function carryOut(ds: KubeObject, { create, remove }: Plan, hash: string, tools: Tools): void {
  const { api, recorder } = tools
  let failure: StatusError | undefined
  const left = [...create]
  for (const size of slowStart(create.length)) {
    for (const name of left.splice(0, size)) {
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
        // Nothing can be made in a namespace that is being deleted, and nobody needs to be told.
        if (hasCause(error, 'NamespaceTerminating')) continue
        recorder.warning(ds, 'FailedCreate', `Error creating: ${error.message}`)
        failure ??= error
      }
    }
    if (failure) break
  }
  for (const pod of new Set(remove))
    if (unlessGone(() => api.remove('Pod', pod.metadata.namespace, pod.metadata.name)))
      recorder.normal(ds, 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`)
  if (failure) throw failure
}

const templateGeneration = (ds: KubeObject): number =>
  Number(ds.metadata.annotations?.['deprecated.daemonset.template.generation'] ?? ds.metadata.generation ?? 1)

/** The pod of the present template on a node and that of an older one; undefined when there are more. */
function updatedAndOld(
  pods: readonly KubeObject[],
  hash: string,
): { fresh: KubeObject | undefined; old: KubeObject | undefined } | undefined {
  const alive = pods.filter((p) => !p.metadata.deletionTimestamp)
  const fresh = alive.filter((p) => p.metadata.labels?.[HASH] === hash)
  const old = alive.filter((p) => p.metadata.labels?.[HASH] !== hash)
  return fresh.length > 1 || old.length > 1 ? undefined : { fresh: fresh[0], old: old[0] }
}

/** Models rollingUpdate (update.go): which old pods may go, or which nodes may have a second one, within the limits. */
function rollingUpdate(
  ds: KubeObject,
  nodes: readonly KubeObject[],
  byNode: PodsByNode,
  hash: string,
  now: number,
): Plan {
  const fits = new Set(nodes.filter((n) => fitness(ds, n).run).map((n) => n.metadata.name))
  const limits = ds.spec.updateStrategy?.rollingUpdate
  const surge = scaled(limits?.maxSurge ?? 0, fits.size, true)
  const missing = scaled(limits?.maxUnavailable ?? 1, fits.size, true)
  const available = (pod: KubeObject): boolean => isAvailable(pod, ds.spec.minReadySeconds ?? 0, now)
  const all = new Map<string, readonly KubeObject[]>([...fits].map((name) => [name, byNode.get(name) ?? []]))
  for (const [name, pods] of byNode) all.set(name, pods)
  if (surge > 0) return surging(all, fits, hash, surge, available)
  let unavailable = 0
  const bad: KubeObject[] = []
  const good: KubeObject[] = []
  for (const pods of all.values()) {
    const pair = updatedAndOld(pods, hash)
    if (!pair || Boolean(pair.fresh) === Boolean(pair.old)) unavailable++
    else if (pair.fresh) unavailable += available(pair.fresh) ? 0 : 1
    else if (!available(pair.old!)) {
      bad.push(pair.old!)
      unavailable++
    } else good.push(pair.old!)
  }
  const most = fits.size > 0 && missing === 0 ? 1 : missing
  return { create: [], remove: [...bad, ...good.slice(0, Math.max(0, most - unavailable))] }
}

/** With maxSurge a node first gets its new pod, and loses the old one when the new one is available. */
function surging(
  all: PodsByNode,
  fits: ReadonlySet<string>,
  hash: string,
  surge: number,
  available: (pod: KubeObject) => boolean,
): Plan {
  let busy = 0
  let up = 0
  const remove: KubeObject[] = []
  const stranded: KubeObject[] = []
  const must: string[] = []
  const may: string[] = []
  for (const [name, pods] of all) {
    const pair = updatedAndOld(pods, hash)
    if (!pair) {
      busy++
      continue
    }
    const { fresh, old } = pair
    const shown = old ?? fresh
    if (shown && available(shown)) up++
    if (!old) continue
    if (fresh) {
      if (available(fresh)) remove.push(old)
      else busy++
    } else if (!fits.has(name)) (available(old) ? stranded : remove).push(old)
    else (available(old) ? may : must).push(name)
  }
  // A pod of a node that fits no more stays until there are enough elsewhere.
  remove.push(...stranded.slice(0, Math.max(0, up - fits.size)))
  return { remove, create: [...must, ...may.slice(0, Math.max(0, surge - busy))] }
}

function writeStatus(
  ds: KubeObject,
  nodes: readonly KubeObject[],
  byNode: PodsByNode,
  hash: string,
  tools: Tools,
): number | undefined {
  const now = tools.now()
  const minReady = ds.spec.minReadySeconds ?? 0
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
    const [pod] = oldestFirst(pods)
    if (isReady(pod)) {
      ready++
      if (isAvailable(pod, minReady, now)) available++
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
  // Resync the DaemonSet when its pods may have become available.
  return minReady > 0 && ready !== available ? minReady * 1000 : undefined
}
