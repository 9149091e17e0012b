import { age, columns, containerCells, containerColumns } from '../columns.ts'
import { defineKind, ownSubresource, scaleSubresource } from '../define.ts'
import { selectorText } from '../selectors.ts'

export const deployment = defineKind({
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
  shortNames: ['deploy'],
  categories: ['all'],
  namespaced: true,
  subresources: [scaleSubresource, ownSubresource('Deployment', 'status')],
  storageVersionHash: '8aSe+NMegvE=',
  status: true,
  columns: columns('Name', 'Ready', 'Up-to-date', 'Available', 'Age', ...containerColumns, '+Selector'),
  cells: (obj, ctx) => [
    obj.metadata.name,
    `${obj.status?.readyReplicas ?? 0}/${obj.spec?.replicas ?? 0}`,
    obj.status?.updatedReplicas ?? 0,
    obj.status?.availableReplicas ?? 0,
    age(obj, ctx),
    ...containerCells(obj.spec?.template),
    selectorText(obj.spec?.selector),
  ],
})
