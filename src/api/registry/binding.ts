import type { RequestContext } from '../context.ts'
import { badRequest, conflict, notFound } from '../errors.ts'
import { foldProvenance } from '../fields/managed.ts'
import { recordWrite } from '../fields/provenance.ts'
import { rfc3339 } from '../time.ts'
import { type ApiResponse, type KubeObject, StatusError } from '../types.ts'
import { decodeAs } from './body.ts'
import { writer } from './create.ts'
import { keyOf } from './keys.ts'

const BINDING = { group: '', plural: 'pods/binding' }

/** POST of pods/binding (and of the old bindings): the scheduler's verdict. */
export function bind(ctx: RequestContext): ApiResponse {
  const { server, request } = ctx
  const body = decodeAs(ctx, { group: '', version: 'v1', kind: 'Binding' }) as KubeObject
  if (request.untyped && request.name && body.metadata?.name !== request.name) {
    throw badRequest('name in URL does not match name in Binding object')
  }
  const name = request.name ?? body.metadata?.name ?? ''
  const pods = server.kinds.named('Pod')!
  const current = server.storage.get(keyOf(pods, request.namespace, name))
  if (!current) throw notFound(pods, name)
  const pod = current.object
  const { target, metadata } = body
  const wrong = targetProblem(target)
  if (wrong) throw new StatusError(500, '', wrong)
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
  delete next.status.nominatedNodeName
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

/** Models ValidatePodBinding; what it finds is told as it is. */
function targetProblem({ kind = '', name = '' }: any = {}): string | undefined {
  if (kind && kind !== 'Node')
    return `target.kind: Unsupported value: ${JSON.stringify(kind)}: supported values: "Node", "<empty>"`
  return name ? undefined : 'target.name: Required value'
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
