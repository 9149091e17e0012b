import { defineKind, ownSubresource } from '../define.ts'

export const flowSchema = defineKind({
  group: 'flowcontrol.apiserver.k8s.io',
  version: 'v1',
  kind: 'FlowSchema',
  plural: 'flowschemas',
  namespaced: false,
  subresources: [ownSubresource('FlowSchema', 'status')],
  storageVersionHash: 'GJVAJZSZBIw=',
  status: true,
})
