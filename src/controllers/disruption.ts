import { selects } from '../api/match.ts'
import { goSelector } from '../api/selector.ts'
import { rfc3339 } from '../api/time.ts'
import { type KubeObject, StatusError } from '../api/types.ts'
import { deepEqual } from '../kinds/index.ts'
import { controllerOf, defineController, itself, keyOf, splitKey, type Tools } from './controller.ts'
import { isReady, scaled } from './pods.ts'

/** An eviction that never led to a deletion is forgotten after two minutes. */
const DELETION_TIMEOUT = 120_000

/** Models pkg/controller/disruption: keeps the status of PodDisruptionBudgets that the eviction API consults. */
export const disruption = defineController({
  name: 'disruption-controller',
  component: 'controllermanager',
  watches: { PodDisruptionBudget: itself, Pod: budgetOf },
  reconcile(key, tools) {
    const budget = tools.informer('PodDisruptionBudget').get(...(splitKey(key) as [string, string]))
    if (!budget) return undefined
    const pods = tools
      .informer('Pod')
      .list(budget.metadata.namespace)
      .filter((p) => selects(budget.spec.selector, p.metadata.labels))
    if (pods.length === 0) tools.recorder.normal(budget, 'NoPods', 'No matching pods found')
    let count: Count
    try {
      count = countFor(budget, pods, tools)
    } catch (error) {
      if (!(error instanceof Uncountable)) throw error
      const why = `Failed to calculate the number of expected pods: ${error.message}`
      tools.recorder.warning(budget, 'CalculateExpectedPodCountFailed', why)
      const generation: number = budget.status?.observedGeneration ?? 0
      const conditions = conditionOf(budget, 'False', 'SyncFailed', error.message, generation, tools)
      save(budget, { ...budget.status, disruptionsAllowed: 0, conditions }, tools)
      return undefined
    }
    if (count.unmanaged) tools.recorder.warning(budget, 'UnmanagedPods', unmanaged(budget))
    const { disrupted, recheck } = disruptedPods(budget, pods, tools)
    const healthy = pods.filter(
      (p) => !p.metadata.deletionTimestamp && !disrupted[p.metadata.name] && isReady(p),
    ).length
    const allowed = count.expected <= 0 ? 0 : Math.max(0, healthy - count.desired)
    const generation = budget.metadata.generation ?? 1
    const [state, reason] = allowed > 0 ? ['True', 'SufficientPods'] : ['False', 'InsufficientPods']
    const status = {
      conditions: conditionOf(budget, state, reason, '', generation, tools),
      currentHealthy: healthy,
      desiredHealthy: count.desired,
      disruptionsAllowed: allowed,
      expectedPods: count.expected,
      observedGeneration: generation,
      ...(Object.keys(disrupted).length > 0 ? { disruptedPods: disrupted } : {}),
    }
    save(budget, status, tools)
    return recheck
  },
})

/** Versions of pods of which it was said that several budgets are theirs. */
const ambiguous = new WeakSet<KubeObject>()

/** The budget of a pod; of several, the first is looked at again (getPdbForPod). */
function budgetOf(pod: KubeObject, tools: Tools): string[] {
  const { namespace, name, labels } = pod.metadata
  const budgets = tools
    .informer('PodDisruptionBudget')
    .list(namespace)
    .filter((b) => selects(b.spec.selector, labels))
  if (budgets.length > 1 && !ambiguous.has(pod)) {
    ambiguous.add(pod)
    const chosen = JSON.stringify(budgets[0].metadata.name)
    const message = `Pod "${namespace}"/"${name}" matches multiple PodDisruptionBudgets.  Chose ${chosen} arbitrarily.`
    tools.recorder.warning(pod, 'MultiplePodDisruptionBudgets', message)
  }
  return budgets.slice(0, 1).map(keyOf)
}

interface Count {
  readonly expected: number
  readonly desired: number
  /** Some pods have nobody who says how many there should be. */
  readonly unmanaged: boolean
}

/** Nobody can say how many pods there should be. */
class Uncountable extends Error {}

/** How many pods there should be, and of them healthy (getExpectedPodCount). Throws Uncountable. */
function countFor({ spec }: KubeObject, pods: readonly KubeObject[], tools: Tools): Count {
  const { minAvailable, maxUnavailable } = spec
  if (maxUnavailable === undefined && typeof minAvailable !== 'string')
    return minAvailable === undefined
      ? { expected: 0, desired: 0, unmanaged: false }
      : { expected: pods.length, desired: minAvailable, unmanaged: false }
  const scales = new Map<string, number>()
  for (const pod of pods) {
    const found = scaleOf(pod, tools)
    if (found) scales.set(...found)
  }
  const expected = [...scales.values()].reduce((a, b) => a + b, 0)
  const desired =
    maxUnavailable === undefined
      ? scaled(minAvailable, expected, true)
      : Math.max(0, expected - scaled(maxUnavailable, expected, true))
  return { expected, desired, unmanaged: pods.some((pod) => !controllerOf(pod)) }
}

/** Who wants this pod, and how many of its kind; nothing for a pod that nobody manages. Throws Uncountable. */
function scaleOf(pod: KubeObject, tools: Tools): readonly [uid: string, replicas: number] | undefined {
  const ref = controllerOf(pod)
  if (!ref) return undefined
  const { namespace, name } = pod.metadata
  const listed = (kind: string, of: typeof ref): KubeObject | undefined => {
    const object = tools.informer(kind).get(namespace, of.name)
    return object?.metadata.uid === of.uid ? object : undefined
  }
  let owner: KubeObject | undefined
  if (ref.kind === 'ReplicaSet') {
    const set = listed('ReplicaSet', ref)
    const parent = set && controllerOf(set)
    owner = parent?.kind === 'Deployment' ? listed('Deployment', parent) : set
  } else if (ref.kind === 'ReplicationController' || ref.kind === 'StatefulSet') owner = listed(ref.kind, ref)
  owner ??= byScale(ref, namespace, tools)
  if (!owner) throw new Uncountable(`found no controllers for pod ${JSON.stringify(name)}`)
  return [owner.metadata.uid!, owner.spec?.replicas ?? 1]
}

/** What the scale subresource of any other controller says. */
function byScale(
  { apiVersion, kind, name, uid }: { apiVersion: string; kind: string; name: string; uid: string },
  namespace: string | undefined,
  tools: Tools,
): KubeObject | undefined {
  try {
    const ref = tools.api.resolve(`${apiVersion}/${kind}`)
    const { code, body } = tools.api.request({ ...ref, verb: 'get', namespace, name, subresource: 'scale' })
    if (code < 400) return body.metadata?.uid === uid ? body : undefined
    if (code !== 404) throw new Uncountable(body.message ?? '')
    if (body.details?.name === name) return undefined
    const resource = ref.group ? `${ref.resource}.${ref.group}` : ref.resource
    throw new Uncountable(`${resource} does not implement the scale subresource`)
  } catch (error) {
    throw error instanceof StatusError ? new Uncountable(error.message) : error
  }
}

const unmanaged = ({ spec }: KubeObject): string =>
  `Pods selected by this PodDisruptionBudget (selector: ${goSelector(spec.selector)}) were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.`

/** Evicted pods that are still there, and in how many ms the first of them has been there for too long. */
function disruptedPods(budget: KubeObject, pods: readonly KubeObject[], tools: Tools) {
  const known: Record<string, string> = budget.status?.disruptedPods ?? {}
  const disrupted: Record<string, string> = {}
  const now = tools.now()
  let recheck: number | undefined
  for (const pod of pods) {
    const { name, deletionTimestamp } = pod.metadata
    const at = known[name]
    if (at === undefined || deletionTimestamp) continue
    const left = Date.parse(at) + DELETION_TIMEOUT - now
    if (left < 0) {
      const { namespace } = budget.metadata
      // The second name is the namespace again, in the real one too.
      const message = `Pod was expected by PDB ${namespace}/${namespace} to be deleted but it wasn't`
      tools.recorder.warning(pod, 'NotDeleted', message)
      continue
    }
    recheck = Math.min(recheck ?? left, left)
    disrupted[name] = at
  }
  return { disrupted, recheck }
}

/** Whether a disruption is allowed, as the budget's only condition. */
function conditionOf(
  { status }: KubeObject,
  state: string,
  reason: string,
  message: string,
  observedGeneration: number,
  { now }: Tools,
): object[] {
  const type = 'DisruptionAllowed'
  const old = (status?.conditions ?? []).find((c: any) => c.type === type)
  const lastTransitionTime = old?.status === state ? old.lastTransitionTime : rfc3339(now())
  const generation = observedGeneration > 0 ? { observedGeneration } : {}
  return [{ lastTransitionTime, message, ...generation, reason, status: state, type }]
}

function save(budget: KubeObject, status: object, { api }: Tools): void {
  if (!deepEqual(status, budget.status)) api.updateStatus({ ...budget, status })
}
