import type { Kernel } from '../../kernel/index.ts'
import { formatIp } from './ip.ts'
import type { Proto } from './packet.ts'
import type { Sysctls } from './sysctl.ts'

interface Tuple {
  src: number
  dst: number
  sport: number
  dport: number
}

/** One tracked connection. `reply` differs from the mirrored `orig` exactly where NAT is in effect. */
export interface CtEntry {
  readonly proto: Proto
  readonly orig: Tuple
  readonly reply: Tuple
  mark: number
  /** DNAT or SNAT was decided (or decided against): chains are not asked again. */
  dnat: boolean
  snat: boolean
  /** nat hooks already traversed. */
  natDone: number
  replied: boolean
  confirmed: boolean
  /** Virtual ms when it disappears. */
  expires: number
  state: string
}

/** Lifetimes in ms after the last packet, as the kernel has them for what the simulation exchanges. */
const LIFETIME: Record<string, number> = {
  SYN_SENT: 120_000,
  TIME_WAIT: 120_000,
  ESTABLISHED: 432_000_000,
  udp: 30_000,
  udpReplied: 120_000,
  icmp: 30_000,
}

const NUMBER: Record<Proto, number> = { tcp: 6, udp: 17, icmp: 1 }

/** The connection tracking table of a network namespace. */
export class Conntrack {
  private entries: CtEntry[] = []
  private sweepAt = 0
  /** Entries that a fault put there (a flood of half-open connections): they only count. */
  filler = 0
  /** Packets dropped because the table was full. */
  dropped = 0
  onFull: () => void = () => {}

  constructor(
    private readonly kernel: Kernel,
    private readonly sysctls: Sysctls,
  ) {}

  /** A new, unconfirmed entry for the first packet of a flow. */
  create(proto: Proto, orig: Tuple): CtEntry {
    return {
      proto,
      orig: { ...orig },
      reply: { src: orig.dst, dst: orig.src, sport: orig.dport, dport: orig.sport },
      mark: 0,
      dnat: false,
      snat: false,
      natDone: 0,
      replied: false,
      confirmed: false,
      expires: 0,
      state: '',
    }
  }

  /** Enters it into the table; false when the table is full and the packet must be dropped. */
  confirm(entry: CtEntry): boolean {
    if (entry.confirmed) return true
    const max = this.sysctls.number('net.netfilter.nf_conntrack_max')
    if (max > 0 && this.entries.length + this.filler >= max && this.count() >= max) {
      this.dropped++
      this.onFull()
      return false
    }
    entry.confirmed = true
    this.touch(entry)
    this.entries.push(entry)
    if (this.entries.length > 4096 && this.kernel.now() >= this.sweepAt) this.sweep()
    return true
  }

  /** True when a new connection is certain to find a place. */
  get hasRoom(): boolean {
    const max = this.sysctls.number('net.netfilter.nf_conntrack_max')
    return max <= 0 || this.entries.length + this.filler < max
  }

  /** Renews the lifetime after a packet. */
  touch(entry: CtEntry): void {
    const now = this.kernel.now()
    if (entry.proto === 'tcp') {
      entry.state = entry.replied ? 'TIME_WAIT' : 'SYN_SENT'
      entry.expires = now + LIFETIME[entry.state]
    } else entry.expires = now + LIFETIME[entry.proto === 'udp' ? (entry.replied ? 'udpReplied' : 'udp') : 'icmp']
  }

  /** A connection that stays open (watches, keep-alive). */
  establish(entry: CtEntry): void {
    entry.state = 'ESTABLISHED'
    entry.expires = this.kernel.now() + LIFETIME.ESTABLISHED
  }

  list(): CtEntry[] {
    this.sweep()
    return this.entries
  }

  count(): number {
    this.sweep()
    return this.entries.length + this.filler
  }

  remove(where: (e: CtEntry) => boolean): CtEntry[] {
    const gone = this.entries.filter(where)
    this.entries = this.entries.filter((e) => !where(e))
    return gone
  }

  clear(): void {
    this.entries = []
    this.filler = 0
  }

  private sweep(): void {
    const now = this.kernel.now()
    this.entries = this.entries.filter((e) => e.expires > now)
    this.sweepAt = now + 10_000
  }
}

/** A line of `conntrack -L`. */
export function conntrackLine(e: CtEntry, now: number): string {
  const left = Math.max(0, Math.round((e.expires - now) / 1000))
  const ports = (t: Tuple): string =>
    e.proto === 'icmp' ? `type=8 code=0 id=${e.orig.sport}` : `sport=${t.sport} dport=${t.dport}`
  const tuple = (t: Tuple): string => `src=${formatIp(t.src)} dst=${formatIp(t.dst)} ${ports(t)}`
  const head = `${e.proto.padEnd(8)} ${NUMBER[e.proto]} ${left} ${e.proto === 'tcp' ? `${e.state} ` : ''}`
  const assured = e.replied && e.proto !== 'icmp' ? ' [ASSURED]' : ''
  return `${head}${tuple(e.orig)} ${e.replied ? '' : '[UNREPLIED] '}${tuple(e.reply)}${assured} mark=${e.mark} use=1`
}
