import { defineKind } from '../define.ts'
import { validateMutatingPolicy } from '../validation/admission.ts'
import { policyCommon } from './policy.ts'

export const mutatingAdmissionPolicy = defineKind({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingAdmissionPolicy',
  plural: 'mutatingadmissionpolicies',
  categories: ['api-extensions'],
  namespaced: false,
  storageVersionHash: 'LYmCf+UMVdg=',
  validate: validateMutatingPolicy,
  ...policyCommon('mutations'),
  generation: true,
})
