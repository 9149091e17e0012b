import type { Member } from '../../etcd/member.ts'

/** What a peer port answers with. `member` is undefined while it listens but does not serve yet. */
export interface PeerEndpoint {
  readonly kind: 'etcd-peer'
  readonly member: () => Member | undefined
}

/** What a client port answers with: a member once it serves clients, undefined while it only accepts. */
export interface ClientEndpoint {
  readonly kind: 'etcd-client'
  readonly member: () => Member | undefined
}

/** What answers at an address is an etcd's peer port. */
export const isPeerEndpoint = (x: unknown): x is PeerEndpoint => (x as PeerEndpoint | undefined)?.kind === 'etcd-peer'

/** What answers at an address is an etcd's client port. */
export const isClientEndpoint = (x: unknown): x is ClientEndpoint =>
  (x as ClientEndpoint | undefined)?.kind === 'etcd-client'
