import { columns } from '../columns.ts'
import { defineKind } from '../define.ts'
import { validateIPAddress, validateIPAddressUpdate } from '../validation/service-cidr.ts'

export const ipAddress = defineKind({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IPAddress',
  plural: 'ipaddresses',
  shortNames: ['ip'],
  namespaced: false,
  storageVersionHash: '3f/plJFChNE=',
  columns: columns('Name', 'ParentRef'),
  cells: (obj) => {
    const ref = obj.spec?.parentRef
    if (!ref) return [obj.metadata.name, '<none>']
    const resource = (ref.group ? `${ref.resource}.${ref.group}` : ref.resource).toLowerCase()
    return [obj.metadata.name, [resource, ...(ref.namespace ? [ref.namespace] : []), ref.name].join('/')]
  },
  generation: true,
  validate: validateIPAddress,
  validateUpdate: validateIPAddressUpdate,
})
