import { sorted } from '../errors.ts'

/** A label selector as Go marshals it: matchLabels in order, then matchExpressions; null when absent. */
export function selectorJson(selector: any): any {
  if (!selector) return null
  const { matchLabels, matchExpressions } = selector
  return {
    ...(matchLabels && Object.keys(matchLabels).length ? { matchLabels: sorted(matchLabels) } : {}),
    ...(matchExpressions?.length
      ? {
          matchExpressions: matchExpressions.map(({ key = '', operator = '', values }: any) => ({
            key,
            operator,
            ...(values?.length ? { values } : {}),
          })),
        }
      : {}),
  }
}
