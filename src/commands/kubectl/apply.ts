import { StatusError } from '../../api/types.ts'
import type { Coro } from '../../kernel/index.ts'
import { toGoJson } from '../../print/index.ts'
import { applyCommands } from './apply-last.ts'
import { migrate } from './apply-migrate.ts'
import { prune, pruneCheck } from './apply-prune.ts'
import { ApplySet } from './apply-set.ts'
import { openApi, openApiOf } from './create.ts'
import { asList } from './get.ts'
import { fileInfos, getObject, hasFiles, type Info } from './lib/builder.ts'
import { forEach, LAST_APPLIED, managerOf, withLastApplied, withSource } from './lib/change.ts'
import type { Definition } from './lib/define.ts'
import { groupResource } from './lib/discovery.ts'
import { CliError, isNotFound, PlainError, throwAll, UrlError } from './lib/errors.ts'
import type { Kube } from './lib/kube.ts'
import { oneSource } from './lib/manifests.ts'
import { type ObjectPrinter, printerFor } from './lib/output.ts'
import { isEmptyPatch } from './lib/patches.ts'
import { type ThreeWay, threeWayPatch } from './lib/three-way.ts'
import { pages, withSets } from './pages/apply.ts'

const MANAGER = 'kubectl-client-side-apply'

/** Models kubectl/pkg/cmd/apply/apply.go. */
export const apply: Definition = {
  records: true,
  page: pages.apply,
  commands: applyCommands,
  *run(k) {
    const { flags } = k
    const mode = k.dryRun()
    const serverSide = flags.bool('server-side')
    if (k.args.length > 0) throw k.usage(`Unexpected args: [${k.args.join(' ')}]`)
    if (!hasFiles(k)) throw new CliError('must specify one of -f and -k')
    oneSource(k)
    if (flags.bool('force-conflicts') && !serverSide)
      throw new CliError('--force-conflicts only works with --server-side')
    if (mode === 'client' && serverSide)
      throw new CliError("--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)")
    if (serverSide && flags.bool('force')) throw new CliError('--force cannot be used with --server-side')
    if (mode === 'server' && flags.bool('force')) throw new CliError('--dry-run=server cannot be used with --force')
    const set = yield* ApplySet.of(k)
    if (!set) pruneCheck(k)
    const validation = k.fieldValidation()
    yield* openApi(k, validation)
    // All files are read before anything is applied: what was wrong with them comes first.
    const infos = (yield* fileInfos(k)).sort((a, b) => Number('error' in b) - Number('error' in a))
    if (infos.length === 0) throw new CliError('no objects passed to apply')
    yield* openApiOf(k, validation, infos)
    const printer = (operation: string): ObjectPrinter => printers.get(operation) ?? make(operation)
    const printers = new Map<string, ObjectPrinter>()
    const make = (operation: string): ObjectPrinter => {
      const made = printerFor(k, { operation })
      printers.set(operation, made)
      return made
    }
    make('configured')
    if (set) yield* set.begin(infos)
    const printed: any[] = []
    const errors = yield* forEach(infos, function* (info: Info) {
      if (info.object.metadata?.generateName && !info.name)
        throw new CliError(`from ${info.object.metadata.generateName}: cannot use generate name with apply`)
      const { object, operation } = serverSide
        ? yield* applyOnServer(k, info, validation)
        : yield* applyHere(k, info, validation)
      const { format } = printer(operation)
      if (format === '' || format === 'name') yield* printer(operation).print(object)
      else printed.push(object)
    })
    if (printed.length > 0) yield* printer('configured').print(printed.length === 1 ? printed[0] : asList(printed))
    throwAll(errors)
    k.log('I', 4, 'apply.go:546', 'Running apply post-processor function')
    if (set) yield* set.prune(infos, printer('pruned'))
    else if (flags.bool('prune')) yield* prune(k, infos, printer('pruned'))
    return 0
  },
}

/** `apply` where KUBECTL_APPLYSET=true lets it keep sets of objects (alpha). */
export const applyWithSets: Definition = { ...apply, page: withSets(pages.apply) }

interface Applied {
  readonly object: any
  readonly operation: string
}

function* applyHere(k: Kube, info: Info, validation: 'Strict' | 'Warn' | 'Ignore'): Coro<Applied> {
  const modified = withLastApplied(info.object)
  const mode = k.dryRun()
  const client = yield* k.client()
  const dryRun = mode === 'server' || undefined
  let current: any
  try {
    current = yield* getObject(k, info.resource, info.namespace, info.name)
  } catch (error) {
    if (isNotFound(error)) {
      if (mode === 'client') return { object: modified, operation: 'created' }
      try {
        const object = yield* client.create(info.resource, info.namespace, modified, {
          fieldManager: managerOf(k, MANAGER),
          fieldValidation: validation,
          dryRun,
        })
        return { object, operation: 'created' }
      } catch (failure) {
        throw withSource('creating', info.source, failure)
      }
    }
    throw retrievalError(info, error as Error)
  }
  warnIfDeleting(k, current)
  if (current.metadata.annotations?.[LAST_APPLIED] === undefined)
    k.err(
      `Warning: resource ${info.resource.name}/${info.name} is missing the ${LAST_APPLIED} annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.\n`,
    )
  const { type, patch } = patchFor(k, info, modified, current)
  if (isEmptyPatch(patch)) return { object: current, operation: 'unchanged' }
  if (mode === 'client') return { object: current, operation: 'configured' }
  try {
    const { resource, namespace, name } = info
    const options = { fieldManager: managerOf(k, MANAGER), fieldValidation: validation, dryRun }
    const object = yield* client.patch(resource, namespace, name, type, patch, options)
    return { object, operation: 'configured' }
  } catch (error) {
    if (
      k.flags.bool('force') &&
      error instanceof StatusError &&
      (error.reason === 'Conflict' || error.reason === 'Invalid')
    )
      return yield* replaceByForce(k, info, modified)
    throw patchError(error, info, patch)
  }
}

function warnIfDeleting(k: Kube, { metadata }: any): void {
  if (metadata.deletionTimestamp)
    k.err(`Warning: Detected changes to resource ${metadata.name} which is currently being deleted.\n`)
}

function patchFor(k: Kube, info: Info, modified: any, current: any): ThreeWay {
  try {
    return threeWayPatch(k, modified, current)
  } catch (error) {
    throw error instanceof CliError ? new CliError(whilePatching(info, '', error)) : error
  }
}

const whilePatching = (info: Info, patch: string, { message }: Error): string =>
  `error when applying patch:\n${patch}\nto:\n${describeInfo(info)}\nfor: "${info.source}": error when patching "${info.source}": ${message}`

/** Errors other than Invalid carry the patch and the file. */
function patchError(error: unknown, info: Info, patch: any): Error {
  if (!(error instanceof StatusError) || error.reason === 'Invalid') return error as Error
  return new StatusError(error.code, error.reason, whilePatching(info, toGoJson(patch), error), error.details)
}

const describeInfo = (info: Info): string => {
  const { group, version, name, kind } = info.resource
  return `Resource: "${group}/${version}, Resource=${name}", GroupVersionKind: "${group}/${version}, Kind=${kind}"\nName: "${info.name}", Namespace: "${info.namespace ?? ''}"`
}

function retrievalError(info: Info, error: Error): Error {
  const text = `error when retrieving current configuration of:\n${describeInfo(info)}\nfrom server for: "${info.source}": ${error.message}`
  if (error instanceof StatusError) return new StatusError(error.code, error.reason, text, error.details)
  return error instanceof CliError || error instanceof UrlError ? new CliError(text) : error
}

function* replaceByForce(k: Kube, info: Info, modified: any): Coro<Applied> {
  const client = yield* k.client()
  yield* client.delete(info.resource, info.namespace, info.name, {
    gracePeriodSeconds: 0,
    propagationPolicy: 'Background',
  })
  const object = yield* client.create(info.resource, info.namespace, modified, { fieldManager: managerOf(k, MANAGER) })
  return { object, operation: 'configured' }
}

const CONFLICT_HELP = `
Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the \`--force-conflicts\` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts`

function* applyOnServer(k: Kube, info: Info, fieldValidation: 'Strict' | 'Warn' | 'Ignore'): Coro<Applied> {
  const client = yield* k.client()
  const mode = k.dryRun()
  const options = {
    // The flag's default is the name of the other way to apply.
    fieldManager: [managerOf(k, MANAGER)].map((name) => (name === MANAGER ? 'kubectl' : name))[0],
    force: k.flags.bool('force-conflicts'),
    fieldValidation,
    dryRun: mode === 'server' || undefined,
  }
  const send = (): Coro<any> =>
    client.patch(info.resource, info.namespace, info.name, 'application/apply-patch+yaml', info.object, options)
  try {
    const object = yield* migrate(k, info, yield* send(), options.fieldManager, send)
    warnIfDeleting(k, object)
    return { object, operation: 'serverside-applied' }
  } catch (error) {
    if (error instanceof StatusError && error.reason === 'Conflict')
      throw new CliError(`${error.message}${CONFLICT_HELP}`)
    if (error instanceof StatusError && error.code === 415)
      throw new PlainError(`error: server-side apply not available on the server: ${groupResource(info.resource)}`)
    throw error
  }
}
