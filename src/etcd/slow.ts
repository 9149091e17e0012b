import type { EtcdError } from './errors.ts'
import { measured } from './human.ts'
import { Raw } from './log.ts'
import type { Member } from './member.ts'
import type { Range } from './range.ts'

/** etcd warns of requests that took longer, ms, and traces them. */
export const SLOW_REQUEST = 100

/** Says of a read that it took long since `since`, if it did (txn/util.go). */
export function logSlowRead(member: Member, since: number, { key, end }: Range, error?: EtcdError): boolean {
  const took = member.kernel.now() - since
  if (took <= SLOW_REQUEST) return false
  const kvs = error ? [] : member.lineage.store.range(end === undefined ? { key } : { key, end })
  const size = kvs.reduce((sum, kv) => sum + kv.size, 0) + 4
  member.log('warn', 'txn/util.go:93', 'apply request took too long', {
    took: measured(took, member.rng),
    'expected-duration': '100ms',
    prefix: 'read-only range ',
    request: `key:${JSON.stringify(key)} ${end === undefined ? '' : `range_end:${JSON.stringify(end)} `}`,
    response: error ? '' : `range_response_count:${kvs.length} size:${size}`,
    error: error?.message,
  })
  const found = error ? '' : `response_count:${kvs.length}; response_revision:${member.lineage.store.rev}; `
  const detail = `{range_begin:${key}; range_end:${end ?? ''}; ${found}}`
  trace(member, 'range', detail, since, 'agreement among raft nodes before linearized reading')
  return true
}

/** Where the time of a slow request went (traceutil/trace.go). */
export function trace(member: Member, operation: string, detail: string, since: number, step: string): void {
  const { rng } = member
  const took = member.kernel.now() - since
  const clock = member.clock()
  const id = rng.between(1e8, 2147483647)
  const iso = (ms: number): string => `${new Date(ms).toISOString().slice(0, -1)}${rng.between(100, 999)}Z`
  member.log('info', 'traceutil/trace.go:172', `trace[${id}] ${operation}`, {
    detail,
    duration: measured(took, rng),
    start: iso(clock - took),
    end: iso(clock),
    steps: [`trace[${id}] '${step}'  (duration: ${measured(took, rng)})`],
    step_count: new Raw('1'),
  })
}
