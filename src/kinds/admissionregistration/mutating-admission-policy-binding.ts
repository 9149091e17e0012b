import { defineKind } from '../define.ts'
import { validatePolicyBinding } from '../validation/admission.ts'
import { defaultMatchResources } from './defaults.ts'
import { policyBindingCells, policyBindingColumns } from './policy-binding.ts'

export const mutatingAdmissionPolicyBinding = defineKind({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingAdmissionPolicyBinding',
  plural: 'mutatingadmissionpolicybindings',
  categories: ['api-extensions'],
  namespaced: false,
  storageVersionHash: '90V5FRZZ3Zg=',
  validate: validatePolicyBinding,
  columns: policyBindingColumns,
  cells: policyBindingCells,
  generation: true,
  defaults({ spec }) {
    defaultMatchResources(spec?.matchResources)
  },
})
