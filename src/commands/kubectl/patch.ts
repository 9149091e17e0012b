import { parse } from 'yaml'
import { type PatchType, StatusError } from '../../api/types.ts'
import { SysError } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { deepEqual, withoutManagedFields } from '../../kinds/index.ts'
import { fileInfos, hasFiles, type Info, liveInfos } from './lib/builder.ts'
import { forEach, managerOf } from './lib/change.ts'
import { typesAndNames } from './lib/complete.ts'
import type { Definition } from './lib/define.ts'
import { apiVersionOf } from './lib/discovery.ts'
import { CliError, throwAll } from './lib/errors.ts'
import type { Kube } from './lib/kube.ts'
import { printerFor } from './lib/output.ts'
import { applyLocally } from './lib/patch-locally.ts'
import { pages } from './pages/patch.ts'

const TYPES: Record<string, PatchType> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
}

/** Models kubectl/pkg/cmd/patch/patch.go. */
export const patch: Definition = {
  records: true,
  page: pages.patch,
  complete: typesAndNames,
  *run(k) {
    const { flags } = k
    if (flags.string('patch') !== '' && flags.string('patch-file') !== '')
      throw new CliError('cannot specify --patch and --patch-file together')
    if (flags.string('patch') === '' && flags.string('patch-file') === '')
      throw new CliError('must specify --patch or --patch-file containing the contents of the patch')
    const type = flags.string('type').toLowerCase()
    if (!TYPES[type]) throw new CliError(`--type must be one of [json merge strategic], not "${flags.string('type')}"`)
    if (k.args.length === 0 && !hasFiles(k))
      throw new CliError('one or more resources must be specified as <resource> <name> or <resource>/<name>')
    const body = patchBody(flags.string('patch-file') ? patchFile(k) : flags.string('patch'))
    const mode = k.dryRun()
    const local = flags.bool('local')
    const subresource = flags.string('subresource') || undefined
    const { infos, errors } = local
      ? { infos: yield* fileInfos(k, { local: true }), errors: [] }
      : yield* liveInfos(k, k.args, { subresource })
    const failed = yield* forEach(infos, function* (info: Info) {
      if (local || mode === 'client') {
        const object = patchedHere(info.object, body, type)
        yield* printed(k, object, !deepEqual(object, info.object))
        return
      }
      const client = yield* k.client()
      let object: any
      try {
        object = yield* client.patch(info.resource, info.namespace, info.name, TYPES[type], body, {
          fieldManager: managerOf(k, 'kubectl-patch'),
          dryRun: mode === 'server' || undefined,
          subresource,
        })
      } catch (error) {
        if (!(error instanceof StatusError) || error.reason !== 'UnsupportedMediaType') throw error
        const kind = `${apiVersionOf(info.resource)}, Kind=${info.resource.kind}`
        throw new CliError(`${TYPES[type]} is not supported by ${kind}: ${error.message}`)
      }
      const changed = !deepEqual(withoutFields(object), withoutFields(info.object))
      yield* printed(k, object, changed || moved(subresource, info.object, object))
    })
    throwAll([...errors, ...failed])
    return 0
  },
}

function withoutFields(object: any): any {
  const { metadata, ...rest } = withoutManagedFields(object)
  return { ...rest, metadata: { ...metadata, resourceVersion: undefined } }
}

/** A subresource's owners can move although nothing that it shows does: then the version tells, and those of a Scale always do. */
const moved = (subresource: string | undefined, before: any, after: any): boolean =>
  subresource === 'scale' ||
  (subresource !== undefined && before.metadata.resourceVersion !== after.metadata.resourceVersion)

function patchFile(k: Kube): string {
  const file = k.flags.string('patch-file')
  try {
    return k.p.fs.readFile(file, k.p.cwd, k.p.creds)
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    throw new CliError(`unable to read patch file: ${error.goMessage}`)
  }
}

/** YAML is accepted too; what is neither goes to the server as it is. */
function patchBody(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    if (text.trimStart().startsWith('{') || text.trimStart().startsWith('[')) return text
    try {
      return parse(text)
    } catch {
      throw new CliError(`unable to parse "${text}": yaml: line 1: did not find expected node content`)
    }
  }
}

/** kubectl finds out what is missing from the words of the library. */
function patchedHere(object: any, body: any, type: string): any {
  try {
    return applyLocally(object, body, type)
  } catch (error) {
    const key = error instanceof CliError ? /doc is missing key: (.*)$/s.exec(error.message)?.[1] : undefined
    throw key === undefined ? error : new CliError(`Object to be patched is missing field (${key})`)
  }
}

function* printed(k: Kube, object: any, changed: boolean): Coro<void> {
  const printer = printerFor(k, { operation: changed ? 'patched' : 'patched (no change)' })
  if (printer.format !== '') return yield* printer.print(object)
  // The real command forgets the dry-run suffix here.
  const at = object.apiVersion.indexOf('/')
  const kind = object.kind.toLowerCase() + (at < 0 ? '' : `.${object.apiVersion.slice(0, at)}`)
  yield* k.out(`${kind}/${object.metadata.name} ${changed ? 'patched' : 'patched (no change)'}\n`)
}
