import { defineKind } from '../define.ts'
import { validatePolicyBinding } from '../validation/admission.ts'
import { defaultMatchResources } from './defaults.ts'
import { policyBindingCells, policyBindingColumns } from './policy-binding.ts'

export const validatingAdmissionPolicyBinding = defineKind({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingAdmissionPolicyBinding',
  plural: 'validatingadmissionpolicybindings',
  categories: ['api-extensions'],
  namespaced: false,
  storageVersionHash: 'v9715VZqakg=',
  validate: validatePolicyBinding,
  columns: policyBindingColumns,
  cells: policyBindingCells,
  generation: true,
  defaults({ spec }) {
    defaultMatchResources(spec?.matchResources)
  },
})
