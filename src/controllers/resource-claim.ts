import { StatusError } from '../api/index.ts'
import { type KubeObject, resourceClaimName } from '../kinds/index.ts'
import { defineController, itself, itsOwner, splitKey, type Tools, Unfinished } from './controller.ts'

const ANNOTATION = 'resource.kubernetes.io/pod-claim-name'

/** Leaves room for the random end of the name. */
const BASE_LENGTH = 57

/** Models pkg/controller/resourceclaim: a pod's claims are made from their templates, and the pod's status names them. */
export const resourceClaim = defineController({
  name: 'resourceclaim-controller',
  component: 'resource_claim',
  watches: {
    Pod: (pod, tools) => (pod.spec.resourceClaims?.length > 0 ? itself(pod, tools) : []),
    ResourceClaim: itsOwner('Pod'),
    ResourceClaimTemplate: ({ metadata }, { informer }) =>
      informer('Pod')
        .list()
        .filter(
          (pod) =>
            pod.metadata.namespace === metadata.namespace &&
            pod.spec.resourceClaims?.some((c: any) => c.resourceClaimTemplateName === metadata.name),
        )
        .map((pod) => `${pod.metadata.namespace}/${pod.metadata.name}`),
  },
  reconcile(key, tools) {
    const pod = tools.informer('Pod').get(...(splitKey(key) as [string, string]))
    if (!pod || pod.metadata.deletionTimestamp) return undefined
    const made: { name: string; resourceClaimName: string }[] = []
    for (const entry of pod.spec.resourceClaims ?? []) {
      const claim = claimFor(pod, entry, tools)
      if (claim !== undefined) made.push({ name: entry.name, resourceClaimName: claim })
    }
    if (made.length === 0) return undefined
    const { apiVersion, kind, metadata } = pod
    tools.api.patch(
      'Pod',
      metadata.namespace,
      metadata.name,
      {
        apiVersion,
        kind,
        metadata: { name: metadata.name, namespace: metadata.namespace },
        status: { resourceClaimStatuses: made },
      },
      'application/apply-patch+yaml',
      { subresource: 'status', fieldManager: 'ResourceClaimController', force: true },
    )
    return undefined
  },
})

/** Name of the claim that stands for the entry now; undefined: nothing is to be noted. Throws after telling the pod why. */
function claimFor(pod: KubeObject, entry: any, { api, informer, recorder }: Tools): string | undefined {
  const { name, namespace, uid } = pod.metadata
  const known = resourceClaimName(pod, entry)
  if (!entry.resourceClaimTemplateName || known === null) return undefined
  const claims = informer('ResourceClaim').list(namespace)
  if (known && claims.some((c) => c.metadata.name === known)) return undefined
  const orphan = claims.find(
    (c) =>
      c.metadata.annotations?.[ANNOTATION] === entry.name && c.metadata.ownerReferences?.some((r) => r.uid === uid),
  )
  if (orphan) return orphan.metadata.name
  const fail = (why: string): Unfinished => {
    recorder.warning(pod, 'FailedResourceClaimCreation', `PodResourceClaim ${entry.name}: ${why}`)
    return new Unfinished(`pod ${namespace}/${name}, PodResourceClaim ${entry.name}: ${why}`)
  }
  const wanted: string = entry.resourceClaimTemplateName
  const template = informer('ResourceClaimTemplate').get(namespace, wanted)
  if (!template) {
    const missing = `resourceclaimtemplate.resource.k8s.io ${JSON.stringify(wanted)} not found`
    throw fail(`resource claim template ${JSON.stringify(wanted)}: ${missing}`)
  }
  const generated = `${name}-${entry.name}-`
  const share = (part: string): string => part.slice(0, Math.floor((part.length * BASE_LENGTH) / generated.length))
  const { metadata: { annotations = {}, labels } = {} as any, spec } = template.spec
  try {
    return api.create({
      apiVersion: 'resource.k8s.io/v1',
      kind: 'ResourceClaim',
      metadata: {
        name: '',
        generateName: generated.length > BASE_LENGTH ? `${share(name)}-${share(entry.name)}` : generated,
        namespace,
        annotations: { ...annotations, [ANNOTATION]: entry.name },
        labels,
        ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name, uid: uid!, controller: true }],
      },
      spec,
    }).metadata.name
  } catch (error) {
    if (!(error instanceof StatusError)) throw error
    throw fail(`create ResourceClaim : ${error.message}`)
  }
}
