import type { KubeObject } from './types.ts'

/** Does one toleration cover the taint? (v1helper.ToleratesTaint) */
export const tolerates = (tolerations: readonly any[] | undefined, taint: any): boolean =>
  (tolerations ?? []).some(
    (t) =>
      (!t.effect || t.effect === taint.effect) &&
      (!t.key ? t.operator === 'Exists' : t.key === taint.key) &&
      (t.operator === 'Exists' || (t.value ?? '') === (taint.value ?? '')),
  )

/** The first taint with one of the effects that nothing tolerates. */
export const untolerated = (
  taints: readonly any[],
  tolerations: readonly any[] | undefined,
  effects: readonly string[],
): any => taints.find((t) => effects.includes(t.effect) && !tolerates(tolerations, t))

/** One node selector requirement against labels or fields. */
function requirementHolds(r: any, values: Readonly<Record<string, string>>): boolean {
  const value = values[r.key]
  switch (r.operator) {
    case 'In':
      return value !== undefined && r.values.includes(value)
    case 'NotIn':
      return value === undefined || !r.values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    case 'Gt':
      return value !== undefined && Number(value) > Number(r.values[0])
    case 'Lt':
      return value !== undefined && Number(value) < Number(r.values[0])
    default:
      return false
  }
}

/** One nodeSelectorTerm; an empty term matches nothing. */
export const termMatches = (term: any, node: KubeObject): boolean =>
  (term.matchExpressions?.length || term.matchFields?.length) &&
  (term.matchExpressions ?? []).every((r: any) => requirementHolds(r, node.metadata.labels ?? {})) &&
  (term.matchFields ?? []).every((r: any) => requirementHolds(r, { 'metadata.name': node.metadata.name }))

/** A NodeSelector: any of its terms. */
export const selectorMatches = (selector: any, node: KubeObject): boolean =>
  selector.nodeSelectorTerms.some((t: any) => termMatches(t, node))

/** spec.nodeSelector and the required node affinity of a pod spec. */
export function matchesNodeAffinity(spec: any, node: KubeObject): boolean {
  for (const [k, v] of Object.entries(spec.nodeSelector ?? {})) if (node.metadata.labels?.[k] !== v) return false
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  return !required || selectorMatches(required, node)
}

/** LabelSelector (matchLabels, matchExpressions) against labels; an absent selector matches nothing, an empty one everything. */
export function selects(selector: any, labels: Record<string, string> | undefined): boolean {
  if (!selector) return false
  const have = labels ?? {}
  for (const k in selector.matchLabels) if (have[k] !== selector.matchLabels[k]) return false
  for (const e of selector.matchExpressions ?? []) {
    const present = Object.hasOwn(have, e.key)
    const among = present && (e.values ?? []).includes(have[e.key])
    const holds =
      e.operator === 'In' ? among : e.operator === 'NotIn' ? !among : e.operator === 'Exists' ? present : !present
    if (!holds) return false
  }
  return true
}

/** Are all these labels there, with these values? */
export function carries(
  labels: Readonly<Record<string, string>> | undefined,
  wanted: Readonly<Record<string, string>>,
): boolean {
  for (const k in wanted) if (labels?.[k] !== wanted[k]) return false
  return true
}

/** A plain map selector (Service, ReplicationController). An empty one selects nothing. */
export function selectsMap(
  selector: Record<string, string> | undefined,
  labels: Record<string, string> | undefined,
): boolean {
  if (selector === undefined) return false
  for (const _ in selector) return carries(labels, selector)
  return false
}
