import type { KubeObject } from '../../api/types.ts'

/**
 * The labelSelector of a term or constraint together with what its matchLabelKeys and mismatchLabelKeys mean for this
 * pod; keys that the pod does not have say nothing.
 */
export function withKeys(term: any, pod: KubeObject): any {
  if (!term.labelSelector || (!term.matchLabelKeys && !term.mismatchLabelKeys)) return term.labelSelector
  const rules = (keys: readonly string[] | undefined, operator: 'In' | 'NotIn'): any[] =>
    (keys ?? []).flatMap((key) => {
      const value = pod.metadata.labels?.[key]
      return value === undefined ? [] : [{ key, operator, values: [value] }]
    })
  const { matchExpressions = [] } = term.labelSelector
  return {
    ...term.labelSelector,
    matchExpressions: [
      ...matchExpressions,
      ...rules(term.matchLabelKeys, 'In'),
      ...rules(term.mismatchLabelKeys, 'NotIn'),
    ],
  }
}
