import { rfc3339 } from '../api/time.ts'
import type { KubeObject } from '../api/types.ts'
import { type Controller, defineController, type Tools } from './controller.ts'
import { condition, isTerminal, unlessGone } from './pods.ts'

const PERIOD_MS = 20_000
/** A node is missed for so long before its pods are given up. */
const QUARANTINE_MS = 40_000
const TERMINATED_THRESHOLD = 12_500
const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service'

/**
 * Models pkg/controller/podgc: removes the oldest of too many finished pods, pods that cannot end because their node is
 * out of service, pods of nodes that no longer exist, and pods that were deleted before they had a node.
 */
export const podGarbageCollector: Controller = {
  name: 'pod-garbage-collector-controller',
  start(ctx) {
    const missingSince = new Map<string, number>()
    const begin = ctx.kernel.now()
    /** It looks every twenty seconds; between looks that would find nothing it need not. */
    const untilLook = (): number => PERIOD_MS - ((ctx.kernel.now() - begin) % PERIOD_MS)
    defineController({
      name: 'pod-garbage-collector-controller',
      watches: { Pod: () => [], Node: () => [] },
      start: (tools) => {
        tools.informer('Node').onChange((now) => {
          if (!now || isOutOfService(now)) tools.enqueue('pods', untilLook())
        })
        tools.informer('Pod').onChange((now) => {
          if (now && (isOrphan(now, tools) || now.metadata.deletionTimestamp || isTerminal(now)))
            tools.enqueue('pods', untilLook())
        })
      },
      reconcile: (_key, tools) => (collect(tools, missingSince) ? untilLook() : undefined),
    }).start(ctx)
  },
}

const nodeOf = (pod: KubeObject, tools: Tools): KubeObject | undefined =>
  tools.informer('Node').get(undefined, pod.spec.nodeName)

const isOrphan = (pod: KubeObject, tools: Tools): boolean => Boolean(pod.spec.nodeName) && !nodeOf(pod, tools)

/** Somebody has said that the machine is off, and it does not say otherwise. */
const isOutOfService = (node: KubeObject): boolean =>
  condition(node, 'Ready')?.status !== 'True' && (node.spec?.taints ?? []).some((t: any) => t.key === OUT_OF_SERVICE)

/** One look at all pods; true when there must be another. */
function collect(tools: Tools, missingSince: Map<string, number>): boolean {
  const pods = tools.informer('Pod').list()
  const threshold = tools.options.terminatedPodThreshold ?? TERMINATED_THRESHOLD
  const finished = pods.filter(isTerminal)
  const surplus = threshold > 0 ? finished.length - threshold : 0
  for (const pod of finished.sort(byEvictionAndAge).slice(0, Math.max(0, surplus))) remove(pod, tools)
  const stuck = pods.filter((pod) => {
    const node = pod.metadata.deletionTimestamp && pod.spec.nodeName ? nodeOf(pod, tools) : undefined
    return node !== undefined && isOutOfService(node)
  })
  for (const pod of stuck.sort(byEvictionAndAge)) remove(pod, tools)
  let again = false
  const orphans = pods.filter((pod) => isOrphan(pod, tools))
  for (const node of [...missingSince.keys()])
    if (!orphans.some((pod) => pod.spec.nodeName === node)) missingSince.delete(node)
  for (const pod of orphans) {
    const { nodeName } = pod.spec
    const since = missingSince.get(nodeName) ?? tools.now()
    missingSince.set(nodeName, since)
    if (tools.now() - since < QUARANTINE_MS) again = true
    else remove(pod, tools, { reason: 'DeletionByPodGC', message: 'PodGC: node no longer exists' })
  }
  for (const pod of pods) if (pod.metadata.deletionTimestamp && !pod.spec.nodeName) remove(pod, tools)
  return again
}

/** Evicted pods first, then by age and name. */
function byEvictionAndAge(a: KubeObject, b: KubeObject): number {
  const evicted = (pod: KubeObject): boolean => pod.status?.phase === 'Failed' && pod.status.reason === 'Evicted'
  if (evicted(a) !== evicted(b)) return evicted(a) ? -1 : 1
  const age = Date.parse(a.metadata.creationTimestamp!) - Date.parse(b.metadata.creationTimestamp!)
  return age !== 0 ? age : a.metadata.name < b.metadata.name ? -1 : 1
}

/** Deletes a pod at once. It has failed if it had not ended, and why it was disrupted is told. */
function remove(pod: KubeObject, { api, now }: Tools, why?: { reason: string; message: string }): void {
  const { namespace, name, generation } = pod.metadata
  unlessGone(() => {
    if (!isTerminal(pod)) {
      const disrupted = why && {
        type: 'DisruptionTarget',
        observedGeneration: generation,
        status: 'True',
        ...why,
        lastProbeTime: null,
        lastTransitionTime: rfc3339(now()),
      }
      const status = {
        phase: 'Failed',
        observedGeneration: generation,
        ...(disrupted ? { conditions: [disrupted] } : {}),
      }
      api.patch('Pod', namespace, name, { status }, 'application/strategic-merge-patch+json', { subresource: 'status' })
    }
    api.remove('Pod', namespace, name, { gracePeriodSeconds: 0 })
  })
}
