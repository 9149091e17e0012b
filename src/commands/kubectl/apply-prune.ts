import type { Coro } from '../../kernel/index.ts'
import { type Info, itemsOf, selectorOf } from './lib/builder.ts'
import { LAST_APPLIED } from './lib/change.ts'
import type { Resource } from './lib/discovery.ts'
import { CliError } from './lib/errors.ts'
import type { Kube } from './lib/kube.ts'
import type { ObjectPrinter } from './lib/output.ts'

const DEFAULTS = [
  '/v1/ConfigMap',
  '/v1/Endpoints',
  '/v1/Namespace',
  '/v1/PersistentVolumeClaim',
  '/v1/PersistentVolume',
  '/v1/Pod',
  '/v1/ReplicationController',
  '/v1/Secret',
  '/v1/Service',
  'batch/v1/Job',
  'batch/v1/CronJob',
  'networking.k8s.io/v1/Ingress',
  'apps/v1/DaemonSet',
  'apps/v1/Deployment',
  'apps/v1/ReplicaSet',
  'apps/v1/StatefulSet',
]

/** Refuses a --prune that would take everything. */
export function pruneCheck(k: Kube): void {
  const { flags } = k
  if (!flags.bool('prune')) return
  for (const gvk of flags.strings('prune-allowlist'))
    if (gvk.split('/').length !== 3)
      throw new CliError(`invalid GroupVersionKind format: ${gvk}, please follow <group/version/kind>`)
  if (!flags.bool('all') && selectorOf(k) === '')
    throw new CliError(
      'all resources selected for prune without explicitly passing --all. To prune all resources, pass the --all flag. If you did not mean to prune all resources, specify a label selector',
    )
}

/** Deletes what was applied once and is no longer in the files. */
export function* prune(k: Kube, kept: readonly Info[], printer: ObjectPrinter): Coro<void> {
  const allow = k.flags.strings('prune-allowlist').map((gvk) => gvk.replace(/^core\//, '/'))
  if (allow.length === 0 && k.namespaceGiven === false && DEFAULTS.length > 0)
    k.log(
      'W',
      0,
      'prune.go:71',
      'Deprecated: kubectl apply will no longer prune non-namespaced resources by default when used with the --namespace flag in a future release. To preserve the current behaviour, list the resources you want to target explicitly in the --prune-allowlist flag.',
    )
  const discovery = yield* k.discovery()
  const client = yield* k.client()
  const uids = new Set(kept.map((info) => `${info.resource.kind}/${info.namespace ?? ''}/${info.name}`))
  const namespaces = new Set(kept.map((info) => info.namespace ?? '').filter(Boolean))
  for (const gvk of allow.length > 0 ? allow : DEFAULTS) {
    const [group, version, kind] = gvk.split('/')
    const resource: Resource | undefined = yield* discovery.forKind(group ? `${group}/${version}` : version, kind)
    if (!resource) continue
    for (const namespace of resource.namespaced ? namespaces : [undefined]) {
      const list = yield* client.list(resource, namespace, { labelSelector: selectorOf(k) || undefined, limit: 500 })
      for (const object of itemsOf(list, resource)) {
        if (object.metadata.annotations?.[LAST_APPLIED] === undefined) continue
        if (uids.has(`${kind}/${object.metadata.namespace ?? ''}/${object.metadata.name}`)) continue
        if (k.dryRun() !== 'client')
          yield* client.delete(resource, namespace, object.metadata.name, {
            dryRun: k.dryRun() === 'server' || undefined,
            propagationPolicy: 'Background',
          })
        yield* printer.print(object)
      }
    }
  }
}
