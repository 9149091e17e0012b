import type { Api, Header } from '../../etcd/api.ts'
import { EtcdError } from '../../etcd/errors.ts'
import type { Range } from '../../etcd/range.ts'
import type { Event } from '../../etcd/store.ts'
import type { Subscription } from '../../etcd/subscriptions.ts'
import { type Coro, type Kernel, Signal } from '../../kernel/index.ts'
import type { EtcdClient } from '../../programs/etcd/client.ts'

/** What a watch reports at once (clientv3.WatchResponse). */
export interface WatchBatch {
  readonly header: Header
  /** None: how far the watch has come. */
  readonly events: readonly Event[]
  /** Why the server ended the watch. */
  readonly canceled?: EtcdError
  /** The oldest revision that can be watched, when it was the one asked for that is gone. */
  readonly compactRevision?: number
}

interface WatchOptions {
  /** 0: from now. */
  readonly revision?: number
  /** It ends when the member loses its leader. Default true, as for etcdctl's own watches. */
  readonly requireLeader?: boolean
  /** Tells how far it has come when nothing happens. */
  readonly progress?: boolean
}

/** --watch-progress-notify-interval, ms. */
const PROGRESS = 600_000

/** A watch that outlives its connection (client/v3/watch.go): it goes on elsewhere from the next revision. */
export class Watching {
  private readonly pending: WatchBatch[] = []
  private readonly arrived = new Signal()
  private next: number
  private subscription: Subscription | undefined
  private api: Api | undefined
  private gone = false
  private idleSince: number

  constructor(
    private readonly kernel: Kernel,
    private readonly client: EtcdClient,
    private readonly range: Range,
    private readonly options: WatchOptions = {},
  ) {
    this.next = options.revision ?? 0
    this.idleSince = kernel.now()
  }

  /** The next batch; undefined when one of `others` came first. A cancelled watch reports no more. */
  *batch(others: readonly Signal[] = []): Coro<WatchBatch | undefined> {
    const { kernel, pending } = this
    for (;;) {
      const first = pending.shift()
      if (first) {
        this.idleSince = kernel.now()
        return first
      }
      if (!this.subscription) {
        yield* this.open()
        continue
      }
      const until = this.options.progress ? this.idleSince + PROGRESS : undefined
      const by = yield { on: [this.arrived, ...others], until }
      if (by !== undefined && by !== this.arrived) return undefined
      if (by === undefined && this.api) {
        this.idleSince = kernel.now()
        return { header: this.api.header(), events: [] }
      }
      if (this.gone && pending.length === 0) this.close()
    }
  }

  /** The client wants the watch no longer. */
  close(): void {
    this.subscription?.cancel()
    this.subscription = undefined
  }

  /** Asks how far the watch has come. */
  requestProgress(): void {
    if (!this.api || !this.subscription) return
    this.pending.push({ header: this.api.header(), events: [] })
    this.arrived.fire()
  }

  private *open(): Coro {
    this.gone = false
    yield* this.client.stream('Watch/Watch', (api) => {
      this.api = api
      const past: Event[] = []
      let opened = false
      const onEvent = (event: Event, revision: number): void => {
        if (opened) this.add(api, event, revision)
        else past.push(event)
      }
      try {
        this.subscription = api.watch(
          {
            range: this.range,
            requireLeader: this.options.requireLeader ?? true,
            onEvent,
            onEnd: (error) => this.ended(api, error),
          },
          this.next,
        )
      } catch (error) {
        if (!(error instanceof EtcdError)) throw error
        this.cancelled(api, error)
      }
      opened = true
      // What has happened already comes at once.
      const header = api.header()
      if (past.length > 0) this.push({ header, events: past })
      if (this.next <= header.revision) this.next = header.revision + 1
    })
  }

  private push(batch: WatchBatch): void {
    this.pending.push(batch)
    this.next = Math.max(this.next, batch.header.revision + 1)
    this.arrived.fire()
  }

  private add(api: Api, event: Event, revision: number): void {
    const last = this.pending.at(-1)
    // Events of one revision come in one response.
    if (last && last.header.revision === revision && last.events.length > 0) {
      this.pending[this.pending.length - 1] = { ...last, events: [...last.events, event] }
      return
    }
    this.push({ header: api.header(revision), events: [event] })
  }

  private ended(api: Api, error: EtcdError | undefined): void {
    this.gone = true
    if (error) this.cancelled(api, error)
    else this.arrived.fire()
  }

  private cancelled(api: Api, canceled: EtcdError): void {
    const { store } = api.member.lineage
    const compactRevision = canceled.code === 'OutOfRange' ? Math.max(0, store.compacted) : 0
    this.pending.push({ header: api.header(0), events: [], canceled, compactRevision })
    this.arrived.fire()
  }
}
