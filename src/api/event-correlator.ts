import type { KubeObject } from './types.ts'

/** How an event is to be written down. */
interface Correlated {
  /** Of the event that carries the count. */
  readonly name: string
  readonly count: number
  readonly firstTimestamp: string
  readonly message: string
}

interface Aggregate {
  readonly messages: Set<string>
  last: number
}

interface Observation {
  count: number
  name: string
  firstTimestamp: string
}

interface Bucket {
  tokens: number
  at: number
}

const SIMILAR_LIMIT = 10
const SIMILAR_WINDOW = 600_000
const BURST = 25
/** One more event of a type about an object every five minutes. */
const REFILL = 300_000
const CACHE = 4096

/** Counts equal events, folds similar ones together, drops floods. Models client-go/tools/record/events_cache.go. */
export class EventCorrelator {
  private readonly aggregates = new Map<string, Aggregate>()
  private readonly observations = new Map<string, Observation>()
  private readonly buckets = new Map<string, Bucket>()

  constructor(private readonly now: () => number) {}

  /** Undefined: drop it. */
  see(event: KubeObject): Correlated | undefined {
    const { involvedObject: o, source } = event
    const where = [source.component, source.host ?? '', o.kind, o.namespace, o.name, o.uid, o.apiVersion].join('\n')
    const { message, key } = this.aggregate(`${where}\n${event.type}\n${event.reason}`, event.message)
    const id = `${where}\n${o.fieldPath ?? ''}\n${event.type}\n${event.reason}\n${key}`
    const seen = this.observations.get(id)
    let observation: Observation
    if (seen) {
      seen.count++
      observation = seen
    } else {
      observation = { count: 1, name: event.metadata.name, firstTimestamp: event.firstTimestamp }
      remember(this.observations, id, observation)
    }
    if (!this.allowed(`${where}\n${event.type}`)) return undefined
    return { ...observation, message }
  }

  /** More than ten different messages of one reason in ten minutes become one. */
  private aggregate(key: string, message: string): { message: string; key: string } {
    const now = this.now()
    let aggregate = this.aggregates.get(key)
    if (!aggregate || now - aggregate.last > SIMILAR_WINDOW) {
      aggregate = { messages: new Set(), last: now }
      remember(this.aggregates, key, aggregate)
    }
    aggregate.last = now
    aggregate.messages.add(message)
    if (aggregate.messages.size < SIMILAR_LIMIT) return { message, key: message }
    // One of them makes room, so that the count stays at the limit while they keep coming.
    for (const oldest of aggregate.messages) {
      aggregate.messages.delete(oldest)
      break
    }
    return { message: `(combined from similar events): ${message}`, key: '(combined)' }
  }

  private allowed(where: string): boolean {
    const now = this.now()
    let bucket = this.buckets.get(where)
    if (!bucket) remember(this.buckets, where, (bucket = { tokens: BURST, at: now }))
    bucket.tokens = Math.min(BURST, bucket.tokens + (now - bucket.at) / REFILL)
    bucket.at = now
    if (bucket.tokens < 1) return false
    bucket.tokens--
    return true
  }
}

/** Puts into a bounded map; the oldest entry goes. */
function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.set(key, value)
  if (map.size <= CACHE) return
  for (const oldest of map.keys()) {
    map.delete(oldest)
    break
  }
}
