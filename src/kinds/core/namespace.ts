import { age, columns } from '../columns.ts'
import { defineKind, keep, ownSubresource } from '../define.ts'
import { dnsLabel } from '../meta.ts'
import { validateNamespace, validateNamespaceStatus } from '../validation/cluster.ts'

export const namespace = defineKind({
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  shortNames: ['ns'],
  namespaced: false,
  verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
  subresources: [{ name: 'finalize', kind: 'Namespace', verbs: ['update'] }, ownSubresource('Namespace', 'status')],
  storageVersionHash: 'Q3oi5N2YM8M=',
  status: true,
  columns: columns('Name', 'Status', 'Age'),
  cells: (obj, ctx) => [obj.metadata.name, obj.status?.phase ?? '', age(obj, ctx)],
  // kubernetes.io/metadata.name cannot be taken off or changed: every write puts it back.
  defaults(obj) {
    obj.status ??= {}
    obj.status.phase ||= 'Active'
    if (!obj.metadata.name) return
    obj.metadata.labels = { ...obj.metadata.labels, 'kubernetes.io/metadata.name': obj.metadata.name }
  },
  prepareForCreate(obj) {
    obj.metadata.labels = { ...obj.metadata.labels, 'kubernetes.io/metadata.name': obj.metadata.name }
    obj.status = { phase: 'Active' }
    obj.spec ??= {}
    const finalizers: string[] = obj.spec.finalizers ?? []
    if (!finalizers.includes('kubernetes')) obj.spec.finalizers = [...finalizers, 'kubernetes']
  },
  prepareForUpdate(next, old, subresource) {
    if (subresource === 'finalize') {
      keep(next, old, 'status')
    } else if (!subresource) {
      next.spec = { ...next.spec }
      if (old.spec?.finalizers) next.spec.finalizers = old.spec.finalizers
      else delete next.spec.finalizers
    }
  },
  fields: { 'status.phase': (ns) => ns.status?.phase ?? '' },
  validate: validateNamespace,
  validateSubresource: (next, _old, subresource) =>
    subresource === 'status' ? validateNamespaceStatus(next) : validateNamespace(next),
  nameRule: dnsLabel,
})
