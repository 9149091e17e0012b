import type { RequestContext } from '../context.ts'
import { badRequest, conflict, notFound } from '../errors.ts'
import { foldProvenance } from '../fields/managed.ts'
import { recordWrite } from '../fields/provenance.ts'
import { rfc3339 } from '../time.ts'
import type { ApiResponse, KubeObject } from '../types.ts'
import { writer } from './create.ts'
import { keyOf } from './keys.ts'

const BINDING = { group: '', plural: 'pods/binding' }

/** POST of pods/binding (and of the old bindings): the scheduler's verdict. */
export function bind(ctx: RequestContext): ApiResponse {
  const { server, request } = ctx
  const body = request.body as KubeObject
  const name = request.name ?? body.metadata?.name ?? ''
  const pods = server.kinds.named('Pod')!
  const current = server.storage.get(keyOf(pods, request.namespace, name))
  if (!current) throw notFound(pods, name)
  const pod = current.object
  const { target, metadata } = body
  if (!target?.name) throw badRequest('target.name: Required value')
  if (metadata?.uid && metadata.uid !== pod.metadata.uid) {
    const why = `Precondition failed: UID in precondition: ${metadata.uid}, UID in object meta: ${pod.metadata.uid}`
    throw conflict(BINDING, name, why)
  }
  if (pod.metadata.deletionTimestamp) {
    throw conflict(BINDING, name, `pod ${name} is being deleted, cannot be assigned to a host`)
  }
  if (pod.spec.nodeName) {
    throw conflict(BINDING, name, `pod ${name} is already assigned to node ${JSON.stringify(pod.spec.nodeName)}`)
  }
  if (pod.spec.schedulingGates?.length) {
    throw conflict(BINDING, name, `pod ${name} has non-empty .spec.schedulingGates`)
  }
  const time = rfc3339(server.now())
  const conditions: any[] = pod.status?.conditions ?? []
  const scheduled = {
    lastProbeTime: null,
    lastTransitionTime: time,
    observedGeneration: pod.metadata.generation,
    status: 'True',
    type: 'PodScheduled',
  }
  const next: KubeObject = {
    ...pod,
    metadata: { ...pod.metadata },
    spec: { ...pod.spec, nodeName: target.name },
    status: { ...pod.status, conditions: [...conditions.filter((c) => c.type !== 'PodScheduled'), scheduled] },
  }
  if (metadata?.annotations) next.metadata.annotations = { ...pod.metadata.annotations, ...metadata.annotations }
  copyTopology(ctx, next, target.name)
  if (!request.dryRun) {
    recordWrite(next, pod, writer(ctx, time), foldProvenance)
    if (server.storage.put(current.key, next, current.revision) === undefined) {
      throw conflict(BINDING, name, `pod ${name} is already assigned to node ${JSON.stringify(target.name)}`)
    }
  }
  return { code: 201, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 } }
}

const TOPOLOGY = ['topology.kubernetes.io/zone', 'topology.kubernetes.io/region']

/** Admission plug-in PodTopologyLabels: pods learn where they run. */
function copyTopology({ server }: RequestContext, pod: KubeObject, node: string): void {
  const { objects, prefix } = server.cacher(server.kinds.named('Node')!)
  const labels = objects.get(prefix + node)?.metadata.labels ?? {}
  const found = TOPOLOGY.filter((label) => labels[label] !== undefined)
  if (found.length === 0) return
  pod.metadata.labels = { ...pod.metadata.labels, ...Object.fromEntries(found.map((l) => [l, labels[l]!])) }
}
