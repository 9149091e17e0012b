import { carries, selects, selectsMap } from '../api/match.ts'
import { rfc3339 } from '../api/time.ts'
import { hasCause, type KubeObject, StatusError } from '../api/types.ts'
import { deepEqual } from '../kinds/index.ts'
import {
  type Controller,
  controllerOf,
  defineController,
  itself,
  itsOwner,
  keyOf,
  splitKey,
  type Tools,
} from './controller.ts'
import {
  deletionOrder,
  indexByOwner,
  isActive,
  isAvailable,
  isReady,
  ORPHANS,
  ownerRef,
  podFromTemplate,
  slowStart,
} from './pods.ts'

/** What tells the two near-identical controllers apart: replica_set.go and its adapter for replication controllers. */
interface Flavour {
  readonly kind: 'ReplicaSet' | 'ReplicationController'
  readonly name: string
  readonly selects: (owner: KubeObject, labels: Record<string, string> | undefined) => boolean
}

/** Most pods created or deleted in one pass (BurstReplicas). */
const BURST = 500

function replicaController(flavour: Flavour): Controller {
  /** Creations and deletions that the informer has not shown yet (UIDExpectations), per key. */
  const expected = new WeakMap<Tools['informers'], Map<string, { created: Set<string>; deleted: Set<string> }>>()

  const expectations = (tools: Tools, key: string) => {
    let all = expected.get(tools.informers)
    if (!all) expected.set(tools.informers, (all = new Map()))
    let one = all.get(key)
    if (!one) all.set(key, (one = { created: new Set(), deleted: new Set() }))
    return one
  }

  const orphanKeys = (pod: KubeObject, tools: Tools): string[] =>
    pod.metadata.ownerReferences?.some((r) => r.controller)
      ? []
      : tools
          .informer(flavour.kind)
          .list(pod.metadata.namespace)
          .filter((rs) => flavour.selects(rs, pod.metadata.labels))
          .map(keyOf)

  return defineController({
    name: flavour.name,
    watches: {
      [flavour.kind]: itself,
      Pod: (pod, tools) => [...itsOwner(flavour.kind)(pod, tools), ...orphanKeys(pod, tools)],
    },
    start(tools) {
      indexByOwner(tools)
    },
    reconcile(key, tools) {
      const { api, recorder } = tools
      const rs = tools.informer(flavour.kind).get(...(splitKey(key) as [string, string]))
      if (!rs) return undefined
      const informer = tools.informer('Pod')
      const pending = expectations(tools, key)
      const mine = informer.by('owner', rs.metadata.uid!)
      if (pending.created.size > 0) for (const pod of mine) pending.created.delete(pod.metadata.uid!)
      for (const uid of pending.deleted)
        if (!mine.some((p) => p.metadata.uid === uid && !p.metadata.deletionTimestamp)) pending.deleted.delete(uid)
      if (pending.created.size > 0 || pending.deleted.size > 0) return undefined

      let active = mine.filter(isActive)
      if (!rs.metadata.deletionTimestamp) active = adopt(rs, active, tools)
      let failure: any
      if (!rs.metadata.deletionTimestamp) {
        const want = rs.spec.replicas ?? 1
        const missing = Math.min(want - active.length, BURST)
        for (const batch of slowStart(missing)) {
          for (let i = 0; i < batch; i++) {
            try {
              const pod = api.create(podFromTemplate(rs.spec.template, rs))
              pending.created.add(pod.metadata.uid!)
              recorder.normal(rs, 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`)
            } catch (error) {
              if (!(error instanceof StatusError)) throw error
              if (hasCause(error, 'NamespaceTerminating')) return undefined
              recorder.warning(rs, 'FailedCreate', `Error creating: ${error.message}`)
              failure ??= { reason: 'FailedCreate', message: error.message, error }
            }
          }
          if (failure) break
        }
        const surplus =
          active.length > want ? deletionOrder(active, related(rs, tools)).slice(0, active.length - want) : []
        for (const pod of surplus) {
          api.remove('Pod', pod.metadata.namespace, pod.metadata.name, { preconditions: { uid: pod.metadata.uid } })
          pending.deleted.add(pod.metadata.uid!)
          recorder.normal(rs, 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`)
        }
      }
      const next = status(rs, active, mine, failure, tools.now())
      if (!deepEqual(rs.status, next)) api.updateStatus({ ...rs, status: next })
      if (failure) throw failure.error
      const minReady = rs.spec.minReadySeconds ?? 0
      return minReady > 0 && next.readyReplicas !== next.availableReplicas ? minReady * 1000 : undefined
    },
  })

  /** Pods of all sets of the same owner: where more of them are, one can better be spared (getIndirectlyRelatedPods). */
  function related(rs: KubeObject, { informer }: Tools): KubeObject[] {
    const owner = controllerOf(rs)?.uid
    const sets = informer(flavour.kind).list(rs.metadata.namespace)
    return sets
      .filter((other) => other === rs || (owner !== undefined && controllerOf(other)?.uid === owner))
      .flatMap((other) => [...informer('Pod').by('owner', other.metadata.uid!)])
  }

  function adopt(rs: KubeObject, active: KubeObject[], tools: Tools): KubeObject[] {
    const kept: KubeObject[] = []
    for (const pod of active) {
      if (flavour.selects(rs, pod.metadata.labels)) kept.push(pod)
      else {
        const rest = pod.metadata.ownerReferences!.filter((r) => r.uid !== rs.metadata.uid)
        tools.api.patch(
          'Pod',
          pod.metadata.namespace,
          pod.metadata.name,
          { metadata: { ownerReferences: rest.length > 0 ? rest : null } },
          'application/merge-patch+json',
        )
      }
    }
    for (const pod of tools.informer('Pod').by('owner', ORPHANS)) {
      if (pod.metadata.namespace !== rs.metadata.namespace || !isActive(pod)) continue
      if (!flavour.selects(rs, pod.metadata.labels)) continue
      const refs = [...(pod.metadata.ownerReferences ?? []), ownerRef(rs)]
      kept.push(
        tools.api.patch(
          'Pod',
          pod.metadata.namespace,
          pod.metadata.name,
          { metadata: { ownerReferences: refs, uid: pod.metadata.uid } },
          'application/merge-patch+json',
        ),
      )
    }
    return kept
  }
}

function status(rs: KubeObject, active: KubeObject[], all: KubeObject[], failure: any, now: number): any {
  const labels = rs.spec.template?.metadata?.labels ?? {}
  const full = active.filter((p) => carries(p.metadata.labels, labels))
  const ready = active.filter(isReady)
  const minReady = rs.spec.minReadySeconds ?? 0
  const available = minReady > 0 ? ready.filter((p) => isAvailable(p, minReady, now)) : ready
  const old = rs.status?.conditions?.find((c: any) => c.type === 'ReplicaFailure')
  const conditions = [
    ...(rs.status?.conditions ?? []).filter((c: any) => c.type !== 'ReplicaFailure'),
    ...(failure
      ? [
          // The first failure stays as it was told: each names another pod.
          old ?? {
            type: 'ReplicaFailure',
            status: 'True',
            lastTransitionTime: rfc3339(now),
            reason: failure.reason,
            message: failure.message,
          },
        ]
      : []),
  ]
  return {
    replicas: active.length,
    ...(full.length > 0 ? { fullyLabeledReplicas: full.length } : {}),
    ...(ready.length > 0 ? { readyReplicas: ready.length } : {}),
    ...(available.length > 0 ? { availableReplicas: available.length } : {}),
    ...(rs.kind === 'ReplicaSet'
      ? { terminatingReplicas: all.filter((p) => p.metadata.deletionTimestamp).length }
      : {}),
    observedGeneration: rs.metadata.generation ?? 1,
    ...(conditions.length > 0 ? { conditions } : {}),
  }
}

/** Models pkg/controller/replicaset: keeps spec.replicas pods alive. */
export const replicaSet = replicaController({
  kind: 'ReplicaSet',
  name: 'replicaset-controller',
  selects: (rs, labels) => selects(rs.spec.selector, labels),
})

/** Models pkg/controller/replication. */
export const replicationController = replicaController({
  kind: 'ReplicationController',
  name: 'replication-controller',
  selects: (rc, labels) => selectsMap(rc.spec.selector, labels),
})
