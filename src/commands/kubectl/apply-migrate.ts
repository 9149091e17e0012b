import type { FieldSet } from '../../api/fields/set.ts'
import { has, sortedSet, union } from '../../api/fields/set.ts'
import { StatusError } from '../../api/types.ts'
import type { Coro } from '../../kernel/index.ts'
import type { Info } from './lib/builder.ts'
import { LAST_APPLIED } from './lib/change.ts'
import { isExpected } from './lib/errors.ts'
import type { Kube } from './lib/kube.ts'

interface Entry {
  readonly manager: string
  readonly operation: string
  readonly subresource?: string
  readonly fieldsV1: FieldSet
}

const SERVER_SIDE = 'kubectl'
const ANNOTATION = 'kubectl-last-applied'
/** maxPatchRetry */
const MOST_TRIES = 5
const PATH = ['f:metadata', 'f:annotations', `f:${LAST_APPLIED}`]

/**
 * After a server-side apply: what client-side apply owned goes over to server-side apply, and its annotation to a
 * manager of its own; then the object is applied again. Models ApplyOptions.saveLastApplyAnnotationIfNecessary and
 * migrateToSSAIfNecessary, with k8s.io/client-go/util/csaupgrade.
 */
export function* migrate(k: Kube, info: Info, object: any, manager: string, again: () => Coro<any>): Coro<any> {
  const options = { dryRun: k.dryRun() === 'server' || undefined }
  const client = yield* k.client()
  let current = object
  try {
    const annotation = current.metadata.annotations?.[LAST_APPLIED]
    if (manager === SERVER_SIDE && annotation !== undefined && owners(current, 'Apply').length === 0)
      current = yield* client.patch(
        info.resource,
        info.namespace,
        info.name,
        'application/apply-patch+yaml',
        {
          apiVersion: info.object.apiVersion,
          kind: info.object.kind,
          metadata: { name: info.name, namespace: info.namespace, annotations: { [LAST_APPLIED]: annotation } },
        },
        { fieldManager: ANNOTATION, ...options },
      )
  } catch (error) {
    if (!isExpected(error)) throw error
    k.err(
      `Warning: failed to migrate ${LAST_APPLIED} for Server-Side Apply. This is non-fatal and will be retried next time you apply. Error: ${error.message}\n`,
    )
    return current
  }
  try {
    for (let tries = 1; ; tries++) {
      const fields = upgraded(current, manager)
      if (!fields) return current
      const patch = [
        { op: 'replace', path: '/metadata/managedFields', value: fields },
        { op: 'replace', path: '/metadata/resourceVersion', value: current.metadata.resourceVersion },
      ]
      try {
        yield* client.patch(info.resource, info.namespace, info.name, 'application/json-patch+json', patch, {
          fieldManager: manager,
          ...options,
        })
        break
      } catch (error) {
        if (!(error instanceof StatusError) || error.reason !== 'Conflict' || tries === MOST_TRIES) throw error
        current = yield* client.get(info.resource, info.namespace, info.name)
      }
    }
  } catch (error) {
    if (!isExpected(error)) throw error
    k.err(
      `Warning: server rejected managed fields migration to Server-Side Apply. This is non-fatal and will be retried next time you apply. Error: ${error.message}\n`,
    )
    return current
  }
  return yield* again()
}

/** Managers that wrote the annotation in that way. */
function owners(object: any, operation: 'Apply' | 'Update'): Entry[] {
  const entries: Entry[] = object.metadata.managedFields ?? []
  return entries.filter((e) => e.operation === operation && !e.subresource && has(e.fieldsV1, PATH))
}

/** managedFields in which `manager` has taken over from client-side apply; undefined where nobody is left to take over from. */
function upgraded(object: any, manager: string): Entry[] | undefined {
  const old = new Set(owners(object, 'Update').map((e) => e.manager))
  if (old.size === 0) return undefined
  const isOld = (e: Entry, name?: string): boolean =>
    e.operation === 'Update' && !e.subresource && (name === undefined ? old.has(e.manager) : e.manager === name)
  const isNew = (e: Entry): boolean => e.operation === 'Apply' && !e.subresource && e.manager === manager
  const entries: Entry[] = object.metadata.managedFields
  const surplus = entries.filter((e) => isOld(e))
  const kept = entries.filter((e) => !isOld(e))
  const at = kept.findIndex(isNew)
  const first = at >= 0 ? kept[at] : { ...surplus[0], manager, operation: 'Apply' }
  const fieldsV1 = surplus.reduce((set, e) => union(set, e.fieldsV1), first.fieldsV1)
  const taker = { ...first, fieldsV1: sortedSet(fieldsV1) }
  return at >= 0 ? kept.map((e, i) => (i === at ? taker : e)) : [taker, ...kept]
}
