import type { KubeObject } from '../api/types.ts'
import type { KeysOf, Tools } from './controller.ts'
import { ownerRef } from './pods.ts'

/** The label that says which controller a slice belongs to. */
export const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by'
/** The label with the name of a slice's Service. */
export const SERVICE_NAME = 'kubernetes.io/service-name'

/** What a slice says. */
export interface SliceContent {
  readonly ports: any[]
  readonly endpoints: any[]
}

/** What is to be made, changed (under its name, as it was) and taken away. */
export interface SlicePlan {
  readonly create: SliceContent[]
  readonly update: [name: string, old: KubeObject | undefined, SliceContent][]
  readonly remove: KubeObject[]
}

/** What slices of one origin share: metadata besides their names. */
interface SliceOrigin {
  readonly owner: KubeObject
  readonly labels: Record<string, string>
  /** Annotations of a slice that was there, as they are to be now. */
  annotations(old: KubeObject | undefined): Record<string, string> | undefined
}

/** The key of the Service of a slice that this controller manages. */
export const isOf =
  (manager: string): KeysOf =>
  ({ metadata }) =>
    metadata.labels?.[MANAGED_BY] === manager ? [`${metadata.namespace}/${metadata.labels[SERVICE_NAME]}`] : []

/** A Service's slices that this controller manages and that are not being deleted. */
export const slicesOf = (namespace: string, service: string, manager: string, tools: Tools): KubeObject[] =>
  tools
    .informer('EndpointSlice')
    .list(namespace)
    .filter(
      ({ metadata }) =>
        metadata.labels?.[SERVICE_NAME] === service &&
        metadata.labels[MANAGED_BY] === manager &&
        !metadata.deletionTimestamp,
    )

/** Carries a plan out; what would be taken away becomes what would be made, where there is both (finalize). */
export function writeSlices(plan: SlicePlan, origin: SliceOrigin, { api, informer }: Tools): void {
  const { owner, labels } = origin
  const mine = (slice: KubeObject): boolean =>
    slice.metadata.ownerReferences?.some((r) => r.uid === owner.metadata.uid) ?? false
  const create = [...plan.create]
  const update = [...plan.update]
  const remove = plan.remove.filter((slice) => {
    if (create.length === 0 || !mine(slice)) return true
    update.push([slice.metadata.name, undefined, create.pop()!])
    return false
  })
  const bodyOf = ({ ports, endpoints }: SliceContent): object => ({
    endpoints: endpoints.length > 0 ? endpoints : null,
    ports: ports.length > 0 ? ports : null,
  })
  const { namespace } = owner.metadata
  if (!owner.metadata.deletionTimestamp)
    for (const content of create)
      api.create({
        addressType: 'IPv4',
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: {
          name: '',
          generateName: `${owner.metadata.name}-`,
          namespace,
          labels,
          annotations: origin.annotations(undefined),
          ownerReferences: [ownerRef({ ...owner, apiVersion: 'v1' })],
        },
        ...bodyOf(content),
      })
  for (const [name, old, content] of update) {
    const there = old ?? informer('EndpointSlice').get(namespace, name)!
    const metadata = { ...there.metadata, labels, annotations: origin.annotations(old) }
    api.update({ ...there, metadata, ...bodyOf(content) })
  }
  for (const slice of remove) api.remove('EndpointSlice', namespace, slice.metadata.name)
}
