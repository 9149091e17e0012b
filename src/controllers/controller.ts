import { type ApiClient, WRITE_MS } from '../api/client.ts'
import type { Informer, InformerFactory } from '../api/informer.ts'
import { type KubeObject, StatusError, TransportError } from '../api/types.ts'
import type { Rng, Timer, Timers } from '../kernel/index.ts'

/** Where a controller's events go; implemented by the event recorder of api/. */
interface EventSink {
  normal(about: KubeObject, reason: string, message: string): void
  warning(about: KubeObject, reason: string, message: string): void
}

/** What kube-controller-manager's flags --horizontal-pod-autoscaler-… say; times in ms. */
export interface AutoscalerOptions {
  readonly periodMs?: number
  readonly downscaleMs?: number
  readonly cpuInitializationMs?: number
  readonly readinessDelayMs?: number
  readonly tolerance?: number
}

interface ControllerOptions {
  readonly autoscaler?: AutoscalerOptions
  readonly clusterCidr?: string
  readonly allocateNodeCidrs?: boolean
  /** --node-monitor-grace-period, ms. */
  readonly nodeMonitorGracePeriodMs?: number
  /** --terminated-pod-gc-threshold: more ended pods than these are not kept. */
  readonly terminatedPodThreshold?: number
  /** --kube-api-qps and --kube-api-burst: how many requests a second each loop's client may send, and how many at once. */
  readonly qps?: number
  readonly burst?: number
  /** Root certificate published into every namespace (kube-root-ca.crt). */
  readonly rootCaPem?: string
  /** Signs a token without an end for a service account, to be kept in the secret; undefined without a key. */
  readonly signAccountToken?: (account: KubeObject, secret: KubeObject) => string
  /** Signs a CSR's PEM for `seconds`; undefined when the controller has no (readable) CA key. */
  readonly signCsr?: (
    csrPem: string,
    signerName: string,
    seconds: number | undefined,
    usages: readonly string[],
  ) => string
}

/** Everything a control loop may use. It knows only the API, a clock and chance. */
export interface ControllerContext {
  readonly api: ApiClient
  readonly informers: InformerFactory
  readonly kernel: Timers
  readonly rng: Rng
  /** The host's clock, ms since the epoch. */
  now(): number
  /** Recorder for a component name such as `deployment-controller`. */
  events(component: string): EventSink
  /** A klog line of the process; level I, W or E. */
  log(level: 'I' | 'W' | 'E', message: string): void
  /** Registers clean-up for when the process stops. */
  onStop(fn: () => void): void
  /** What the process was started with. */
  readonly options: ControllerOptions
}

/** Which keys (`namespace/name`) of the controller's work an object touches. */
export type KeysOf = (object: KubeObject, tools: Tools) => readonly string[]

/**
 * A look that takes time: it stops before each request that writes, or each batch of requests sent beside each other, and
 * goes on when that has been answered. Meanwhile the key is busy: who puts it into the queue waits for the end of this look.
 */
export type Steps<T = number | undefined> = Generator<undefined, T>

interface ControllerSpec {
  /** As in the controller manager's --controllers list, e.g. `replicaset-controller`. */
  readonly name: string
  /** Component shown as the source of events; the name by default. */
  readonly component?: string
  /** Kind → the keys to reconcile when such an object appears, changes or goes. */
  readonly watches: Readonly<Record<string, KeysOf>>
  /** How long a change of such an object may wait, ms, so that several are handled together; at once by default. */
  readonly batch?: Readonly<
    Record<string, (now: KubeObject | undefined, before: KubeObject | undefined, tools: Tools) => number>
  >
  /** Run once when the loop starts, before any key. */
  start?(tools: Tools): void
  /** Brings the world closer to what the object wants. A number asks for another look in so many ms. */
  reconcile(key: string, tools: Tools): number | undefined | Steps
  /** Look at every object of the first watched kind again this often, ms. */
  readonly resyncMs?: number
}

/** What a controller's reconcile works with. */
export interface Tools extends ControllerContext {
  readonly recorder: EventSink
  informer(kind: string): Informer
  /** Puts a key into the queue, at once or after `ms`. */
  enqueue(key: string, ms?: number): void
}

/** A control loop of the controller manager. */
export interface Controller {
  readonly name: string
  start(ctx: ControllerContext): void
}

/** An object's key in a work queue: `default/web`, or its name alone. */
export const keyOf = (object: KubeObject): string =>
  object.metadata.namespace ? `${object.metadata.namespace}/${object.metadata.name}` : object.metadata.name

/** `namespace/name` or `name` → both parts. */
export const splitKey = (key: string): [string | undefined, string] => {
  const i = key.indexOf('/')
  return i < 0 ? [undefined, key] : [key.slice(0, i), key.slice(i + 1)]
}

/** The object's own key. */
export const itself: KeysOf = (object) => [keyOf(object)]

/** The owner that manages the object (metav1.GetControllerOf). */
export const controllerOf = (object: KubeObject) => object.metadata.ownerReferences?.find((r) => r.controller)

/** The key of the controlling owner when it is of this kind. */
export const itsOwner =
  (kind: string): KeysOf =>
  (object) => {
    const owner = controllerOf(object)
    if (owner?.kind !== kind) return []
    return [object.metadata.namespace ? `${object.metadata.namespace}/${owner.name}` : owner.name]
  }

/** What a reconcile throws that could not do its work for now: its key is tried again, each time later. */
export class Unfinished extends Error {}

/** Changes seen within two milliseconds are handled together, as by a worker that has to wake up first. */
const SETTLE_MS = 2
const BASE_DELAY_MS = 5
const QPS = 20
const BURST = 30
const MAX_DELAY_MS = 1_000_000

/** Builds a control loop from its spec: informers, a queue without duplicates, back-off on errors (client-go's workqueue). */
export function defineController(spec: ControllerSpec): Controller {
  return {
    name: spec.name,
    start(ctx) {
      const queue = new Map<string, Timer>()
      const failures = new Map<string, number>()
      /** Keys that are looked at, and whether they changed meanwhile. */
      const busy = new Map<string, boolean>()
      let stopped = false
      /** client-go's token bucket, told as the time at which it will be full again, ms. */
      let fullAt = 0
      const tokenMs = 1000 / (ctx.options.qps ?? QPS)
      const bucketMs = tokenMs * (ctx.options.burst ?? BURST)

      const enqueue = (key: string, ms = SETTLE_MS): void => {
        const at = ctx.kernel.now() + ms
        const waiting = queue.get(key)
        if (waiting) {
          if (waiting.at <= at) return
          ctx.kernel.cancel(waiting)
        }
        const timer = ctx.kernel.at(at, () => run(key))
        queue.set(key, timer)
      }
      const tools: Tools = {
        ...ctx,
        recorder: ctx.events(spec.component ?? spec.name),
        informer: (kind) => ctx.informers.informer(kind),
        enqueue,
      }
      const untilToken = (): number => Math.max(0, fullAt - bucketMs - ctx.kernel.now())
      const run = (key: string): void => {
        queue.delete(key)
        if (stopped) return
        if (busy.has(key)) return void busy.set(key, true)
        const wait = untilToken()
        if (wait > 0) enqueue(key, wait)
        else look(key)
      }
      const look = (key: string, begun?: Steps): void => {
        if (stopped) return
        const { sent } = ctx.api
        const now = ctx.kernel.now()
        let steps: Steps | undefined
        let again: number | undefined
        try {
          const result = begun ?? spec.reconcile(key, tools)
          if (typeof result === 'object') {
            const { done, value } = result.next()
            if (!done) steps = result
            again = value
          } else again = result
          if (!steps) failures.delete(key)
        } catch (error) {
          if (!(error instanceof StatusError || error instanceof TransportError || error instanceof Unfinished))
            throw error
          const n = failures.get(key) ?? 0
          failures.set(key, n + 1)
          again = Math.min(BASE_DELAY_MS * 2 ** n, MAX_DELAY_MS)
        }
        fullAt = Math.max(fullAt, now) + (ctx.api.sent - sent) * tokenMs
        if (steps) {
          if (!begun) busy.set(key, false)
          // A worker waits for its client's tokens before each request.
          ctx.kernel.after(Math.max(WRITE_MS, untilToken()), () => look(key, steps))
          return
        }
        const changed = busy.get(key)
        busy.delete(key)
        if (changed) enqueue(key)
        if (again !== undefined) enqueue(key, again)
      }
      ctx.onStop(() => {
        stopped = true
        for (const timer of queue.values()) ctx.kernel.cancel(timer)
        queue.clear()
      })
      for (const [kind, keys] of Object.entries(spec.watches)) {
        ctx.informers.informer(kind).onChange((now, before) => {
          if (stopped) return
          const ms = Math.max(SETTLE_MS, spec.batch?.[kind]?.(now, before, tools) ?? SETTLE_MS)
          if (now) for (const key of keys(now, tools)) enqueue(key, ms)
          if (before) for (const key of keys(before, tools)) enqueue(key, ms)
        })
      }
      spec.start?.(tools)
      if (spec.resyncMs) {
        const [kind] = Object.keys(spec.watches)
        const again = (): void => {
          if (stopped) return
          for (const object of ctx.informers.informer(kind).list())
            for (const key of spec.watches[kind](object, tools)) enqueue(key)
          ctx.kernel.after(spec.resyncMs!, again)
        }
        ctx.kernel.after(spec.resyncMs, again)
      }
    },
  }
}
