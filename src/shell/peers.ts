import { type Host, keepOpen, type NetNs, type Process, serviceKey } from '../host/index.ts'
import { type Coro, sleep } from '../kernel/index.ts'

/** Another machine that answers to a name or address. */
export interface Peer {
  readonly host: Host
  /** Address to dial port 22 at; without it the machine is always reachable. */
  readonly ip?: string
  /** Where the packets come from; from the asking process by default. The way into another network, whose world keeps the same time. */
  readonly from?: NetNs
}

/** Who can be reached with ssh. Attached to every host by whoever builds the cluster. */
export interface Peers {
  find(nameOrAddress: string, from: Process): Peer | undefined
}

export const PEERS = serviceKey<Peers>('peers')

/** Unanswered SYNs: how long Linux tries (tcp_syn_retries = 6). */
const CONNECT_TIMEOUT = 134_000

/** Connects to a host's sshd. Returns it, or the client's error message. */
export function* connect(p: Process, name: string, port: number, timeout?: number): Coro<Host | string> {
  const kernel = p.host.kernel
  const peer = p.host.has(PEERS) ? p.host.service(PEERS).find(name, p) : undefined
  if (!peer) {
    yield* sleep(kernel, 20)
    return `ssh: Could not resolve hostname ${name}: Name or service not known`
  }
  if (peer.ip !== undefined) {
    const result = (peer.from ?? p.net).dial({ ip: peer.ip, port, from: p })
    const failed = (text: string): string => `ssh: connect to host ${name} port ${port}: ${text}`
    if (result.outcome === 'refused') {
      yield* sleep(kernel, 2)
      return failed('Connection refused')
    }
    if (result.outcome === 'timeout') {
      yield* sleep(kernel, timeout ?? CONNECT_TIMEOUT)
      return failed('Connection timed out')
    }
    if (result.outcome === 'unreachable') {
      yield* sleep(kernel, result.after)
      return failed(result.code === 'ENETUNREACH' ? 'Network is unreachable' : 'No route to host')
    }
    // As long as the session lasts; one from outside of the game's machines shows at nobody's end.
    if (!peer.from) keepOpen(p, result)
  }
  // Key exchange and authentication.
  yield* sleep(kernel, 180)
  return peer.host
}
