import { age, columns } from '../columns.ts'
import { defineKind } from '../define.ts'
import { validateMutatingPolicy } from '../validation/admission.ts'
import { defaultMatchResources } from './defaults.ts'

export const mutatingAdmissionPolicy = defineKind({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingAdmissionPolicy',
  plural: 'mutatingadmissionpolicies',
  categories: ['api-extensions'],
  namespaced: false,
  storageVersionHash: 'LYmCf+UMVdg=',
  validate: validateMutatingPolicy,
  columns: columns('Name', 'Mutations#', 'ParamKind', 'Age'),
  cells: (obj, ctx) => {
    const param = obj.spec?.paramKind
    return [
      obj.metadata.name,
      obj.spec?.mutations?.length ?? 0,
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
