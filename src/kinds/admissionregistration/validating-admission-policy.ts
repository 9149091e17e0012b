import { age, columns } from '../columns.ts'
import { defineKind, ownSubresource } from '../define.ts'
import { validateValidatingPolicy } from '../validation/admission.ts'
import { defaultMatchResources } from './defaults.ts'

export const validatingAdmissionPolicy = defineKind({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingAdmissionPolicy',
  plural: 'validatingadmissionpolicies',
  categories: ['api-extensions'],
  namespaced: false,
  subresources: [ownSubresource('ValidatingAdmissionPolicy', 'status')],
  storageVersionHash: '6OxvlMmQ6is=',
  validate: validateValidatingPolicy,
  status: true,
  columns: columns('Name', 'Validations#', 'ParamKind', 'Age'),
  cells: (obj, ctx) => {
    const param = obj.spec?.paramKind
    return [
      obj.metadata.name,
      obj.spec?.validations?.length ?? 0,
      param ? `${param.apiVersion}/${param.kind}` : '<unset>',
      age(obj, ctx),
    ]
  },
  generation: true,
  defaults({ spec }) {
    if (!spec) return
    spec.failurePolicy ??= 'Fail'
    defaultMatchResources(spec.matchConstraints)
  },
})
