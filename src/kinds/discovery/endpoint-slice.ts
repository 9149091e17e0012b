import { age, columns, listWithMore } from '../columns.ts'
import { defineKind, same } from '../define.ts'
import { validateEndpointSlice, validateEndpointSliceUpdate } from '../validation/discovery.ts'

export const endpointSlice = defineKind({
  group: 'discovery.k8s.io',
  version: 'v1',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  namespaced: true,
  storageVersionHash: 'qgS0xkrxYAI=',
  validate: validateEndpointSlice,
  validateUpdate: validateEndpointSliceUpdate,
  columns: columns('Name', 'AddressType', 'Ports', 'Endpoints', 'Age'),
  cells: (obj, ctx) => [
    obj.metadata.name,
    obj.addressType ?? '',
    listWithMore(
      (obj.ports ?? []).map((p: any) => String(p.port ?? p.name ?? '*')),
      3,
      '<unset>',
    ),
    listWithMore(
      (obj.endpoints ?? []).flatMap((e: any) => e.addresses ?? []),
      3,
      '<unset>',
    ),
    age(obj, ctx),
  ],
  generation: true,
  generationChanged: (next, old) => !same(next.metadata.labels ?? {}, old.metadata.labels ?? {}),
  defaults(obj) {
    for (const port of obj.ports ?? []) {
      port.name ??= ''
      port.protocol ??= 'TCP'
    }
  },
})
