import type { Rng, Timer } from '../kernel/index.ts'
import type { ApiClient } from './client.ts'
import { microTime } from './time.ts'
import { type KubeObject, StatusError, TransportError } from './types.ts'

interface LeaderElectionOptions {
  readonly client: ApiClient
  /** Name of the Lease, e.g. `kube-scheduler`. */
  readonly name: string
  readonly namespace?: string
  /** `controlplane_8305f164-…` */
  readonly identity: string
  readonly rng: Rng
  /** The host's clock, ms since the epoch. */
  readonly now: () => number
  readonly after: (ms: number, fn: () => void) => Timer
  /** ms; 15 s, 10 s and 2 s by default. */
  readonly leaseDuration?: number
  readonly renewDeadline?: number
  readonly retryPeriod?: number
  onLeading(): void
  /** Leadership is lost: the program has to end. */
  onLost(): void
  onNewLeader?(identity: string): void
  /** Gives the lease back when it is lost (ReleaseOnCancel), which takes one more question. */
  readonly releases?: boolean
  /** A request that was given up could not be cancelled. */
  onGivenUp?(): void
  /** A line of the program's log; `line` names the place in leaderelection.go. */
  log?(level: 'I' | 'E', line: number, message: string): void
}

const JITTER = 1.2
/** How often an attempt that hangs is made anew, ms: as good as waiting for its answer. */
const ASK_AGAIN = 500

/**
 * Leader election by Lease. Models client-go/tools/leaderelection: a candidate trusts its own clock only, counting from
 * when it saw the lease change.
 */
export class LeaderElector {
  leading = false
  private observed: KubeObject | undefined
  private observedAt = 0
  private leader = ''
  private renewedAt = 0
  private stopped = false
  /** Whether a leader may still try to update without looking first. */
  private optimistic = true
  /** What the attempt under way says if it is never answered. */
  private hanging: string | undefined
  private readonly lock: string
  private readonly leaseDuration: number
  private readonly renewDeadline: number
  private readonly retryPeriod: number

  constructor(private readonly options: LeaderElectionOptions) {
    this.lock = `${this.namespace}/${options.name}`
    this.leaseDuration = options.leaseDuration ?? 15_000
    this.renewDeadline = options.renewDeadline ?? 10_000
    this.retryPeriod = options.retryPeriod ?? 2_000
  }

  start(): void {
    this.log('I', 258, `"Attempting to acquire leader lease..." lock="${this.lock}"`)
    this.acquire()
  }

  /** Ends the candidacy; `release` gives the lease back so that another can take it at once. */
  stop(release = false): void {
    if (this.stopped) return
    this.stopped = true
    if (!release || !this.leading || !this.observed) return
    const spec = { ...this.observed.spec, holderIdentity: '', leaseDurationSeconds: 1, ...this.times(true) }
    this.attempt(() => this.options.client.update({ ...this.observed!, spec }))
    this.leading = false
  }

  private acquire(): void {
    this.ask((ok) => this.acquired(ok))
  }

  private acquired(ok: boolean): void {
    if (ok) {
      this.leading = true
      this.renewedAt = this.options.now()
      this.log('I', 272, `"Successfully acquired lease" lock="${this.lock}"`)
      this.options.onLeading()
      this.options.after(this.retryPeriod, () => this.renew())
      return
    }
    this.options.after(this.retryPeriod * (1 + this.options.rng.float() * JITTER), () => this.acquire())
  }

  private renew(): void {
    this.ask((ok) => this.renewed(ok))
  }

  /** One attempt. A server that does not answer is waited for, half of the renew deadline; then the attempt has failed. */
  private ask(then: (ok: boolean) => void, since = this.options.now()): void {
    if (this.stopped) return
    this.hanging = undefined
    const ok = this.tryAcquireOrRenew()
    const { hanging } = this
    if (ok || hanging === undefined) return then(ok)
    const waited = this.options.now() - since
    if (waited < this.renewDeadline / 2) {
      this.options.after(ASK_AGAIN, () => this.ask(then, since))
      return
    }
    const spent = this.leading && this.options.now() - this.renewedAt >= this.renewDeadline
    if (!spent) this.options.onGivenUp?.()
    if (this.optimistic) {
      // The update without looking has failed in silence; now the long way.
      this.optimistic = false
      return this.ask(then)
    }
    this.log('E', 461, `"Error retrieving lease lock" err=${JSON.stringify(hanging)} lock="${this.lock}"`)
    then(false)
  }

  private renewed(ok: boolean): void {
    if (ok) this.renewedAt = this.options.now()
    else if (this.options.now() - this.renewedAt >= this.renewDeadline) {
      this.leading = false
      this.stopped = true
      this.log('I', 304, `"Failed to renew lease" lock="${this.lock}" err="context deadline exceeded"`)
      return this.options.releases ? this.release() : this.options.onLost()
    }
    this.optimistic = true
    this.options.after(this.retryPeriod, () => this.renew())
  }

  /** Looks once more, to give the lease back; whoever does not answer is waited for. */
  private release(since = this.options.now()): void {
    const { client, name, now, after } = this.options
    try {
      client.find('Lease', this.namespace, name)
    } catch (error) {
      if (!(error instanceof StatusError || error instanceof TransportError)) throw error
      const hangs = error instanceof TransportError && error.kind === 'timeout'
      if (hangs && now() - since < this.renewDeadline / 2) return void after(ASK_AGAIN, () => this.release(since))
      this.log('E', 323, `"error retrieving resource lock" err=${JSON.stringify(error.message)} lock="${this.lock}"`)
    }
    this.options.onLost()
  }

  private tryAcquireOrRenew(): boolean {
    const { client, name, identity, now } = this.options
    // A leader whose lease is valid renews without looking first; only when that fails it goes the long way.
    if (this.leading && this.optimistic && this.observed && this.observedAt + this.leaseDuration > now()) {
      const spec = { ...this.observed.spec, ...this.times(false) }
      try {
        return this.took(client.update({ ...this.observed, spec }))
      } catch (error) {
        if (!(error instanceof StatusError || error instanceof TransportError)) throw error
        if (error instanceof TransportError && error.kind === 'timeout') {
          this.hanging = error.message
          return false
        }
        this.optimistic = false
      }
    }
    const found = this.attempt(() => ({ lease: client.find('Lease', this.namespace, name) }))
    if (!found) return false
    const { lease } = found
    if (!lease) {
      const spec = {
        holderIdentity: identity,
        leaseDurationSeconds: this.leaseDuration / 1000,
        ...this.times(true),
        leaseTransitions: 0,
      }
      const metadata = { name, namespace: this.namespace }
      const fresh = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec }
      return this.took(this.attempt(() => client.create(fresh)))
    }
    if (lease.metadata.resourceVersion !== this.observed?.metadata.resourceVersion) this.observe(lease)
    const holder = lease.spec?.holderIdentity ?? ''
    if (holder && holder !== identity && this.observedAt + this.leaseDuration > now()) return false
    const mine = holder === identity
    const spec = {
      ...lease.spec,
      holderIdentity: identity,
      leaseDurationSeconds: this.leaseDuration / 1000,
      ...this.times(!mine),
      leaseTransitions: (lease.spec?.leaseTransitions ?? 0) + (mine ? 0 : 1),
    }
    return this.took(this.attempt(() => client.update({ ...lease, spec })))
  }

  private took(lease: KubeObject | undefined): boolean {
    if (!lease) return false
    this.observe(lease)
    return true
  }

  private observe(lease: KubeObject): void {
    this.observed = lease
    this.observedAt = this.options.now()
    const leader = lease.spec?.holderIdentity ?? ''
    if (leader === this.leader) return
    this.leader = leader
    if (leader) this.options.onNewLeader?.(leader)
  }

  private times(acquired: boolean): Record<string, string> {
    const time = microTime(this.options.now())
    return acquired ? { acquireTime: time, renewTime: time } : { renewTime: time }
  }

  private attempt<T>(fn: () => T): T | undefined {
    try {
      return fn()
    } catch (error) {
      if (!(error instanceof StatusError || error instanceof TransportError)) throw error
      if (error instanceof StatusError && error.reason === 'Conflict') return undefined
      if (error instanceof TransportError && error.kind === 'timeout') {
        this.hanging = error.message
        return undefined
      }
      this.log('E', 461, `"Error retrieving lease lock" err=${JSON.stringify(error.message)} lock="${this.lock}"`)
      return undefined
    }
  }

  private get namespace(): string {
    return this.options.namespace ?? 'kube-system'
  }

  private log(level: 'I' | 'E', line: number, message: string): void {
    this.options.log?.(level, line, message)
  }
}
