import type { Id } from './ids.ts'

const SUFFIX = 2 ** 48

/**
 * Numbers of a member's requests and leases (pkg/idutil): two bytes of the member ID, five of its start in ms, and a
 * count that every proposal, lease and linearizable read moves.
 */
export class RequestIds {
  /** How many have been given out. */
  used = 0
  private readonly prefix: bigint
  private readonly first: number

  constructor(member: Id, startMs: number) {
    this.prefix = BigInt(`0x${member}`) & 0xffffn
    this.first = (startMs % 2 ** 40) * 256
  }

  /** The last number given out. */
  get last(): bigint {
    return (this.prefix << 48n) | BigInt((this.first + this.used) % SUFFIX)
  }

  /** A new lease's ID: positive as a signed number. */
  lease(): Id {
    this.used++
    return (this.last & 0x7fffffffffffffffn).toString(16)
  }
}
