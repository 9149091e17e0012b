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

/**
 * What a pod takes: its containers, unless it says it for all of them; with what its runtime takes itself. Models
 * PodRequests and PodLimits of component-helpers/resource, without what a resize changes.
 */
export function podTotal(spec: any, list: 'requests' | 'limits'): Record<string, Quantity> {
  const total = containerTotal(spec, list)
  const own: Record<string, string> = spec.resources?.[list] ?? {}
  for (const name in own) total[name] = quantityOf(own[name])
  const overhead: Record<string, string> = spec.overhead ?? {}
  for (const name in overhead) {
    // A limit that is none does not become one.
    if (list === 'requests' || (total[name] && !total[name].isZero))
      total[name] = (total[name] ?? Quantity.of(0)).add(quantityOf(overhead[name]))
  }
  return total
}
