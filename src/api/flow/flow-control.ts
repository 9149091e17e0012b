import { Blocked } from '../../host/net/types.ts'
import type { UserInfo } from '../context.ts'
import { keyPrefix } from '../registry/keys.ts'
import type { ApiServer } from '../server.ts'
import type { ApiRequest, ApiResponse, ResourceRequest } from '../types.ts'
import { classify, type Flow, inOrder } from './classify.ts'
import { Level, type LevelLimits, newTicket, type Rejection, type Ticket } from './level.ts'

interface FlowOptions {
  /** --enable-priority-and-fairness; without it a fixed number of requests is served at a time, whoever asks. */
  readonly fair: boolean
  /** --max-requests-inflight and --max-mutating-requests-inflight; 0: no limit. */
  readonly readOnly: number
  readonly mutating: number
  /** CPUs of the server's host. */
  readonly cpus: number
  /** Told how many expensive requests are being served, whenever that changes. */
  readonly onBusy?: (executing: number) => void
}

/** CPU time that an object costs in the answer to a LIST, ms: it is found, converted and encoded. */
const OBJECT_MS = 0.5
/** Lists of fewer objects are answered within the time that a client needs to ask; only longer ones make the server work. */
const CHEAP = 500
/** What everything else costs while the server is busy, ms. */
const SMALL_MS = 2
/** The work estimator: objects that one seat stands for, and the most seats of a request. */
const OBJECTS_A_SEAT = 100
const MOST_SEATS = 10
/** A quarter of --request-timeout. */
const LONGEST_WAIT = 15_000

/** Who asked for what is told apart up to here; somebody's loop over names of namespaces that do not exist goes beyond. */
const MOST_ASKED = 10_000

const MUTATING: ReadonlySet<string> = new Set(['create', 'update', 'patch', 'delete', 'deletecollection'])

/**
 * API Priority and Fairness: who waits for whom when the server has more to do than its CPUs can. As long as no expensive
 * request is under way, nothing is reckoned and nobody waits. Seats are not lent between levels.
 */
export class FlowControl {
  /** Expensive requests that share the CPUs now. */
  private busy = 0
  private readonly levels = new Map<string, Level>()
  private readonly tickets = new WeakMap<ApiRequest, Ticket>()
  /** Rejections by level, schema and reason, for the metrics. */
  readonly rejections = new Map<string, { flow: Flow; reason: Rejection; n: number }>()
  /** How often who asked for what, by a key of both: dispatched requests are told apart only when somebody looks. */
  private readonly asked = new Map<string, { request: ResourceRequest; user: UserInfo; n: number }>()

  constructor(private readonly options: FlowOptions) {}

  /**
   * Lets a request in, or returns the refusal. Throws Blocked while it waits or is worked on; ask again with the same
   * object. `patient`: the caller can wait; who cannot is refused where even waiting is over, and else let pass, for it
   * would take the delay for a failure.
   */
  enter(server: ApiServer, request: ApiRequest, user: UserInfo, patient: boolean): ApiResponse | undefined {
    if ('path' in request) return undefined
    const known = this.tickets.get(request)
    if (known) return this.look(server, known)
    this.count(request, user)
    const work = this.workOf(server, request)
    if (this.busy === 0 && work <= CHEAP * OBJECT_MS) return undefined
    if (user.groups.includes('system:masters') && !this.options.fair) return undefined
    const flow = this.flowOf(server, request, user)
    const level = this.level(server, flow, request)
    const seats = this.options.fair
      ? Math.max(1, Math.min(MOST_SEATS, Math.ceil(work / OBJECT_MS / OBJECTS_A_SEAT)))
      : 1
    const ticket = newTicket(flow, seats, work)
    // Who cannot wait is refused with the others, but takes nobody's seat: his answer is ready at this instant.
    const refused = patient ? level.enter(ticket) : level.refusal(ticket)
    if (refused && !patient) level.refuse(ticket, refused)
    if (patient) this.tickets.set(request, ticket)
    if (refused) {
      this.note(flow, refused)
      return TOO_MANY
    }
    if (!patient) return undefined
    if (ticket.state === 'executing') this.execute(server, level, ticket)
    else this.expire(server, level, ticket)
    return this.look(server, ticket)
  }

  private look(server: ApiServer, ticket: Ticket): ApiResponse | undefined {
    if (ticket.state === 'done') return undefined
    if (ticket.state === 'rejected') return TOO_MANY
    throw new Blocked(ticket.changed, server.kernel.now() + 60_000, () => ({
      status: 504,
      parsed: { code: 504, body: '' },
    }))
  }

  /** Objects that a list goes through, as CPU time. */
  private workOf(server: ApiServer, request: ResourceRequest): number {
    if (request.verb !== 'list') return 0
    const kind = server.kinds.byResource(
      request.group ? `${request.group}/${request.version}` : request.version,
      request.resource,
    )
    if (!kind) return 0
    const all = server.objectsOf(keyPrefix(kind.storedAs ? server.kinds.stored(kind) : kind))
    const objects = Math.min(all, Number(request.limit) || all)
    return objects * OBJECT_MS
  }

  private flowOf(server: ApiServer, request: ResourceRequest, user: UserInfo): Flow {
    if (this.options.fair) return classify(inOrder(server.stored('flowschemas')), request, user)
    return { schema: '', level: MUTATING.has(request.verb) ? 'mutating' : 'readOnly', distinguisher: '' }
  }

  private level(server: ApiServer, { level: name }: Flow, request: ResourceRequest): Level {
    const limits = this.options.fair ? this.limitsOf(server, name) : this.inflight(request)
    const known = this.levels.get(name)
    if (known) {
      known.limits = limits
      return known
    }
    const level = new Level(name, limits, (ticket) => ticket.changed.idle)
    this.levels.set(name, level)
    return level
  }

  private inflight(request: ResourceRequest): LevelLimits {
    const { readOnly, mutating } = this.options
    return { seats: (MUTATING.has(request.verb) ? mutating : readOnly) || undefined, queueLength: 0 }
  }

  /** Seats that a level has of the server's by its shares; undefined: it is exempt. */
  nominalSeats(server: ApiServer): Map<string, number | undefined> {
    const { readOnly, mutating } = this.options
    const levels = server.stored('prioritylevelconfigurations')
    const shares = (l: any): number => (l.spec.limited ?? l.spec.exempt)?.nominalConcurrencyShares ?? 0
    const sum = levels.reduce((n, l) => n + shares(l), 0)
    return new Map(
      levels.map((l: any) => [
        l.metadata.name,
        l.spec.type === 'Exempt' ? undefined : Math.ceil(((readOnly + mutating) * shares(l)) / Math.max(1, sum)),
      ]),
    )
  }

  private limitsOf(server: ApiServer, name: string): LevelLimits {
    const found: any = server.stored('prioritylevelconfigurations').find((l) => l.metadata.name === name)
    const queuing = found?.spec.limited?.limitResponse?.queuing
    return {
      seats: this.nominalSeats(server).get(name),
      queueLength: queuing ? queuing.handSize * queuing.queueLengthLimit : 0,
    }
  }

  /** The CPUs are shared: the more is under way, the longer each takes. */
  private execute(server: ApiServer, level: Level, ticket: Ticket): void {
    const heavy = ticket.work > SMALL_MS
    if (heavy) this.setBusy(this.busy + 1)
    const crowd = Math.max(1, this.busy / this.options.cpus)
    server.kernel.at(server.kernel.now() + Math.ceil(Math.max(ticket.work, SMALL_MS) * crowd), () => {
      if (heavy) this.setBusy(this.busy - 1)
      const next = level.leave(ticket)
      ticket.changed.fire()
      for (const one of next) {
        this.execute(server, level, one)
        one.changed.fire()
      }
    })
  }

  private expire(server: ApiServer, level: Level, ticket: Ticket): void {
    server.kernel.at(server.kernel.now() + LONGEST_WAIT, () => {
      if (!level.giveUp(ticket)) return
      this.note(ticket.flow, 'time-out')
      ticket.changed.fire()
    })
  }

  private setBusy(n: number): void {
    this.busy = n
    this.options.onBusy?.(n)
  }

  private note(flow: Flow, reason: Rejection): void {
    const key = `${flow.level} ${flow.schema} ${reason}`
    const known = this.rejections.get(key)
    if (known) known.n++
    else this.rejections.set(key, { flow, reason, n: 1 })
  }

  private count(request: ResourceRequest, user: UserInfo): void {
    const key = `${user.name} ${request.verb} ${request.group}/${request.resource}/${request.subresource ?? ''} ${request.namespace ?? ''}`
    const known = this.asked.get(key)
    if (known) known.n++
    else if (this.asked.size < MOST_ASKED) this.asked.set(key, { request: { ...request, body: undefined }, user, n: 1 })
  }

  /** Requests let in by level, since the server began, as the FlowSchemas are now. */
  dispatched(server: ApiServer): Map<string, number> {
    const schemas = inOrder(server.stored('flowschemas'))
    const counts = new Map<string, number>()
    for (const { request, user, n } of this.asked.values()) {
      const { level } = classify(schemas, request, user)
      counts.set(level, (counts.get(level) ?? 0) + n)
    }
    for (const [name, { rejected }] of this.levels) counts.set(name, (counts.get(name) ?? 0) - rejected)
    return counts
  }

  /** How a level is at this instant; undefined: nobody has had to be counted there. */
  stateOf(name: string): Level | undefined {
    return this.levels.get(name)
  }
}

/** What those get who are turned away (util/flowcontrol, tooManyRequests). */
const TOO_MANY: ApiResponse = {
  code: 429,
  body: 'Too many requests, please try again later.\n',
  headers: { 'content-type': 'text/plain; charset=utf-8', 'retry-after': '1', 'x-content-type-options': 'nosniff' },
}
