import type { Coro } from '../../kernel/index.ts'
import { openApi } from './create.ts'
import { cascadePolicy, message } from './delete.ts'
import { fileInfos, getObject, hasFiles, type Info } from './lib/builder.ts'
import { forEach, LAST_APPLIED, managerOf, savedConfig, withLastApplied, withSource } from './lib/change.ts'
import type { Definition } from './lib/define.ts'
import { CliError, isNotFound, throwAll } from './lib/errors.ts'
import type { Kube } from './lib/kube.ts'
import { printerFor } from './lib/output.ts'
import { rawRequest } from './lib/raw.ts'
import { awaitGone } from './lib/wait-gone.ts'
import { pages } from './pages/replace.ts'

/** Models kubectl/pkg/cmd/replace/replace.go. */
export const replace: Definition = {
  records: true,
  page: pages.replace,
  *run(k) {
    const { flags } = k
    if (flags.string('raw')) return yield* rawRequest(k, 'update')
    const force = flags.bool('force')
    if (flags.changed('grace-period') && flags.int('grace-period') >= 0 && !force)
      throw new CliError('--grace-period must have --force specified')
    if (flags.duration('timeout') !== 0 && !force) throw new CliError('--timeout must have --force specified')
    if (!hasFiles(k)) throw new CliError('must specify one of -f and -k')
    const validation = k.fieldValidation()
    yield* openApi(k, validation)
    const infos = yield* fileInfos(k)
    if (infos.length === 0) throw new CliError('no objects passed to replace')
    const printer = printerFor(k, { operation: 'replaced' })
    const mode = k.dryRun()
    if (force) yield* clear(k, infos)
    const errors = yield* forEach(infos, function* (info: Info) {
      const client = yield* k.client()
      const options = {
        fieldManager: managerOf(k, 'kubectl-replace'),
        fieldValidation: validation,
        dryRun: mode === 'server' || undefined,
      }
      try {
        if (force)
          return yield* printer.print(
            yield* client.create(info.resource, info.namespace, savedConfig(k, info.object), options),
          )
        const object = yield* kept(k, info)
        if (mode === 'client') return yield* printer.print(object)
        yield* printer.print(yield* client.update(info.resource, info.namespace, info.name, object, options))
      } catch (error) {
        throw withSource('replacing', info.source, error)
      }
    })
    throwAll(errors)
    return 0
  },
}

/** An object that has a record of what was applied keeps one. */
function* kept(k: Kube, info: Info): Coro<any> {
  if (k.flags.bool('save-config')) return withLastApplied(info.object)
  let live: any
  try {
    live = yield* getObject(k, info.resource, info.namespace, info.name)
  } catch (error) {
    if (isNotFound(error)) return info.object
    throw error
  }
  return live.metadata.annotations?.[LAST_APPLIED] === undefined ? info.object : withLastApplied(info.object)
}

function* clear(k: Kube, infos: readonly Info[]): Coro<void> {
  const client = yield* k.client()
  const policy = cascadePolicy(k)
  const period = k.flags.changed('grace-period') ? k.flags.int('grace-period') : -1
  const grace = period >= 0 ? period : undefined
  const gone: Info[] = []
  for (const info of infos) {
    try {
      yield* client.delete(info.resource, info.namespace, info.name, {
        gracePeriodSeconds: grace,
        propagationPolicy: policy,
      })
    } catch (error) {
      if (isNotFound(error)) continue
      throw error
    }
    yield* k.out(`${message(k, info, '').replace('force deleted', 'deleted')}\n`)
    gone.push(info)
  }
  yield* awaitGone(k, gone, k.flags.duration('timeout') || 300_000)
}
