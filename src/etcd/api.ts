import { checkAdmin, checkKeys, checkKnown, isAdmin } from './auth.ts'
import { type Caller, userOf } from './caller.ts'
import { errors } from './errors.ts'
import type { Id } from './ids.ts'
import type { Alarm, MemberInfo } from './lineage.ts'
import type { Member } from './member.ts'
import { dbSize, dbSizeInUse, overQuota } from './quota.ts'
import { type Range, rangeOf } from './range.ts'
import { type RangeRequest, type Selection, select } from './select.ts'
import type { KeyValue, Value } from './store.ts'
import type { Subscription } from './subscriptions.ts'
import { applyPut, applyTxn, type Compare, checkTxn, type Op, type OpResult, type PutOptions } from './txn.ts'

/** Part of every response. IDs are hexadecimal. */
export interface Header {
  readonly clusterId: Id
  readonly memberId: Id
  readonly revision: number
  readonly raftTerm: number
}

/** The answer to a range request. */
interface RangeResult extends Selection {
  readonly header: Header
}

/** Smaller writes are left to the check of the member that is asked. */
const LARGE = 65_536

/** Largest request, bytes (--max-request-bytes). */
const MAX_REQUEST = 1_572_864

/**
 * What a member answers to clients: KV, Lease, Maintenance and parts of Cluster (v3rpc). Every call either answers at
 * this instant, throws EtcdError, or throws Blocked when it has to wait for the cluster.
 */
export class Api {
  constructor(
    readonly member: Member,
    private readonly caller: Caller = {},
  ) {}

  /** Who asks; undefined when nobody says so, or when it does not matter. */
  user(): string | undefined {
    const { auth } = this.member.lineage
    return auth.enabled ? userOf(auth, this.caller) : undefined
  }

  /** Throws unless an administrator asks. */
  admin(): void {
    const { auth } = this.member.lineage
    if (auth.enabled) checkAdmin(auth, this.user())
  }

  /** Throws unless the caller may read or write the keys. `user`: who that is, when it was asked before. */
  private keys(kind: 'READ' | 'WRITE', range: Range, user = this.user()): void {
    const { lineage, log } = this.member
    if (lineage.auth.enabled) checkKeys(lineage.auth, user, kind, range, log)
  }

  /** Throws unless the caller may do to all keys of a lease. */
  private leaseKeys(
    kind: 'READ' | 'WRITE',
    lease: { readonly keys: Iterable<string> } | undefined,
    user = this.user(),
  ): void {
    const { auth } = this.member.lineage
    if (!auth.enabled || isAdmin(auth, user)) return
    for (const key of lease?.keys ?? []) this.keys(kind, { key }, user)
  }

  /** Throws unless somebody asks. */
  private known(): void {
    checkKnown(this.member.lineage.auth, this.user())
  }

  header(revision = this.member.replica.position().rev): Header {
    const { member } = this
    return { clusterId: member.lineage.clusterId, memberId: member.id, revision, raftTerm: member.replica.term }
  }

  range(request: RangeRequest): RangeResult {
    const { member } = this
    if (request.key === '') throw errors.EmptyKey()
    if (request.serializable) this.notCorrupt()
    else {
      this.voter()
      member.disk?.read(request.key, request.end)
      member.linearizable(request)
    }
    this.keys('READ', request)
    const { replica } = member
    const now = replica.at?.rev ?? replica.lineage.store.rev
    return { header: this.header(now), ...select(replica.lineage.store, request, now) }
  }

  /** The hot path of the API server: one key, linearizable, without building a response. */
  get(key: string): KeyValue | undefined {
    this.member.disk?.read(key, undefined)
    this.member.linearizable()
    this.keys('READ', { key })
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
    const user = this.user()
    const kv = member.propose((lineage) => {
      this.keys('WRITE', { key }, user)
      if (options.lease) this.leaseKeys('WRITE', lineage.leases.get(options.lease), user)
      if (options.prevKv) this.keys('READ', { key }, user)
      prev = lineage.store.get(key)
      const size = options.size ?? (typeof value === 'string' ? value.length : 0)
      if (size > LARGE) lineage.checkQuotas(size)
      return applyPut(lineage, key, value, options)
    })
    return { header: this.header(kv.modRevision), kv, prev }
  }

  deleteRange(asked: Range, prevKv = false): { header: Header; deleted: KeyValue[] } {
    this.voter()
    const range = rangeOf(asked)
    if (range.key === '') throw errors.EmptyKey()
    const user = this.user()
    const deleted = this.member.propose((lineage) => {
      this.keys('WRITE', range, user)
      if (prevKv) this.keys('READ', range, user)
      return lineage.deleteRange(range)
    })
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
    checkTxn(compares, then, otherwise)
    for (const op of ops) if (op.type === 'put') this.checkPut(op.key, op.value, op.options ?? {})
    if (ops.every((op) => op.type === 'get')) {
      this.member.linearizable()
      this.txnKeys(compares, ops)
      const { succeeded, results } = applyTxn(this.member.lineage, compares, then, otherwise)
      return { header: this.header(), succeeded, results }
    }
    const user = this.user()
    const done = this.member.propose((lineage) => {
      this.txnKeys(compares, ops, user)
      return applyTxn(lineage, compares, then, otherwise)
    })
    return { header: this.header(), ...done }
  }

  private txnKeys(compares: readonly Compare[], ops: readonly Op[], user = this.user()): void {
    if (!this.member.lineage.auth.enabled) return
    for (const { key } of compares) this.keys('READ', { key }, user)
    for (const op of ops) {
      if (op.type === 'put') this.keys('WRITE', { key: op.key }, user)
      else {
        if (op.type === 'get' || op.prevKv) this.keys('READ', op.range, user)
        if (op.type === 'delete') this.keys('WRITE', op.range, user)
      }
    }
  }

  compact(revision: number): Header {
    this.voter()
    this.admin()
    this.member.propose((lineage) => lineage.compact(revision))
    return this.header()
  }

  watch(spec: Omit<Subscription, 'cancel'>, fromRevision = 0): Subscription {
    this.keys('READ', spec.range)
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
    this.known()
    this.checkSpace(64)
    const now = this.member.kernel.now()
    // The shortest lease lives for as long as an election may take (lessor.go minLeaseTTL).
    const lease = this.member.propose((lineage) => lineage.leases.grant(id, Math.max(ttl, 2), now))
    return { header: this.header(), id: lease.id, ttl: lease.ttl }
  }

  leaseRevoke(id: Id): Header {
    this.voter()
    this.known()
    const user = this.user()
    this.member.propose((lineage) => {
      this.leaseKeys('WRITE', lineage.leases.get(id), user)
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
    this.known()
    this.leaseKeys('WRITE', leases.get(id))
    if (!leases.get(id)) return undefined
    return { header: this.header(), ttl: leases.renew(id, this.member.kernel.now()).ttl }
  }

  leaseTimeToLive(
    id: Id,
    withKeys = false,
  ): { header: Header; granted: number; remaining: number; keys: string[] } | undefined {
    this.voter()
    this.member.throughLeader()
    const lease = this.member.lineage.leases.get(id)
    this.known()
    if (withKeys) this.leaseKeys('READ', lease)
    if (!lease) return undefined
    const remaining = Math.floor((lease.expiresAt - this.member.kernel.now()) / 1000)
    return { header: this.header(), granted: lease.ttl, remaining, keys: [...lease.keys].sort() }
  }

  /** Answered from this member's own state. */
  leaseList(): { header: Header; ids: Id[] } {
    this.voter()
    this.known()
    const all = this.member.lineage.leases.list()
    for (const lease of all) this.leaseKeys('READ', lease)
    return { header: this.header(), ids: all.map((l) => l.id) }
  }

  /** `alarm list` is a proposal too: it moves the raft index. */
  alarms(): { header: Header; alarms: readonly Alarm[] } {
    this.voter()
    this.known()
    const alarms = this.member.propose((lineage) => lineage.alarms)
    return { header: this.header(), alarms }
  }

  disarm(alarm: Alarm): { header: Header; alarms: Alarm[] } {
    this.voter()
    this.admin()
    const gone = this.member.propose((lineage) => {
      const found = lineage.alarms.filter((a) => a.member === alarm.member && a.type === alarm.type)
      lineage.alarms = lineage.alarms.filter((a) => !found.includes(a))
      return found
    })
    return { header: this.header(), alarms: gone }
  }

  status(): Status {
    this.admin()
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

  /** Throws when the member is a learner, which answers little. */
  voter(): void {
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
