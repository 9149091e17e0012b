import { Quantity, quantityOf } from '../../print/index.ts'

/**
 * What the containers of a pod spec take together. Init containers count by their peak, each with the sidecars that were
 * started before it. Models AggregateContainerRequests and AggregateContainerLimits of component-helpers/resource.
 */
export function containerTotal(spec: any, list: 'requests' | 'limits'): Record<string, Quantity> {
  const total: Record<string, Quantity> = {}
  const add = (into: Record<string, Quantity>, { resources }: any) => {
    for (const k in resources?.[list]) into[k] = (into[k] ?? Quantity.of(0)).add(quantityOf(resources[list][k]))
  }
  for (const c of spec.containers ?? []) add(total, c)
  const sidecars: Record<string, Quantity> = {}
  const peak: Record<string, Quantity> = {}
  for (const c of spec.initContainers ?? []) {
    const now = { ...sidecars }
    add(now, c)
    if (c.restartPolicy === 'Always') {
      add(total, c)
      add(sidecars, c)
    }
    for (const k in now) if (!peak[k] || now[k]!.compare(peak[k]) > 0) peak[k] = now[k]!
  }
  for (const k in peak) if (!total[k] || peak[k]!.compare(total[k]) > 0) total[k] = peak[k]!
  return total
}
