import type { KubeObject } from '../../kinds/index.ts'
import type { AdmissionPlugin, Attributes } from './plugin.ts'
import {
  bound,
  conditionsHold,
  type Denial,
  denied,
  explained,
  type Names,
  paramsOf,
  program,
  scopeOf,
} from './policies.ts'
import { isExempt } from './webhook-match.ts'

/** Models plugin/policy/validating: policies in CEL. */
export const validatingPolicies: AdmissionPlugin = {
  name: 'ValidatingAdmissionPolicy',
  handles: (_operation, resource) => !isExempt(resource),
  validate(a) {
    const denials: Denial[] = []
    for (const [policy, binding] of bound('ValidatingAdmissionPolicy', a)) decide(policy, binding, a, denials)
    const [first] = denials
    if (first) throw denied(a, first)
  },
}

function decide(policy: KubeObject, binding: KubeObject, a: Attributes, denials: Denial[]): void {
  const fails = policy.spec.failurePolicy !== 'Ignore'
  const deny = (message: string, reason = 'Invalid') => void denials.push({ policy, binding, message, reason })
  const params = paramsOf(policy, binding, a)
  if (typeof params === 'string') {
    if (fails) deny(`failed to configure binding: ${params}`)
    return
  }
  for (const param of params) {
    for (const { message, reason } of evaluate(policy.spec, param, a, fails)) {
      for (const action of binding.spec.validationActions) {
        if (action === 'Deny') deny(message, reason)
        if (action !== 'Warn') continue
        const names = `'${policy.metadata.name}' with binding '${binding.metadata.name}'`
        const text = `Validation failed for ValidatingAdmissionPolicy ${names}: ${message}`
        if (!a.ctx.warnings.includes(text)) a.ctx.warnings.push(text)
      }
    }
  }
}

interface Failure {
  readonly message: string
  readonly reason: string
}

/** The validations that do not hold. */
function evaluate(spec: any, params: KubeObject | null, a: Attributes, fails: boolean): Failure[] {
  const scope = scopeOf(spec, params, a)
  const failures: Failure[] = []
  const broken = (message: string) => {
    if (fails) failures.push({ message, reason: 'Invalid' })
  }
  try {
    if (!conditionsHold(spec, scope)) return []
  } catch (error) {
    broken(explained(error))
    return failures
  }
  for (const validation of spec.validations ?? []) {
    const expression = validation.expression.trim()
    try {
      if (program(expression).run(scope) === true) continue
      failures.push({ message: messageOf(validation, scope), reason: validation.reason ?? 'Invalid' })
    } catch (error) {
      broken(`expression '${validation.expression}' resulted in error: ${explained(error)}`)
    }
  }
  return failures
}

function messageOf({ message, messageExpression, expression }: any, scope: Names): string {
  if (messageExpression) {
    try {
      const text = program(messageExpression).run(scope)
      if (typeof text === 'string' && text.trim() && !text.trim().includes('\n')) return text.trim()
    } catch (error) {
      explained(error)
    }
  }
  return message?.trim() || `failed expression: ${expression.trim()}`
}
