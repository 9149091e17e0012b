import { compareBytes } from '../../../print/index.ts'
import type { Resource } from './discovery.ts'

/** metav1.FormatLabelSelector without its special case: the selector's text, or undefined when it is invalid. */
export function formatSelector(selector: any): string {
  if (!selector) return '<none>'
  const parts = requirements(selector)
  return parts.length === 0 ? '<none>' : parts.join(',')
}

function requirements(selector: any): string[] {
  const out: [string, string][] = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => [
    key,
    `${key}=${value}`,
  ])
  for (const { key, operator, values = [] } of selector.matchExpressions ?? []) {
    const list = [...values].sort(compareBytes).join(',')
    if (operator === 'In') out.push([key, `${key} in (${list})`])
    else if (operator === 'NotIn') out.push([key, `${key} notin (${list})`])
    else out.push([key, operator === 'Exists' ? key : `!${key}`])
  }
  return out.sort(([a], [b]) => compareBytes(a, b)).map(([, text]) => text)
}

const mapSelector = (map: Record<string, string> | undefined): string =>
  Object.keys(map ?? {})
    .sort(compareBytes)
    .map((key) => `${key}=${map![key]}`)
    .join(',')

/** Selector of the pods that a workload or service means; undefined for kinds that have none. */
export function selectorText(object: any, resource: Resource): string | undefined {
  switch (resource.kind) {
    case 'Deployment':
    case 'ReplicaSet':
    case 'StatefulSet':
    case 'DaemonSet':
    case 'Job':
      return requirements(object.spec.selector ?? {}).join(',')
    case 'ReplicationController':
    case 'Service':
      return mapSelector(object.spec.selector)
    default:
      return undefined
  }
}
