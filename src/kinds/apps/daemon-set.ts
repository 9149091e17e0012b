import { defineKind, ownSubresource } from '../define.ts'

export const daemonSet = defineKind({
  group: 'apps',
  version: 'v1',
  kind: 'DaemonSet',
  plural: 'daemonsets',
  shortNames: ['ds'],
  categories: ['all'],
  namespaced: true,
  subresources: [ownSubresource('DaemonSet', 'status')],
  storageVersionHash: 'dd7pWHUlMKQ=',
  status: true,
})
