import { defineKind, ownSubresource } from '../define.ts'
import { validateCRD, validateCRDStatus, validateCRDUpdate } from '../validation/crd.ts'

export const customResourceDefinition = defineKind({
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  namespaced: false,
  subresources: [ownSubresource('CustomResourceDefinition', 'status')],
  storageVersionHash: 'jfWCUB31mvA=',
  status: true,
  generation: true,
  validate: validateCRD,
  validateUpdate: validateCRDUpdate,
  validateSubresource: validateCRDStatus,
  defaults(obj) {
    const { spec, status } = obj
    if (!spec) return
    if (status && !status.storedVersions?.length) {
      const storage = spec.versions?.find((v: any) => v.storage)
      if (storage) status.storedVersions = [storage.name]
    }
    spec.names ??= {}
    spec.names.singular ||= spec.names.kind?.toLowerCase()
    if (spec.names.kind) spec.names.listKind ||= `${spec.names.kind}List`
    spec.conversion ??= { strategy: 'None' }
    const service = spec.conversion.webhook?.clientConfig?.service
    if (service) service.port ??= 443
  },
  prepareForCreate(obj) {
    const storage = obj.spec?.versions?.find((v: any) => v.storage)
    obj.status = {
      acceptedNames: { kind: '', plural: '' },
      conditions: null,
      storedVersions: storage ? [storage.name] : [],
    }
  },
  prepareForUpdate(next, _old, subresource) {
    if (subresource === 'status') return
    // Every version ever chosen for storage stays listed until someone removes it.
    for (const { name, storage } of next.spec?.versions ?? []) {
      const listed: string[] = next.status?.storedVersions ?? []
      if (storage && !listed.includes(name)) next.status = { ...next.status, storedVersions: [...listed, name] }
    }
  },
})
