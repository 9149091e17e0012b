import { selects } from '../api/match.ts'
import { type KubeObject, StatusError } from '../api/types.ts'
import { deepEqual } from '../kinds/index.ts'
import { defineController, itself, itsOwner, keyOf, splitKey, type Tools, Unfinished } from './controller.ts'
import { currentRevision, revisionsOf, trimHistory } from './history.ts'
import {
  condition,
  indexByOwner,
  isAvailable,
  isReady,
  isTerminal,
  ORPHANS,
  ownerRef,
  podFromTemplate,
  slowStart,
  unlessGone,
} from './pods.ts'
import { ensureClaims, hasStaleClaim, inRange, ordinalOf, ownClaims } from './statefulset-claims.ts'

const REVISION = 'controller-revision-hash'
const POD_NAME = 'statefulset.kubernetes.io/pod-name'

/** Sets that an orphan could belong to. */
const orphanKeys = (pod: KubeObject, tools: Tools): string[] =>
  pod.metadata.ownerReferences?.some((r) => r.controller)
    ? []
    : tools
        .informer('StatefulSet')
        .list(pod.metadata.namespace)
        .filter((set) => isMember(set, pod))
        .map(keyOf)

/** Models pkg/controller/statefulset: pods with stable names, one after the other. */
export const statefulSet = defineController({
  name: 'statefulset-controller',
  watches: {
    StatefulSet: itself,
    Pod: (pod, tools) => [...itsOwner('StatefulSet')(pod, tools), ...orphanKeys(pod, tools)],
  },
  start: (tools) => indexByOwner(tools),
  reconcile(key, tools) {
    const set = tools.informer('StatefulSet').get(...(splitKey(key) as [string, string]))
    if (!set) return undefined
    return new StatefulSetSync(set, tools).run()
  },
})

/** Selected, and named as the set's pods are (isMemberOf). */
const isMember = (set: KubeObject, pod: KubeObject): boolean =>
  selects(set.spec.selector, pod.metadata.labels) && pod.metadata.name.replace(/-\d+$/, '') === set.metadata.name

/** Pods of the set; orphans that could be its own are adopted (ClaimPods). */
function podsOf(set: KubeObject, tools: Tools): KubeObject[] {
  const informer = tools.informer('Pod')
  const own = informer.by('owner', set.metadata.uid!).filter((p) => isMember(set, p))
  if (set.metadata.deletionTimestamp) return own
  const found = informer
    .by('owner', ORPHANS)
    .filter((p) => p.metadata.namespace === set.metadata.namespace && !p.metadata.deletionTimestamp)
    .filter((p) => isMember(set, p))
  for (const { metadata } of found)
    own.push(
      tools.api.patch(
        'Pod',
        metadata.namespace,
        metadata.name,
        { metadata: { ownerReferences: [...(metadata.ownerReferences ?? []), ownerRef(set)], uid: metadata.uid } },
        'application/merge-patch+json',
      ),
    )
  return own
}

class StatefulSetSync {
  private readonly pods: KubeObject[]
  private readonly start: number
  private readonly replicas: number
  private readonly update: KubeObject
  private readonly current: string
  /** Pods deleted for an update, which no longer count as current. */
  private rolled = 0

  constructor(
    private readonly set: KubeObject,
    private readonly tools: Tools,
  ) {
    this.pods = podsOf(set, tools)
    this.start = set.spec.ordinals?.start ?? 0
    this.replicas = set.spec.replicas ?? 1
    this.update = currentRevision(set, tools)
    const known = set.status?.currentRevision
    this.current =
      known && revisionsOf(set, tools).some((r) => r.metadata.name === known) ? known : this.update.metadata.name
  }

  run(): number | undefined {
    let failure: unknown
    try {
      if (!this.set.metadata.deletionTimestamp) this.act()
    } catch (error) {
      failure = error
    }
    const again = this.writeStatus()
    if (failure) throw failure
    trimHistory(
      this.set,
      new Set([this.current, this.update.metadata.name, ...this.pods.map((p) => p.metadata.labels?.[REVISION] ?? '')]),
      this.tools,
    )
    return again
  }

  private get parallel(): boolean {
    return this.set.spec.podManagementPolicy === 'Parallel'
  }

  private available(pod: KubeObject): boolean {
    return isAvailable(pod, this.set.spec.minReadySeconds ?? 0, this.tools.now())
  }

  private healthy(pod: KubeObject): boolean {
    return pod.status?.phase === 'Running' && isReady(pod)
  }

  /** Models updateStatefulSet: fills the range, scales down, then rolls. */
  private act(): void {
    const byOrdinal = new Map(this.pods.map((p) => [ordinalOf(p.metadata.name), p]))
    const ordinals = Array.from({ length: this.replicas }, (_, i) => this.start + i)
    const replicas = ordinals.map((i) => byOrdinal.get(i))
    if (this.forAll(ordinals, (i) => this.keep(i, byOrdinal.get(i)))) return
    const condemned = this.pods
      .filter((p) => ordinalOf(p.metadata.name) >= 0 && !inRange(this.set, p.metadata.name))
      .sort((a, b) => ordinalOf(b.metadata.name) - ordinalOf(a.metadata.name))
    for (const pod of condemned) ownClaims(this.set, pod, this.tools)
    const unavailable = (p: KubeObject | undefined): boolean =>
      !p || !this.available(p) || p.metadata.deletionTimestamp !== undefined
    const firstBad = replicas.some(unavailable) ? undefined : [...condemned].reverse().find(unavailable)
    if (this.forAll(condemned, (pod) => this.condemn(pod, firstBad))) return
    this.roll(replicas)
  }

  /** runForAll: one after the other until one asks to wait, or all in growing batches. True when this look ends here. */
  private forAll<T>(items: readonly T[], each: (item: T) => boolean): boolean {
    if (!this.parallel) return items.some(each)
    const left = [...items]
    let failure: unknown
    for (const size of slowStart(items.length)) {
      for (const item of left.splice(0, size))
        try {
          each(item)
        } catch (error) {
          failure ??= error
        }
      if (failure) throw failure
    }
    return false
  }

  /** Models processReplica. True: nothing further until this pod has changed. */
  private keep(ordinal: number, pod: KubeObject | undefined): boolean {
    const { set, tools } = this
    if (!pod) {
      if (hasStaleClaim(set, `${set.metadata.name}-${ordinal}`, tools)) return true
      this.create(ordinal)
      return true
    }
    if (isTerminal(pod)) {
      if (!pod.metadata.deletionTimestamp) this.remove(pod)
      return true
    }
    if (pod.status?.phase === 'Pending') {
      ensureClaims(set, pod.metadata.name, tools)
      ownClaims(set, pod, tools)
    }
    if (!this.parallel && (pod.metadata.deletionTimestamp || !this.healthy(pod) || !this.available(pod))) return true
    this.conform(pod)
    return false
  }

  /** Models UpdateStatefulPod: what identifies the pod, and who owns its claims, is put right. */
  private conform(pod: KubeObject): void {
    const { set, tools } = this
    const named = pod.metadata.labels?.[POD_NAME] === pod.metadata.name
    if (!ownClaims(set, pod, tools) && named) return
    const labels = {
      ...pod.metadata.labels,
      [POD_NAME]: pod.metadata.name,
      'apps.kubernetes.io/pod-index': String(ordinalOf(pod.metadata.name)),
    }
    tools.api.update({ ...pod, metadata: { ...pod.metadata, labels } })
    this.tell('Update', pod.metadata.name)
  }

  /** Models processCondemned: without bursts only a healthy pod goes, or the first that is not. */
  private condemn(pod: KubeObject, firstBad: KubeObject | undefined): boolean {
    if (pod.metadata.deletionTimestamp) return !this.parallel
    const well = this.healthy(pod) && this.available(pod)
    if (!this.parallel && !well && pod !== firstBad) return true
    this.remove(pod)
    return true
  }

  private roll(replicas: readonly (KubeObject | undefined)[]): void {
    const { set } = this
    if (set.spec.updateStrategy?.type === 'OnDelete') return
    const partition = set.spec.updateStrategy?.rollingUpdate?.partition ?? 0
    for (let i = replicas.length - 1; i >= partition; i--) {
      const pod = replicas[i]
      if (!pod) return
      if (pod.metadata.labels?.[REVISION] !== this.update.metadata.name && !pod.metadata.deletionTimestamp) {
        this.remove(pod)
        this.rolled++
        return
      }
      if (!this.available(pod) || pod.metadata.deletionTimestamp) return
    }
  }

  private create(ordinal: number): void {
    const { set, tools } = this
    const name = `${set.metadata.name}-${ordinal}`
    try {
      ensureClaims(set, name, tools)
      const pod = tools.api.create(this.podFor(ordinal, name))
      ownClaims(set, pod, tools)
    } catch (error) {
      if (!(error instanceof StatusError || error instanceof Unfinished)) throw error
      if (!(error instanceof StatusError && error.reason === 'AlreadyExists')) this.tell('Create', name, error.message)
      throw error
    }
    this.tell('Create', name)
  }

  private podFor(ordinal: number, name: string): KubeObject {
    const { set, tools } = this
    const partition = set.spec.updateStrategy?.rollingUpdate?.partition ?? 0
    const old = set.spec.updateStrategy?.type !== 'OnDelete' && ordinal - this.start < partition
    const revision = old ? this.current : this.update.metadata.name
    const template =
      revision === this.update.metadata.name
        ? set.spec.template
        : (revisionsOf(set, tools).find((r) => r.metadata.name === revision)?.data.spec.template ?? set.spec.template)
    const pod = podFromTemplate({ ...template, $patch: undefined }, set, name)
    pod.metadata.labels = {
      ...pod.metadata.labels,
      'apps.kubernetes.io/pod-index': String(ordinal),
      [REVISION]: revision,
      [POD_NAME]: name,
    }
    const claims = (set.spec.volumeClaimTemplates ?? []).map((c: any) => ({
      name: c.metadata.name,
      persistentVolumeClaim: { claimName: `${c.metadata.name}-${name}` },
    }))
    const own = (pod.spec.volumes ?? []).filter((v: any) => !claims.some((c: any) => c.name === v.name))
    pod.spec = {
      ...pod.spec,
      hostname: name,
      ...(set.spec.serviceName ? { subdomain: set.spec.serviceName } : {}),
      ...(claims.length + own.length > 0 ? { volumes: [...claims, ...own] } : {}),
    }
    return pod
  }

  private remove(pod: KubeObject): void {
    unlessGone(() => this.tools.api.remove('Pod', pod.metadata.namespace, pod.metadata.name))
    this.tell('Delete', pod.metadata.name)
  }

  /** The event about what was done to a pod, or could not be done (recordPodEvent). */
  private tell(verb: 'Create' | 'Update' | 'Delete', pod: string, error?: string): void {
    const { recorder } = this.tools
    const text = `${verb} Pod ${pod} in StatefulSet ${this.set.metadata.name}`
    if (error === undefined) recorder.normal(this.set, `Successful${verb}`, `${text} successful`)
    else recorder.warning(this.set, `Failed${verb}`, `${text} failed error: ${error}`)
  }

  /** Counts the pods as this look found them; what it made or removed shows with the next one. Returns when to look again, ms. */
  private writeStatus(): number | undefined {
    const { set, pods } = this
    const ready = pods.filter((p) => this.healthy(p))
    const available = ready.filter((p) => this.available(p))
    const on = (revision: string): number =>
      pods.filter((p) => !p.metadata.deletionTimestamp && p.metadata.labels?.[REVISION] === revision).length
    const updated = on(this.update.metadata.name)
    const done =
      set.spec.updateStrategy?.type !== 'OnDelete' &&
      [updated, pods.length, ready.length].every((n) => n === this.replicas)
    const put = (name: string, n: number) => (n > 0 ? { [name]: n } : {})
    const status = {
      observedGeneration: set.metadata.generation ?? 1,
      replicas: pods.length,
      ...put('readyReplicas', ready.length),
      ...put('currentReplicas', done ? updated : on(this.current) - this.rolled),
      ...put('updatedReplicas', updated),
      currentRevision: done ? this.update.metadata.name : this.current,
      updateRevision: this.update.metadata.name,
      collisionCount: set.status?.collisionCount ?? 0,
      availableReplicas: available.length,
    }
    if (!deepEqual(status, set.status)) this.tools.api.updateStatus({ ...set, status })
    const minReady = set.spec.minReadySeconds ?? 0
    if (minReady === 0 || ready.length === available.length) return undefined
    const waits = ready
      .filter((p) => !available.includes(p))
      .map((p) => Date.parse(condition(p, 'Ready').lastTransitionTime) + minReady * 1000 - this.tools.now())
    return Math.max(0, Math.min(...waits))
  }
}
