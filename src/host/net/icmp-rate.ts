import type { Kernel } from '../../kernel/index.ts'
import type { Sysctls } from './sysctl.ts'

/** net/ipv4/inetpeer.c: so many errors may follow each other at once. */
const BURST = 6

interface Peer {
  /** ms of allowance, as counted at `at`. */
  tokens: number
  at: number
  /** When errors will be sent that wait for a neighbour to be given up. */
  readonly due: number[]
}

/** How many ICMP errors a machine sends to one peer: one every net.ipv4.icmp_ratelimit ms, six at once after a pause. */
export class IcmpRate {
  private readonly peers = new Map<number, Peer>()

  constructor(
    private readonly kernel: Kernel,
    private readonly sysctls: Sysctls,
  ) {}

  /** Whether an error to `ip` is sent now. */
  allows(ip: number): boolean {
    const { interval } = this
    const peer = this.peer(ip)
    while (peer.due.length > 0 && peer.due[0] <= this.kernel.now()) take(peer, peer.due.shift()!, interval)
    return interval <= 0 || take(peer, this.kernel.now(), interval)
  }

  /** Counts an error that will be sent `after` ms; those that wait for the same neighbour go together. */
  promise(ip: number, after: number): void {
    const { due } = this.peer(ip)
    due.push(due.find((at) => at > this.kernel.now()) ?? this.kernel.now() + after)
  }

  private get interval(): number {
    return Number(this.sysctls.get('net.ipv4.icmp_ratelimit') ?? 1000)
  }

  private peer(ip: number): Peer {
    let peer = this.peers.get(ip)
    if (!peer) this.peers.set(ip, (peer = { tokens: BURST * this.interval, at: this.kernel.now(), due: [] }))
    return peer
  }
}

function take(peer: Peer, at: number, interval: number): boolean {
  peer.tokens = Math.min(BURST * interval, peer.tokens + at - peer.at)
  peer.at = at
  if (peer.tokens < interval) return false
  peer.tokens -= interval
  return true
}
