import { errors } from './errors.ts'
import type { Id } from './ids.ts'
import type { Alarm, Lineage, MemberInfo } from './lineage.ts'
import type { Member } from './member.ts'
import { dbSize, dbSizeInUse, overQuota } from './quota.ts'
import type { Range } from './range.ts'
import type { KeyValue, Value } from './store.ts'
import type { Subscription } from './subscriptions.ts'

/** Part of every response. IDs are hexadecimal. */
export interface Header {
  readonly clusterId: Id
  readonly memberId: Id
  readonly revision: number
  readonly raftTerm: number
}

interface RangeRequest extends Range {
  /** 0 or absent: the newest. */
  readonly revision?: number
  /** Answer from this member's own state without asking the cluster. */
  readonly serializable?: boolean
  /** At most so many keys; 0: all. */
  readonly limit?: number
}

interface RangeResult {
  readonly header: Header
  readonly kvs: readonly KeyValue[]
  /** Keys in the range, whatever the limit. */
  readonly count: number
  readonly more: boolean
}

interface PutOptions {
  readonly lease?: Id
  readonly ignoreValue?: boolean
  readonly ignoreLease?: boolean
  /** Bytes of the value, when the caller knows them. */
  readonly size?: number
}

/** A condition of a transaction. */
export type Compare = { readonly key: string; readonly op: '=' | '!=' | '<' | '>' } & (
  | { readonly target: 'create' | 'mod' | 'version'; readonly value: number }
  | { readonly target: 'value'; readonly value: Value }
  | { readonly target: 'lease'; readonly value: Id }
)

/** An operation of a transaction. */
export type Op =
  | { readonly type: 'get'; readonly range: RangeRequest }
  | { readonly type: 'put'; readonly key: string; readonly value: Value; readonly options?: PutOptions }
  | { readonly type: 'delete'; readonly range: Range; readonly prevKv?: boolean }

/** What an operation of a transaction gave. */
export type OpResult =
  | { readonly type: 'get'; readonly kvs: readonly KeyValue[]; readonly count: number }
  | { readonly type: 'put'; readonly prev: KeyValue | undefined }
  | { readonly type: 'delete'; readonly deleted: readonly KeyValue[] }

/** Smaller writes are left to the check of the member that is asked. */
const LARGE = 65_536

/** Largest request, bytes (--max-request-bytes). */
const MAX_REQUEST = 1_572_864

/**
 * What a member answers to clients: KV, Lease, Maintenance and parts of Cluster (v3rpc). Every call either answers at
 * this instant, throws EtcdError, or throws Blocked when it has to wait for the cluster.
 */
export class Api {
  constructor(readonly member: Member) {}

  header(revision = this.member.replica.position().rev): Header {
    const { member } = this
    return { clusterId: member.lineage.clusterId, memberId: member.id, revision, raftTerm: member.replica.term }
  }

  range(request: RangeRequest): RangeResult {
    const { member } = this
    if (request.serializable) this.notCorrupt()
    else {
      this.voter()
      member.disk?.read(request.key, request.end)
      member.linearizable(request)
    }
    if (request.key === '' && request.end === undefined) throw errors.EmptyKey()
    const { replica } = member
    const now = replica.at?.rev ?? replica.lineage.store.rev
    const at = request.revision || now
    const all = replica.lineage.store.range(request, at, now)
    const { limit } = request
    const more = limit !== undefined && limit > 0 && all.length > limit
    return { header: this.header(now), kvs: more ? all.slice(0, limit) : all, count: all.length, more }
  }

  /** The hot path of the API server: one key, linearizable, without building a response. */
  get(key: string): KeyValue | undefined {
    this.member.disk?.read(key, undefined)
    this.member.linearizable()
    return this.member.lineage.store.get(key)
  }

  put(
    key: string,
    value: Value,
    options: PutOptions = {},
  ): { header: Header; kv: KeyValue; prev: KeyValue | undefined } {
    this.voter()
    this.checkPut(key, value, options)
    const { member } = this
    let prev: KeyValue | undefined
    const kv = member.propose((lineage) => {
      prev = lineage.store.get(key)
      const size = options.size ?? (typeof value === 'string' ? value.length : 0)
      if (size > LARGE) lineage.checkQuotas(size)
      return applyPut(lineage, key, value, options)
    })
    return { header: this.header(kv.modRevision), kv, prev }
  }

  deleteRange(range: Range): { header: Header; deleted: KeyValue[] } {
    this.voter()
    if (range.key === '' && range.end === undefined) throw errors.EmptyKey()
    const deleted = this.member.propose((lineage) => lineage.deleteRange(range))
    return { header: this.header(), deleted }
  }

  /** All compares hold: `then`, else `otherwise`; all writes of a transaction share one revision. */
  txn(
    compares: readonly Compare[],
    then: readonly Op[],
    otherwise: readonly Op[] = [],
  ): { header: Header; succeeded: boolean; results: OpResult[] } {
    this.voter()
    const ops = [...then, ...otherwise]
    if (compares.length > 128 || then.length > 128 || otherwise.length > 128) throw errors.TooManyOps()
    for (const list of [then, otherwise]) {
      const keys = list.flatMap((op) => (op.type === 'put' ? [op.key] : []))
      if (new Set(keys).size !== keys.length) throw errors.DuplicateKey()
    }
    for (const op of ops) if (op.type === 'put') this.checkPut(op.key, op.value, op.options ?? {})
    if (ops.every((op) => op.type === 'get')) {
      this.member.linearizable()
      const { succeeded, results } = applyTxn(this.member.lineage, compares, then, otherwise)
      return { header: this.header(), succeeded, results }
    }
    const done = this.member.propose((lineage) => applyTxn(lineage, compares, then, otherwise))
    return { header: this.header(), ...done }
  }

  compact(revision: number): Header {
    this.voter()
    this.member.propose((lineage) => lineage.compact(revision))
    return this.header()
  }

  watch(spec: Omit<Subscription, 'cancel'>, fromRevision = 0): Subscription {
    return this.member.subscriptions.open(spec, fromRevision)
  }

  /** Members in the order of their IDs. */
  memberList(serializable = false): { header: Header; members: readonly MemberInfo[] } {
    this.voter()
    if (!serializable) this.member.linearizable()
    return { header: this.header(0), members: this.member.members }
  }

  leaseGrant(ttl: number, id = this.member.requestIds.lease()): { header: Header; id: Id; ttl: number } {
    this.voter()
    if (ttl > 9_000_000_000) throw errors.LeaseTtlTooLarge()
    this.checkSpace(64)
    const now = this.member.kernel.now()
    // The shortest lease lives for as long as an election may take (lessor.go minLeaseTTL).
    const lease = this.member.propose((lineage) => lineage.leases.grant(id, Math.max(ttl, 2), now))
    return { header: this.header(), id: lease.id, ttl: lease.ttl }
  }

  leaseRevoke(id: Id): Header {
    this.voter()
    this.member.propose((lineage) => {
      if (!lineage.leases.get(id)) throw errors.LeaseNotFound()
      lineage.leases.revoke(id)
    })
    return this.header()
  }

  /** Undefined when the lease does not exist (any more). */
  leaseKeepAlive(id: Id): { header: Header; ttl: number } | undefined {
    this.voter()
    this.member.throughLeader()
    const { leases } = this.member.lineage
    if (!leases.get(id)) return undefined
    return { header: this.header(), ttl: leases.renew(id, this.member.kernel.now()).ttl }
  }

  leaseTimeToLive(id: Id): { header: Header; granted: number; remaining: number; keys: string[] } | undefined {
    this.voter()
    this.member.throughLeader()
    const lease = this.member.lineage.leases.get(id)
    if (!lease) return undefined
    const remaining = Math.floor((lease.expiresAt - this.member.kernel.now()) / 1000)
    return { header: this.header(), granted: lease.ttl, remaining, keys: [...lease.keys].sort() }
  }

  /** Answered from this member's own state. */
  leaseList(): { header: Header; ids: Id[] } {
    this.voter()
    return { header: this.header(), ids: this.member.lineage.leases.list().map((l) => l.id) }
  }

  /** `alarm list` is a proposal too: it moves the raft index. */
  alarms(): { header: Header; alarms: readonly Alarm[] } {
    this.voter()
    const alarms = this.member.propose((lineage) => lineage.alarms)
    return { header: this.header(), alarms }
  }

  disarm(alarm: Alarm): { header: Header; alarms: Alarm[] } {
    this.voter()
    const gone = this.member.propose((lineage) => {
      const found = lineage.alarms.filter((a) => a.member === alarm.member && a.type === alarm.type)
      lineage.alarms = lineage.alarms.filter((a) => !found.includes(a))
      return found
    })
    return { header: this.header(), alarms: gone }
  }

  status(): Status {
    const { member } = this
    const at = member.replica.position()
    const leader = member.leaderId
    const errorList = [
      ...(leader === undefined ? ['etcdserver: no leader'] : []),
      ...at.alarms.map((a) => `memberID:${BigInt(`0x${a.member}`)} alarm:${a.type} `),
    ]
    return {
      header: this.header(at.rev),
      version: member.config.version,
      storageVersion: at.storageVersion,
      dbSize: dbSize(member),
      dbSizeInUse: dbSizeInUse(member),
      quota: member.config.quota,
      leader,
      raftIndex: at.index,
      raftTerm: member.replica.term,
      raftAppliedIndex: at.index,
      errors: errorList,
      isLearner: member.isLearner,
      downgradeTarget: at.downgradeTarget,
    }
  }

  private voter(): void {
    if (this.member.isLearner) throw errors.NotSupportedForLearner()
  }

  private notCorrupt(): void {
    if (this.member.lineage.alarms.length > 0 && this.member.lineage.alarms.some((a) => a.type === 'CORRUPT'))
      throw errors.Corrupt()
  }

  private checkPut(key: string, value: Value, options: PutOptions): void {
    if (key === '') throw errors.EmptyKey()
    if (options.ignoreValue && value !== '') throw errors.ValueProvided()
    if (options.ignoreLease && options.lease) throw errors.LeaseProvided()
    const size = key.length + (options.size ?? (typeof value === 'string' ? value.length : 0))
    if (size > MAX_REQUEST) throw errors.RequestTooLarge()
    this.checkSpace(size)
  }

  /** The check of the member that was asked: it refuses before proposing, and raises its own alarm. */
  private checkSpace(bytes: number): void {
    const { member } = this
    const { lineage } = member
    if (lineage.alarms.length > 0 && lineage.alarms.some((a) => a.type === 'NOSPACE')) throw errors.NoSpace()
    if (!overQuota(member, bytes)) return
    member.propose((l) => l.raise({ member: member.id, type: 'NOSPACE' }))
    throw errors.NoSpace()
  }
}

/** Answer of Maintenance.Status: what `etcdctl endpoint status` shows. */
export interface Status {
  readonly header: Header
  readonly version: string
  readonly storageVersion: string
  readonly dbSize: number
  readonly dbSizeInUse: number
  readonly quota: number
  readonly leader: Id | undefined
  readonly raftIndex: number
  readonly raftTerm: number
  readonly raftAppliedIndex: number
  readonly errors: readonly string[]
  readonly isLearner: boolean
  readonly downgradeTarget: string
}

function applyPut(lineage: Lineage, key: string, value: Value, options: PutOptions): KeyValue {
  let lease = options.lease ?? ''
  let size = options.size
  let content = value
  if (options.ignoreValue || options.ignoreLease) {
    const old = lineage.store.get(key)
    if (!old) throw errors.KeyNotFound()
    if (options.ignoreValue) {
      content = old.value!
      size = undefined
    }
    if (options.ignoreLease) lease = old.lease
  }
  return lineage.put(key, content, lease, size)
}

function applyTxn(
  lineage: Lineage,
  compares: readonly Compare[],
  then: readonly Op[],
  otherwise: readonly Op[],
): { succeeded: boolean; results: OpResult[] } {
  const { store } = lineage
  const succeeded = compares.every((c) => holds(store.get(c.key), c))
  const ops = succeeded ? then : otherwise
  const grouped = ops.length > 1
  if (grouped) store.begin()
  const results = ops.map((op): OpResult => {
    if (op.type === 'put') {
      const prev = store.get(op.key)
      applyPut(lineage, op.key, op.value, op.options ?? {})
      return { type: 'put', prev }
    }
    if (op.type === 'delete') return { type: 'delete', deleted: lineage.deleteRange(op.range) }
    const kvs = store.range(op.range, op.range.revision || store.rev)
    return { type: 'get', kvs, count: kvs.length }
  })
  if (grouped) store.commit()
  return { succeeded, results }
}

function holds(kv: KeyValue | undefined, c: Compare): boolean {
  if (c.target === 'value') {
    if (!kv) return false
    const text = (v: Value | undefined): string => (typeof v === 'string' ? v : JSON.stringify(v))
    return typeof c.value === 'object' && c.op === '='
      ? kv.value === c.value
      : compare(text(kv.value), text(c.value), c.op)
  }
  if (c.target === 'lease') return compare(BigInt(`0x${kv?.lease || '0'}`), BigInt(`0x${c.value || '0'}`), c.op)
  const actual = c.target === 'create' ? kv?.createRevision : c.target === 'mod' ? kv?.modRevision : kv?.version
  return compare(actual ?? 0, c.value, c.op)
}

const compare = <T extends string | number | bigint>(a: T, b: T, op: Compare['op']): boolean =>
  op === '=' ? a === b : op === '!=' ? a !== b : op === '<' ? a < b : a > b
