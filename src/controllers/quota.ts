import type { KubeObject } from '../api/types.ts'
import { deepEqual } from '../kinds/index.ts'
import { Quantity, quantityOf } from '../print/index.ts'
import { defineController, itself, keyOf, splitKey, type Tools } from './controller.ts'
import { isTerminal } from './pods.ts'

/** Object count quotas by their short names. */
const COUNTED: Record<string, string> = {
  pods: 'Pod',
  services: 'Service',
  secrets: 'Secret',
  configmaps: 'ConfigMap',
  persistentvolumeclaims: 'PersistentVolumeClaim',
  replicationcontrollers: 'ReplicationController',
  resourcequotas: 'ResourceQuota',
}
const BY_COUNT: Record<string, string> = {
  'deployments.apps': 'Deployment',
  'replicasets.apps': 'ReplicaSet',
  'statefulsets.apps': 'StatefulSet',
  'jobs.batch': 'Job',
  'cronjobs.batch': 'CronJob',
  'ingresses.networking.k8s.io': 'Ingress',
}

const touched = (object: KubeObject, tools: Tools): string[] =>
  tools.informer('ResourceQuota').list(object.metadata.namespace).map(keyOf)

/** Resource requests or limits of a pod as the quota evaluator counts them: containers summed, init containers at their peak. */
function podUsage(pod: KubeObject, kind: 'requests' | 'limits', name: string): Quantity {
  const of = (c: any): Quantity => quantityOf(c.resources?.[kind]?.[name])
  let sum = Quantity.of(0)
  for (const c of pod.spec.containers) sum = sum.add(of(c))
  let sidecars = Quantity.of(0)
  let peak = Quantity.of(0)
  for (const c of pod.spec.initContainers ?? []) {
    if (c.restartPolicy === 'Always') sidecars = sidecars.add(of(c))
    else if (sidecars.add(of(c)).compare(peak) > 0) peak = sidecars.add(of(c))
  }
  sum = sum.add(sidecars)
  return peak.compare(sum) > 0 ? peak : sum
}

const SCOPES: Record<string, (pod: KubeObject) => boolean> = {
  Terminating: (p) => p.spec.activeDeadlineSeconds !== undefined,
  NotTerminating: (p) => p.spec.activeDeadlineSeconds === undefined,
  BestEffort: (p) => p.status?.qosClass === 'BestEffort',
  NotBestEffort: (p) => p.status?.qosClass !== 'BestEffort',
}

function inScope(quota: KubeObject, pod: KubeObject): boolean {
  for (const scope of quota.spec.scopes ?? []) if (SCOPES[scope] && !SCOPES[scope](pod)) return false
  for (const e of quota.spec.scopeSelector?.matchExpressions ?? []) {
    if (e.scopeName !== 'PriorityClass') continue
    const value = pod.spec.priorityClassName
    const holds =
      e.operator === 'In'
        ? e.values.includes(value)
        : e.operator === 'NotIn'
          ? !e.values.includes(value)
          : e.operator === 'Exists'
            ? Boolean(value)
            : !value
    if (!holds) return false
  }
  return true
}

/** What a namespace uses of one quota resource; undefined when the resource is not counted. */
function usageOf(resource: string, quota: KubeObject, tools: Pick<Tools, 'informer'>): Quantity | undefined {
  const ns = quota.metadata.namespace
  const count = (kind: string): Quantity => Quantity.of(tools.informer(kind).list(ns).length)
  const pods = (): KubeObject[] =>
    tools
      .informer('Pod')
      .list(ns)
      .filter((p) => !isTerminal(p) && inScope(quota, p))
  if (resource === 'pods' || resource === 'count/pods')
    return Quantity.of((resource === 'pods' ? pods() : tools.informer('Pod').list(ns)).length)
  const name = resource.replace(/^count\//, '')
  if (COUNTED[name]) return count(COUNTED[name])
  if (BY_COUNT[name] && resource !== name) return count(BY_COUNT[name])
  if (resource === 'services.nodeports')
    return Quantity.of(
      tools
        .informer('Service')
        .list(ns)
        .reduce((n, s) => n + (s.spec.ports ?? []).filter((p: any) => p.nodePort).length, 0),
    )
  if (resource === 'services.loadbalancers')
    return Quantity.of(
      tools
        .informer('Service')
        .list(ns)
        .filter((s) => s.spec.type === 'LoadBalancer').length,
    )
  const storage = /^(?:(.+)\.storageclass\.storage\.k8s\.io\/)?(requests\.storage|persistentvolumeclaims)$/.exec(
    resource,
  )
  if (storage) {
    const claims = tools
      .informer('PersistentVolumeClaim')
      .list(ns)
      .filter((c) => !storage[1] || c.spec.storageClassName === storage[1])
    return storage[2] === 'persistentvolumeclaims'
      ? Quantity.of(claims.length)
      : claims.reduce((q, c) => q.add(quantityOf(c.spec.resources?.requests?.storage)), Quantity.of(0))
  }
  const compute = /^(requests|limits)\.(.+)$/.exec(resource)
  const kind = (compute?.[1] ?? 'requests') as 'requests' | 'limits'
  const unit = compute?.[2] ?? resource
  if (!compute && !['cpu', 'memory', 'ephemeral-storage'].includes(resource)) return undefined
  return pods().reduce((q, p) => q.add(podUsage(p, kind, unit)), Quantity.of(0))
}

/** Models pkg/controller/resourcequota: keeps status.hard and status.used true. */
export const resourceQuota = defineController({
  name: 'resourcequota-controller',
  watches: {
    ResourceQuota: itself,
    Pod: touched,
    Service: touched,
    PersistentVolumeClaim: touched,
    ConfigMap: touched,
    Secret: touched,
    ReplicationController: touched,
    Deployment: touched,
    ReplicaSet: touched,
    StatefulSet: touched,
    Job: touched,
    CronJob: touched,
    Ingress: touched,
  },
  reconcile(key, tools) {
    const quota = tools.informer('ResourceQuota').get(...(splitKey(key) as [string, string]))
    if (!quota || quota.metadata.deletionTimestamp) return undefined
    const used: Record<string, string> = {}
    for (const resource of Object.keys(quota.spec.hard ?? {}).sort()) {
      const n = usageOf(resource, quota, tools)
      if (n !== undefined) used[resource] = n.toString()
    }
    const status = { hard: quota.spec.hard, used }
    if (!deepEqual(status, quota.status)) tools.api.updateStatus({ ...quota, status })
    return undefined
  },
})
