import type { KubeObject } from '../../api/types.ts'
import { expand, indexOf } from './indexes.ts'

/** Why a job has failed or succeeded, as its conditions say it. */
export interface Verdict {
  readonly reason: string
  readonly message: string
}

/** Failed, or being deleted before it could end, unless such pods are to be waited for (isPodFailed). */
export const hasFailed = (pod: KubeObject, spec: any): boolean =>
  pod.status?.phase === 'Failed' ||
  (spec.podReplacementPolicy !== 'Failed' &&
    pod.metadata.deletionTimestamp !== undefined &&
    pod.status?.phase !== 'Succeeded')

/** A rule of podFailurePolicy says that this failure does not count. */
export const isIgnored = (spec: any, pod: KubeObject): boolean => failurePolicy(spec, pod)?.action === 'Ignore'

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

/** How often pods of a pod's index had failed before it. */
const FAILURES = 'batch.kubernetes.io/job-index-failure-count'

/** Indexes of failed pods whose failure was the last that backoffLimitPerIndex allows, or that a FailIndex rule ends (isIndexFailed). */
export function failedIndexes(spec: any, failedPods: readonly KubeObject[]): Set<number> {
  const ended = failedPods.filter((p) => {
    const action = failurePolicy(spec, p)?.action
    if (action === 'FailIndex') return true
    return action !== 'Ignore' && Number(p.metadata.annotations?.[FAILURES] ?? 0) >= spec.backoffLimitPerIndex
  })
  return new Set(ended.map(indexOf))
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
