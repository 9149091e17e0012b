import { notFound } from '../errors.ts'
import { StatusError } from '../types.ts'
import { forbid, lookup } from './lookup.ts'
import type { AdmissionPlugin } from './plugin.ts'

const IMMORTAL = new Set(['default', 'kube-system', 'kube-public'])

/** Reviews are asked, not stored: their namespace need not exist. */
const REVIEWS = new Set(['localsubjectaccessreviews.authorization.k8s.io'])

/** Nothing is created in namespaces that do not exist or are going; some never go. */
export const namespaceLifecycle: AdmissionPlugin = {
  name: 'NamespaceLifecycle',
  handles: (operation, resource) =>
    (operation === 'CREATE' && resource !== 'namespaces' && !REVIEWS.has(resource)) ||
    (operation === 'DELETE' && resource === 'namespaces'),
  admit(a) {
    const { operation, namespace, kind, ctx } = a
    if (operation === 'DELETE') {
      if (IMMORTAL.has(a.name)) throw forbid(a, 'this namespace may not be deleted')
      return
    }
    if (!namespace || !ctx.kind.namespaced) return
    const found = lookup(ctx.server, 'Namespace', undefined, namespace)
    if (!found) throw notFound({ group: '', plural: 'namespaces' }, namespace)
    if (!found.metadata.deletionTimestamp || kind.plural === 'namespaces') return
    const why = `unable to create new content in namespace ${namespace} because it is being terminated`
    const error = forbid(a, why)
    const causes = [
      {
        reason: 'NamespaceTerminating',
        message: `namespace ${namespace} is being terminated`,
        field: 'metadata.namespace',
      },
    ]
    throw new StatusError(403, 'Forbidden', error.message, { ...error.details, causes })
  },
}
