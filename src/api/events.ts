import { type Rng, reported, type Timer } from '../kernel/index.ts'
import type { ApiClient } from './client.ts'
import { EventCorrelator } from './event-correlator.ts'
import { referenceTo } from './reference.ts'
import { microTime, rfc3339 } from './time.ts'
import { type KubeObject, StatusError, TransportError } from './types.ts'

/** What a recorder needs of the process it lives in. */
interface EventRuntime {
  readonly rng: Rng
  /** The host's clock, ms since the epoch. */
  now(): number
  after(ms: number, fn: () => void): Timer
  /** The server refused an event: it is not tried again. */
  rejected?(event: KubeObject, error: StatusError): void
}

interface EventDetails {
  /** e.g. `spec.containers{web}` */
  readonly fieldPath?: string
  /** events.k8s.io only: what was done or failed. */
  readonly action?: string
  readonly related?: KubeObject
  readonly annotations?: Record<string, string>
}

/** Says what happened to an object. Never throws: what cannot be sent is tried again for two minutes, then dropped. */
export interface EventRecorder {
  normal(about: KubeObject, reason: string, message: string, details?: EventDetails): void
  warning(about: KubeObject, reason: string, message: string, details?: EventDetails): void
}

/** client-go's broadcaster: so often, this far apart. */
const TRIES = 12
const RETRY = 10_000

/** The nanoseconds of a moment: later calls give later ones, even within one millisecond of the simulation. */
class Nanoseconds {
  private last = 0n

  constructor(private readonly runtime: EventRuntime) {}

  next(): bigint {
    const { rng, now } = this.runtime
    const ms = BigInt(now()) * 1_000_000n
    this.last = (ms > this.last ? ms : this.last) + BigInt(20_000 + rng.int(80_000))
    return this.last
  }
}

/** `web.18e9ee76300a41db`: the object's name and the nanoseconds of the moment. */
const eventName = (name: string, clock: Nanoseconds): string => `${name}.${clock.next().toString(16)}`

/** Sends a create or patch; on failure again later. */
function deliver(runtime: EventRuntime, send: () => void, event?: KubeObject, tries = TRIES): void {
  try {
    send()
  } catch (error) {
    // The server's verdict is final; silence is not.
    if (error instanceof StatusError && error.code < 500) {
      // Of what is there already, and of namespaces that go, nobody speaks.
      const dull = error.reason === 'AlreadyExists' || error.message.includes('because it is being terminated')
      if (event && !dull) runtime.rejected?.(event, error)
      return
    }
    if (!(error instanceof StatusError || error instanceof TransportError)) throw error
    if (tries > 1) runtime.after(RETRY, () => deliver(runtime, send, event, tries - 1))
  }
}

/** v1 Events as kubelet and controllers write them: repeated ones are counted. Models tools/record. */
export class CoreEventRecorder implements EventRecorder {
  private readonly correlator: EventCorrelator
  private readonly clock: Nanoseconds

  constructor(
    private readonly client: ApiClient,
    private readonly runtime: EventRuntime,
    private readonly component: string,
    /** Node name, for kubelet and kube-proxy. */
    private readonly host = '',
  ) {
    this.correlator = new EventCorrelator(() => runtime.now())
    this.clock = new Nanoseconds(runtime)
  }

  normal(about: KubeObject, reason: string, message: string, details?: EventDetails): void {
    this.record(about, 'Normal', reason, message, details)
  }

  warning(about: KubeObject, reason: string, message: string, details?: EventDetails): void {
    this.record(about, 'Warning', reason, message, details)
  }

  private record(about: KubeObject, type: string, reason: string, message: string, details: EventDetails = {}): void {
    const { runtime, component, host } = this
    if (isNews(type, reason, message)) tellOf(about, reason, message)
    const time = rfc3339(runtime.now())
    const namespace = about.metadata.namespace || 'default'
    const event: KubeObject = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: {
        name: eventName(about.metadata.name, this.clock),
        namespace,
        ...(details.annotations ? { annotations: details.annotations } : {}),
      },
      involvedObject: referenceTo(about, details.fieldPath),
      reason,
      message,
      source: { component, ...(host ? { host } : {}) },
      firstTimestamp: time,
      lastTimestamp: time,
      count: 1,
      type,
      eventTime: null,
      reportingComponent: component,
      reportingInstance: host,
    }
    const seen = this.correlator.see(event)
    if (!seen) return
    const { name, count, firstTimestamp } = seen
    event.message = seen.message
    if (count === 1) return deliver(runtime, () => void this.client.create(event), event)
    deliver(
      runtime,
      () => {
        const patch = { count, lastTimestamp: time, message: event.message }
        try {
          this.client.patch('Event', namespace, name, patch, 'application/strategic-merge-patch+json')
        } catch (error) {
          if (!(error instanceof StatusError && error.code === 404)) throw error
          // It has expired meanwhile: write it anew with what is known.
          const again = { ...event, metadata: { ...event.metadata, name }, count, firstTimestamp }
          this.client.create(again)
        }
      },
      event,
    )
  }
}

/** Normal events that are no routine. */
const NEWS = /^(?:NodeNotReady|Killing|Preempted|TaintManagerEviction|Rebooted|LeaderElection)$/
const isNews = (type: string, reason: string, message: string): boolean =>
  type === 'Warning' || (NEWS.test(reason) && !message.startsWith('Cancelling'))

/** For the account of what led to what. */
const tellOf = ({ kind, metadata }: KubeObject, reason: string, message: string): void =>
  reported(`${kind.toLowerCase()}/${metadata.name}`, `${reason}: ${message.split('\n')[0]}`)

interface Series {
  readonly name: string
  count: number
  seen: number
  written: number
}

/** After so long without a repetition a series is over. */
const SERIES_END = 6 * 60_000
/** A series that goes on is written down this often. */
const SERIES_REFRESH = 30 * 60_000

/** events.k8s.io/v1 as the scheduler writes them: repeated ones become a series. Models tools/events. */
export class SeriesEventRecorder implements EventRecorder {
  private readonly series = new Map<string, Series>()
  private readonly clock: Nanoseconds

  constructor(
    private readonly client: ApiClient,
    private readonly runtime: EventRuntime,
    /** `default-scheduler` */
    private readonly controller: string,
    /** `default-scheduler-controlplane` */
    private readonly instance: string,
  ) {
    this.clock = new Nanoseconds(runtime)
  }

  normal(about: KubeObject, reason: string, message: string, details?: EventDetails): void {
    this.record(about, 'Normal', reason, message, details)
  }

  warning(about: KubeObject, reason: string, message: string, details?: EventDetails): void {
    this.record(about, 'Warning', reason, message, details)
  }

  private record(about: KubeObject, type: string, reason: string, note: string, details: EventDetails = {}): void {
    const { runtime, controller, instance } = this
    if (isNews(type, reason, note)) tellOf(about, reason, note)
    const now = runtime.now()
    const { action = reason, related } = details
    const namespace = about.metadata.namespace || 'default'
    const key = [
      type,
      action,
      reason,
      about.kind,
      namespace,
      about.metadata.name,
      about.metadata.uid,
      // The reference as a whole is the key: once the object has changed, a new series begins.
      about.metadata.resourceVersion,
      related?.metadata.uid,
    ].join('/')
    const known = this.series.get(key)
    if (known && now - known.seen < SERIES_END) {
      known.count++
      known.seen = now
      if (known.count > 2 && now - known.written < SERIES_REFRESH) return
      known.written = now
      const { name, count } = known
      const patch = { series: { count, lastObservedTime: microTime(now) } }
      const ref = { group: 'events.k8s.io', version: 'v1', resource: 'events' }
      return deliver(
        runtime,
        () => void this.client.patch(ref, namespace, name, patch, 'application/strategic-merge-patch+json'),
      )
    }
    const name = eventName(about.metadata.name, this.clock)
    this.series.set(key, { name, count: 1, seen: now, written: now })
    const event: KubeObject = {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name, namespace },
      eventTime: microTime(now),
      reportingController: controller,
      reportingInstance: instance,
      action,
      reason,
      regarding: referenceTo(about, details.fieldPath),
      ...(related ? { related: referenceTo(related) } : {}),
      note: note.length > 1024 ? `${note.slice(0, 1021)}...` : note,
      type,
    }
    deliver(runtime, () => void this.client.create(event))
  }
}
