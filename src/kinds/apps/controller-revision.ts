import { age, columns } from '../columns.ts'
import { defineKind } from '../define.ts'
import { type FieldError, invalid, required } from '../errors.ts'
import { IMMUTABLE, NEGATIVE } from '../names.ts'
import type { KubeObject } from '../object.ts'
import { same } from '../same.ts'

/** `daemonset.apps/kube-proxy`, or `<none>`. */
function controllerText(obj: KubeObject): string {
  const owner = obj.metadata.ownerReferences?.find((o) => o.controller)
  if (!owner) return '<none>'
  const [group] = owner.apiVersion.includes('/') ? owner.apiVersion.split('/') : ['']
  return `${(group ? `${owner.kind}.${group}` : owner.kind).toLowerCase()}/${owner.name}`
}

const checkRevision = ({ revision = 0 }: KubeObject): FieldError[] =>
  revision < 0 ? [invalid('revision', revision, NEGATIVE)] : []

/** ValidateControllerRevisionCreate */
function validate(obj: KubeObject): FieldError[] {
  const errors = checkRevision(obj)
  const { data } = obj
  if (data === undefined || data === null) errors.push(required('data', 'data is mandatory'))
  else if (typeof data !== 'object' || Array.isArray(data)) {
    errors.push(required('data', 'data must be a valid JSON object'))
  }
  return errors
}

export const controllerRevision = defineKind({
  group: 'apps',
  version: 'v1',
  kind: 'ControllerRevision',
  plural: 'controllerrevisions',
  namespaced: true,
  storageVersionHash: '85nkx63pcBU=',
  columns: columns('Name', 'Controller', 'Revision', 'Age'),
  validate,
  validateUpdate: (next, old) => [
    ...checkRevision(next),
    ...(same(next.data, old.data) ? [] : [invalid('data', next.data ?? null, IMMUTABLE)]),
  ],
  cells: (obj, ctx) => [obj.metadata.name, controllerText(obj), obj.revision ?? 0, age(obj, ctx)],
})
