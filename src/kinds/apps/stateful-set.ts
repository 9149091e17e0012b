import { age, columns, containerCells, containerColumns } from '../columns.ts'
import { defineKind, ownSubresource, scaleSubresource } from '../define.ts'

export const statefulSet = defineKind({
  group: 'apps',
  version: 'v1',
  kind: 'StatefulSet',
  plural: 'statefulsets',
  shortNames: ['sts'],
  categories: ['all'],
  namespaced: true,
  subresources: [scaleSubresource, ownSubresource('StatefulSet', 'status')],
  storageVersionHash: 'H+vl74LkKdo=',
  status: true,
  columns: columns('Name', 'Ready', 'Age', ...containerColumns),
  cells: (obj, ctx) => [
    obj.metadata.name,
    `${obj.status?.readyReplicas ?? 0}/${obj.spec?.replicas ?? 0}`,
    age(obj, ctx),
    ...containerCells(obj.spec?.template),
  ],
})
