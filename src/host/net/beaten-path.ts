import type { CtEntry } from './conntrack.ts'
import type { Iface } from './iface.ts'
import type { Flow, Packet } from './packet.ts'
import type { Stack } from './stack.ts'

/** Walks that a namespace remembers; a port scan must not fill memory. */
const LIMIT = 128

/** A rule or a chain: what iptables -v counts. */
interface Counted {
  packets: number
  bytes: number
}

/** What a packet's walk counts and whom it asks, while it is followed. */
export class Footprints {
  readonly counted: Counted[] = []
  readonly received: Iface[] = []
  readonly sent: Iface[] = []
  /** The namespaces that it came through, and whether their netfilter was in use. */
  readonly stacks = new Map<Stack, boolean>()
  /** False when the next packet may fare differently although nobody changed anything: chance, memory, faults of a cable. */
  repeatable = true

  passes(stack: Stack): void {
    this.stacks.set(stack, stack.netfilter.used)
  }

  /** Nothing on the way looks at packets, or decides by more than configuration. */
  get plain(): boolean {
    for (const [stack, used] of this.stacks) {
      const { netfilter, ipvs, taps, pathMtus } = stack
      if (netfilter.used !== used || netfilter.native.size > 0 || ipvs.servers.size > 0 || taps.size > 0) return false
      if (stack.policy || stack.standsFor || !pathMtus.empty) return false
    }
    return true
  }

  count(size: number): void {
    for (const c of this.counted) {
      c.packets++
      c.bytes += size
    }
    for (const { counters } of this.received) {
      counters.rxPackets++
      counters.rxBytes += size
    }
    for (const { counters } of this.sent) {
      counters.txPackets++
      counters.txBytes += size
    }
  }
}

/** Where a walk left its packet and its flow. */
interface Walk {
  /** Of the network's configuration for which it holds. */
  readonly generation: number
  readonly steps: Footprints
  readonly src: number
  readonly dst: number
  readonly dport: number
  readonly ttl: number
  readonly mark: number
  readonly flow: Pick<Flow, 'own' | 'loud' | 'loudBy' | 'silent' | 'source' | 'latency' | 'depth'>
  readonly entries: readonly (readonly [Stack, CtEntry])[]
}

/** A request's walk with those of the two possible answers: of somebody who listens, and of nobody. */
export interface Beaten extends Walk {
  readonly at: Stack
  readonly answers: [back: Walk | undefined, refused: Walk | undefined]
}

/**
 * The ways that packets took from a namespace. A packet that would go the same way again, since nothing in the network
 * has changed, is put where it would arrive: everything that the walk counts is counted, and its connections are
 * tracked. As nftables' flow tables have it, but nobody can tell the difference.
 */
export class BeatenPaths {
  private readonly known = new Map<number, Beaten>()
  private generation = -1

  constructor(private readonly stack: Stack) {}

  /** What is known of the way of a request's packet, as it is before it sets out. */
  find(p: Packet): Beaten | undefined {
    this.forgetOld()
    const beaten = this.known.get(keyOf(p))
    return beaten?.steps.plain && beaten.entries.every(([stack]) => stack.conntrack.hasRoom) ? beaten : undefined
  }

  /** Puts a request's packet where its walk ended. */
  follow(beaten: Beaten, p: Packet): void {
    for (const [stack, was] of beaten.entries) {
      const entry = stack.conntrack.create(p.proto, { ...was.orig, sport: p.sport })
      Object.assign(entry.reply, was.reply, { dport: p.sport })
      entry.mark = was.mark
      entry.dnat = was.dnat
      entry.snat = was.snat
      entry.natDone = was.natDone
      if (was.confirmed) stack.conntrack.confirm(entry)
      p.flow.entries.set(stack, entry)
    }
    arrive(beaten, p)
  }

  /** Remembers the way of a request that was delivered `at` a namespace; `first`: the packet as it set out. */
  learn(first: number, generation: number, p: Packet, at: Stack): Beaten | undefined {
    const walk = this.walkOf(generation, p)
    if (!walk) return undefined
    for (const [, { orig, reply }] of walk.entries)
      if (orig.sport !== p.sport || reply.dport !== p.sport) return undefined
    if (this.known.size >= LIMIT) this.known.clear()
    const beaten: Beaten = { ...walk, at, answers: [undefined, undefined] }
    this.known.set(first, beaten)
    return beaten
  }

  /** Puts an answer where its walk ended. */
  followBack(walk: Walk, p: Packet): void {
    for (const [stack, was] of walk.entries) {
      const entry = p.flow.entries.get(stack)!
      entry.mark = was.mark
      entry.natDone = was.natDone
      if (!was.replied) continue
      entry.replied = true
      stack.conntrack.touch(entry)
    }
    arrive(walk, p)
  }

  /** What is known of an answer's way. */
  findBack(beaten: Beaten, refused: boolean): Walk | undefined {
    const walk = beaten.answers[refused ? 1 : 0]
    return walk?.generation === this.stack.network.generation && walk.steps.plain ? walk : undefined
  }

  /** Remembers the way of an answer that arrived. */
  learnBack(beaten: Beaten, refused: boolean, generation: number, p: Packet): void {
    if (beaten.generation === generation) beaten.answers[refused ? 1 : 0] = this.walkOf(generation, p)
  }

  private walkOf(generation: number, p: Packet): Walk | undefined {
    const { flow } = p
    const steps = flow.steps!
    if (generation !== this.stack.network.generation || !steps.repeatable || !steps.plain) return undefined
    return {
      generation,
      steps,
      src: p.src,
      dst: p.dst,
      dport: p.dport,
      ttl: p.ttl,
      mark: p.mark,
      flow: {
        own: [...flow.own],
        loud: [...flow.loud],
        loudBy: [...flow.loudBy],
        silent: [...flow.silent],
        source: flow.source,
        latency: flow.latency,
        depth: flow.depth,
      },
      entries: [...flow.entries].map(([stack, e]) => [stack, { ...e, orig: { ...e.orig }, reply: { ...e.reply } }]),
    }
  }

  private forgetOld(): void {
    const { generation } = this.stack.network
    if (this.generation === generation) return
    this.generation = generation
    this.known.clear()
  }
}

/** By what requests without a source of their choice differ. */
export const keyOf = (p: Packet): number => (p.dst * 65536 + p.dport) * 2 + (p.proto === 'udp' ? 1 : 0)

function arrive(walk: Walk, p: Packet): void {
  walk.steps.count(p.size)
  p.src = walk.src
  p.dst = walk.dst
  p.dport = walk.dport
  p.ttl = walk.ttl
  p.mark = walk.mark
  const { flow } = p
  for (const i of [0, 1] as const) {
    flow.own[i] = walk.flow.own[i]
    flow.loud[i] = walk.flow.loud[i]
    flow.loudBy[i] = walk.flow.loudBy[i]
    flow.silent[i] = walk.flow.silent[i]
  }
  flow.source = walk.flow.source
  flow.latency = walk.flow.latency
  flow.depth = walk.flow.depth
}
