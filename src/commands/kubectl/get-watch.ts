import type { EventStream, WatchEvent } from '../../api/types.ts'
import type { Coro } from '../../kernel/index.ts'
import { tablePrinter, tabular, wanted } from './get-table.ts'
import { fieldSelectorOf, getObject, itemsOf, listAll, type Query, selectorOf } from './lib/builder.ts'
import { gvr } from './lib/client.ts'
import { CliError, throwAll, UrlError } from './lib/errors.ts'
import type { Kube } from './lib/kube.ts'
import { outputFlag, printerFor } from './lib/output.ts'

/** `kubectl get -w`: the objects, then every change, until interrupted or --request-timeout has passed. */
export function* watchObjects(k: Kube): Coro<number> {
  const { list, errors } = yield* wanted(k)
  throwAll(errors)
  if (list.length !== 1) throw new CliError('you may only specify a single resource type')
  const [query] = list
  const show = printer(k, query)
  const before = yield* initial(k, query)
  if (!k.flags.bool('watch-only')) yield* show(before.answer, 'ADDED', true)
  const client = yield* k.client()
  const response = yield* client.accepted({
    ...gvr(query.resource),
    verb: 'watch',
    namespace: query.namespace,
    labelSelector: selectorOf(k) || undefined,
    fieldSelector: query.name === undefined ? fieldSelectorOf(k) || undefined : `metadata.name=${query.name}`,
    resourceVersion: before.version,
    accept: human(k) ? 'table' : 'object',
  })
  if (response.stream) yield* follow(k, response.stream, show)
  return 0
}

const human = (k: Kube): boolean => ['', 'wide'].includes(outputFlag(k).format)

function* initial(k: Kube, query: Query): Coro<{ answer: any; version: string }> {
  const accept = human(k) ? 'table' : undefined
  const answer =
    query.name === undefined
      ? yield* listAll(k, query, { accept })
      : yield* getObject(k, query.resource, query.namespace, query.name, { accept })
  return {
    answer,
    version: answer.metadata?.resourceVersion ?? answer.rows?.[0]?.object?.metadata?.resourceVersion ?? '',
  }
}

type Show = (answer: any, eventType: string, initial: boolean) => Coro<void>

function printer(k: Kube, query: Query): Show {
  const events = k.flags.bool('output-watch-events')
  if (human(k)) {
    const tables = tablePrinter(k, query.resource, k.flags.bool('show-kind'))
    return function* (answer, eventType) {
      yield* k.out(tables.print(tabular(k, answer, query.resource), events ? eventType : undefined))
    }
  }
  const objects = printerFor(k, { columns: true, noHeaders: k.flags.bool('no-headers') })
  return function* (answer, eventType, first) {
    for (const object of first && answer.items ? itemsOf(answer, query.resource) : [answer])
      yield* objects.print(events ? { type: eventType, object } : object)
  }
}

/** Prints what comes until the server ends the stream or the request times out. */
function* follow(k: Kube, stream: EventStream<WatchEvent>, show: Show): Coro<void> {
  const { kernel } = k.p.host
  const timeout = k.requestTimeout()
  const until = timeout > 0 ? kernel.now() + timeout : undefined
  const undo = k.p.defer(() => stream.cancel())
  try {
    for (;;) {
      const event = stream.take()
      if (event === undefined) {
        if (stream.closed || (until !== undefined && kernel.now() >= until)) return
        yield { on: [stream.arrived], until }
        continue
      }
      if (event.type === 'BOOKMARK') continue
      if (event.type === 'ERROR') throw new CliError(event.object?.message ?? 'watch failed')
      yield* show(event.object, event.type, false)
    }
  } catch (error) {
    if (error instanceof UrlError) throw new CliError(error.reason)
    throw error
  } finally {
    undo()
    stream.cancel()
  }
}
