import { defineKind, ownSubresource } from '../define.ts'
import { validatePolicyStatus, validateValidatingPolicy } from '../validation/admission.ts'
import { policyCommon } from './policy.ts'

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
  validateSubresource: validatePolicyStatus,
  status: true,
  statusKeepsMeta: true,
  ...policyCommon('validations'),
  generation: true,
})
