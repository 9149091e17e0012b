import { compareBytes } from '../print/index.ts'

/** metav1.LabelSelector */
interface LabelSelector {
  matchLabels?: Record<string, string>
  matchExpressions?: { key: string; operator: string; values?: string[] }[]
}

type Labels = Readonly<Record<string, string>> | undefined | null

/** Whether labels satisfy a label selector. A missing selector matches nothing, an empty one everything. */
export function selectorMatches(selector: LabelSelector | undefined | null, labels: Labels): boolean {
  if (!selector) return false
  const have = labels ?? {}
  for (const key in selector.matchLabels) if (have[key] !== selector.matchLabels[key]) return false
  for (const { key, operator, values } of selector.matchExpressions ?? []) {
    const value = have[key]
    if (operator === 'In' && (value === undefined || !values?.includes(value))) return false
    if (operator === 'NotIn' && value !== undefined && values?.includes(value)) return false
    if (operator === 'Exists' && value === undefined) return false
    if (operator === 'DoesNotExist' && value !== undefined) return false
  }
  return true
}

/** It selects everything, or (undefined) is not there. */
export const selectorIsEmpty = (selector: LabelSelector | undefined | null): boolean =>
  !selector || (!Object.keys(selector.matchLabels ?? {}).length && !selector.matchExpressions?.length)

/** labels.Selector.String(): requirements ordered by key, e.g. `app=web,tier in (a,b)`. */
export function selectorText(selector: LabelSelector | undefined | null): string {
  const parts: [string, string][] = Object.entries(selector?.matchLabels ?? {}).map(([k, v]) => [k, `${k}=${v}`])
  for (const { key, operator, values } of selector?.matchExpressions ?? []) {
    const list = [...(values ?? [])].sort(compareBytes).join(',')
    if (operator === 'In') parts.push([key, `${key} in (${list})`])
    else if (operator === 'NotIn') parts.push([key, `${key} notin (${list})`])
    else if (operator === 'Exists') parts.push([key, key])
    else parts.push([key, `!${key}`])
  }
  return parts
    .sort(([a], [b]) => compareBytes(a, b))
    .map(([, text]) => text)
    .join(',')
}

/** metav1.FormatLabelSelector: `<none>` when empty. */
export const formatSelector = (selector: LabelSelector | undefined | null): string => selectorText(selector) || '<none>'
