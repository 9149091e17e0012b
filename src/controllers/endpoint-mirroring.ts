import type { KubeObject } from '../api/types.ts'
import { deepEqual } from '../kinds/index.ts'
import { defineController, itself, splitKey, type Tools } from './controller.ts'
import { TRIGGER } from './endpoints.ts'
import { slicePorts } from './port-order.ts'
import { MANAGED_BY, SERVICE_NAME, type SliceContent, type SlicePlan, slicesOf, writeSlices } from './slice-writer.ts'

const MANAGER = 'endpointslicemirroring-controller.k8s.io'

/** One slice for each set of ports; it belongs to the Endpoints and carries what they carry. */
function mirrorSlices(
  source: KubeObject,
  groups: readonly SliceContent[],
  mine: readonly KubeObject[],
  tools: Tools,
): void {
  const { [TRIGGER]: _, ...mirrored } = source.metadata.annotations ?? {}
  delete mirrored['kubectl.kubernetes.io/last-applied-configuration']
  const labels = { ...source.metadata.labels, [SERVICE_NAME]: source.metadata.name, [MANAGED_BY]: MANAGER }
  const left = [...mine]
  const plan: SlicePlan = { create: [], update: [], remove: left }
  for (const group of groups) {
    const at = left.findIndex((s) => deepEqual(s.ports ?? [], group.ports))
    if (at < 0) {
      plan.create.push(group)
      continue
    }
    const [old] = left.splice(at, 1)
    const same =
      deepEqual(old.endpoints ?? [], group.endpoints) &&
      deepEqual(old.metadata.labels, labels) &&
      deepEqual(old.metadata.annotations ?? {}, mirrored)
    if (!same) plan.update.push([old.metadata.name, old, group])
  }
  const annotations = (): Record<string, string> | undefined =>
    Object.keys(mirrored).length > 0 ? mirrored : undefined
  writeSlices(plan, { owner: source, labels, annotations }, tools)
}

/** Models pkg/controller/endpointslicemirroring: slices for Endpoints that a person wrote. */
export const endpointSliceMirroring = defineController({
  name: 'endpointslice-mirroring-controller',
  watches: { Endpoints: itself, Service: itself },
  reconcile(key, tools) {
    const [namespace, name] = splitKey(key) as [string, string]
    const service = tools.informer('Service').get(namespace, name)
    const source = tools.informer('Endpoints').get(namespace, name)
    const mine = slicesOf(namespace, name, MANAGER, tools)
    const mirrored =
      service &&
      source &&
      !service.spec.selector &&
      source.metadata.labels?.['endpointslice.kubernetes.io/skip-mirror'] !== 'true'
    if (!mirrored || !service || !source) {
      for (const slice of mine) tools.api.remove('EndpointSlice', namespace, slice.metadata.name)
      return undefined
    }
    if (namespace === 'default' && name === 'kubernetes') return undefined
    const groups = (source.subsets ?? []).map((s: any) => ({
      ports: slicePorts(
        (s.ports ?? []).map((p: any) => ({ name: p.name ?? '', port: p.port, protocol: p.protocol ?? 'TCP' })),
      ),
      endpoints: [
        ...(s.addresses ?? []).map((a: any) => mirror(a, true)),
        ...(s.notReadyAddresses ?? []).map((a: any) => mirror(a, false)),
      ],
    }))
    mirrorSlices(source, groups, mine, tools)
    return undefined
  },
})

const mirror = (address: any, ready: boolean): any => ({
  addresses: [address.ip],
  conditions: { ready },
  ...(address.hostname ? { hostname: address.hostname } : {}),
  ...(address.nodeName ? { nodeName: address.nodeName } : {}),
  ...(address.targetRef ? { targetRef: address.targetRef } : {}),
})
