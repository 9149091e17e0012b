import { defineKind } from '../define.ts'
import { validateLimitRange } from '../validation/quota.ts'
import { defaultResourceList } from './pod-defaults.ts'

export const limitRange = defineKind({
  group: '',
  version: 'v1',
  kind: 'LimitRange',
  plural: 'limitranges',
  shortNames: ['limits'],
  namespaced: true,
  storageVersionHash: 'EBKMFVe6cwo=',
  prepareForCreate({ metadata }, { uuid }) {
    metadata.name ||= uuid?.() ?? ''
  },
  defaults({ spec }) {
    for (const item of spec?.limits ?? []) {
      for (const list of ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio']) {
        defaultResourceList(item[list])
      }
      if (item.type !== 'Container') continue
      item.default = { ...item.max, ...item.default }
      item.defaultRequest = { ...item.min, ...item.default, ...item.defaultRequest }
      if (!Object.keys(item.default).length) delete item.default
      if (!Object.keys(item.defaultRequest).length) delete item.defaultRequest
    }
  },
  validate: validateLimitRange,
})
