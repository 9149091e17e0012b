import { age, columns } from '../columns.ts'
import { defineKind, ownSubresource } from '../define.ts'
import { validateVolumeAttachment } from '../validation/storage.ts'

export const volumeAttachment = defineKind({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'VolumeAttachment',
  plural: 'volumeattachments',
  namespaced: false,
  subresources: [ownSubresource('VolumeAttachment', 'status')],
  storageVersionHash: 'tJx/ezt6UDU=',
  status: true,
  statusKeepsMeta: true,
  columns: columns('Name', 'Attacher', 'PV', 'Node', 'Attached?', 'Age'),
  cells: (obj, ctx) => [
    obj.metadata.name,
    obj.spec?.attacher ?? '',
    obj.spec?.source?.persistentVolumeName ?? '',
    obj.spec?.nodeName ?? '',
    obj.status?.attached ?? false,
    age(obj, ctx),
  ],
  validate: validateVolumeAttachment,
  validateUpdate: () => [],
})
