import { age, columns } from '../columns.ts'
import { defineKind } from '../define.ts'
import type { KubeObject } from '../object.ts'

/** `daemonset.apps/kube-proxy`, or `<none>`. */
function controllerText(obj: KubeObject): string {
  const owner = obj.metadata.ownerReferences?.find((o) => o.controller)
  if (!owner) return '<none>'
  const [group] = owner.apiVersion.includes('/') ? owner.apiVersion.split('/') : ['']
  return `${(group ? `${owner.kind}.${group}` : owner.kind).toLowerCase()}/${owner.name}`
}

export const controllerRevision = defineKind({
  group: 'apps',
  version: 'v1',
  kind: 'ControllerRevision',
  plural: 'controllerrevisions',
  namespaced: true,
  storageVersionHash: '85nkx63pcBU=',
  columns: columns('Name', 'Controller', 'Revision', 'Age'),
  cells: (obj, ctx) => [obj.metadata.name, controllerText(obj), obj.revision ?? 0, age(obj, ctx)],
})
