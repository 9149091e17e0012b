import type { RequestContext } from '../context.ts'
import { withManagedFields } from '../fields/managed.ts'
import { partial, table } from '../http/representations.ts'
import type { Cacher, CacheWatcher, Change } from '../storage/cacher.ts'
import { ServerStream } from '../stream.ts'
import { type ApiResponse, type KubeObject, StatusError, type WatchEvent } from '../types.ts'
import { checkWatchOptions } from './list-options.ts'
import { type Filter, filterOf } from './read.ts'

/** --min-request-timeout: watches without a time of their own last so long, up to twice of it. */
const MIN_REQUEST_TIMEOUT = 1800

const BOOKMARK_PERIOD = 60_000

/** Streams changes from a revision on. Models the watch handler and cacher's watchers. */
export function watch(ctx: RequestContext): ApiResponse {
  const { request, server, stored } = ctx
  const from = request.resourceVersion ?? ''
  if (request.untyped) checkWatchOptions(ctx)
  const filter = filterOf(ctx)
  const cacher = server.cacher(stored)
  const stream = new ServerStream<WatchEvent>()
  const show = shower(ctx)
  const watcher = new Watcher(stream, filter, stored.namespaced ? request.namespace : undefined, show)

  if (from === '' || from === '0' || request.sendInitialEvents) {
    const start = filter.trigger !== undefined ? cacher.triggeredBy(filter.trigger) : cacher.ordered(request.namespace)
    if (request.sendInitialEvents !== false) for (const object of start) watcher.initial(object)
    if (request.sendInitialEvents) {
      stream.push(bookmark(ctx, cacher, { 'k8s.io/initial-events-end': 'true' }))
    }
  } else {
    const missed = cacher.since(Number(from))
    if (!missed) {
      const text = `too old resource version: ${from} (${cacher.oldest})`
      stream.push({ type: 'ERROR', object: new StatusError(410, 'Expired', text).toStatus() })
      stream.end()
      return { code: 200, body: undefined, stream }
    }
    for (const change of missed) watcher.onChange(change)
  }
  stream.whenDone(cacher.subscribe(watcher, filter.trigger))
  limitLife(ctx, stream)
  if (request.allowWatchBookmarks) sendBookmarks(ctx, stream, cacher)
  return { code: 200, body: undefined, stream }
}

class Watcher implements CacheWatcher {
  constructor(
    private readonly stream: ServerStream<WatchEvent>,
    private readonly filter: Filter,
    private readonly namespace: string | undefined,
    private readonly show: ((event: WatchEvent) => WatchEvent) | undefined,
  ) {}

  initial(object: KubeObject): void {
    if (this.selects(object)) this.send({ type: 'ADDED', object })
  }

  onChange({ now, before, event }: Change): void {
    const { filter, namespace } = this
    if (namespace !== undefined && (now ?? before)!.metadata.namespace !== namespace) return
    if (filter.everything) return this.send(event)
    const is = now !== undefined && filter.matches(now)
    const was = before !== undefined && filter.matches(before)
    if (is) this.send(was === (event.type === 'MODIFIED') ? event : { type: was ? 'MODIFIED' : 'ADDED', object: now })
    else if (was) {
      // An object that stops matching is told as deleted, in its last matching state but with the new version.
      const object = now
        ? { ...before, metadata: { ...before.metadata, resourceVersion: now.metadata.resourceVersion } }
        : event.object
      this.send({ type: 'DELETED', object })
    }
  }

  onReset(): void {
    this.stream.end()
  }

  private selects(object: KubeObject): boolean {
    if (this.namespace !== undefined && object.metadata.namespace !== this.namespace) return false
    return this.filter.everything || this.filter.matches(object)
  }

  private send(event: WatchEvent): void {
    this.stream.push(this.show ? this.show(event) : event)
  }
}

/** How events look to this client; undefined: as they are stored. */
function shower(ctx: RequestContext): ((event: WatchEvent) => WatchEvent) | undefined {
  const { kind, request } = ctx
  const view = kind.storedAs
  const convert = (object: KubeObject) => (view ? view.fromStored(object) : object)
  if (request.accept === 'table') {
    let first = true
    return ({ type, object }) => {
      const body = table(ctx, [convert(object)], { resourceVersion: object.metadata.resourceVersion })
      // Only the first event carries the columns.
      if (!first) body.columnDefinitions = null
      first = false
      return { type, object: body }
    }
  }
  if (request.accept === 'metadata') return ({ type, object }) => ({ type, object: partial(object) })
  if (!view && !request.untyped) return undefined
  // Nobody has paid for managedFields until they are looked at.
  return ({ type, object }) => {
    const shown = convert(object)
    if (!request.untyped) return { type, object: shown }
    const { metadata } = withManagedFields(object)
    return { type, object: { ...shown, metadata } }
  }
}

function bookmark(ctx: RequestContext, cacher: Cacher, annotations?: Record<string, string>): WatchEvent {
  const { kind } = ctx
  const metadata = {
    resourceVersion: String(cacher.revision),
    creationTimestamp: null,
    ...(annotations ? { annotations } : {}),
  }
  return { type: 'BOOKMARK', object: { kind: kind.kind, apiVersion: kind.apiVersion, metadata } }
}

function limitLife({ request, server }: RequestContext, stream: ServerStream): void {
  const seconds =
    request.timeoutSeconds || (request.untyped ? MIN_REQUEST_TIMEOUT * (1 + server.rng.float()) : undefined)
  // In-process clients renew their watches so cheaply that nobody could tell; they keep them.
  if (seconds === undefined) return
  const timer = server.kernel.after(seconds * 1000, () => stream.end())
  stream.whenDone(() => server.kernel.cancel(timer))
}

function sendBookmarks(ctx: RequestContext, stream: ServerStream<WatchEvent>, cacher: Cacher): void {
  const { kernel } = ctx.server
  let timer = kernel.after(BOOKMARK_PERIOD, tick)
  function tick(): void {
    stream.push(bookmark(ctx, cacher))
    if (!stream.closed) timer = kernel.after(BOOKMARK_PERIOD, tick)
  }
  stream.whenDone(() => kernel.cancel(timer))
}
