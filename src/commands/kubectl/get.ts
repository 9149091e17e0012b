import type { Coro } from '../../kernel/index.ts'
import { SortFieldError, sortByField } from '../../print/index.ts'
import { tablePrinter, tabular, wanted } from './get-table.ts'
import { watchObjects } from './get-watch.ts'
import { allNamespaces, getObject, hasFiles, itemsOf, listAll } from './lib/builder.ts'
import { typesAndNames } from './lib/complete.ts'
import type { Definition } from './lib/define.ts'
import { apiVersionOf, type Resource } from './lib/discovery.ts'
import { CliError, isExpected, isNotFound, throwAll } from './lib/errors.ts'
import type { Kube } from './lib/kube.ts'
import { outputFlag, printerFor } from './lib/output.ts'
import { rawRequest } from './lib/raw.ts'
import { pages } from './pages/get.ts'

export const SUGGEST = 'Use "kubectl api-resources" for a complete list of supported resources.'

/** Models kubectl/pkg/cmd/get/get.go. */
export const get: Definition = {
  page: pages.get,
  complete: typesAndNames,
  *run(k) {
    if (k.flags.string('raw')) {
      if (k.args.length > 0) throw new CliError('arguments may not be passed when --raw is specified')
      return yield* rawRequest(k, 'get')
    }
    if (k.args.length === 0 && !hasFiles(k)) {
      k.err(`You must specify the type of resource to get. ${SUGGEST}\n\n`)
      throw k.usage(
        'Required resource not specified.\nUse "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).',
      )
    }
    if (k.flags.bool('watch') || k.flags.bool('watch-only')) return yield* watchObjects(k)
    if (k.flags.bool('output-watch-events'))
      throw k.usage('--output-watch-events option can only be used with --watch or --watch-only')
    const { format } = outputFlag(k)
    return format === '' || format === 'wide' ? yield* human(k) : yield* generic(k)
  },
}

interface Group {
  readonly resource: Resource
  readonly table: any
}

function* human(k: Kube): Coro<number> {
  const found: Group[] = []
  const { list, errors } = yield* wanted(k)
  for (const query of list) {
    try {
      const table =
        query.name === undefined
          ? yield* listAll(k, query, { accept: 'table' })
          : yield* getObject(k, query.resource, query.namespace, query.name, {
              accept: 'table',
              subresource: k.flags.string('subresource') || undefined,
            })
      found.push({ resource: query.resource, table: tabular(k, table, query.resource) })
    } catch (error) {
      if (!isExpected(error)) throw error
      if (!(k.flags.bool('ignore-not-found') && isNotFound(error))) errors.push(error)
    }
  }
  const kinds = new Set(found.map((group) => `${apiVersionOf(group.resource)}/${group.resource.kind}`))
  const withKind = (kinds.size > 1 && k.flags.bool('server-print')) || k.flags.bool('show-kind')
  let text = ''
  for (const group of sections(found)) {
    const printed = printGroup(k, group, withKind)
    if (printed !== '' && text !== '' && !k.flags.bool('no-headers')) text += '\n'
    text += printed
  }
  if (text !== '') yield* k.out(text)
  else if (errors.length === 0 && !k.flags.bool('ignore-not-found'))
    k.err(
      nothingFound(
        k,
        list.map((q) => q.resource),
      ),
    )
  throwAll(errors)
  return 0
}

function nothingFound(k: Kube, resources: readonly Resource[]): string {
  const namespaced = !allNamespaces(k) && resources.every((r) => r.namespaced)
  return namespaced ? `No resources found in ${k.namespace} namespace.\n` : 'No resources found\n'
}

/** Runs of the same resource share a header. */
function sections(found: readonly Group[]): { resource: Resource; tables: any[] }[] {
  const out: { resource: Resource; tables: any[] }[] = []
  for (const { resource, table } of found) {
    const last = out.at(-1)
    if (last && last.resource.name === resource.name && last.resource.group === resource.group) last.tables.push(table)
    else out.push({ resource, tables: [table] })
  }
  return out
}

function printGroup(k: Kube, { resource, tables }: { resource: Resource; tables: any[] }, withKind: boolean): string {
  const printer = tablePrinter(k, resource, withKind)
  const sortBy = k.flags.string('sort-by')
  let list = tables
  if (sortBy) {
    const rows = tables.flatMap((table) => table.rows.map((row: any) => ({ ...row })))
    // A single row needs no order, and its field is not looked at.
    try {
      if (rows.length > 1) list = [{ ...tables[0], rows: sortByField(rows, sortBy, (row: any) => row.object) }]
    } catch (error) {
      // As upstream, a table without the field prints as if it were empty.
      if (!(error instanceof SortFieldError)) throw new CliError((error as Error).message)
      list = []
    }
  }
  return printer.layout(list.map((table) => printer.lines(table)).join(''))
}

function* generic(k: Kube): Coro<number> {
  const objects: any[] = []
  const { list, errors } = yield* wanted(k)
  const single = list.length === 1 && list[0].name !== undefined && errors.length === 0
  for (const query of list) {
    try {
      if (query.name === undefined) objects.push(...itemsOf(yield* listAll(k, query), query.resource))
      else
        objects.push(
          yield* getObject(k, query.resource, query.namespace, query.name, {
            subresource: k.flags.string('subresource') || undefined,
          }),
        )
    } catch (error) {
      if (!isExpected(error)) throw error
      if (k.flags.bool('ignore-not-found') && isNotFound(error)) continue
      if (single) throw error
      errors.push(error)
    }
  }
  if (objects.length === 0 && (k.flags.bool('ignore-not-found') || list.length === 0)) {
    throwAll(errors)
    return 0
  }
  const printer = printerFor(k, { columns: true, noHeaders: k.flags.bool('no-headers') })
  if (single && objects.length === 1) yield* printer.print(objects[0])
  else yield* printer.print(asList(sorted(k, objects)))
  throwAll(errors)
  return 0
}

/** Several objects as kubectl wraps them. */
export const asList = (items: readonly any[]): any => ({
  apiVersion: 'v1',
  items,
  kind: 'List',
  metadata: { resourceVersion: '' },
})

function sorted(k: Kube, objects: readonly any[]): readonly any[] {
  const field = k.flags.string('sort-by')
  if (!field || objects.length === 0) return objects
  try {
    return sortByField(objects, field, (object) => object)
  } catch (error) {
    throw new CliError((error as Error).message)
  }
}
