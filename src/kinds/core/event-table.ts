import { columns, since } from '../columns.ts'
import type { Cell, CellContext } from '../kind.ts'
import type { KubeObject } from '../object.ts'

export const eventColumns = columns(
  'Last Seen',
  'Type',
  'Reason',
  'Object',
  '+Subobject',
  '+Source',
  'Message',
  '+First Seen',
  '+Count',
  '+Name',
)

/** A row of a core/v1 Event. Models printEvent of printers.go. */
export function eventCells(obj: KubeObject, ctx: CellContext): Cell[] {
  const first = since(obj.firstTimestamp ?? obj.eventTime, ctx)
  const last = obj.lastTimestamp ? since(obj.lastTimestamp, ctx) : first
  const { kind = '', name, fieldPath = '' } = obj.involvedObject ?? {}
  const component = obj.source?.component || obj.reportingComponent || ''
  const instance = obj.source?.host || obj.reportingInstance || ''
  return [
    obj.series ? since(obj.series.lastObservedTime, ctx) : last,
    obj.type ?? '',
    obj.reason ?? '',
    name ? `${kind.toLowerCase()}/${name}` : kind.toLowerCase(),
    fieldPath,
    instance ? `${component}, ${instance}` : component,
    (obj.message ?? '').trim(),
    first,
    obj.series ? (obj.series.count ?? 0) : obj.count || 1,
    obj.metadata.name,
  ]
}
