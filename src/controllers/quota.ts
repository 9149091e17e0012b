import { inScope, usageOf } from '../api/admission/quota-usage.ts'
import type { KubeObject } from '../api/types.ts'
import { builtinKinds, deepEqual, isEstablished, KindRegistry } from '../kinds/index.ts'
import { Quantity } from '../print/index.ts'
import { defineController, itself, keyOf, splitKey, type Tools } from './controller.ts'

/** Kinds of what quotas mostly count; others are looked at when a quota names them. */
const COUNTED = [
  ...['Pod', 'Service', 'PersistentVolumeClaim', 'ConfigMap', 'Secret', 'ReplicationController'],
  ...['Deployment', 'ReplicaSet', 'StatefulSet', 'Job', 'CronJob', 'Ingress'],
]
const KINDS: ReadonlyMap<string, string> = new Map(
  new KindRegistry(builtinKinds)
    .list()
    .filter((kind) => kind.namespaced && kind.verbs.includes('watch'))
    .map((kind) => [kind.groupResource, kind.kind]),
)

/** The name under which informers know the kind of `widgets.example.com`; undefined when there is no such resource. */
function kindOf(resource: string, { informer }: Tools): string | undefined {
  const known = KINDS.get(resource)
  if (known) return known
  const custom = informer('CustomResourceDefinition').get(undefined, resource)
  if (custom?.spec.scope !== 'Namespaced' || !isEstablished(custom)) return undefined
  const { group, names, versions } = custom.spec
  return `${group}/${versions.find((v: any) => v.storage).name}/${names.kind}`
}

const observed = new WeakMap<Tools, Set<string>>()

/** The objects of a kind in a namespace; from now on the quotas beside them hear of their changes. */
function objectsOf(kind: string, namespace: string | undefined, tools: Tools): readonly KubeObject[] {
  const informer = tools.informer(kind)
  let known = observed.get(tools)
  if (!known) observed.set(tools, (known = new Set(COUNTED)))
  if (!known.has(kind) && kind !== 'ResourceQuota') {
    known.add(kind)
    informer.onChange((now, before) => {
      for (const key of touched((now ?? before)!, tools)) tools.enqueue(key)
    })
  }
  return informer.list(namespace)
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
function used(entry: string, quota: KubeObject, tools: Tools): Quantity | undefined {
  const resource = countedBy(entry) ?? ''
  const kind = kindOf(resource, tools)
  if (!kind) return undefined
  return objectsOf(kind, quota.metadata.namespace, tools)
    .filter((object) => inScope(quota, resource, object))
    .reduce((sum, object) => sum.add(usageOf(resource, object)[entry] ?? Quantity.of(0)), Quantity.of(0))
}

/** Models pkg/controller/resourcequota: keeps status.hard and status.used true. */
export const resourceQuota = defineController({
  name: 'resourcequota-controller',
  watches: {
    ResourceQuota: itself,
    ...Object.fromEntries(COUNTED.map((kind) => [kind, touched])),
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
