import type { Kernel } from '../../kernel/index.ts'

/** How long a route exception lasts, ms (net.ipv4.route.mtu_expires). */
const EXPIRES = 600_000

/** Path MTUs that ICMP told of, by destination: a namespace's route exceptions. */
export class PathMtus {
  private readonly known = new Map<number, { readonly mtu: number; readonly until: number }>()

  constructor(private readonly kernel: Kernel) {}

  /** A router said that larger packets do not fit on the way to an address. */
  learn(ip: number, mtu: number): void {
    this.known.set(ip, { mtu, until: this.kernel.now() + EXPIRES })
  }

  /** What is known of the way to an address, with the seconds for which it will be. */
  of(ip: number): { readonly mtu: number; readonly seconds: number } | undefined {
    const known = this.known.get(ip)
    if (!known) return undefined
    const seconds = Math.floor((known.until - this.kernel.now()) / 1000)
    return seconds > 0 ? { mtu: known.mtu, seconds } : undefined
  }

  /** True when nobody told anything that may still hold. */
  get empty(): boolean {
    return this.known.size === 0
  }

  /** `ip route flush cache`. */
  forget(): void {
    this.known.clear()
  }
}
