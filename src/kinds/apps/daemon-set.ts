import { formatLabels } from '../../print/index.ts'
import { age, columns, containerCells, containerColumns } from '../columns.ts'
import { defineKind, ownSubresource } from '../define.ts'
import { formatSelector } from '../selectors.ts'

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
  columns: columns(
    'Name',
    'Desired#',
    'Current#',
    'Ready#',
    'Up-to-date#',
    'Available#',
    'Node Selector',
    'Age',
    ...containerColumns,
    '+Selector',
  ),
  cells: (obj, ctx) => [
    obj.metadata.name,
    obj.status?.desiredNumberScheduled ?? 0,
    obj.status?.currentNumberScheduled ?? 0,
    obj.status?.numberReady ?? 0,
    obj.status?.updatedNumberScheduled ?? 0,
    obj.status?.numberAvailable ?? 0,
    formatLabels(obj.spec?.template?.spec?.nodeSelector),
    age(obj, ctx),
    ...containerCells(obj.spec?.template),
    formatSelector(obj.spec?.selector),
  ],
})
