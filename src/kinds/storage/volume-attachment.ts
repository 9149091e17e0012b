import { defineKind, ownSubresource } from '../define.ts'

export const volumeAttachment = defineKind({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'VolumeAttachment',
  plural: 'volumeattachments',
  namespaced: false,
  subresources: [ownSubresource('VolumeAttachment', 'status')],
  storageVersionHash: 'tJx/ezt6UDU=',
  status: true,
})
