import type { KubeObject } from '../../api/types.ts'
import { expand, indexOf } from './indexes.ts'

/** Why a job has failed or succeeded, as its conditions say it. */
export interface Verdict {
  readonly reason: string
  readonly message: string
}

/** The first rule of podFailurePolicy that a failed pod matches. */
export function failurePolicy(spec: any, pod: KubeObject): { action: string; message: string } | undefined {
  const rules = spec.podFailurePolicy?.rules ?? []
  for (const [i, rule] of rules.entries()) {
    const codes = rule.onExitCodes
    for (const c of codes
      ? [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])]
      : []) {
      const code = c.state?.terminated?.exitCode
      if (!code || (codes.containerName && codes.containerName !== c.name)) continue
      if (codes.values.includes(code) !== (codes.operator === 'In')) continue
      return {
        action: rule.action,
        message: `Container ${c.name} for pod ${pod.metadata.namespace}/${pod.metadata.name} failed with exit code ${code} matching ${rule.action} rule at index ${i}`,
      }
    }
    for (const want of rule.onPodConditions ?? []) {
      const has = (pod.status?.conditions ?? []).find(
        (c: any) => c.type === want.type && c.status === (want.status ?? 'True'),
      )
      if (has)
        return {
          action: rule.action,
          message: `Pod ${pod.metadata.namespace}/${pod.metadata.name} has condition ${want.type} matching ${rule.action} rule at index ${i}`,
        }
    }
  }
  return undefined
}

/** The first rule of successPolicy that the pods meet. */
export function successPolicy(spec: any, pods: readonly KubeObject[]): Verdict | undefined {
  const ok = new Set(pods.filter((p) => p.status?.phase === 'Succeeded').map((p) => indexOf(p)))
  for (const [i, rule] of (spec.successPolicy?.rules ?? []).entries()) {
    const wanted = rule.succeededIndexes ? expand(rule.succeededIndexes) : [...Array(spec.completions).keys()]
    const have = wanted.filter((n) => ok.has(n)).length
    if (have >= (rule.succeededCount ?? wanted.length))
      return { reason: 'SuccessPolicy', message: `Matched rules at index ${i}` }
  }
  return undefined
}
