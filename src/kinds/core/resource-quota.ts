import { compareBytes } from '../../print/index.ts'
import { age, columns } from '../columns.ts'
import { defineKind, ownSubresource } from '../define.ts'
import { validateQuota, validateQuotaStatus, validateQuotaUpdate } from '../validation/quota.ts'
import { quotaWarnings } from '../warnings/kinds.ts'
import { defaultResourceList } from './pod-defaults.ts'

export const resourceQuota = defineKind({
  group: '',
  version: 'v1',
  kind: 'ResourceQuota',
  plural: 'resourcequotas',
  shortNames: ['quota'],
  namespaced: true,
  subresources: [ownSubresource('ResourceQuota', 'status')],
  storageVersionHash: '8uhSgffRX6w=',
  warnings: quotaWarnings,
  status: true,
  columns: columns('Name', 'Request', 'Limit', 'Age'),
  cells: (obj, ctx) => {
    const { hard = {}, used = {} } = obj.status ?? {}
    const names = Object.keys(hard).sort(compareBytes)
    const list = (limits: boolean): string =>
      names
        .filter((name) => name.startsWith('limits.') === limits)
        .map((name) => `${name}: ${used[name] ?? '0'}/${hard[name]}`)
        .join(', ')
    return [obj.metadata.name, list(false), list(true), age(obj, ctx)]
  },
  defaults({ spec }) {
    defaultResourceList(spec?.hard)
  },
  validate: validateQuota,
  validateUpdate: validateQuotaUpdate,
  validateSubresource: validateQuotaStatus,
})
