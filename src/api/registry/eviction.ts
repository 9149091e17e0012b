import { listOf } from '../admission/lookup.ts'
import type { RequestContext } from '../context.ts'
import { badRequest, tooManyRequests } from '../errors.ts'
import { foldProvenance } from '../fields/managed.ts'
import { recordWrite } from '../fields/provenance.ts'
import { selectorOf } from '../selector.ts'
import { rfc3339 } from '../time.ts'
import { type ApiResponse, type KubeObject, StatusError } from '../types.ts'
import { decodeAs } from './body.ts'
import { writer } from './create.ts'
import { deleteStored } from './delete.ts'
import { keyOf } from './keys.ts'
import { load } from './read.ts'

const EVICTION = { group: 'policy', version: 'v1', kind: 'Eviction' }

const REFUSED = "Cannot evict pod as it would violate the pod's disruption budget."

/** POST of pods/eviction: a deletion that the disruption budgets agree to. Models registry/core/pod/storage/eviction.go. */
export function evict(ctx: RequestContext): ApiResponse {
  const { request } = ctx
  const eviction = decodeAs(ctx, EVICTION) as KubeObject
  const name = request.name!
  if (
    request.untyped ? eviction.metadata?.name !== name : eviction?.metadata?.name && eviction.metadata.name !== name
  ) {
    throw badRequest('name in URL does not match name in Eviction object')
  }
  const current = load(ctx)
  const pod = current.object
  const options = {
    ...(eviction?.deleteOptions ?? {}),
    dryRun: request.dryRun || eviction?.deleteOptions?.dryRun?.length > 0,
  }
  if (!ignoresBudgets(pod)) {
    const budgets = listOf(ctx.server, 'PodDisruptionBudget', pod.metadata.namespace).filter(
      (b) => b.spec?.selector && selectorOf(b.spec.selector).matches(pod.metadata.labels),
    )
    if (budgets.length > 1) {
      throw new StatusError(
        500,
        '',
        'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
      )
    }
    if (budgets[0]) charge(ctx, budgets[0], pod, options.dryRun)
  }
  deleteStored({ ...ctx, request: { ...request, subresource: undefined, body: undefined } }, current, options)
  return { code: 201, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 } }
}

/** Pods that have ended, were never placed or are going already may go at any time. */
function ignoresBudgets({ metadata, status }: KubeObject): boolean {
  return Boolean(metadata.deletionTimestamp) || ['Succeeded', 'Failed', 'Pending'].includes(status?.phase ?? 'Pending')
}

const isReady = ({ status }: KubeObject): boolean =>
  status?.conditions?.some((c: any) => c.type === 'Ready' && c.status === 'True') ?? false

/** Takes one of the allowed disruptions, or refuses. */
function charge(ctx: RequestContext, budget: KubeObject, pod: KubeObject, dryRun: boolean): void {
  const { server } = ctx
  const { status = {}, spec, metadata } = budget
  if (!isReady(pod)) {
    const healthy = (status.currentHealthy ?? 0) >= (status.desiredHealthy ?? 0) && (status.desiredHealthy ?? 0) > 0
    if (healthy || spec.unhealthyPodEvictionPolicy === 'AlwaysAllow') return
  }
  if ((status.observedGeneration ?? 0) < (metadata.generation ?? 0)) {
    throw refused(`The disruption budget ${metadata.name} is still being processed by the server.`)
  }
  if ((status.disruptionsAllowed ?? 0) <= 0) {
    throw refused(
      `The disruption budget ${metadata.name} needs ${status.desiredHealthy ?? 0} healthy pods and has ${status.currentHealthy ?? 0} currently`,
    )
  }
  if (dryRun) return
  const kind = server.kinds.named('PodDisruptionBudget')!
  const key = keyOf(kind, metadata.namespace, metadata.name)
  const current = server.storage.get(key)
  if (!current) return
  const time = rfc3339(server.now())
  const next: KubeObject = {
    ...current.object,
    metadata: { ...current.object.metadata },
    status: {
      ...current.object.status,
      disruptionsAllowed: (current.object.status?.disruptionsAllowed ?? 1) - 1,
      disruptedPods: { ...current.object.status?.disruptedPods, [pod.metadata.name]: time },
    },
  }
  recordWrite(next, current.object, { ...writer(ctx, time), apiVersion: 'policy/v1' }, foldProvenance)
  server.storage.put(key, next, current.revision)
}

function refused(message: string): StatusError {
  const error = tooManyRequests(REFUSED, 0)
  return new StatusError(429, error.reason, error.message, { causes: [{ reason: 'DisruptionBudget', message }] })
}
