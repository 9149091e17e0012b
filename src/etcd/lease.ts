import { errors } from './errors.ts'
import type { Id } from './ids.ts'
import type { Store } from './store.ts'

/** A lease with the keys that go with it. */
export interface Lease {
  readonly id: Id
  /** Granted time to live, seconds. */
  readonly ttl: number
  /** Virtual ms. The leader revokes it then; without a leader nothing expires. */
  expiresAt: number
  readonly keys: Set<string>
}

/** Leases of a cluster (server/lease/lessor.go). Expiry is driven by the leading member. */
export class Leases {
  private readonly all = new Map<Id, Lease>()

  /** Set by the leader, who has to know when to wake. */
  onGrant: (() => void) | undefined

  constructor(private readonly store: Store) {}

  get size(): number {
    return this.all.size
  }

  get(id: Id): Lease | undefined {
    return this.all.get(id)
  }

  /** Oldest first by remaining time, the order of `lease list`. */
  list(): Lease[] {
    return [...this.all.values()].sort((a, b) => a.expiresAt - b.expiresAt)
  }

  grant(id: Id, ttl: number, now: number): Lease {
    if (this.all.has(id)) throw errors.LeaseExist()
    const lease: Lease = { id, ttl, expiresAt: now + ttl * 1000, keys: new Set() }
    this.all.set(id, lease)
    this.onGrant?.()
    return lease
  }

  /** Removes the lease and deletes its keys in one revision. */
  revoke(id: Id): void {
    const lease = this.all.get(id)
    if (!lease) throw errors.LeaseNotFound()
    this.all.delete(id)
    if (lease.keys.size === 0) return
    this.store.begin()
    for (const key of [...lease.keys].sort()) this.store.deleteRange({ key })
    this.store.commit()
  }

  renew(id: Id, now: number): Lease {
    const lease = this.all.get(id)
    if (!lease) throw errors.LeaseNotFound()
    lease.expiresAt = now + lease.ttl * 1000
    return lease
  }

  attach(id: Id, key: string): void {
    const lease = this.all.get(id)
    if (!lease) throw errors.LeaseNotFound()
    lease.keys.add(key)
  }

  detach(id: Id, key: string): void {
    this.all.get(id)?.keys.delete(key)
  }

  /** Time of the next expiry, or undefined. */
  nextExpiry(): number | undefined {
    let next: number | undefined
    for (const lease of this.all.values()) if (next === undefined || lease.expiresAt < next) next = lease.expiresAt
    return next
  }

  /** A new leader gives every lease its full time again (lessor.Promote). */
  extendAll(now: number, by: number): void {
    for (const lease of this.all.values()) lease.expiresAt = now + lease.ttl * 1000 + by
  }

  adopt(other: Leases): void {
    for (const lease of other.all.values()) {
      const keys = new Set([...lease.keys].filter((key) => this.store.get(key)?.lease === lease.id))
      this.all.set(lease.id, { ...lease, keys })
    }
  }
}
