import { eventCells, eventColumns } from '../core/event-table.ts'
import { defineKind } from '../define.ts'
import { pathSegment } from '../meta.ts'
import type { KubeObject } from '../object.ts'
import { validateStrictEvent } from '../validation/event.ts'

/** Fields that the two groups call differently: here, and in core/v1. */
const NAMES = [
  ['regarding', 'involvedObject'],
  ['note', 'message'],
  ['deprecatedSource', 'source'],
  ['deprecatedFirstTimestamp', 'firstTimestamp'],
  ['deprecatedLastTimestamp', 'lastTimestamp'],
  ['deprecatedCount', 'count'],
  ['reportingController', 'reportingComponent'],
] as const

function renamed(obj: KubeObject, apiVersion: string, from: 0 | 1): KubeObject {
  const names = new Map<string, string>(NAMES.map((pair) => [pair[from], pair[1 - from]!]))
  const out: any = {}
  for (const key in obj) out[names.get(key) ?? key] = obj[key]
  return { ...out, apiVersion }
}

/** What only core/v1 has is there even when nothing is said: Go writes structs without `omitempty`. */
const toCore = (obj: KubeObject) => ({
  firstTimestamp: null,
  lastTimestamp: null,
  source: {},
  ...renamed(obj, 'v1', 0),
})

const REGARDING = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'] as const

/** The same objects as core/v1 Events. Models pkg/apis/events/v1/conversion.go. */
export const eventsEvent = defineKind({
  group: 'events.k8s.io',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  shortNames: ['ev'],
  namespaced: true,
  storageVersionHash: 'r2yiGXH7wu8=',
  nameRule: pathSegment,
  storedAs: {
    group: '',
    version: 'v1',
    toStored: toCore,
    fromStored: (obj) => renamed(obj, 'events.k8s.io/v1', 1),
  },
  columns: eventColumns,
  cells: (obj, ctx) => eventCells(toCore(obj), ctx),
  validate: (obj) => validateStrictEvent(toCore(obj)),
  fields: {
    ...Object.fromEntries(
      REGARDING.map((key) => [`regarding.${key}`, (obj: KubeObject) => obj.regarding?.[key] ?? '']),
    ),
    reason: (event) => event.reason ?? '',
    reportingController: (event) => event.reportingController ?? '',
    type: (event) => event.type ?? '',
  },
})
