import { expressionWarnings } from '../kinds/index.ts'
import { defineController, itself } from './controller.ts'

const POLICY = 'ValidatingAdmissionPolicy'

/** Models pkg/controller/validatingadmissionpolicystatus: what the type checker finds in each generation of a policy. */
export const policyStatus = defineController({
  name: 'validatingadmissionpolicy-status-controller',
  watches: { [POLICY]: itself },
  reconcile(name, { api, informer }) {
    const policy = informer(POLICY).get(undefined, name)
    const generation = policy?.metadata.generation ?? 0
    if (!policy || generation <= (policy.status?.observedGeneration ?? 0)) return undefined
    const warnings = expressionWarnings(policy.spec)
    const typeChecking = warnings.length > 0 ? { expressionWarnings: warnings } : {}
    api.patch(
      POLICY,
      undefined,
      name,
      {
        apiVersion: policy.apiVersion,
        kind: POLICY,
        metadata: { name },
        status: { observedGeneration: generation, typeChecking },
      },
      'application/apply-patch+yaml',
      { subresource: 'status', fieldManager: 'validatingadmissionpolicy-status', force: true },
    )
    return undefined
  },
})
