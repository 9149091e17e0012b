import { certificateApproval, certificateSigning, certificateSubjectRestriction } from './certificates.ts'
import { limitRanger } from './limit-ranger.ts'
import { mutatingPolicies } from './mutating-policies.ts'
import { namespaceLifecycle } from './namespace-lifecycle.ts'
import { nodeRestriction } from './node-restriction.ts'
import type { AdmissionPlugin } from './plugin.ts'
import { podResizeValidator } from './pod-resize.ts'
import { podSecurity } from './pod-security.ts'
import { defaultTolerationSeconds, priority, runtimeClass, taintNodesByCondition } from './pods.ts'
import { resourceQuota } from './resource-quota.ts'
import { serviceAccount } from './service-account.ts'
import {
  defaultIngressClass,
  defaultStorageClass,
  persistentVolumeClaimResize,
  storageObjectInUseProtection,
} from './storage.ts'
import { validatingPolicies } from './validating-policies.ts'
import { mutatingWebhooks, validatingWebhooks } from './webhooks.ts'

const PLUGINS: readonly AdmissionPlugin[] = [
  namespaceLifecycle,
  limitRanger,
  serviceAccount,
  nodeRestriction,
  taintNodesByCondition,
  podSecurity,
  priority,
  defaultTolerationSeconds,
  defaultStorageClass,
  storageObjectInUseProtection,
  persistentVolumeClaimResize,
  runtimeClass,
  certificateApproval,
  certificateSigning,
  certificateSubjectRestriction,
  defaultIngressClass,
  podResizeValidator,
  mutatingPolicies,
  mutatingWebhooks,
  validatingPolicies,
  validatingWebhooks,
  resourceQuota,
]

/** The plug-ins of these names that are simulated, in the order of the names. */
export const admissionPlugins = (names: readonly string[]): AdmissionPlugin[] =>
  names.flatMap((name) => PLUGINS.filter((plugin) => plugin.name === name))
