import { inScope, usageOf } from '../api/admission/quota-usage.ts'
import type { KubeObject } from '../api/types.ts'
import { deepEqual } from '../kinds/index.ts'
import { Quantity } from '../print/index.ts'
import { defineController, itself, keyOf, splitKey, type Tools } from './controller.ts'

/** What is counted: resource → kind. */
const COUNTED: Readonly<Record<string, string>> = {
  pods: 'Pod',
  services: 'Service',
  secrets: 'Secret',
  configmaps: 'ConfigMap',
  persistentvolumeclaims: 'PersistentVolumeClaim',
  replicationcontrollers: 'ReplicationController',
  resourcequotas: 'ResourceQuota',
  'deployments.apps': 'Deployment',
  'replicasets.apps': 'ReplicaSet',
  'statefulsets.apps': 'StatefulSet',
  'jobs.batch': 'Job',
  'cronjobs.batch': 'CronJob',
  'ingresses.networking.k8s.io': 'Ingress',
}

const touched = (object: KubeObject, tools: Tools): string[] =>
  tools.informer('ResourceQuota').list(object.metadata.namespace).map(keyOf)

/** Whose objects take of a quota's entry: `deployments.apps` for `count/deployments.apps`, `pods` for `limits.cpu`. */
function countedBy(entry: string): string | undefined {
  if (entry.startsWith('count/')) return entry.slice('count/'.length)
  if (entry.startsWith('services.')) return 'services'
  if (/^(.+\.storageclass\.storage\.k8s\.io\/)?(requests\.storage|persistentvolumeclaims)$/.test(entry))
    return 'persistentvolumeclaims'
  if (/^(requests|limits)\.|^(cpu|memory|ephemeral-storage)$/.test(entry)) return 'pods'
  return entry.includes('.') ? undefined : entry
}

/** What a namespace uses of one entry of a quota; undefined when that is not counted. */
function used(entry: string, quota: KubeObject, { informer }: Pick<Tools, 'informer'>): Quantity | undefined {
  const resource = countedBy(entry) ?? ''
  if (!COUNTED[resource]) return undefined
  return informer(COUNTED[resource])
    .list(quota.metadata.namespace)
    .filter((object) => inScope(quota, resource, object))
    .reduce((sum, object) => sum.add(usageOf(resource, object)[entry] ?? Quantity.of(0)), Quantity.of(0))
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
    const uses: Record<string, string> = {}
    for (const entry of Object.keys(quota.spec.hard ?? {}).sort()) {
      const n = used(entry, quota, tools)
      if (n !== undefined) uses[entry] = n.toString()
    }
    const status = { hard: quota.spec.hard, used: uses }
    if (!deepEqual(status, quota.status)) tools.api.updateStatus({ ...quota, status })
    return undefined
  },
})
