import type { Header } from '../../etcd/api.ts'
import { EtcdError } from '../../etcd/errors.ts'
import type { Id } from '../../etcd/ids.ts'
import { type Coro, type Kernel, sleep } from '../../kernel/index.ts'
import type { EtcdClient } from '../../programs/etcd/client.ts'

/** Between attempts of the stream, and between looks whether it is time (retryConnWait), ms. */
const WAIT = 500
/** How often it is looked whether a lease has gone unanswered for too long, ms. */
const LOOK = 1000
/** What a client without a dial timeout grants the first answer, ms. */
const DEFAULT_FIRST = 5000

interface Renewed {
  readonly header: Header
  readonly ttl: number
}

/** Keeps a lease alive (client/v3/lease.go): renewed every third of its time, until it is gone or nobody has answered for its whole time. */
export class KeepAlive {
  private deadline: number
  private over = false

  /** `dialTimeout` in ms: so long, and a second, the first answer may take. */
  constructor(
    private readonly kernel: Kernel,
    private readonly client: EtcdClient,
    private readonly lease: Id,
    dialTimeout: number,
  ) {
    this.deadline = kernel.now() + (dialTimeout === 0 ? DEFAULT_FIRST : dialTimeout + 1000)
  }

  /** Runs until the lease is lost. `onRenewed` hears of every answer. */
  *run(onRenewed: (renewed: Renewed) => Coro): Coro {
    const { kernel } = this
    const sender = kernel.spawn('keep-alive', this.send(onRenewed))
    try {
      while (!this.over && this.deadline >= kernel.now()) yield { on: [sender.ended], until: kernel.now() + LOOK }
    } finally {
      if (sender.state === 'running') sender.interrupt(new Error('lease lost'))
    }
    if (sender.state === 'failed' && this.over) throw sender.error
  }

  private *send(onRenewed: (renewed: Renewed) => Coro): Coro {
    const { kernel, client, lease } = this
    try {
      for (;;) {
        let renewed: Renewed | undefined
        try {
          renewed = yield* client.stream('Lease/LeaseKeepAlive', (api) => api.leaseKeepAlive(lease))
        } catch (error) {
          if (!(error instanceof EtcdError)) throw error
          yield* sleep(kernel, WAIT)
          continue
        }
        if (!renewed) return
        this.deadline = kernel.now() + renewed.ttl * 1000
        yield* onRenewed(renewed)
        const next = (renewed.ttl * 1000) / 3
        yield* sleep(kernel, Math.floor(next / WAIT + 1) * WAIT)
      }
    } finally {
      this.over = true
    }
  }
}
