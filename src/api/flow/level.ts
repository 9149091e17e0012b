import { Signal } from '../../kernel/index.ts'
import type { Flow } from './classify.ts'

/** One request on its way through a priority level. */
export interface Ticket {
  readonly flow: Flow
  readonly seats: number
  /** CPU time that it takes, ms. */
  readonly work: number
  state: 'queued' | 'executing' | 'done' | 'rejected'
  /** Fires when the state changes. */
  readonly changed: Signal
}

/** A request that asks a priority level for `seats`, to hold them for `work` (ms). */
export const newTicket = (flow: Flow, seats: number, work: number): Ticket => ({
  flow,
  seats,
  work,
  state: 'queued',
  changed: new Signal(),
})

/** Why flow control turns a request away, as its metrics name it. */
export type Rejection = 'queue-full' | 'concurrency-limit' | 'time-out'

/** What a priority level allows. */
export interface LevelLimits {
  /** Undefined: exempt, nobody waits. */
  readonly seats: number | undefined
  /** Requests of one flow that may wait: those of all queues that its hand holds. 0: who finds no seat is turned away. */
  readonly queueLength: number
}

/** Seats of a priority level, and flows that wait for them in turn. Models fairqueuing/queueset in its outcome. */
export class Level {
  executing = 0
  seatsInUse = 0
  rejected = 0
  timedOut = 0
  cancelled = 0
  private readonly queues = new Map<string, Ticket[]>()

  constructor(
    readonly name: string,
    public limits: LevelLimits,
    /** Has the client of a waiting request gone? */
    private readonly abandoned: (ticket: Ticket) => boolean = () => false,
  ) {}

  get waiting(): number {
    let n = 0
    for (const queue of this.queues.values()) n += queue.length
    return n
  }

  get waitingSeats(): number {
    let n = 0
    for (const queue of this.queues.values()) for (const ticket of queue) n += ticket.seats
    return n
  }

  get activeQueues(): number {
    return this.queues.size
  }

  private fits(ticket: Ticket): boolean {
    const { seats } = this.limits
    // A request that is wider than the whole level still gets its turn, alone.
    return seats === undefined || this.seatsInUse === 0 || this.seatsInUse + ticket.seats <= seats
  }

  /** Why a request would be turned away now; undefined: there is a seat for it, or a place to wait. */
  refusal(ticket: Ticket): Rejection | undefined {
    const queue = this.queues.get(ticket.flow.distinguisher)
    if (!queue && this.fits(ticket)) return undefined
    if (this.limits.queueLength === 0) return 'concurrency-limit'
    return queue && queue.length >= this.limits.queueLength ? 'queue-full' : undefined
  }

  /** Takes a request in: it executes, waits, or is refused. */
  enter(ticket: Ticket): Rejection | undefined {
    const refusal = this.refusal(ticket)
    if (refusal) return this.refuse(ticket, refusal)
    const { distinguisher } = ticket.flow
    const queue = this.queues.get(distinguisher)
    if (!queue && this.fits(ticket)) this.seat(ticket)
    else if (queue) queue.push(ticket)
    else this.queues.set(distinguisher, [ticket])
    return undefined
  }

  /** Turns a request away. */
  refuse(ticket: Ticket, why: Rejection): Rejection {
    ticket.state = 'rejected'
    this.rejected++
    if (why === 'time-out') this.timedOut++
    return why
  }

  private seat(ticket: Ticket): void {
    ticket.state = 'executing'
    this.executing++
    this.seatsInUse += ticket.seats
  }

  /** A request has been served: its seats are free. Returns those who get them, one of each flow in turn. */
  leave(ticket: Ticket): Ticket[] {
    this.executing--
    this.seatsInUse -= ticket.seats
    ticket.state = 'done'
    const seated: Ticket[] = []
    for (let progress = true; progress; ) {
      progress = false
      for (const [name, queue] of [...this.queues]) {
        while (queue.length > 0 && this.abandoned(queue[0])) {
          queue.shift()
          this.cancelled++
        }
        if (queue.length === 0) {
          this.queues.delete(name)
          continue
        }
        if (!this.fits(queue[0])) return seated
        const next = queue.shift()!
        this.queues.delete(name)
        // Behind the others until its next turn.
        if (queue.length > 0) this.queues.set(name, queue)
        this.seat(next)
        seated.push(next)
        progress = true
      }
    }
    return seated
  }

  /** A request has waited too long. False: it does not wait any more. */
  giveUp(ticket: Ticket): boolean {
    const name = ticket.flow.distinguisher
    const queue = this.queues.get(name)
    const at = queue?.indexOf(ticket) ?? -1
    if (!queue || at < 0) return false
    queue.splice(at, 1)
    if (queue.length === 0) this.queues.delete(name)
    this.refuse(ticket, 'time-out')
    return true
  }
}
