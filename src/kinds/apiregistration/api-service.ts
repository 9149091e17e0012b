import { age, columns } from '../columns.ts'
import { defineKind, ownSubresource } from '../define.ts'
import { pathSegment } from '../meta.ts'
import { validateAPIService } from '../validation/extension.ts'

export const apiService = defineKind({
  group: 'apiregistration.k8s.io',
  version: 'v1',
  kind: 'APIService',
  plural: 'apiservices',
  categories: ['api-extensions'],
  namespaced: false,
  subresources: [ownSubresource('APIService', 'status')],
  storageVersionHash: 'InPBPD7+PqM=',
  nameRule: pathSegment,
  defaults: ({ spec }) => {
    if (spec?.service) spec.service.port ??= 443
  },
  validate: validateAPIService,
  status: true,
  columns: columns('Name', 'Service', 'Available', 'Age'),
  cells: (obj, ctx) => {
    const service = obj.spec?.service
    const available = obj.status?.conditions?.find((c: any) => c.type === 'Available')
    const state = available?.status ?? 'Unknown'
    return [
      obj.metadata.name,
      service ? `${service.namespace}/${service.name}` : 'Local',
      available && state !== 'True' && available.reason ? `${state} (${available.reason})` : state,
      age(obj, ctx),
    ]
  },
})
