import type { Coro } from '../../kernel/index.ts'
import { age, goSort, KUBECTL_TABLE, TabWriter } from '../../print/index.ts'
import { splitName } from './lib/builder.ts'
import type { Definition } from './lib/define.ts'
import { apiVersionOf, type Resource } from './lib/discovery.ts'
import { CliError, PlainError } from './lib/errors.ts'
import type { Kube } from './lib/kube.ts'
import { printerFor } from './lib/output.ts'
import { pages } from './pages/events.ts'

const time = (e: any): number => Date.parse(e.series?.lastObservedTime ?? e.lastTimestamp ?? e.eventTime) || 0

function interval(e: any, now: number): string {
  const first = age(e.eventTime || e.firstTimestamp, now)
  if (e.series) return `${age(e.series.lastObservedTime, now)} (x${e.series.count} over ${first})`
  if (e.count > 1) return `${age(e.lastTimestamp, now)} (x${e.count} over ${first})`
  return first
}

/** Models kubectl/pkg/cmd/events/events.go. */
export const events: Definition = {
  page: pages.events,
  *run(k) {
    const { flags } = k
    const types = flags.strings('types').map((type) => type.toLowerCase())
    if (types.some((type) => type !== 'normal' && type !== 'warning'))
      throw new CliError('valid --types are Normal or Warning')
    const output = flags.string('output')
    const printer = output ? printerFor(k) : undefined
    const everywhere = flags.bool('all-namespaces')
    const selector = yield* involved(k)
    const wanted = (e: any): boolean =>
      (types.length === 0 || types.includes(e.type?.toLowerCase())) &&
      (!selector ||
        (e.involvedObject.name === selector.name &&
          e.involvedObject.kind === selector.resource.kind &&
          e.involvedObject.apiVersion === apiVersionOf(selector.resource)))
    const client = yield* k.client()
    const list = yield* client.send({
      verb: 'list',
      group: '',
      version: 'v1',
      resource: 'events',
      namespace: everywhere ? undefined : k.namespace,
      limit: flags.int('chunk-size') || undefined,
    })
    const found: any[] = goSort(
      list.items.filter(wanted).map((e: any) => ({ apiVersion: 'v1', kind: 'Event', ...e })),
      (a: any, b: any) => time(a) < time(b),
    )
    if (found.length === 0 && !flags.bool('watch')) {
      k.err(everywhere ? 'No events found.\n' : `No events found in ${k.namespace} namespace.\n`)
      return 0
    }
    if (printer) {
      yield* printer.print({ apiVersion: 'v1', kind: 'EventList', metadata: {}, items: found })
      return 0
    }
    const writer = new TabWriter(KUBECTL_TABLE)
    const row = (e: any): string =>
      `${everywhere ? `${e.metadata.namespace}\t` : ''}${interval(e, k.now())}\t${e.type}\t${e.reason}\t${e.involvedObject.kind}/${e.involvedObject.name}\t${(e.message ?? '').trim().split('\n').join(' ')}\n`
    const head = flags.bool('no-headers')
      ? ''
      : `${everywhere ? 'NAMESPACE\t' : ''}LAST SEEN\tTYPE\tREASON\tOBJECT\tMESSAGE\n`
    yield* k.out(writer.format(head + found.map(row).join('')))
    if (!flags.bool('watch')) return 0
    const { stream } = yield* client.accepted({
      verb: 'watch',
      group: '',
      version: 'v1',
      resource: 'events',
      namespace: everywhere ? undefined : k.namespace,
      resourceVersion: list.metadata.resourceVersion,
    })
    if (!stream) return 0
    const undo = k.p.defer(() => stream.cancel())
    try {
      for (;;) {
        const event = stream.take()
        if (event === undefined) {
          if (stream.closed) return 0
          yield { on: [stream.arrived] }
        } else if (event.type !== 'BOOKMARK' && event.type !== 'DELETED' && wanted(event.object))
          yield* k.out(writer.format(row(event.object)))
      }
    } finally {
      undo()
      stream.cancel()
    }
  },
}

/** --for */
function* involved(k: Kube): Coro<{ name: string; resource: Resource } | undefined> {
  const text = k.flags.string('for')
  if (!text) return undefined
  if (!text.includes('/')) throw new CliError('--for must be in resource/name form')
  const [type, name] = splitName(text)
  const resource = yield* (yield* k.discovery()).find(type)
  if (!resource) throw new PlainError(`the server doesn't have a resource type "${type}"`)
  return { name, resource }
}
