import type { Coro } from '../../kernel/index.ts'
import { DescribeContext } from './describe/context.ts'
import { describerFor } from './describe/index.ts'
import { SUGGEST } from './get.ts'
import { allNamespaces, asked, getObject, hasFiles, itemsOf, listAll, type Query } from './lib/builder.ts'
import { typesAndNames } from './lib/complete.ts'
import type { Definition } from './lib/define.ts'
import { CliError, isExpected, isNotFound, throwAll } from './lib/errors.ts'
import type { Kube } from './lib/kube.ts'
import { pages } from './pages/describe.ts'

/** Models kubectl/pkg/cmd/describe/describe.go. */
export const describe: Definition = {
  page: pages.describe,
  complete: typesAndNames,
  *run(k) {
    if (k.args.length === 0 && !hasFiles(k)) {
      throw new CliError(`You must specify the type of resource to describe. ${SUGGEST}`)
    }
    const { list, errors } = yield* asked(k, { allowAll: true })
    const found: { query: Query; object: any }[] = []
    let prefixes = false
    for (const query of list) {
      try {
        if (query.name !== undefined)
          found.push({ query, object: yield* getObject(k, query.resource, query.namespace, query.name) })
        else for (const object of itemsOf(yield* listAll(k, query), query.resource)) found.push({ query, object })
      } catch (error) {
        if (!isExpected(error)) throw error
        const matches = isNotFound(error) && list.length === 1 ? yield* withPrefix(k, query) : []
        if (matches.length === 0) errors.push(error)
        prefixes ||= matches.length > 0
        for (const object of matches) found.push({ query, object })
      }
    }
    const showEvents = k.flags.changed('show-events')
      ? k.flags.bool('show-events')
      : found.length === 1 && errors.length === 0 && !prefixes
    let first = true
    for (const { query, object: seen } of found) {
      const describer = describerFor(query.resource.group, query.resource.kind)
      // A describer is told a name, and reads the object itself.
      const object = yield* getObject(k, query.resource, seen.metadata.namespace, seen.metadata.name)
      const text = yield* describer(new DescribeContext(k, query.resource, showEvents), object)
      yield* k.out(prefixes ? `${text}\n` : first ? text : `\n\n${text}`)
      first = false
    }
    if (first && errors.length === 0) {
      const namespaced = !allNamespaces(k) && list.every((q) => q.resource.namespaced)
      k.err(namespaced ? `No resources found in ${k.namespace} namespace.\n` : 'No resources found\n')
    }
    throwAll(errors)
    return 0
  },
}

/** A name that no object has may be the beginning of some. */
function* withPrefix(k: Kube, query: Query): Coro<any[]> {
  try {
    const list = yield* listAll(k, { ...query, name: undefined })
    return itemsOf(list, query.resource).filter((object) => object.metadata.name.startsWith(query.name!))
  } catch (error) {
    if (isExpected(error)) return []
    throw error
  }
}
