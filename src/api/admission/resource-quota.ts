import { Quantity, quantityOf } from '../../print/index.ts'
import { foldProvenance } from '../fields/managed.ts'
import { recordWrite } from '../fields/provenance.ts'
import { keyOf } from '../registry/keys.ts'
import { rfc3339 } from '../time.ts'
import type { KubeObject } from '../types.ts'
import { forbid, listOf } from './lookup.ts'
import type { AdmissionPlugin, Attributes } from './plugin.ts'
import { inScope, type Usage, unspecified, usageOf } from './quota-usage.ts'

/** Refuses what would exceed a quota, and writes down at once what is used. */
export const resourceQuota: AdmissionPlugin = {
  name: 'ResourceQuota',
  handles: (operation, resource, subresource) =>
    (operation === 'CREATE' &&
      subresource === '' &&
      resource !== 'events' &&
      !resource.endsWith('reviews.authorization.k8s.io')) ||
    (operation === 'UPDATE' &&
      (subresource === '' || subresource === 'resize') &&
      ['services', 'persistentvolumeclaims', 'pods'].includes(resource)),
  validate(a) {
    if (!a.namespace || !a.ctx.stored.namespaced) return
    const quotas = listOf(a.ctx.server, 'ResourceQuota', a.namespace)
    if (quotas.length === 0) return
    const usage = change(a)
    const writes: [KubeObject, Record<string, string>][] = []
    for (const quota of quotas) {
      const used = charge(a, quota, usage)
      if (used) writes.push([quota, used])
    }
    if (!a.dryRun) for (const [quota, used] of writes) write(a, quota, used)
  },
}

/** What the request adds; on updates never less than nothing. */
function change(a: Attributes): Usage {
  const next = usageOf(a.kind.groupResource, a.object)
  if (!a.old) return next
  const before = usageOf(a.kind.groupResource, a.old)
  const delta: Record<string, Quantity> = {}
  for (const [name, quantity] of Object.entries(next)) {
    const difference = minus(quantity, before[name])
    if (difference.compare(Quantity.of(0)) > 0) delta[name] = difference
  }
  return delta
}

const minus = (a: Quantity, b: Quantity | undefined): Quantity => (b ? new Quantity(a.nano - b.nano, a.format) : a)

/** New usage of a quota; undefined when it is not touched. Throws 403. */
function charge(a: Attributes, quota: KubeObject, usage: Usage): Record<string, string> | undefined {
  const { name } = quota.metadata
  // A quota without a status has not been counted yet: it does not bind (nor does it without a controller manager).
  const hard: Record<string, string> = quota.status?.hard ?? {}
  if (!inScope(quota, a.kind.groupResource, a.object)) return undefined
  if (a.kind.groupResource === 'pods' && a.operation === 'CREATE') {
    const missing = unspecified(a.object, Object.keys(hard))
    if (missing) throw forbid(a, `failed quota: ${name}: must specify ${missing}`)
  }
  const touched = Object.keys(hard).filter((r) => usage[r] && !usage[r].isZero)
  if (touched.length === 0) return undefined
  const used: Record<string, string> = { ...quota.status?.used }
  const exceeded: string[] = []
  const next: Record<string, string> = { ...used }
  for (const resource of touched.sort()) {
    const total = quantityOf(used[resource]).add(usage[resource]!)
    if (total.compare(quantityOf(hard[resource])) > 0) exceeded.push(resource)
    next[resource] = total.toString()
  }
  if (exceeded.length === 0) return next
  const list = (of: (r: string) => string) => exceeded.map((r) => `${r}=${of(r)}`).join(',')
  throw forbid(
    a,
    `exceeded quota: ${name}, requested: ${list((r) => usage[r]!.toString())}, used: ${list((r) => used[r] ?? '0')}, limited: ${list((r) => hard[r]!)}`,
  )
}

function write({ ctx: { server } }: Attributes, quota: KubeObject, used: Record<string, string>): void {
  const kind = server.kinds.named('ResourceQuota')!
  const key = keyOf(kind, quota.metadata.namespace, quota.metadata.name)
  const current = server.storage.get(key)
  if (!current) return
  const next: KubeObject = {
    ...current.object,
    metadata: { ...current.object.metadata },
    status: { ...current.object.status, used },
  }
  const time = rfc3339(server.now())
  const by = { manager: 'kube-apiserver', operation: 'Update' as const, subresource: 'status', apiVersion: 'v1', time }
  recordWrite(next, current.object, by, foldProvenance)
  server.storage.put(key, next, current.revision)
}
