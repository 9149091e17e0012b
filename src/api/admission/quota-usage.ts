import { podTotal } from '../../kinds/index.ts'
import { Quantity, quantityOf } from '../../print/index.ts'
import type { KubeObject } from '../types.ts'
import { allContainers } from './lookup.ts'

/** Amounts by resource name as a ResourceQuota counts them (`pods`, `requests.cpu`). */
export type Usage = Readonly<Record<string, Quantity>>

const COMPUTE = ['cpu', 'memory', 'ephemeral-storage']
const ONE = Quantity.of(1)

/** Kinds counted under their bare name too. */
const BARE = new Set([
  'pods',
  'services',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'replicationcontrollers',
  'resourcequotas',
])

/** What one object of a resource (`deployments.apps`) takes of a quota. Models pkg/quota/v1/evaluator/core. */
export function usageOf(groupResource: string, object: KubeObject): Usage {
  const usage: Record<string, Quantity> = { [`count/${groupResource}`]: ONE }
  if (groupResource === 'pods') return { ...usage, ...podUsage(object) }
  if (BARE.has(groupResource)) usage[groupResource] = ONE
  if (groupResource === 'services') Object.assign(usage, serviceUsage(object))
  if (groupResource === 'persistentvolumeclaims') Object.assign(usage, claimUsage(object))
  return usage
}

const ended = (pod: KubeObject) => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'

function podUsage(pod: KubeObject): Usage {
  if (ended(pod)) return {}
  const usage: Record<string, Quantity> = { pods: ONE }
  for (const list of ['requests', 'limits'] as const) {
    const total = podTotal(pod.spec, list)
    for (const [name, quantity] of Object.entries(total)) {
      usage[`${list}.${name}`] = quantity
      if (list === 'requests' && COMPUTE.includes(name)) usage[name] = quantity
    }
  }
  return usage
}

function serviceUsage({ spec }: KubeObject): Usage {
  const balanced = spec?.type === 'LoadBalancer'
  // A load balancer that wants none has only the node ports that it names.
  const counts = (port: any) => !balanced || spec.allocateLoadBalancerNodePorts !== false || port.nodePort
  const ports = (spec?.ports ?? []).filter(counts).length
  return {
    ...(balanced ? { 'services.loadbalancers': ONE } : {}),
    ...(balanced || spec?.type === 'NodePort' ? { 'services.nodeports': Quantity.of(ports) } : {}),
  }
}

function claimUsage({ spec }: KubeObject): Usage {
  const storage = quantityOf(spec?.resources?.requests?.storage)
  const name = spec?.storageClassName
  return {
    'requests.storage': storage,
    ...(name
      ? {
          [`${name}.storageclass.storage.k8s.io/persistentvolumeclaims`]: ONE,
          [`${name}.storageclass.storage.k8s.io/requests.storage`]: storage,
        }
      : {}),
  }
}

/** Resources under a compute quota that containers must name: `limits.memory for: c; requests.cpu for: c`. */
export function unspecified(pod: KubeObject, hard: readonly string[]): string {
  const missing: string[] = []
  const wanted = hard.filter((r) => COMPUTE.includes(r.replace(/^(requests|limits)\./, ''))).sort()
  for (const resource of wanted) {
    const list = resource.startsWith('limits.') ? 'limits' : 'requests'
    const name = resource.replace(/^(requests|limits)\./, '')
    const without = allContainers({ ...pod.spec, ephemeralContainers: [] })
      .filter((c) => c.resources?.[list]?.[name] === undefined)
      .map((c) => c.name)
    if (without.length) missing.push(`${resource} for: ${without.sort().join(',')}`)
  }
  return missing.join('; ')
}

const bestEffort = (pod: KubeObject): boolean =>
  allContainers(pod.spec).every(
    (c) => !Object.keys(c.resources?.requests ?? {}).length && !Object.keys(c.resources?.limits ?? {}).length,
  )

const SCOPES: Readonly<Record<string, (pod: KubeObject, e: any) => boolean>> = {
  Terminating: (pod) => pod.spec.activeDeadlineSeconds !== undefined,
  NotTerminating: (pod) => pod.spec.activeDeadlineSeconds === undefined,
  BestEffort: bestEffort,
  NotBestEffort: (pod) => !bestEffort(pod),
  PriorityClass({ spec }, { operator = 'Exists', values = [] }) {
    const name = spec.priorityClassName ?? ''
    if (operator === 'In') return values.includes(name)
    if (operator === 'NotIn') return !values.includes(name)
    return operator === 'Exists' ? name !== '' : name === ''
  },
}

/** Whether a quota with scopes is about this pod. */
export function inScope({ spec }: KubeObject, groupResource: string, object: KubeObject): boolean {
  const terms = [
    ...(spec.scopes ?? []).map((scopeName: string) => ({ scopeName })),
    ...(spec.scopeSelector?.matchExpressions ?? []),
  ]
  if (terms.length === 0) return true
  return groupResource === 'pods' && terms.every((e: any) => SCOPES[e.scopeName]?.(object, e) ?? true)
}
