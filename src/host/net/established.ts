import type { Process } from '../process.ts'
import type { Address, DialResult, Ends, NetNs, Socket } from './types.ts'

type Open = Extract<DialResult, { outcome: 'open' }>

/** A TCP connection that both ends keep: as the client's kernel sees it and, after NAT, as the server's. */
interface Held {
  readonly client: Process
  readonly socket: Socket
  readonly ends: Ends
  readonly seen: Address
}

/** One end of an open connection. */
export interface OpenEnd {
  readonly local: Address
  readonly remote: Address
  readonly process: Process | undefined
  /** The listening socket that it came in by; undefined at the client. */
  readonly via: Socket | undefined
}

const held = new WeakMap<NetNs, Set<Held>>()

const of = (net: NetNs): Set<Held> => {
  let set = held.get(net)
  if (!set) held.set(net, (set = new Set()))
  return set
}

const ended = (h: Held): boolean => h.client.status !== undefined || h.socket.process?.status !== undefined

/**
 * A process keeps a connection, and `more` of the same kind beside it, each from a port of its own, until the returned
 * function is called or one of both ends.
 */
export function keepOpen(p: Process, open: Open, more = 0): () => void {
  const { socket, peer } = open
  const ends = open.ends()
  const mine: Held[] = [{ client: p, socket, ends, seen: peer }]
  for (let i = 0; i < more; i++) {
    const port = p.net.ephemeral?.() ?? ends.from.port + 2 * (i + 1)
    mine.push({ client: p, socket, ends: { ...ends, from: { ...ends.from, port } }, seen: { ...peer, port } })
  }
  const sets = [of(p.net), of(ends.net)]
  for (const set of sets) {
    for (const old of set) if (ended(old)) set.delete(old)
    for (const h of mine) set.add(h)
  }
  const release = (): void => {
    withdraw()
    for (const set of sets) for (const h of mine) set.delete(h)
  }
  const withdraw = p.defer(release)
  return release
}

/** The ends of open connections in a namespace, the oldest connection first. */
export function openEnds(net: NetNs): OpenEnd[] {
  const ends: OpenEnd[] = []
  for (const h of held.get(net) ?? []) {
    if (ended(h)) continue
    const { from, to, at } = h.ends
    if (h.client.net === net) ends.push({ local: from, remote: to, process: h.client, via: undefined })
    if (h.ends.net === net) ends.push({ local: at, remote: h.seen, process: h.socket.process, via: h.socket })
  }
  return ends
}
