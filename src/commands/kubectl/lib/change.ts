import { StatusError } from '../../../api/types.ts'
import type { Coro } from '../../../kernel/index.ts'
import { deepEqual } from '../../../kinds/index.ts'
import { toGoJson } from '../../../print/index.ts'
import type { Info } from './builder.ts'
import { isExpected } from './errors.ts'
import type { Kube } from './kube.ts'
import { twoWay } from './patches.ts'

export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

/** AddSourceToErr: names the file in an error of the server. */
export function withSource(verb: string, source: string, error: unknown): Error {
  if (!source || !isExpected(error)) return error as Error
  const message = `error when ${verb} "${source}": ${error.message}`
  if (error instanceof StatusError) return new StatusError(error.code, error.reason, message, error.details)
  error.message = message
  return error
}

/** Runs `each` for all and gathers the errors of those that failed. */
export function* forEach<T>(list: readonly T[], each: (item: T) => Coro<void>): Coro<Error[]> {
  const errors: Error[] = []
  for (const item of list) {
    try {
      if (item && typeof item === 'object' && 'error' in item) throw (item as any).error
      yield* each(item)
    } catch (error) {
      if (!isExpected(error)) throw error
      errors.push(error)
    }
  }
  return errors
}

/** The object as `apply` records it in its annotation. */
function lastAppliedText(object: any): string {
  const { [LAST_APPLIED]: _, ...annotations } = object.metadata?.annotations ?? {}
  return `${toGoJson({ ...object, metadata: { ...object.metadata, annotations } })}\n`
}

/** The object without what `apply` records. */
export function withoutLastApplied(object: any): any {
  const { [LAST_APPLIED]: _, ...annotations } = object.metadata?.annotations ?? {}
  return { ...object, metadata: { ...object.metadata, annotations } }
}

/** A copy with the annotation in which apply remembers what it was given. */
export function withLastApplied(object: any): any {
  const { [LAST_APPLIED]: _, ...annotations } = object.metadata?.annotations ?? {}
  return {
    ...object,
    metadata: { ...object.metadata, annotations: { ...annotations, [LAST_APPLIED]: lastAppliedText(object) } },
  }
}

/** --save-config: records the object in its annotation; without it an existing record is kept up to date. */
export function savedConfig(k: Kube, object: any): any {
  const wanted = k.flags.has('save-config') && k.flags.bool('save-config')
  return wanted ? withLastApplied(object) : object
}

/** Sends the difference between the live object and `after`. Returns the object and whether anything changed. */
export function* sendChange(
  k: Kube,
  info: Info,
  after: any,
  manager: string,
  options: { subresource?: string } = {},
): Coro<{ object: any; changed: boolean }> {
  if (deepEqual(info.object, after)) return { object: info.object, changed: false }
  const { type, patch } = twoWay(info.object, after)
  if (k.flags.has('dry-run') && k.dryRun() === 'client') return { object: after, changed: true }
  const client = yield* k.client()
  const object = yield* client.patch(info.resource, info.namespace, info.name, type, patch, {
    fieldManager: managerOf(k, manager),
    dryRun: k.flags.has('dry-run') && k.dryRun() === 'server' ? true : undefined,
    ...options,
  })
  return { object, changed: true }
}

/** --field-manager, else the command's own. */
export const managerOf = (k: Kube, own: string): string =>
  (k.flags.has('field-manager') && k.flags.string('field-manager')) || own
