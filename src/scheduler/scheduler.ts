import type { ApiClient } from '../api/client.ts'
import type { InformerFactory } from '../api/informer.ts'
import { referenceTo } from '../api/reference.ts'
import { rfc3339 } from '../api/time.ts'
import { type KubeObject, StatusError, TransportError } from '../api/types.ts'
import type { Rng, Timer, Timers } from '../kernel/index.ts'
import { deepEqual } from '../kinds/index.ts'
import { countReasons, type Placement, place } from './cycle.ts'
import { type Change, NodeInfo, type Plugin, type Snapshot } from './framework.ts'
import { dynamicResources, lacksClaims } from './plugins/dynamic-resources.ts'
import { defaultPlugins } from './plugins/index.ts'
import { delayedClaims, SELECTED_NODE, volumesFor } from './plugins/volumes.ts'
import { preempt } from './preemption.ts'

/** Where the scheduler's events go (events.k8s.io style: with action and reporting controller). */
interface SchedulerEvents {
  emit(about: KubeObject, type: 'Normal' | 'Warning', reason: string, action: string, message: string): void
}

interface SchedulerContext {
  readonly api: ApiClient
  readonly informers: InformerFactory
  readonly kernel: Timers
  readonly rng: Rng
  readonly events: SchedulerEvents
  /** spec.schedulerName that it serves. */
  readonly profile: string
  now(): number
  onStop(fn: () => void): void
}

const FIRST_BACKOFF_MS = 1000
const MAX_BACKOFF_MS = 10_000
/** Unschedulable pods are tried again after five minutes even without an event. */
const FLUSH_MS = 300_000
/** How long an attempt takes: the pause between two pods of a full queue. */
const ATTEMPT_MS = 1

const NOBODY: readonly KubeObject[] = []

interface Waiting {
  readonly key: string
  attempts: number
  /** When the last attempt ended; the back-off counts from here. */
  failedAt?: number
  timer: Timer | undefined
  /** The pod and who refused it at the last attempt; unknown: every change wakes it. */
  pod?: KubeObject
  refusers?: ReadonlySet<Plugin>
}

/** Models pkg/scheduler: one pod after the other, from a queue by priority, with back-off and preemption. */
export function startScheduler(ctx: SchedulerContext): void {
  new Scheduler(ctx).start()
}

const keyOf = (pod: KubeObject): string => `${pod.metadata.namespace}/${pod.metadata.name}`
const finished = (pod: KubeObject): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'

class Scheduler {
  private readonly nodes = new Map<string, NodeInfo>()
  /** Pods assumed or known on a node: uid → node name. */
  private readonly placed = new Map<string, string>()
  private readonly active = new Map<string, KubeObject>()
  private readonly waiting = new Map<string, Waiting>()
  /** Pods whose claims of devices are not there yet. */
  private readonly gated = new Map<string, KubeObject>()
  /** Pods for which room is being made, by node. */
  private readonly nominated = new Map<string, KubeObject[]>()
  private running: Timer | undefined
  private stopped = false
  private snapshot: Snapshot

  constructor(private readonly ctx: SchedulerContext) {
    this.snapshot = {
      nodes: [],
      informer: (kind) => ctx.informers.informer(kind),
      nominated: (node) => this.nominated.get(node) ?? NOBODY,
    }
  }

  start(): void {
    const { informers } = this.ctx
    this.ctx.onStop(() => {
      this.stopped = true
      this.ctx.kernel.cancel(this.running)
      for (const w of this.waiting.values()) this.ctx.kernel.cancel(w.timer)
    })
    informers.informer('Node').onChange((now, before) => this.nodeChanged(now, before))
    informers.informer('Pod').onChange((now, before) => this.podChanged(now, before))
    for (const kind of ['PersistentVolumeClaim', 'PersistentVolume', 'StorageClass', 'ResourceClaim', 'DeviceClass'])
      informers.informer(kind).onChange((now, before) => this.wake(change(kind, now, before)))
    informers.informer('ResourceClaim').onChange(() => {
      for (const [namespace, name] of [...this.gated.keys()].map((key) => key.split('/'))) {
        const pod = informers.informer('Pod').get(namespace, name)
        if (pod) this.podChanged(pod, undefined)
      }
    })
    for (const kind of ['Namespace', 'PodDisruptionBudget', 'CSINode']) informers.informer(kind)
  }

  private nodeChanged(now: KubeObject | undefined, before: KubeObject | undefined): void {
    const name = (now ?? before)!.metadata.name
    const info = this.nodes.get(name)
    if (!now) this.nodes.delete(name)
    else if (info) {
      const same =
        info.node.spec === now.spec &&
        info.node.metadata.labels === now.metadata.labels &&
        info.node.status?.allocatable === now.status?.allocatable
      info.update(now)
      if (same || !relevant(before, now)) return
    } else {
      const made = new NodeInfo(now)
      for (const pod of this.ctx.informers.informer('Pod').list())
        if (pod.spec.nodeName === name && !finished(pod)) made.add(pod)
      this.nodes.set(name, made)
    }
    this.snapshot = { ...this.snapshot, nodes: [...this.nodes.values()] }
    if (now) this.wake(change('Node', now, before))
  }

  private podChanged(now: KubeObject | undefined, before: KubeObject | undefined): void {
    const pod = (now ?? before)!
    const uid = pod.metadata.uid!
    this.nominate(pod, now && !now.spec.nodeName && !finished(now) ? now.status?.nominatedNodeName : undefined)
    if (!now || finished(now)) {
      const node = this.placed.get(uid)
      this.gated.delete(keyOf(pod))
      this.active.delete(keyOf(pod))
      this.forget(keyOf(pod))
      if (node) {
        this.placed.delete(uid)
        this.nodes.get(node)?.remove(pod)
        this.wake({ kind: 'Pod', action: 'delete', object: pod })
      }
      return
    }
    if (now.spec.nodeName) {
      this.active.delete(keyOf(now))
      this.forget(keyOf(now))
      const known = this.placed.get(uid)
      this.placed.set(uid, now.spec.nodeName)
      this.nodes.get(now.spec.nodeName)?.add(now)
      if (!known || (before && differs(before, now))) this.wake(change('Pod', now, known ? before : undefined))
      return
    }
    if ((now.spec.schedulerName ?? 'default-scheduler') !== this.ctx.profile || now.metadata.deletionTimestamp) return
    if (now.spec.schedulingGates?.length) return
    if (this.placed.has(uid)) return
    if (lacksClaims(now, this.snapshot.informer)) {
      this.gated.set(keyOf(now), now)
      return
    }
    this.gated.delete(keyOf(now))
    const old = this.waiting.get(keyOf(now))
    // Our own status patch is no reason to try again.
    if (old && before && !differs(before, now)) return
    if (old) this.forget(keyOf(now))
    this.enqueue(now)
  }

  private nominate(pod: KubeObject, node: string | undefined): void {
    for (const [name, pods] of this.nominated) {
      const others = pods.filter((p) => p.metadata.uid !== pod.metadata.uid)
      if (others.length > 0) this.nominated.set(name, others)
      else this.nominated.delete(name)
    }
    if (node) this.nominated.set(node, [...(this.nominated.get(node) ?? []), pod])
  }

  private forget(key: string): void {
    const w = this.waiting.get(key)
    if (w) this.ctx.kernel.cancel(w.timer)
    this.waiting.delete(key)
  }

  private enqueue(pod: KubeObject): void {
    this.active.set(keyOf(pod), pod)
    this.schedule(ATTEMPT_MS)
  }

  private schedule(ms: number): void {
    if (this.running || this.stopped) return
    this.running = this.ctx.kernel.after(ms, () => {
      this.running = undefined
      const next = this.pop()
      if (!next || this.stopped) return
      this.attempt(next)
      if (this.active.size > 0) this.schedule(ATTEMPT_MS)
    })
  }

  private pop(): KubeObject | undefined {
    let best: KubeObject | undefined
    for (const pod of this.active.values())
      if (!best || (pod.spec.priority ?? 0) > (best.spec.priority ?? 0)) best = pod
    if (best) this.active.delete(keyOf(best))
    return best
  }

  /**
   * Something changed that may help: the pod is tried at once, since an idle scheduler takes from the back-off queue
   * (SchedulerPopFromBackoffQ). After an error its back-off holds.
   */
  private wake(what: Change): void {
    for (const w of this.waiting.values()) {
      if (w.pod && w.refusers && ![...w.refusers].some((p) => p.wakes?.(w.pod!, what, this.snapshot) ?? true)) continue
      const now = this.ctx.kernel.now()
      const backoff = w.refusers ? 0 : Math.min(FIRST_BACKOFF_MS * 2 ** (w.attempts - 1), MAX_BACKOFF_MS)
      const wait = Math.max(0, (w.failedAt ?? now) + backoff - now)
      if (w.timer?.fn && w.timer.at <= now + wait) continue
      this.ctx.kernel.cancel(w.timer)
      w.timer = this.ctx.kernel.after(wait, () => this.retry(w))
    }
  }

  private retry(w: Waiting): void {
    const [namespace, name] = w.key.split('/')
    const pod = this.ctx.informers.informer('Pod').get(namespace, name)
    w.timer = undefined
    if (pod && !pod.spec.nodeName && !pod.metadata.deletionTimestamp) this.enqueue(pod)
    else this.waiting.delete(w.key)
  }

  private attempt(queued: KubeObject): void {
    const pod = this.ctx.informers.informer('Pod').get(queued.metadata.namespace, queued.metadata.name) ?? queued
    if (pod.spec.nodeName || pod.metadata.deletionTimestamp) return
    if (this.snapshot.nodes.length === 0) return this.fail(pod, 'no nodes available to schedule pods', undefined)
    const placement = place(pod, this.snapshot, defaultPlugins, this.ctx.rng)
    if ('node' in placement) this.bind(pod, placement.node)
    else this.explain(pod, placement)
  }

  private explain(pod: KubeObject, placement: Extract<Placement, { rejections: unknown }>): void {
    const total = this.snapshot.nodes.length
    if (placement.whole) {
      // PostFilter of DynamicResources finds nothing of its own when another plugin refused the pod before it.
      const after = placement.refusers.has(dynamicResources)
        ? `no new claims to deallocate, preemption: 0/${total} nodes are available: ${total} Preemption is not helpful for scheduling.`
        : 'not found'
      const text = `0/${total} nodes are available: ${placement.whole.reason}. ${after}`
      return this.fail(pod, text, undefined, placement.refusers)
    }
    const head = `0/${total} nodes are available: ${countReasons(placement.rejections.values())}.`
    const result = preempt(pod, placement, this.snapshot, defaultPlugins)
    for (const victim of result.victims) this.evict(pod, victim, result.node!)
    if (result.node) this.outrank(pod, result.node)
    this.fail(
      pod,
      result.message === undefined
        ? head
        : `${head} ${pod.spec.resourceClaims?.length ? 'still not schedulable' : 'no new claims to deallocate'}, preemption: ${result.message}`,
      result.node,
      placement.refusers,
    )
  }

  private evict(pod: KubeObject, victim: KubeObject, node: string): void {
    const { api, events } = this.ctx
    try {
      const condition = {
        type: 'DisruptionTarget',
        observedGeneration: victim.metadata.generation,
        status: 'True',
        reason: 'PreemptionByScheduler',
        message: `${this.ctx.profile}: preempting to accommodate a higher priority pod`,
        lastProbeTime: null,
        lastTransitionTime: rfc3339(this.ctx.now()),
      }
      api.updateStatus({
        ...victim,
        status: { ...victim.status, conditions: [...(victim.status?.conditions ?? []), condition] },
      })
      api.remove('Pod', victim.metadata.namespace, victim.metadata.name)
      events.emit(victim, 'Normal', 'Preempted', 'Preempting', `Preempted by pod ${pod.metadata.uid} on node ${node}`)
    } catch (error) {
      if (!(error instanceof StatusError || error instanceof TransportError)) throw error
    }
  }

  /** Pods of lower priority that waited for room on this node have to look elsewhere. */
  private outrank(pod: KubeObject, node: string): void {
    for (const other of this.nominated.get(node) ?? NOBODY)
      if ((other.spec.priority ?? 0) < (pod.spec.priority ?? 0)) this.nameNode(other, null)
  }

  /** Tells in the pod's status on which node it is expected; null: on none any more. */
  private nameNode({ metadata }: KubeObject, nominatedNodeName: string | null): void {
    const type = 'application/strategic-merge-patch+json'
    const patch = { status: { nominatedNodeName } }
    this.attemptCall(() =>
      this.ctx.api.patch('Pod', metadata.namespace, metadata.name, patch, type, { subresource: 'status' }),
    )
  }

  private fail(pod: KubeObject, message: string, nominated: string | undefined, refusers?: ReadonlySet<Plugin>): void {
    const key = keyOf(pod)
    const w: Waiting = this.waiting.get(key) ?? { key, attempts: 0, timer: undefined }
    w.attempts++
    w.failedAt = this.ctx.kernel.now()
    w.pod = pod
    w.refusers = refusers
    this.waiting.set(key, w)
    if (nominated) this.nominate(pod, nominated)
    this.ctx.kernel.cancel(w.timer)
    w.timer = this.ctx.kernel.after(FLUSH_MS, () => this.retry(w))
    this.ctx.events.emit(pod, 'Warning', 'FailedScheduling', 'Scheduling', message)
    const at = rfc3339(this.ctx.now())
    const old = (pod.status?.conditions ?? []).find((c: any) => c.type === 'PodScheduled')
    if (old?.status === 'False' && old.message === message && old.reason === 'Unschedulable' && !nominated) return
    const condition = {
      lastProbeTime: null,
      lastTransitionTime: old?.status === 'False' ? old.lastTransitionTime : at,
      message,
      observedGeneration: pod.metadata.generation,
      reason: 'Unschedulable',
      status: 'False',
      type: 'PodScheduled',
    }
    const conditions = [...(pod.status?.conditions ?? []).filter((c: any) => c !== old), condition]
    const status = { conditions, ...(nominated ? { nominatedNodeName: nominated } : {}) }
    this.attemptCall(() =>
      this.ctx.api.patch(
        'Pod',
        pod.metadata.namespace,
        pod.metadata.name,
        { status },
        'application/strategic-merge-patch+json',
        { subresource: 'status' },
      ),
    )
  }

  private bind(pod: KubeObject, node: NodeInfo): void {
    const claims = delayedClaims(pod, this.snapshot)
    if (claims.length > 0 && !this.bindVolumes(claims, node)) {
      // The pod stays assumed on the node until its volumes are bound; the claim's change wakes it.
      if (pod.status?.nominatedNodeName !== node.name) this.nameNode(pod, node.name)
      const key = keyOf(pod)
      const w: Waiting = { key, attempts: this.waiting.get(key)?.attempts ?? 1, timer: this.waiting.get(key)?.timer }
      this.waiting.set(key, w)
      this.ctx.kernel.cancel(w.timer)
      w.timer = this.ctx.kernel.after(FLUSH_MS, () => this.retry(w))
      return
    }
    const { api, events } = this.ctx
    const assumed = { ...pod, spec: { ...pod.spec, nodeName: node.name } }
    this.nominate(pod, undefined)
    node.add(assumed)
    this.placed.set(pod.metadata.uid!, node.name)
    const body = {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name: pod.metadata.name, namespace: pod.metadata.namespace, uid: pod.metadata.uid },
      target: { kind: 'Node', name: node.name },
    }
    const bound = this.attemptCall(() => api.post('Pod', pod.metadata.namespace, pod.metadata.name, 'binding', body))
    if (bound) {
      this.forget(keyOf(pod))
      events.emit(pod, 'Normal', 'Scheduled', 'Binding', `Successfully assigned ${keyOf(pod)} to ${node.name}`)
    } else {
      node.remove(assumed)
      this.placed.delete(pod.metadata.uid!)
      const key = keyOf(pod)
      const w: Waiting = this.waiting.get(key) ?? { key, attempts: 0, timer: undefined }
      w.attempts++
      this.waiting.set(key, w)
      w.timer = this.ctx.kernel.after(FIRST_BACKOFF_MS, () => this.retry(w))
    }
  }

  /** Pre-binds available volumes and asks provisioners; true when nothing is left to wait for. */
  private bindVolumes(claims: readonly KubeObject[], node: NodeInfo): boolean {
    for (const [claim, volume] of volumesFor(claims, node.node, this.snapshot)) {
      if (volume) {
        const claimRef = referenceTo(claim)
        const annotations = { ...volume.metadata.annotations, 'pv.kubernetes.io/bound-by-controller': 'yes' }
        this.attemptCall(() =>
          this.ctx.api.update({
            ...volume,
            metadata: { ...volume.metadata, annotations },
            spec: { ...volume.spec, claimRef },
          }),
        )
      } else if (claim.metadata.annotations?.[SELECTED_NODE] !== node.name) {
        const annotations = { ...claim.metadata.annotations, [SELECTED_NODE]: node.name }
        this.attemptCall(() => this.ctx.api.update({ ...claim, metadata: { ...claim.metadata, annotations } }))
      }
    }
    return false
  }

  private attemptCall(fn: () => unknown): boolean {
    try {
      fn()
      return true
    } catch (error) {
      if (error instanceof StatusError || error instanceof TransportError) return false
      throw error
    }
  }
}

/** Only changes of what filters read may make a pod fit. */
const relevant = (before: KubeObject | undefined, now: KubeObject): boolean =>
  !before || differs(before, now) || !deepEqual(before.status?.allocatable, now.status?.allocatable)

const change = (kind: string, now: KubeObject | undefined, before: KubeObject | undefined): Change => ({
  kind,
  action: !now ? 'delete' : before ? 'update' : 'add',
  object: (now ?? before)!,
  before: now && before,
})

/** Whether what scheduling reads of a pod or node is another; a new status alone is not. */
const differs = (before: KubeObject, now: KubeObject): boolean =>
  !deepEqual(before.spec, now.spec) || !deepEqual(before.metadata.labels, now.metadata.labels)
