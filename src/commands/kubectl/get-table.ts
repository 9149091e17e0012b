import type { Coro } from '../../kernel/index.ts'
import { age, TablePrinter } from '../../print/index.ts'
import { allNamespaces, asked, itemsOf, type Query } from './lib/builder.ts'
import { kindGroup, type Resource } from './lib/discovery.ts'
import { CliError } from './lib/errors.ts'
import type { Kube } from './lib/kube.ts'
import { outputFlag } from './lib/output.ts'

/** What is asked for, from arguments or files. */
export function* wanted(k: Kube): Coro<{ list: Query[]; errors: Error[] }> {
  const found = yield* asked(k, { allowAll: true })
  if (k.flags.string('subresource') && found.list.some((query) => query.name === undefined))
    throw new CliError('subresource cannot be used when bulk resources are specified')
  return found
}

/** The printer for a resource's table, as the flags want it; `withKind` puts the kind before the name. */
export function tablePrinter(k: Kube, resource: Resource, withKind: boolean): TablePrinter {
  return new TablePrinter({
    wide: outputFlag(k).format === 'wide',
    noHeaders: k.flags.bool('no-headers'),
    withNamespace: allNamespaces(k) && resource.namespaced,
    showLabels: k.flags.bool('show-labels'),
    columnLabels: k.flags.strings('label-columns'),
    kind: withKind ? kindGroup(resource) : undefined,
  })
}

/** What the server returned as a table; with --server-print=false, or from a server that makes none, name and age. */
export function tabular(k: Kube, answer: any, resource: Resource): any {
  if (answer.kind === 'Table' && k.flags.bool('server-print')) return answer
  const objects =
    answer.kind === 'Table'
      ? answer.rows.map((row: any) => row.object)
      : answer.items
        ? itemsOf(answer, resource)
        : [answer]
  return {
    kind: 'Table',
    columnDefinitions: [
      { name: 'Name', type: 'string', format: 'name', priority: 0 },
      { name: 'Age', type: 'string', format: '', priority: 0 },
    ],
    rows: objects.map((object: any) => ({
      cells: [object.metadata?.name, age(object.metadata?.creationTimestamp, k.now())],
      object,
    })),
  }
}
