import type { Kernel, Timeline } from './kernel.ts'

/**
 * Several kernels on one clock: whatever is due first happens first, of equal ones the kernel's of the lowest rank, so
 * that it does not matter how time is cut or who joined first. At every event all clocks stand there: what happens in
 * one world may wake tasks of another.
 */
export class Lockstep implements Timeline {
  private readonly members: { readonly kernel: Kernel; readonly rank: number }[]
  private time: number
  /** Time stops there. */
  end = Number.POSITIVE_INFINITY

  constructor(first: Kernel) {
    this.members = [{ kernel: first, rank: 0 }]
    this.time = first.now()
  }

  /** Its past is made up for at once; a kernel that is ahead is waited for. */
  join(kernel: Kernel, rank: number): void {
    kernel.runUntil(this.time)
    this.members.push({ kernel, rank })
    this.members.sort((a, b) => a.rank - b.rank)
  }

  /** It goes on by itself, until it joins again. */
  leave(kernel: Kernel): void {
    const at = this.members.findIndex((member) => member.kernel === kernel)
    if (at > 0) this.members.splice(at, 1)
  }

  has(kernel: Kernel): boolean {
    return this.members.some((member) => member.kernel === kernel)
  }

  now(): number {
    return this.time
  }

  nextAt(): number | undefined {
    return this.next()?.nextAt()
  }

  step(limit = Number.POSITIVE_INFINITY): boolean {
    const next = this.next()
    const at = next?.nextAt()
    if (!next || at === undefined || at > Math.min(limit, this.end)) return false
    this.reach(at)
    return next.step(at)
  }

  runUntil(at: number): void {
    const until = Math.floor(at)
    while (this.step(until));
    this.reach(Math.min(until, this.end))
  }

  private next(): Kernel | undefined {
    let first: Kernel | undefined
    let at = Number.POSITIVE_INFINITY
    for (const { kernel } of this.members) {
      const due = kernel.nextAt() ?? Number.POSITIVE_INFINITY
      if (due < at) [first, at] = [kernel, due]
    }
    return first
  }

  private reach(at: number): void {
    if (at <= this.time) return
    this.time = at
    for (const { kernel } of this.members) kernel.reach(at)
  }
}
