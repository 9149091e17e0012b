import type { Timer } from '../kernel/index.ts'
import type { Id } from './ids.ts'
import type { Member } from './member.ts'

/** What came of connecting to a peer URL. */
export type PeerDial =
  | { readonly member: Member }
  /** Go's words for what went wrong, e.g. `dial tcp 192.168.56.13:2380: connect: connection refused`. */
  | { readonly error: string }

/** How a member reaches others: name resolution, routes, TLS with both sides' files and clocks. */
export interface PeerNetwork {
  /** A new connection: TLS handshake included. */
  dial(url: string): PeerDial
  /** Whether packets flow there and back over a connection that stands (no handshake). */
  flows(url: string): boolean
}

/** Both kinds of stream that every pair of members keeps in each direction. */
const STREAMS = ['stream MsgApp v2', 'stream Message'] as const
/** rafthttp probes its peers this often, ms. */
const PROBE = 5000
/** How often an existing connection is checked for a dead path, ms. */
const CHECK = 1000
/** Failed dials are repeated quickly at first; a peer that starts dials us anyway. */
const RETRY = [100, 200, 400, 800, 1500, 2000]

/** One remote member as seen from here (rafthttp/peer.go): the streams we dialled, and the ones it dialled. */
export class Peer {
  /** Our dialled connection stands. */
  out: Member | undefined
  /** Its dialled connection stands. */
  in: Member | undefined
  /** Packets flow over `out`. */
  private flowing = true
  private active = false
  /** How often it was lost. */
  disconnects = 0
  /** Requests for its vote that did not reach it. (Heartbeats are implied and so not counted.) */
  unsent = 0
  private timer: Timer | undefined
  private probeTimer: Timer | undefined
  private attempts = 0
  private brokenAt = 0
  private error = ''
  private rtt = '0s'
  private stopped = false
  /** Since when it has been in contact (rafthttp's activeSince); undefined while it is not. */
  activeSince: number | undefined

  constructor(
    private readonly local: Member,
    readonly id: Id,
    public urls: readonly string[],
  ) {}

  /** The remote member when messages reach it now. */
  get contact(): Member | undefined {
    const viaOut = this.out && this.flowing ? this.out : undefined
    const remote = viaOut ?? (this.in?.peers.get(this.local.id)?.flowing ? this.in : undefined)
    return remote && listens(remote) && listens(this.local) ? remote : undefined
  }

  /** The error of the last failed attempt. */
  get lastError(): string {
    return this.error
  }

  start(): void {
    const { log, id } = this.local
    const ids = { 'local-member-id': id, 'remote-peer-id': this.id }
    log('info', 'rafthttp/peer.go:133', 'starting remote peer', { 'remote-peer-id': this.id })
    log('info', 'rafthttp/pipeline.go:72', 'started HTTP pipelining with remote peer', ids)
    for (const _ of STREAMS) log('info', 'rafthttp/stream.go:168', 'started stream writer with remote peer', ids)
    log('info', 'rafthttp/peer.go:137', 'started remote peer', { 'remote-peer-id': this.id })
    log('info', 'rafthttp/transport.go:317', 'added remote peer', { ...ids, 'remote-peer-urls': this.urls })
    for (const type of STREAMS)
      log('info', 'rafthttp/stream.go:394', 'started stream reader with remote peer', {
        'stream-reader-type': type,
        ...ids,
      })
    this.timer = this.local.kernel.after(1, () => this.attempt())
    this.probeTimer = this.local.kernel.after(PROBE, () => this.probe())
  }

  /** Tries to connect now (it just connected to us, or an address changed). */
  retry(): void {
    if (this.out || this.stopped) return
    this.local.kernel.cancel(this.timer)
    this.timer = this.local.kernel.after(1, () => this.attempt())
  }

  private attempt(): void {
    if (this.stopped || this.out) return
    const { local } = this
    const result = local.halted ? { error: 'i/o timeout' } : local.network.dial(this.urls[0])
    if ('member' in result && local.greet(this, result.member)) {
      this.attempts = 0
      this.error = ''
      this.open(result.member)
      return
    }
    if ('error' in result) this.error = result.error
    if (this.stopped) return
    const wait = RETRY[Math.min(this.attempts++, RETRY.length - 1)]
    this.timer = local.kernel.after(wait, () => this.attempt())
  }

  private open(remote: Member): void {
    const { local } = this
    const there = remote.peers.get(local.id)
    if (!there) return
    this.out = remote
    this.flowing = true
    this.rtt = `${(local.rng.between(400, 9000) / 1000).toFixed(3)}ms`
    there.in = local
    for (const type of STREAMS) {
      remote.log('info', 'rafthttp/stream.go:248', 'set message encoder', {
        from: remote.id,
        to: local.id,
        'stream-type': type,
      })
      there.activate()
      remote.log('info', 'rafthttp/stream.go:273', 'established TCP streaming connection with remote peer', {
        'stream-writer-type': type,
        'local-member-id': remote.id,
        'remote-peer-id': local.id,
      })
      this.activate()
      local.log('info', 'rafthttp/stream.go:411', 'established TCP streaming connection with remote peer', {
        'stream-reader-type': type,
        'local-member-id': local.id,
        'remote-peer-id': this.id,
      })
    }
    there.retry()
    this.timer = local.kernel.after(CHECK, () => this.check())
    local.contactChanged(this)
    remote.contactChanged(there)
  }

  private activate(): void {
    if (this.active) return
    this.active = true
    this.activeSince = this.local.kernel.now()
    this.local.log('info', 'rafthttp/peer_status.go:53', 'peer became active', { 'peer-id': this.id })
  }

  private deactivate(why: string): void {
    if (!this.active) return
    this.active = false
    this.disconnects++
    this.activeSince = undefined
    this.local.log('warn', 'rafthttp/peer_status.go:66', 'peer became inactive (message send to peer failed)', {
      'peer-id': this.id,
      error: why,
    })
  }

  /** Is the path still there? A dead one is noticed by raft at once, by TCP only after seconds. */
  private check(): void {
    const { local, out } = this
    if (this.stopped || !out) return
    const now = local.kernel.now()
    const flowing = local.halted || local.network.flows(this.urls[0])
    if (flowing !== this.flowing) {
      this.flowing = flowing
      this.brokenAt = now
      local.contactChanged(this)
      const there = out.peers.get(local.id)
      if (there) out.contactChanged(there)
    } else if (!flowing && now - this.brokenAt >= 5000) {
      this.breakOff('i/o timeout')
      return
    }
    this.timer = local.kernel.after(CHECK, () => this.check())
  }

  private breakOff(error: string): void {
    const remote = this.out
    const there = remote?.peers.get(this.local.id)
    this.lost(error)
    if (there && remote) {
      there.in = undefined
      remote.contactChanged(there)
    }
  }

  /** Our dialled connection is gone: `EOF` after an orderly stop, `unexpected EOF` after a kill, `i/o timeout`. */
  lost(error: string): void {
    const { local } = this
    if (!this.out) {
      this.in = undefined
      return
    }
    this.out = undefined
    this.in = undefined
    for (const type of STREAMS) {
      local.log('warn', 'rafthttp/stream.go:420', 'lost TCP streaming connection with remote peer', {
        'stream-reader-type': type,
        'local-member-id': local.id,
        'remote-peer-id': this.id,
        error,
      })
      if (error !== 'EOF') this.deactivate(`failed to read ${this.id} on ${type} (${error})`)
    }
    local.kernel.cancel(this.timer)
    this.attempts = 0
    if (error === 'EOF')
      local.kernel.after(15, () => {
        if (!this.out) this.deactivate(`failed to dial ${this.id} on stream MsgApp v2 (EOF)`)
      })
    this.timer = local.kernel.after(20, () => this.attempt())
    this.writersLost()
    local.contactChanged(this)
  }

  /** The writing side notices when it next sends: soon for messages, seconds later for appends. */
  private writersLost(): void {
    const { local } = this
    const line = (type: string, caller: string) => (): void => {
      if (this.stopped || this.contact) return
      local.log('warn', caller, 'lost TCP streaming connection with remote peer', {
        'stream-writer-type': type,
        'local-member-id': local.id,
        'remote-peer-id': this.id,
      })
    }
    local.kernel.after(local.rng.between(900, 1300), line('stream Message', 'rafthttp/stream.go:222'))
    local.kernel.after(local.rng.between(4000, 6000), line('stream MsgApp v2', 'rafthttp/stream.go:193'))
  }

  private probe(): void {
    if (this.stopped) return
    const { local } = this
    if (!local.halted && (!this.out || !this.flowing)) {
      const error = this.out ? `dial tcp ${hostOf(this.urls[0])}: i/o timeout` : this.error
      if (error && !this.mismatch)
        for (const name of ['ROUND_TRIPPER_SNAPSHOT', 'ROUND_TRIPPER_RAFT_MESSAGE'])
          local.log('warn', 'rafthttp/probing_status.go:68', 'prober detected unhealthy status', {
            'round-tripper-name': name,
            'remote-peer-id': this.id,
            rtt: this.rtt,
            error,
          })
    } else if (this.out) this.drift(this.out)
    this.probeTimer = local.kernel.after(PROBE, () => this.probe())
  }

  /** Only a peer that lags behind is noticed: the drift is measured as a duration and compared with +1 s. */
  private drift(remote: Member): void {
    const drift = this.local.clock() - remote.clock()
    if (drift <= 1000) return
    for (const name of ['ROUND_TRIPPER_SNAPSHOT', 'ROUND_TRIPPER_RAFT_MESSAGE'])
      this.local.log('warn', 'rafthttp/probing_status.go:82', 'prober found high clock drift', {
        'round-tripper-name': name,
        'remote-peer-id': this.id,
        'clock-drift': `${(drift / 1000).toFixed(6)}s`,
        rtt: this.rtt,
      })
  }

  /** The last attempt met a member of another cluster. */
  mismatch = false

  stop(): void {
    this.stopped = true
    this.local.kernel.cancel(this.timer)
    this.local.kernel.cancel(this.probeTimer)
    this.out = undefined
    this.in = undefined
  }
}

const listens = (member: Member): boolean => member.raft.begun && !member.halted

/** `192.168.56.13:2380` of `https://192.168.56.13:2380`. */
const hostOf = (url: string): string => url.replace(/^[a-z]+:\/\//, '').replace(/\/.*$/, '')
