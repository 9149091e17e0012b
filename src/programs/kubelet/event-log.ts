import type { KubeObject, StatusError } from '../../api/index.ts'
import type { StructuredLog } from '../lib/structured-log.ts'

const NEVER = '0001-01-01 00:00:00 +0000 UTC'

/** Go's `%+v` of a time read from a monotonic clock that began at `startedAt` (ms). */
function goTime(nanoseconds: bigint, startedAt: number): string {
  const iso = new Date(Number(nanoseconds / 1_000_000n)).toISOString()
  const fraction = (nanoseconds % 1_000_000_000n).toString().padStart(9, '0').replace(/0+$/, '')
  const since = nanoseconds - BigInt(startedAt) * 1_000_000n
  const monotonic = `${since / 1_000_000_000n}.${(since % 1_000_000_000n).toString().padStart(9, '0')}`
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}${fraction && `.${fraction}`} +0000 UTC m=+${monotonic}`
}

/** An event as Go prints it: the text of v1.Event's String method. `startedAt`: of the process, ms of the host's clock. */
function goEvent(event: KubeObject, startedAt: number): string {
  const { name, namespace } = event.metadata
  const about = event.involvedObject
  // Its name ends in the nanoseconds of its moment.
  const at = goTime(BigInt(`0x${name.slice(name.lastIndexOf('.') + 1)}`), startedAt)
  const reference = `Kind:${about.kind},Namespace:${about.namespace ?? ''},Name:${about.name},UID:${about.uid ?? ''},APIVersion:${about.apiVersion},ResourceVersion:${about.resourceVersion ?? ''},FieldPath:${about.fieldPath ?? ''},`
  return `&Event{ObjectMeta:{${name}  ${namespace}    0 ${NEVER} <nil> <nil> map[] map[] [] [] []},InvolvedObject:ObjectReference{${reference}},Reason:${event.reason},Message:${event.message},Source:EventSource{Component:${event.source.component},Host:${event.source.host ?? ''},},FirstTimestamp:${at},LastTimestamp:${at},Count:${event.count},Type:${event.type},EventTime:${NEVER},Series:nil,Action:,Related:nil,ReportingController:${event.reportingComponent},ReportingInstance:${event.reportingInstance},}`
}

/** What client-go's recorder says of an event that the server refuses. Models tools/record/event.go. */
export function logRejected(log: StructuredLog, startedAt: number, event: KubeObject, error: StatusError): void {
  log.error('event.go:359', 'Server rejected event (will not retry!)', error.message, {
    event: goEvent(event, startedAt),
  })
}
