import { selects } from '../api/match.ts'
import { rfc3339 } from '../api/time.ts'
import type { KubeObject } from '../api/types.ts'
import { deepEqual } from '../kinds/index.ts'
import { controllerOf, defineController, itself, keyOf, splitKey, type Tools } from './controller.ts'
import { isReady, isTerminal, scaled } from './pods.ts'

/** An eviction that never led to a deletion is forgotten after two minutes. */
const FORGET_MS = 120_000

/** Pods that their controllers want, for budgets given as a share or as maxUnavailable (getExpectedPodCount). */
function expected(pods: readonly KubeObject[], tools: Tools): number {
  const seen = new Map<string, number>()
  for (const pod of pods) {
    const ref = controllerOf(pod)
    if (!ref) continue
    let owner = tools.informer(ref.kind).get(pod.metadata.namespace, ref.name)
    const parent = owner && controllerOf(owner)
    if (parent?.kind === 'Deployment')
      owner = tools.informer('Deployment').get(pod.metadata.namespace, parent.name) ?? owner
    if (owner) seen.set(owner.metadata.uid!, owner.spec?.replicas ?? 1)
  }
  return [...seen.values()].reduce((a, b) => a + b, 0)
}

/** Models pkg/controller/disruption: keeps the status of PodDisruptionBudgets that the eviction API consults. */
export const disruption = defineController({
  name: 'disruption-controller',
  component: 'controllermanager',
  watches: {
    PodDisruptionBudget: itself,
    Pod: (pod, tools) =>
      tools
        .informer('PodDisruptionBudget')
        .list(pod.metadata.namespace)
        .filter((b) => selects(b.spec.selector, pod.metadata.labels))
        .map(keyOf),
    ReplicaSet: (o, tools) => tools.informer('PodDisruptionBudget').list(o.metadata.namespace).map(keyOf),
  },
  reconcile(key, tools) {
    const budget = tools.informer('PodDisruptionBudget').get(...(splitKey(key) as [string, string]))
    if (!budget) return undefined
    const pods = tools
      .informer('Pod')
      .list(budget.metadata.namespace)
      .filter((p) => selects(budget.spec.selector, p.metadata.labels) && !isTerminal(p))
    if (pods.length === 0) tools.recorder.normal(budget, 'NoPods', 'No matching pods found')
    const { minAvailable, maxUnavailable } = budget.spec
    let expectedPods = pods.length
    let desiredHealthy: number
    if (maxUnavailable !== undefined) {
      expectedPods = expected(pods, tools)
      desiredHealthy = Math.max(0, expectedPods - scaled(maxUnavailable, expectedPods, true))
    } else if (typeof minAvailable === 'string') {
      expectedPods = expected(pods, tools)
      desiredHealthy = scaled(minAvailable, expectedPods, true)
    } else desiredHealthy = minAvailable ?? 0
    const now = tools.now()
    const disrupted: Record<string, string> = {}
    for (const [name, at] of Object.entries<string>(budget.status?.disruptedPods ?? {}))
      if (
        pods.some((p) => p.metadata.name === name && !p.metadata.deletionTimestamp) &&
        Date.parse(at) + FORGET_MS > now
      )
        disrupted[name] = at
    const currentHealthy = pods.filter(
      (p) => isReady(p) && !p.metadata.deletionTimestamp && !disrupted[p.metadata.name],
    ).length
    const allowed = expectedPods <= 0 ? 0 : Math.max(0, currentHealthy - desiredHealthy)
    const generation = budget.metadata.generation ?? 1
    const old = (budget.status?.conditions ?? []).find((c: any) => c.type === 'DisruptionAllowed')
    const state = allowed > 0 ? 'True' : 'False'
    const conditions = [
      {
        lastTransitionTime: old?.status === state ? old.lastTransitionTime : rfc3339(now),
        message: '',
        observedGeneration: generation,
        reason: allowed > 0 ? 'SufficientPods' : 'InsufficientPods',
        status: state,
        type: 'DisruptionAllowed',
      },
    ]
    const status = {
      conditions,
      currentHealthy,
      desiredHealthy,
      disruptionsAllowed: allowed,
      expectedPods,
      observedGeneration: generation,
      ...(Object.keys(disrupted).length > 0 ? { disruptedPods: disrupted } : {}),
    }
    if (!deepEqual(status, budget.status)) tools.api.updateStatus({ ...budget, status })
    return undefined
  },
})
