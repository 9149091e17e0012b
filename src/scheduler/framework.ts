import type { Informer } from '../api/informer.ts'
import type { KubeObject } from '../api/types.ts'
import { quantityOf } from '../print/index.ts'

/** Why a node, or the whole pod, was refused. `resolvable` says that evicting other pods might help. */
export interface Rejection {
  readonly reason: string
  readonly resolvable: boolean
}

/** A node that might fit if pods went away. */
export const reject = (reason: string): Rejection => ({ reason, resolvable: true })
/** UnschedulableAndUnresolvable: preemption is of no use. */
export const unresolvable = (reason: string): Rejection => ({ reason, resolvable: false })

/** Amounts by resource name: cpu in millicores, everything else in its base unit. */
type Amounts = Map<string, number>

interface Usage {
  requested: Amounts
  /** cpu and memory with defaults for containers that ask for nothing, used in scoring only. */
  scoredCpu: number
  scoredMemory: number
}

/** A node with the pods assumed or known to be on it (framework.NodeInfo). */
export class NodeInfo {
  readonly pods = new Map<string, KubeObject>()
  readonly requested: Amounts = new Map()
  scoredCpu = 0
  scoredMemory = 0
  allocatable: Amounts = new Map()
  /** Pods that keep others away (PodsWithRequiredAntiAffinity). */
  readonly repelling = new Set<KubeObject>()
  /** Pods that want to be, or not to be, where certain others are (PodsWithAffinity). */
  readonly choosy = new Set<KubeObject>()
  /** Pods that are not being deleted, by the uid of each owner. */
  private readonly owned = new Map<string, number>()

  constructor(public node: KubeObject) {
    this.update(node)
  }

  get name(): string {
    return this.node.metadata.name
  }

  update(node: KubeObject): void {
    this.node = node
    this.allocatable = new Map(
      Object.entries<string>(node.status?.allocatable ?? {}).map(([k, v]) => [k, amount(k, v)]),
    )
  }

  add(pod: KubeObject): void {
    const uid = pod.metadata.uid!
    const old = this.pods.get(uid)
    if (old === pod) return
    if (old) this.remove(old)
    this.pods.set(uid, pod)
    this.account(pod, 1)
  }

  remove(pod: KubeObject): void {
    const old = this.pods.get(pod.metadata.uid!)
    if (!old) return
    this.pods.delete(pod.metadata.uid!)
    this.account(old, -1)
  }

  private account(pod: KubeObject, sign: 1 | -1): void {
    const usage = usageOf(pod)
    for (const [k, v] of usage.requested) this.requested.set(k, (this.requested.get(k) ?? 0) + sign * v)
    this.scoredCpu += sign * usage.scoredCpu
    this.scoredMemory += sign * usage.scoredMemory
    const { podAffinity, podAntiAffinity } = pod.spec.affinity ?? NOTHING_CHOSEN
    if (podAffinity || podAntiAffinity) this.choosy[sign > 0 ? 'add' : 'delete'](pod)
    if (required(pod, 'podAntiAffinity').length > 0) this.repelling[sign > 0 ? 'add' : 'delete'](pod)
    if (pod.metadata.deletionTimestamp) return
    for (const { uid } of pod.metadata.ownerReferences ?? []) this.owned.set(uid, (this.owned.get(uid) ?? 0) + sign)
  }

  /** How many pods of an owner are here, without those that are being deleted. */
  ownedBy(uid: string): number {
    return this.owned.get(uid) ?? 0
  }

  clone(): NodeInfo {
    const copy = new NodeInfo(this.node)
    for (const pod of this.pods.values()) copy.add(pod)
    return copy
  }
}

/** A pod's terms that are no mere preferences. */
export const required = (pod: KubeObject, kind: 'podAffinity' | 'podAntiAffinity'): readonly any[] =>
  pod.spec.affinity?.[kind]?.requiredDuringSchedulingIgnoredDuringExecution ?? NO_TERMS
/** A pod's weighted preferences. */
export const preferred = (pod: KubeObject, kind: 'podAffinity' | 'podAntiAffinity'): readonly any[] =>
  pod.spec.affinity?.[kind]?.preferredDuringSchedulingIgnoredDuringExecution ?? NO_TERMS
const NO_TERMS: readonly any[] = []
const NOTHING_CHOSEN: Readonly<Record<string, undefined>> = {}

const parsed = new Map<string, number>()

/** A quantity as a number: millicores for cpu, base units for the rest. */
export function amount(resource: string, text: string | number): number {
  const key = `${resource === 'cpu' ? 'c' : 'x'}${text}`
  let n = parsed.get(key)
  if (n === undefined) {
    const q = quantityOf(text)
    n = resource === 'cpu' ? Math.ceil(Number(q.nano) / 1e6) : Math.ceil(Number(q.nano) / 1e9)
    if (parsed.size > 10_000) parsed.clear()
    parsed.set(key, n)
  }
  return n
}

/** What scoring takes a container to ask for that says nothing (util/pod_resources.go). */
const UNSAID: Readonly<Record<string, number>> = { cpu: 100, memory: 200 * 1024 * 1024 }
const NOTHING: Readonly<Record<string, number>> = {}
const usages = new WeakMap<object, Usage>()

/** Requests of containers and sidecars summed, init containers at their peak, pod-level ones instead, plus overhead (resourcehelper.PodRequests). */
function requestsOf(spec: any, unsaid: Readonly<Record<string, number>>): Amounts {
  const total: Amounts = new Map()
  const add = (to: Amounts, c: any): void => {
    const requests: Record<string, string> = c.resources?.requests ?? {}
    for (const k in requests) to.set(k, (to.get(k) ?? 0) + amount(k, requests[k]))
    for (const k in unsaid) if (requests[k] === undefined) to.set(k, (to.get(k) ?? 0) + unsaid[k])
  }
  for (const c of spec.containers ?? []) add(total, c)
  const sidecars: Amounts = new Map()
  const peaks: Amounts = new Map()
  for (const c of spec.initContainers ?? []) {
    const sidecar = c.restartPolicy === 'Always'
    if (sidecar) add(total, c)
    if (sidecar) add(sidecars, c)
    const at = new Map(sidecars)
    if (!sidecar) add(at, c)
    for (const [k, v] of at) if (v > (peaks.get(k) ?? 0)) peaks.set(k, v)
  }
  for (const [k, v] of peaks) if (v > (total.get(k) ?? 0)) total.set(k, v)
  for (const [k, v] of Object.entries<string>(spec.resources?.requests ?? {})) total.set(k, amount(k, v))
  for (const [k, v] of Object.entries<string>(spec.overhead ?? {})) total.set(k, (total.get(k) ?? 0) + amount(k, v))
  return total
}

/** What a pod asks for, and what scoring takes it to ask for. */
export function usageOf(pod: KubeObject): Usage {
  const known = usages.get(pod.spec)
  if (known) return known
  const scored = requestsOf(pod.spec, UNSAID)
  const usage = {
    requested: requestsOf(pod.spec, NOTHING),
    scoredCpu: scored.get('cpu') ?? 0,
    scoredMemory: scored.get('memory') ?? 0,
  }
  usages.set(pod.spec, usage)
  return usage
}

/** What plugins see of the cluster during one attempt. */
export interface Snapshot {
  readonly nodes: readonly NodeInfo[]
  informer(kind: string): Informer
  /** Pods that wait for room to be made on this node. */
  nominated(node: string): readonly KubeObject[]
}

/** Something that happened in the cluster and may let a refused pod in. */
export interface Change {
  readonly kind: string
  readonly action: 'add' | 'update' | 'delete'
  readonly object: KubeObject
  /** What it was before an update. */
  readonly before?: KubeObject
}

/** A node change after which something holds that did not hold before. */
export const becomes = (change: Change, holds: (node: KubeObject) => boolean): boolean =>
  change.kind === 'Node' &&
  change.action !== 'delete' &&
  holds(change.object) &&
  !(change.before && holds(change.before))

/** A scheduler plugin with the extension points that it has (pkg/scheduler/framework). */
export interface Plugin {
  readonly name: string
  /** Whether a change may turn this plugin's refusal (the queueing hints of EventsToRegister); absent: every change. */
  wakes?(pod: KubeObject, change: Change, snapshot: Snapshot): boolean
  /** Refuses the pod as a whole, or narrows the nodes. `state` is handed on to filter. */
  preFilter?(
    pod: KubeObject,
    snapshot: Snapshot,
  ): { reject?: Rejection; nodes?: ReadonlySet<string>; state?: unknown } | undefined
  /** Refuses one node. */
  filter?(pod: KubeObject, node: NodeInfo, state: any, snapshot: Snapshot): Rejection | readonly Rejection[] | undefined
  /** Looks once at the nodes that passed all filters; undefined: this plugin has no say in this attempt. */
  preScore?(pod: KubeObject, feasible: readonly NodeInfo[], snapshot: Snapshot): unknown
  /** 0–100 after `normalize`. `state` is what preScore found. */
  score?(pod: KubeObject, node: NodeInfo, snapshot: Snapshot, state: any): number
  /** Makes raw scores 0–100 in place; they stay as they are without it. */
  normalize?(scores: number[], state: any): void
  readonly weight?: number
  /** Called for the chosen node; an error text undoes the decision. */
  reserve?(pod: KubeObject, node: NodeInfo, snapshot: Snapshot): void
}

/** DefaultNormalizeScore: the highest raw score is worth 100. */
export function byHighest(scores: number[]): void {
  const max = Math.max(0, ...scores)
  for (let i = 0; i < scores.length; i++) scores[i] = max === 0 ? 0 : Math.floor((scores[i] * 100) / max)
}

/** DefaultNormalizeScore reversed: none at all is worth 100. */
export function byLowest(scores: number[]): void {
  byHighest(scores)
  for (let i = 0; i < scores.length; i++) scores[i] = 100 - scores[i]
}
