import { Signal } from '../kernel/index.ts'
import type { EventStream } from './types.ts'

/** The server's end of an EventStream: bounded, so that a client that never reads loses its watch and not our memory. */
export class ServerStream<T = any> implements EventStream<T> {
  readonly arrived = new Signal()
  onClose: (() => void) | undefined
  closed = false
  reader: EventStream['reader']
  private handler: ((item: T) => void) | undefined
  private queue: T[] = []
  private head = 0
  private readonly releases: (() => void)[] = []

  constructor(private readonly capacity = 1000) {}

  get onItem(): ((item: T) => void) | undefined {
    return this.handler
  }

  /** What waited in the queue is handed over at once. */
  set onItem(handler: ((item: T) => void) | undefined) {
    this.handler = handler
    this.deliver()
  }

  push(item: T): void {
    if (this.closed) return
    if (this.handler && !this.reader?.frozen) return this.handler(item)
    if (this.handler && this.head >= this.queue.length) this.reader!.whenRunning(() => this.deliver())
    this.queue.push(item)
    this.arrived.fire()
    if (this.queue.length - this.head > this.capacity) this.end()
  }

  private deliver(): void {
    while (this.handler && this.head < this.queue.length) this.handler(this.take()!)
  }

  take(): T | undefined {
    if (this.head >= this.queue.length) return undefined
    const item = this.queue[this.head]
    this.head++
    if (this.head > 64 && this.head * 2 > this.queue.length) {
      this.queue = this.queue.slice(this.head)
      this.head = 0
    }
    return item
  }

  /** The server ends the stream: what is queued can still be taken. */
  end(): void {
    if (this.closed) return
    this.release()
    this.onClose?.()
    this.arrived.fire()
  }

  cancel(): void {
    if (this.closed) return
    this.onClose = undefined
    this.release()
  }

  /** Runs `fn` when the stream ends from either side. */
  whenDone(fn: () => void): void {
    this.releases.push(fn)
  }

  private release(): void {
    this.closed = true
    for (const fn of this.releases) fn()
  }
}
