import { StorageBlocked } from '../../api/storage/storage.ts'
import { Api } from '../../etcd/api.ts'
import type { Member } from '../../etcd/member.ts'
import type { Subscription } from '../../etcd/subscriptions.ts'
import type { Process, Stack } from '../../host/index.ts'
import { Signal } from '../../kernel/index.ts'
import { type ClientFiles, connect, resolveHost } from './connect.ts'
import { isClientEndpoint } from './endpoints.ts'
import { parseUrl } from './peer-network.ts'

/** grpc's pause between attempts to connect, ms; it grows by 1.6 up to two minutes. */
const FIRST_BACKOFF = 1000
const MAX_BACKOFF = 120_000
/** A keepalive (10 s) plus its timeout (10 s) finds a path that is dead (storage/storagebackend/factory/etcd3.go). */
const KEEPALIVE = 20_000

export interface StorageLinkOptions {
  /** --etcd-servers. */
  readonly servers: readonly string[]
  /** Client certificate, key and CA, read at every new connection. */
  readonly files: () => ClientFiles | undefined
  /** Told of every failed attempt: the address and what grpc says, for the server's log. */
  readonly onFailure?: (address: string, error: string) => void
}

/**
 * The API server's lasting connection to etcd: one endpoint at a time, the next one when it fails. Answers are given at
 * this instant or refused with StorageBlocked; a write costs no more than a direct call.
 */
export class StorageLink {
  private current: { url: string; member: () => Member | undefined; api: LinkedApi } | undefined
  private readonly reconnected: (() => void)[] = []
  private readonly signal = new Signal()
  private backoff = FIRST_BACKOFF
  private trying = false
  private generation = -1
  private next = 0

  constructor(
    private readonly p: Process,
    private readonly options: StorageLinkOptions,
  ) {
    this.attempt()
    p.every(KEEPALIVE, () => {
      this.generation = -1
      if (this.current) this.alive()
    })
  }

  now(): number {
    return this.p.host.kernel.now()
  }

  onReconnect(fn: () => void): void {
    this.reconnected.push(fn)
  }

  /** True when calls can be made now (they may still have to wait for the cluster). */
  get connected(): boolean {
    return this.current !== undefined && this.alive()
  }

  api(): Api {
    if (this.connected) return this.current!.api
    this.retry()
    throw new StorageBlocked(this.signal)
  }

  /** The server runs and packets reach it; the path is looked at only when somebody changed the network. */
  private alive(): boolean {
    const { current } = this
    const member = current?.member()
    if (!current || !member?.running) {
      this.lose()
      return false
    }
    if (member.halted) return false
    const generation = (this.p.net as Partial<Stack>).network?.generation ?? -1
    if (generation === this.generation) return true
    this.generation = generation
    const { host, port } = parseUrl(current.url)
    if (this.p.net.dial({ ip: resolveHost(this.p, host) ?? host, port, from: this.p }).outcome === 'open') return true
    this.lose()
    return false
  }

  private lose(): void {
    const { current } = this
    if (!current) return
    this.current = undefined
    current.api.end()
    this.retry()
  }

  private retry(): void {
    if (this.trying) return
    this.trying = true
    this.p.after(this.backoff, () => {
      this.trying = false
      this.attempt()
    })
    this.backoff = Math.min(this.backoff * 1.6, MAX_BACKOFF)
  }

  private attempt(): void {
    if (this.current) return
    const { servers } = this.options
    for (let i = 0; i < servers.length; i++) {
      const url = servers[(this.next + i) % servers.length]
      const error = this.dial(url)
      if (error === undefined) {
        this.next = (this.next + i) % servers.length
        this.backoff = FIRST_BACKOFF
        this.signal.fire()
        for (const fn of this.reconnected) fn()
        return
      }
      this.options.onFailure?.(url.replace(/^https?:\/\//, ''), error)
    }
    this.retry()
  }

  private dial(url: string): string | undefined {
    const { p } = this
    const { secure, host, port } = parseUrl(url)
    const ip = resolveHost(p, host)
    if (ip === undefined) return `dial tcp: lookup ${host}: no such host`
    const result = connect(p, ip, port, host, secure ? (this.options.files() ?? {}) : undefined)
    if (!result.ok) {
      if (result.kind === 'tls') return `transport: authentication handshake failed: ${result.error}`
      if (result.kind === 'preface')
        return `error reading server preface: ${result.error.replace(/^error reading server preface: /, '')}`
      return `transport: Error while dialing: ${result.error}`
    }
    const { custom } = result.service
    const member = isClientEndpoint(custom) ? custom.member() : undefined
    if (!isClientEndpoint(custom) || !member) return 'error reading server preface: EOF'
    this.generation = (p.net as Partial<Stack>).network?.generation ?? -1
    this.current = { url, member: custom.member, api: new LinkedApi(member, () => this.lose()) }
    return undefined
  }
}

/** Remembers the watches of one connection, which end with it. */
class LinkedApi extends Api {
  private readonly open = new Map<Subscription, Omit<Subscription, 'cancel'>>()

  constructor(
    member: Member,
    private readonly gone: () => void,
  ) {
    super(member)
  }

  override watch(spec: Omit<Subscription, 'cancel'>, fromRevision = 0): Subscription {
    const subscription = super.watch(
      {
        ...spec,
        onEnd: (error, compacted) => {
          this.open.delete(subscription)
          spec.onEnd(error, compacted)
          if (!error) this.gone()
        },
      },
      fromRevision,
    )
    const cancel = subscription.cancel
    subscription.cancel = () => {
      this.open.delete(subscription)
      cancel()
    }
    this.open.set(subscription, spec)
    return subscription
  }

  /** The connection is gone: every watch ends without an error from the server. */
  end(): void {
    for (const [subscription, spec] of [...this.open]) {
      subscription.cancel()
      spec.onEnd(undefined)
    }
  }
}
