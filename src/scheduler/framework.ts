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
const NO_TERMS: readonly any[] = []

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

const DEFAULT_CPU = 100
const DEFAULT_MEMORY = 200 * 1024 * 1024
const usages = new WeakMap<object, Usage>()

/** What a pod asks for (resourcehelper.PodRequests): containers and sidecars summed, init containers at their peak, plus overhead. */
export function usageOf(pod: KubeObject): Usage {
  const known = usages.get(pod.spec)
  if (known) return known
  const requested: Amounts = new Map()
  const add = (to: Amounts, c: any): void => {
    for (const [k, v] of Object.entries<string>(c.resources?.requests ?? {})) to.set(k, (to.get(k) ?? 0) + amount(k, v))
  }
  let scoredCpu = 0
  let scoredMemory = 0
  for (const c of pod.spec.containers ?? []) {
    add(requested, c)
    const requests = c.resources?.requests ?? {}
    scoredCpu += requests.cpu === undefined ? DEFAULT_CPU : amount('cpu', requests.cpu)
    scoredMemory += requests.memory === undefined ? DEFAULT_MEMORY : amount('memory', requests.memory)
  }
  const sidecars: Amounts = new Map()
  for (const c of pod.spec.initContainers ?? []) {
    const peak = new Map(sidecars)
    add(peak, c)
    if (c.restartPolicy === 'Always') {
      add(sidecars, c)
      add(requested, c)
    } else for (const [k, v] of peak) if (v > (requested.get(k) ?? 0)) requested.set(k, v)
  }
  for (const [k, v] of Object.entries<string>(pod.spec.resources?.requests ?? {})) requested.set(k, amount(k, v))
  for (const [k, v] of Object.entries<string>(pod.spec.overhead ?? {}))
    requested.set(k, (requested.get(k) ?? 0) + amount(k, v))
  const usage = { requested, scoredCpu, scoredMemory }
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
  /** 0–100 after `normalize`. */
  score?(pod: KubeObject, node: NodeInfo, snapshot: Snapshot): number
  /** How raw scores become 0–100. */
  readonly normalize?: 'none' | 'higher' | 'lower'
  readonly weight?: number
  /** Called for the chosen node; an error text undoes the decision. */
  reserve?(pod: KubeObject, node: NodeInfo, snapshot: Snapshot): void
}
