import { defineKind } from '../define.ts'
import { eventCells, eventColumns } from './event-table.ts'

export const event = defineKind({
  group: '',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  shortNames: ['ev'],
  namespaced: true,
  storageVersionHash: 'r2yiGXH7wu8=',
  columns: eventColumns,
  cells: eventCells,
})
