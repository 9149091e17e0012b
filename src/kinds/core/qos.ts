import { amount } from '../amount.ts'

type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort'

const COMPUTE = ['cpu', 'memory']

/** ComputePodQOS of component-helpers: from the requests and limits of cpu and memory of all containers. */
export function qosClass(spec: any): QosClass {
  const podLevel = spec.resources && (spec.resources.requests || spec.resources.limits)
  const owners: any[] = podLevel ? [spec] : [...(spec.containers ?? []), ...(spec.initContainers ?? [])]
  const requests = new Map<string, bigint>()
  const limits = new Map<string, bigint>()
  let guaranteed = true
  for (const { resources } of owners) {
    let limited = 0
    for (const name of COMPUTE) {
      if (resources?.requests?.[name] !== undefined) addTo(requests, name, amount(resources.requests[name]))
      if (resources?.limits?.[name] !== undefined && addTo(limits, name, amount(resources.limits[name]))) limited++
    }
    if (limited < COMPUTE.length) guaranteed = false
  }
  if (!requests.size && !limits.size) return 'BestEffort'
  for (const [name, request] of requests) if (limits.get(name) !== request) guaranteed = false
  return guaranteed && requests.size === limits.size ? 'Guaranteed' : 'Burstable'
}

function addTo(sums: Map<string, bigint>, name: string, value: bigint): boolean {
  if (value <= 0n) return false
  sums.set(name, (sums.get(name) ?? 0n) + value)
  return true
}
