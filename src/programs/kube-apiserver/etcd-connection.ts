import type { EtcdConnection } from '../../api/index.ts'
import { StorageBlocked } from '../../api/index.ts'
import { Api } from '../../etcd/api.ts'
import { Blocked as EtcdBlocked, EtcdError } from '../../etcd/errors.ts'
import type { Member } from '../../etcd/member.ts'
import { keepOpen, type NetNs, type Process } from '../../host/index.ts'
import { Signal, type Timer } from '../../kernel/index.ts'
import { type ClientFiles, connect, resolveHost } from '../etcd/connect.ts'
import { isClientEndpoint } from '../etcd/endpoints.ts'
import type { Klog } from '../lib/klog.ts'

// gRPC's back-off: one second, times 1.6, up to two minutes, ± 20 %.
const BACKOFF_START = 1000
const BACKOFF_FACTOR = 1.6
const BACKOFF_LIMIT = 120_000
/** TCP does not notice a broken path at once: it is walked again no more often than this, ms. */
const CHECK_INTERVAL = 200

/** Each resource's storage has a channel of its own, with a connection: the log numbers them in fours, up to some 280. */
const CHANNELS = 70

interface Established {
  readonly ip: string
  readonly port: number
  readonly owner: Process | undefined
  readonly member: () => Member | undefined
  readonly api: Api
  epoch: number | undefined
  /** True time at which the path was last walked, ms. */
  checkedAt: number
}

/** etcd refuses, or nobody answers: a matter of time, not of the program. */
export const unavailable = (error: unknown): boolean =>
  error instanceof EtcdBlocked || error instanceof EtcdError || error instanceof StorageBlocked

/** The connections that an API server keeps to etcd, as one: to whichever member answers, with gRPC's back-off. */
export class EtcdConnections implements EtcdConnection {
  private current: Established | undefined
  private hangUp: (() => void) | undefined
  private backoff = BACKOFF_START
  private timer: Timer | undefined
  private readonly reconnected = new Signal()
  private readonly listeners: (() => void)[] = []
  /** Channels whose failures appear in the log: at first a few of the storage's, in time one a resource. */
  private channels: readonly (readonly [number, number])[] = START_CHANNELS

  constructor(
    private readonly p: Process,
    private readonly servers: readonly string[],
    private readonly files: () => ClientFiles,
    private readonly log: Klog,
  ) {
    p.defer(() => p.host.kernel.cancel(this.timer))
  }

  now(): number {
    return this.p.host.kernel.now()
  }

  onReconnect(fn: () => void): void {
    this.listeners.push(fn)
  }

  /** From now on a broken connection shows in the log as that of a running server. */
  settled(): void {
    this.channels = RUNNING_CHANNELS
  }

  api(): Api {
    const current = this.current
    if (current && this.alive(current)) return current.api
    if (current) this.lost()
    if (!this.current) throw new StorageBlocked(this.reconnected)
    return (this.current as Established).api
  }

  /** Tries at once. Returns whether there is a connection now. */
  try(): boolean {
    this.p.host.kernel.cancel(this.timer)
    this.timer = undefined
    const errors: string[] = []
    for (const server of this.servers) {
      const error = this.attempt(server)
      if (error === undefined) {
        this.backoff = BACKOFF_START
        this.reconnected.fire()
        for (const fn of this.listeners) fn()
        return true
      }
      errors.push(error)
    }
    for (const line of errors) for (const channel of this.channels) this.complain(channel, line)
    const jitter = 0.8 + 0.4 * this.p.host.rng.float()
    this.timer = this.p.after(this.backoff * jitter, () => this.try())
    this.backoff = Math.min(this.backoff * BACKOFF_FACTOR, BACKOFF_LIMIT)
    return false
  }

  private attempt(server: string): string | undefined {
    const { p } = this
    const match = /^(https?):\/\/(\[[^\]]+\]|[^:/]+)(?::(\d+))?/.exec(server)
    const address = match ? `${match[2]}:${match[3] ?? 2379}` : server
    const fail = (desc: string) => `${address}\n${desc}`
    if (!match) return fail(`transport: Error while dialing: dial tcp: address ${server}: missing port in address`)
    const port = Number(match[3] ?? 2379)
    const ip = resolveHost(p, match[2]!)
    if (ip === undefined) return fail(`transport: Error while dialing: dial tcp: lookup ${match[2]}: no such host`)
    const result = connect(p, ip, port, match[2]!, match[1] === 'https' ? this.files() : undefined)
    if (!result.ok) {
      if (result.kind === 'tls') return fail(`transport: authentication handshake failed: ${result.error}`)
      return fail(result.kind === 'preface' ? result.error : `transport: Error while dialing: ${result.error}`)
    }
    const { custom } = result.service
    const member = isClientEndpoint(custom) ? custom.member() : undefined
    if (!isClientEndpoint(custom) || !member) return fail('error reading server preface: EOF')
    this.hangUp?.()
    this.hangUp = keepOpen(p, result.open, CHANNELS - 1)
    const epoch = (p.net as NetNs).epoch
    this.current = {
      ip,
      port,
      owner: result.process,
      member: () => custom.member(),
      api: new Api(member, { commonName: result.commonName }),
      epoch,
      checkedAt: p.host.kernel.now(),
    }
    return undefined
  }

  private alive(current: Established): boolean {
    const { owner, api, member } = current
    if (owner && (owner.status || owner.frozen)) return false
    if (member() !== api.member) return false
    const { net } = this.p
    if (net.epoch !== undefined && net.epoch === current.epoch) return true
    const now = this.p.host.kernel.now()
    if (now - current.checkedAt < CHECK_INTERVAL) return true
    current.checkedAt = now
    if (net.dial({ ip: current.ip, port: current.port, from: this.p }).outcome !== 'open') return false
    current.epoch = net.epoch
    return true
  }

  private lost(): void {
    this.current = undefined
    this.hangUp?.()
    this.hangUp = undefined
    this.try()
  }

  private complain([channel, sub]: readonly [number, number], failure: string): void {
    const [address, desc] = failure.split('\n') as [string, string]
    this.log.warning(
      'logging.go:55',
      `[core] [Channel #${channel} SubChannel #${sub}] grpc: addrConn.createTransport failed to connect to {Addr: "${address}", ServerName: "${address}", }. Err: connection error: desc = "${desc}"`,
    )
  }
}

const START_CHANNELS = [
  [1, 4],
  [2, 6],
  [7, 9],
] as const
const RUNNING_CHANNELS = [
  [35, 37],
  [99, 101],
  [159, 161],
  [231, 233],
  [167, 169],
  [107, 109],
  [143, 145],
] as const
