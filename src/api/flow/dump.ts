import type { ApiServer, PathHandler } from '../server.ts'
import type { FlowControl } from './flow-control.ts'

const COLUMNS = [
  'PriorityLevelName',
  'ActiveQueues',
  'IsIdle',
  'IsQuiescing',
  'WaitingRequests',
  'ExecutingRequests',
  'DispatchedRequests',
  'RejectedRequests',
  'TimedoutRequests',
  'CancelledRequests',
]

/** tabwriter with a minimum of 8 and a padding of 1; a comma ends every cell but the last. */
function table(rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map((cell, i) => (i < row.length - 1 ? `${cell},` : cell)))
  const widths = COLUMNS.map((_, i) => Math.max(8, ...cells.map((row) => row[i].length + 1)))
  return cells
    .map((row) => `${row.map((cell, i) => (i < row.length - 1 ? cell.padEnd(widths[i]) : cell)).join('')}\n`)
    .join('')
}

function levels(server: ApiServer, flow: FlowControl): string {
  const dispatched = flow.dispatched(server)
  const names = [...flow.nominalSeats(server).keys()].sort()
  const rows = names.map((name) => {
    const level = flow.stateOf(name)
    const waiting = level?.waiting ?? 0
    const executing = level?.executing ?? 0
    return [
      name,
      level?.activeQueues ?? 0,
      waiting + executing === 0,
      false,
      waiting,
      executing,
      dispatched.get(name) ?? 0,
      level?.rejected ?? 0,
      level?.timedOut ?? 0,
      level?.cancelled ?? 0,
    ].map(String)
  })
  return table([COLUMNS, ...rows])
}

/** /debug/api_priority_and_fairness/dump_priority_levels. */
export const flowDumps =
  (flow: FlowControl): PathHandler =>
  ({ path }, _user, server) =>
    path === '/debug/api_priority_and_fairness/dump_priority_levels'
      ? { code: 200, body: levels(server, flow), headers: { 'content-type': 'text/plain; charset=utf-8' } }
      : undefined

/** apiserver_flowcontrol_… as /metrics has them. */
export function flowMetrics(server: ApiServer, flow: FlowControl): [name: string, value: number][] {
  const rows: [string, number][] = []
  for (const [name, seats] of flow.nominalSeats(server)) {
    const level = flow.stateOf(name)
    const at = `{priority_level="${name}"}`
    rows.push([`apiserver_flowcontrol_nominal_limit_seats${at}`, seats ?? 0])
    rows.push([`apiserver_flowcontrol_current_limit_seats${at}`, seats ?? 0])
    rows.push([`apiserver_flowcontrol_current_executing_seats${at}`, level?.seatsInUse ?? 0])
    rows.push([`apiserver_flowcontrol_current_inqueue_seats${at}`, level?.waitingSeats ?? 0])
  }
  for (const { flow: at, reason, n } of flow.rejections.values())
    rows.push([
      `apiserver_flowcontrol_rejected_requests_total{flow_schema="${at.schema}",priority_level="${at.level}",reason="${reason}"}`,
      n,
    ])
  return rows
}
