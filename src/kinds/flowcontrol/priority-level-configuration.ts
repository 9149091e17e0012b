import { defineKind, ownSubresource } from '../define.ts'

export const priorityLevelConfiguration = defineKind({
  group: 'flowcontrol.apiserver.k8s.io',
  version: 'v1',
  kind: 'PriorityLevelConfiguration',
  plural: 'prioritylevelconfigurations',
  namespaced: false,
  subresources: [ownSubresource('PriorityLevelConfiguration', 'status')],
  storageVersionHash: 'Kir5PVfvNeI=',
  status: true,
})
