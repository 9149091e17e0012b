import { selects } from '../../api/match.ts'
import type { KubeObject } from '../../api/types.ts'
import { deepEqual } from '../../kinds/index.ts'
import { defineController, itself, itsOwner, keyOf, splitKey, type Tools } from '../controller.ts'
import { indexByOwner, isOwnedBy, isTerminal, ownerRef, templateHash } from '../pods.ts'
import * as conditions from './conditions.ts'
import { limits, replicasOf, sum } from './conditions.ts'
import { annotationsFor, desiredOf, findNew, maxOf, REVISION, revisionOf, withCounts } from './revisions.ts'

/** Models pkg/controller/deployment: rolls ReplicaSets so that the pods follow spec.template. */
export const deployment = defineController({
  name: 'deployment-controller',
  watches: {
    Deployment: itself,
    ReplicaSet: itsOwner('Deployment'),
    Pod: (pod, tools) => recreateOwners(pod, tools),
  },
  start: (tools) => indexByOwner(tools, 'ReplicaSet'),
  reconcile(key, tools) {
    const d = tools.informer('Deployment').get(...(splitKey(key) as [string, string]))
    if (!d) return undefined
    const sets = ownSets(d, tools)
    if (d.metadata.deletionTimestamp) return new Rollout(d, sets, tools).finish()
    const rollout = new Rollout(d, sets, tools)
    if (rollout.notePause()) return undefined
    if (d.spec.paused || rollout.isScaling()) return rollout.scale()
    return d.spec.strategy?.type === 'Recreate' ? rollout.recreate() : rollout.rolling()
  },
})

/** A pod that goes away may let a Recreate deployment continue. */
function recreateOwners(pod: KubeObject, tools: Tools): string[] {
  const owner = pod.metadata.ownerReferences?.find((r) => r.controller && r.kind === 'ReplicaSet')
  if (!owner) return []
  const rs = tools.informer('ReplicaSet').get(pod.metadata.namespace, owner.name)
  const parent = rs?.metadata.ownerReferences?.find((r) => r.controller && r.kind === 'Deployment')
  const d = parent && tools.informer('Deployment').get(pod.metadata.namespace, parent.name)
  return d?.spec.strategy?.type === 'Recreate' ? [keyOf(d)] : []
}

/** ReplicaSets of the Deployment: owned and selected; matching orphans are adopted, others released. */
function ownSets(d: KubeObject, tools: Tools): KubeObject[] {
  const out: KubeObject[] = []
  for (const rs of tools.informer('ReplicaSet').list(d.metadata.namespace)) {
    const owner = rs.metadata.ownerReferences?.find((r) => r.controller)
    const match = selects(d.spec.selector, rs.metadata.labels)
    if (owner?.uid === d.metadata.uid && match) out.push(rs)
    else if (!owner && match && !d.metadata.deletionTimestamp && !rs.metadata.deletionTimestamp) {
      const refs = [...(rs.metadata.ownerReferences ?? []), ownerRef(d)]
      const patch = { metadata: { ownerReferences: refs } }
      out.push(
        tools.api.patch('ReplicaSet', rs.metadata.namespace, rs.metadata.name, patch, 'application/merge-patch+json'),
      )
    }
  }
  return out
}

class Rollout {
  private newRs: KubeObject | undefined
  private sets: KubeObject[]

  constructor(
    private d: KubeObject,
    sets: KubeObject[],
    private readonly tools: Tools,
  ) {
    this.sets = sets
    this.newRs = findNew(d, sets)
  }

  private get old(): KubeObject[] {
    return this.sets.filter((rs) => rs.metadata.uid !== this.newRs?.metadata.uid)
  }

  private get now(): number {
    return this.tools.now()
  }

  /** Records that a rollout was paused or resumed. Returns true when the status was written (the update triggers the next look). */
  notePause(): boolean {
    if (!conditions.hasDeadline(this.d)) return false
    const current = conditions.get(this.d.status, 'Progressing')
    if (current?.reason === 'ProgressDeadlineExceeded') return false
    const pausedNoted = current?.reason === 'DeploymentPaused'
    const status = { ...this.d.status }
    if (this.d.spec.paused && !pausedNoted)
      conditions.set(
        status,
        { type: 'Progressing', status: 'Unknown', reason: 'DeploymentPaused', message: 'Deployment is paused' },
        this.now,
      )
    else if (!this.d.spec.paused && pausedNoted)
      conditions.set(
        status,
        { type: 'Progressing', status: 'Unknown', reason: 'DeploymentResumed', message: 'Deployment is resumed' },
        this.now,
      )
    else return false
    this.d = this.tools.api.updateStatus({ ...this.d, status })
    return true
  }

  isScaling(): boolean {
    return this.sets.some(
      (rs) => replicasOf(rs) > 0 && desiredOf(rs) !== undefined && desiredOf(rs) !== this.d.spec.replicas,
    )
  }

  rolling(): number | undefined {
    this.ensureNew()
    if (this.scaleUpNew()) return this.finish()
    if (this.scaleDownOld()) return this.finish()
    if (conditions.complete(this.d, this.d.status ?? {})) this.cleanUp()
    return this.finish()
  }

  recreate(): number | undefined {
    let scaledDown = false
    for (const rs of this.old) if (replicasOf(rs) > 0) scaledDown = this.scaleTo(rs, 0) || scaledDown
    if (scaledDown) return this.finish()
    const alive = this.old.some((rs) =>
      this.tools
        .informer('Pod')
        .list(rs.metadata.namespace)
        .some((p) => isOwnedBy(p, rs) && !isTerminal(p)),
    )
    if (alive) return this.finish()
    this.ensureNew()
    if (this.newRs) this.scaleTo(this.newRs, this.d.spec.replicas)
    if (conditions.complete(this.d, this.d.status ?? {})) this.cleanUp()
    return this.finish()
  }

  /** Paused, or spec.replicas changed during a rollout: keep the proportions. */
  scale(): number | undefined {
    if (this.newRs) this.refreshNew(this.newRs)
    const active = this.sets.filter((rs) => replicasOf(rs) > 0)
    const only = active.length === 1 ? active[0] : active.length === 0 ? (this.newRs ?? this.latest()) : undefined
    if (only) this.scaleTo(only, this.d.spec.replicas)
    else if (this.newRs && this.saturated(this.newRs)) for (const rs of this.old) this.scaleTo(rs, 0)
    else if (this.d.spec.strategy?.type !== 'Recreate') this.spread(active)
    if (this.d.spec.paused) this.cleanUp()
    return this.finish()
  }

  private latest(): KubeObject | undefined {
    return [...this.sets].sort((a, b) => revisionOf(b) - revisionOf(a))[0]
  }

  private saturated(rs: KubeObject): boolean {
    return (
      replicasOf(rs) === this.d.spec.replicas &&
      desiredOf(rs) === this.d.spec.replicas &&
      (rs.status?.availableReplicas ?? 0) === this.d.spec.replicas
    )
  }

  private spread(active: KubeObject[]): void {
    const total = sum(active, replicasOf)
    const allowed = this.d.spec.replicas > 0 ? this.d.spec.replicas + limits(this.d).surge : 0
    let left = allowed - total
    const toAdd = left
    const order = [...active].sort((a, b) => {
      const bySize = toAdd > 0 ? replicasOf(b) - replicasOf(a) : replicasOf(a) - replicasOf(b)
      return bySize || Date.parse(b.metadata.creationTimestamp!) - Date.parse(a.metadata.creationTimestamp!)
    })
    const sizes = new Map<KubeObject, number>()
    for (const rs of order) {
      const size = replicasOf(rs)
      const max = maxOf(rs) ?? this.d.spec.replicas
      let share = toAdd === 0 ? 0 : Math.round((size * allowed) / Math.max(1, max)) - size
      share = toAdd > 0 ? Math.min(share, left) : Math.max(share, left)
      sizes.set(rs, size + share)
      left -= share
    }
    order.forEach((rs, i) => {
      const size = Math.max(0, sizes.get(rs)! + (i === 0 ? left : 0))
      this.scaleTo(rs, size, true)
    })
  }

  private ensureNew(): void {
    if (this.newRs) this.newRs = this.refreshNew(this.newRs)
    else this.createNew()
  }

  private revision(): number {
    return Math.max(0, ...this.old.map(revisionOf)) + 1
  }

  /** An existing ReplicaSet fits: bring its annotations and the Deployment's revision up to date. */
  private refreshNew(rs: KubeObject): KubeObject {
    const annotations = annotationsFor(this.d, rs.metadata.annotations, this.revision())
    const minReady = this.d.spec.minReadySeconds
    let current = rs
    if (!deepEqual(annotations, rs.metadata.annotations) || (rs.spec.minReadySeconds ?? 0) !== (minReady ?? 0)) {
      current = this.tools.api.update({
        ...rs,
        metadata: { ...rs.metadata, annotations },
        spec: { ...rs.spec, ...(minReady ? { minReadySeconds: minReady } : {}) },
      })
      this.replace(rs, current)
    }
    const status = { ...this.d.status }
    if (conditions.hasDeadline(this.d) && !conditions.get(status, 'Progressing'))
      conditions.set(
        status,
        {
          type: 'Progressing',
          status: 'True',
          reason: 'FoundNewReplicaSet',
          message: `Found new replica set "${rs.metadata.name}"`,
        },
        this.now,
      )
    this.setRevision(annotations[REVISION], status)
    return current
  }

  private setRevision(revision: string, status: any): void {
    const known = this.d.metadata.annotations?.[REVISION]
    if (known === revision && deepEqual(status, this.d.status)) return
    const metadata = { ...this.d.metadata, annotations: { ...this.d.metadata.annotations, [REVISION]: revision } }
    this.d = this.tools.api.updateStatus({ ...this.d, metadata, status })
  }

  private createNew(): void {
    const { d } = this
    const hash = templateHash(d.spec.template, d.status?.collisionCount ?? 0)
    const labels = { ...d.spec.template.metadata?.labels, 'pod-template-hash': hash }
    const replicas = this.newSize(0)
    const annotations = withCounts(
      annotationsFor(d, undefined, this.revision()),
      d.spec.replicas,
      d.spec.replicas + limits(d).surge,
    )
    this.newRs = this.tools.api.create({
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        name: `${d.metadata.name}-${hash}`,
        namespace: d.metadata.namespace,
        labels,
        annotations,
        ownerReferences: [ownerRef(d)],
      },
      spec: {
        replicas,
        ...(d.spec.minReadySeconds ? { minReadySeconds: d.spec.minReadySeconds } : {}),
        selector: { ...d.spec.selector, matchLabels: { ...d.spec.selector.matchLabels, 'pod-template-hash': hash } },
        template: { ...d.spec.template, metadata: { ...d.spec.template.metadata, labels } },
      },
    })
    this.sets = [...this.sets, this.newRs]
    if (replicas > 0)
      this.tools.recorder.normal(
        d,
        'ScalingReplicaSet',
        `Scaled up replica set ${this.newRs.metadata.name} from 0 to ${replicas}`,
      )
    const status = { ...d.status }
    if (conditions.hasDeadline(d))
      conditions.set(
        status,
        {
          type: 'Progressing',
          status: 'True',
          reason: 'NewReplicaSetCreated',
          message: `Created new replica set "${this.newRs.metadata.name}"`,
        },
        this.now,
      )
    this.setRevision(annotations[REVISION], status)
  }

  /** NewRSNewReplicas: how large the new ReplicaSet may be now. */
  private newSize(current: number): number {
    if (this.d.spec.strategy?.type === 'Recreate') return this.d.spec.replicas
    const max = this.d.spec.replicas + limits(this.d).surge
    const total = sum(this.sets, replicasOf)
    return total >= max ? current : current + Math.min(max - total, this.d.spec.replicas - current)
  }

  private scaleUpNew(): boolean {
    const rs = this.newRs!
    if (replicasOf(rs) === this.d.spec.replicas) return false
    if (replicasOf(rs) > this.d.spec.replicas) return this.scaleTo(rs, this.d.spec.replicas)
    return this.scaleTo(rs, this.newSize(replicasOf(rs)))
  }

  private scaleDownOld(): boolean {
    const old = this.old.filter((rs) => replicasOf(rs) > 0)
    if (old.length === 0) return false
    const minAvailable = this.d.spec.replicas - limits(this.d).unavailable
    const newUnavailable = replicasOf(this.newRs!) - (this.newRs!.status?.availableReplicas ?? 0)
    let budget = sum(this.sets, replicasOf) - minAvailable - newUnavailable
    if (budget <= 0) return false
    const ordered = [...old].sort(
      (a, b) => Date.parse(a.metadata.creationTimestamp!) - Date.parse(b.metadata.creationTimestamp!),
    )
    let cleaned = 0
    // Pods of old sets that are not available go first: they help nobody.
    for (const rs of ordered) {
      const unhealthy = replicasOf(rs) - (rs.status?.availableReplicas ?? 0)
      const take = Math.min(budget - cleaned, unhealthy)
      if (take > 0) {
        cleaned += take
        this.scaleTo(rs, replicasOf(rs) - take)
      }
    }
    const available = sum(this.sets, (rs) => rs.status?.availableReplicas ?? 0)
    budget = available - minAvailable
    let down = 0
    for (const rs of this.old.filter((r) => replicasOf(r) > 0)) {
      if (down >= budget) break
      const take = Math.min(replicasOf(rs), budget - down)
      down += take
      this.scaleTo(rs, replicasOf(rs) - take)
    }
    return cleaned + down > 0
  }

  private scaleTo(rs: KubeObject, size: number, annotateOnly = false): boolean {
    const annotations = withCounts(
      rs.metadata.annotations ?? {},
      this.d.spec.replicas,
      this.d.spec.replicas + limits(this.d).surge,
    )
    const from = replicasOf(rs)
    if (from === size && (!annotateOnly || deepEqual(annotations, rs.metadata.annotations))) {
      if (deepEqual(annotations, rs.metadata.annotations)) return false
    }
    const next = this.tools.api.update({
      ...rs,
      metadata: { ...rs.metadata, annotations },
      spec: { ...rs.spec, replicas: size },
    })
    this.replace(rs, next)
    if (from !== size) {
      const way = size > from ? 'up' : 'down'
      this.tools.recorder.normal(
        this.d,
        'ScalingReplicaSet',
        `Scaled ${way} replica set ${rs.metadata.name} from ${from} to ${size}`,
      )
    }
    return from !== size
  }

  private replace(rs: KubeObject, next: KubeObject): void {
    this.sets = this.sets.map((x) => (x.metadata.uid === rs.metadata.uid ? next : x))
    if (this.newRs?.metadata.uid === rs.metadata.uid) this.newRs = next
  }

  private cleanUp(): void {
    const limit = this.d.spec.revisionHistoryLimit ?? 10
    const done = this.old.filter((rs) => !rs.metadata.deletionTimestamp)
    const surplus = done.length - limit
    const byRevision = done.sort((a, b) => revisionOf(a) - revisionOf(b))
    for (const rs of byRevision.slice(0, Math.max(0, surplus))) {
      const idle =
        (rs.status?.replicas ?? 0) === 0 &&
        replicasOf(rs) === 0 &&
        (rs.metadata.generation ?? 1) <= (rs.status?.observedGeneration ?? 0)
      if (idle) this.tools.api.remove('ReplicaSet', rs.metadata.namespace, rs.metadata.name)
    }
  }

  /** syncRolloutStatus; returns when to look again for the progress deadline. */
  finish(): number | undefined {
    const { d } = this
    const status = conditions.calculate(this.sets, this.newRs, d, this.now)
    if (!d.spec.paused) conditions.judgeProgress(d, status, this.old, this.newRs, this.now)
    if (!deepEqual(status, d.status)) {
      this.d = this.tools.api.updateStatus({ ...d, status })
    }
    const c = conditions.get(status, 'Progressing')
    if (!conditions.hasDeadline(d) || !c || conditions.complete(d, status) || c.status !== 'True') return undefined
    if (c.reason === 'NewReplicaSetAvailable') return undefined
    return Math.max(0, Date.parse(c.lastUpdateTime) + d.spec.progressDeadlineSeconds * 1000 - this.now) + 1000
  }
}
