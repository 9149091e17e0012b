import type { Id } from '../../etcd/ids.ts'
import type { Process } from '../../host/index.ts'
import { type Coro, Signal, type Task } from '../../kernel/index.ts'
import type { EtcdClient } from '../../programs/etcd/client.ts'
import { KeepAlive } from './keep-alive.ts'

/** Seconds that a session lives without its client, where nothing else is said. */
export const SESSION_TTL = 60

/** A lease that is kept alive for as long as the client runs, and is left to expire afterwards (client/v3/concurrency). */
export class Session {
  /** Ctrl-C was pressed, or SIGTERM came. */
  interrupted = false
  /** Fires when it was interrupted. */
  readonly changed = new Signal()

  private constructor(
    readonly lease: Id,
    private readonly keeper: Task<void>,
  ) {}

  /** Grants the lease. Throws what that throws. */
  static *open(p: Process, client: EtcdClient, ttl: number, dialTimeout: number): Coro<Session> {
    const { id } = yield* client.call('Lease/LeaseGrant', undefined, (api) => api.leaseGrant(ttl))
    const { kernel } = p.host
    const keeper = kernel.spawn(
      'session',
      new KeepAlive(kernel, client, id, dialTimeout).run(function* () {}),
    )
    const session = new Session(id, keeper)
    for (const signal of ['SIGINT', 'SIGTERM'])
      p.onSignal(signal, () => {
        session.interrupted = true
        session.changed.fire()
      })
    return session
  }

  /** The lease is gone. */
  get lost(): boolean {
    return this.keeper.state !== 'running'
  }

  /** What to wait for: interruption and loss. */
  get signals(): readonly Signal[] {
    return [this.changed, this.keeper.ended]
  }

  /** Keeps the lease no longer. */
  close(): void {
    if (this.keeper.state === 'running') this.keeper.interrupt(new Error('session closed'))
  }
}
