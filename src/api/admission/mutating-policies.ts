import { CelError, type KubeObject, schemaOf } from '../../kinds/index.ts'
import { placeOf } from '../fields/managed.ts'
import { merge } from '../fields/walk.ts'
import { JsonPatchError, jsonPatch, type Operation } from '../patch/json-patch.ts'
import { become } from './become.ts'
import type { AdmissionPlugin, Attributes } from './plugin.ts'
import { bound, conditionsHold, denied, explained, type Names, paramsOf, program, scopeOf } from './policies.ts'
import { isExempt } from './webhook-match.ts'

/** Models plugin/policy/mutating: policies in CEL that change objects, each once, in the order of their names. */
export const mutatingPolicies: AdmissionPlugin = {
  name: 'MutatingAdmissionPolicy',
  handles: (operation, resource) => operation !== 'DELETE' && !isExempt(resource),
  admit(a) {
    if (!a.object) return
    for (const [policy, binding] of bound('MutatingAdmissionPolicy', a)) invoke(policy, binding, a)
  },
}

function invoke(policy: KubeObject, binding: KubeObject, a: Attributes): void {
  const refuse = (message: string): void => {
    if (policy.spec.failurePolicy === 'Ignore') return
    throw denied(a, { policy, binding, message, reason: 'Invalid' })
  }
  const params = paramsOf(policy, binding, a)
  if (typeof params === 'string') return refuse(`failed to configure binding: ${params}`)
  for (const param of params) {
    try {
      if (!conditionsHold(policy.spec, scopeOf(policy.spec, param, a))) continue
      for (const mutation of policy.spec.mutations)
        become(a, mutated(mutation, a.object, scopeOf(policy.spec, param, a), a))
    } catch (error) {
      refuse(error instanceof JsonPatchError ? error.message : explained(error))
    }
  }
}

/** The object as a mutation leaves it. Throws CelError. */
function mutated({ applyConfiguration, jsonPatch: patch }: any, object: KubeObject, scope: Names, a: Attributes): any {
  if (patch) return jsonPatch(structuredClone(object), program(patch.expression).run(scope) as Operation[])
  const value: any = program(applyConfiguration.expression).run(scope)
  if (typeof value !== 'object' || value === null)
    throw new CelError(`unsupported return type from ApplyConfiguration expression: ${typeof value}`)
  return merge(structuredClone(object), value, placeOf(object, schemaOf(a.ctx.stored)))
}
