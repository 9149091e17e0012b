import type { Happening } from './because.ts'

/** A pending callback. Cancelled timers stay in the heap until popped; `fn` is then undefined. */
export interface Timer {
  /** Virtual time in ms at which it fires. */
  readonly at: number
  /** Order among timers of the same instant. */
  readonly seq: number
  /** What led to it. */
  readonly why?: Happening
  fn: (() => void) | undefined
}

const before = (a: Timer, b: Timer): boolean => a.at < b.at || (a.at === b.at && a.seq < b.seq)

/** Binary heap ordered by (time, insertion): the one order in which everything in a world happens. */
export class TimerQueue {
  private readonly heap: Timer[] = []

  get size(): number {
    return this.heap.length
  }

  push(timer: Timer): void {
    const heap = this.heap
    let i = heap.length
    heap.push(timer)
    while (i > 0) {
      const parent = (i - 1) >> 1
      if (!before(timer, heap[parent])) break
      heap[i] = heap[parent]
      i = parent
    }
    heap[i] = timer
  }

  /** The earliest live timer, or undefined. Drops cancelled ones on the way. */
  peek(): Timer | undefined {
    while (this.heap.length > 0 && this.heap[0].fn === undefined) this.shift()
    return this.heap[0]
  }

  pop(): Timer | undefined {
    const top = this.peek()
    if (top) this.shift()
    return top
  }

  private shift(): void {
    const heap = this.heap
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    let i = 0
    const half = heap.length >> 1
    while (i < half) {
      let child = 2 * i + 1
      if (child + 1 < heap.length && before(heap[child + 1], heap[child])) child++
      if (!before(heap[child], last)) break
      heap[i] = heap[child]
      i = child
    }
    heap[i] = last
  }
}
