import type { Coro } from '../../kernel/index.ts'
import { generators } from './create/index.ts'
import { fileInfos, hasFiles, type Info } from './lib/builder.ts'
import { forEach, managerOf, savedConfig, withSource } from './lib/change.ts'
import type { Definition } from './lib/define.ts'
import { CliError, PlainError, throwAll, UrlError } from './lib/errors.ts'
import type { Kube } from './lib/kube.ts'
import { requirePaths } from './lib/manifests.ts'
import { printerFor } from './lib/output.ts'
import { rawRequest } from './lib/raw.ts'
import { pages } from './pages/create.ts'

/** Models kubectl/pkg/cmd/create/create.go. */
export const create: Definition = {
  records: true,
  page: pages.create,
  commands: generators,
  *run(k) {
    if (!hasFiles(k)) {
      if (k.args.length > 0) throw k.usage(`Unexpected args: [${k.args.join(' ')}]`)
      throw new CliError('must specify one of -f and -k')
    }
    if (k.args.length > 0) throw k.usage(`Unexpected args: [${k.args.join(' ')}]`)
    if (k.flags.string('raw')) return yield* rawRequest(k, 'create')
    if (k.flags.bool('edit')) throw new PlainError('kubectl: create --edit not simulated', 127)
    const validation = k.fieldValidation()
    yield* openApi(k, validation)
    const mode = k.dryRun()
    const printer = printerFor(k, { operation: 'created' })
    const infos = yield* fileInfos(k)
    if (infos.length === 0) throw new CliError('no objects passed to create')
    yield* openApiOf(k, validation, infos)
    const errors = yield* forEach(infos, function* (info: Info) {
      const object = savedConfig(k, info.object)
      const result = mode === 'client' ? object : yield* createOne(k, info, object, validation, mode === 'server')
      yield* printer.print(result)
    })
    throwAll(errors)
    return 0
  },
}

function* createOne(
  k: Kube,
  info: Info,
  object: any,
  fieldValidation: 'Strict' | 'Warn' | 'Ignore',
  dryRun: boolean,
): Coro<any> {
  const client = yield* k.client()
  try {
    return yield* client.create(info.resource, info.namespace, object, {
      fieldManager: managerOf(k, 'kubectl-create'),
      fieldValidation,
      dryRun: dryRun || undefined,
    })
  } catch (error) {
    throw withSource('creating', info.source, error)
  }
}

/** What /openapi/v3 said to a command. */
const schemaLists = new WeakMap<Kube, any>()

/** Then the schemas of the groups in question. Nothing comes of it here but a line in what -v=6 shows. */
export function* openApiOf(k: Kube, validation: string, infos: readonly Info[]): Coro<void> {
  if (validation === 'Ignore' || k.verbosity < 6) return
  const client = yield* k.client()
  const list = schemaLists.get(k)
  const body = typeof list === 'string' ? JSON.parse(list) : list
  const groups = infos
    .filter((i) => !('error' in i))
    .map(({ resource: r }) => (r.group ? `apis/${r.group}/${r.version}` : `api/${r.version}`))
  for (const group of new Set(groups)) {
    const [path, search = ''] = String(body?.paths?.[group]?.serverRelativeURL ?? '').split('?')
    if (path) yield* client.raw({ verb: 'get', path, query: { hash: search.replace(/^hash=/, ''), timeout: '32s' } })
  }
}

/** Client-side validation begins by asking the server for its schemas, which fails first when nobody answers. */
export function* openApi(k: Kube, validation: string): Coro<void> {
  requirePaths(k)
  if (validation === 'Ignore') return
  const client = yield* k.client()
  try {
    const { body } = yield* client.raw({ verb: 'get', path: '/openapi/v3', query: { timeout: '32s' } })
    schemaLists.set(k, body)
  } catch (error) {
    if (!(error instanceof UrlError)) throw error
    const source = k.flags.strings('filename')[0]
    throw new CliError(
      `error validating "${source === '-' ? 'STDIN' : source}": error validating data: failed to download openapi: ${error.message.replace('/openapi/v3', '/openapi/v2')}; if you choose to ignore these errors, turn validation off with --validate=false`,
    )
  }
}
