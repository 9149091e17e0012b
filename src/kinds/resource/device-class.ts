import { ageCells, ageColumns } from '../columns.ts'
import { defineKind } from '../define.ts'
import { validateDeviceClass } from '../validation/devices.ts'

export const deviceClass = defineKind({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'DeviceClass',
  plural: 'deviceclasses',
  namespaced: false,
  storageVersionHash: 'Yk2PTc1Ybxk=',
  columns: ageColumns,
  cells: ageCells,
  generation: true,
  validate: validateDeviceClass,
})
