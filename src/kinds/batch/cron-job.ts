import { defineKind, ownSubresource } from '../define.ts'

export const cronJob = defineKind({
  group: 'batch',
  version: 'v1',
  kind: 'CronJob',
  plural: 'cronjobs',
  shortNames: ['cj'],
  categories: ['all'],
  namespaced: true,
  subresources: [ownSubresource('CronJob', 'status')],
  storageVersionHash: 'sd5LIXh4Fjs=',
  status: true,
})
