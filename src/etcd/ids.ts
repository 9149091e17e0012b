import { sha1 } from './sha1.ts'

/** A member, cluster or lease ID: hexadecimal, no leading zeros, as Go's %x prints it. */
export type Id = string

/** No member: Go's zero ID. */
export const NONE: Id = '0'

const encoder = new TextEncoder()

/** Member and cluster IDs are a pure function of peer URLs, token and, for `member add`, the time (member.go computeMemberID). */
export function memberId(peerUrls: readonly string[], token: string, addedAtMs?: number): Id {
  const time = addedAtMs === undefined ? '' : String(Math.floor(addedAtMs / 1000))
  return idOf(sha1(encoder.encode([...peerUrls].sort().join('') + token + time)))
}

/** The ID of a cluster bootstrapped with these members (cluster.go genID). */
export function clusterId(members: readonly Id[]): Id {
  const bytes = new DataView(new ArrayBuffer(members.length * 8))
  for (const [i, id] of sortIds(members).entries()) bytes.setBigUint64(i * 8, BigInt(`0x${id}`))
  return idOf(sha1(new Uint8Array(bytes.buffer)))
}

const idOf = (digest: Uint8Array): Id => new DataView(digest.buffer).getBigUint64(0).toString(16)

/** The decimal form that JSON output and raft's voter lists use. */
export const decimal = (id: Id): string => BigInt(`0x${id}`).toString()

/** Ascending numeric order, which is the order of every member list. */
export const compareIds = (a: Id, b: Id): number => a.length - b.length || (a < b ? -1 : a > b ? 1 : 0)

/** In the order of their numbers. */
export const sortIds = (ids: Iterable<Id>): Id[] => [...ids].sort(compareIds)
