import { parseLabelSelector } from '../../../api/selector.ts'
import { type ResourceRequest, StatusError } from '../../../api/types.ts'
import type { Coro } from '../../../kernel/index.ts'
import { jsonType } from '../../../kinds/index.ts'
import { apiVersionOf, type Resource } from './discovery.ts'
import { CliError, ErrorList, isNotFound, ManifestError, NoResourceMatchError, PlainError, throwAll } from './errors.ts'
import type { Kube } from './kube.ts'
import { loadManifests, validating } from './manifests.ts'
import { requireMetadata } from './metadata.ts'

/** One object that a command works on. */
export interface Info {
  readonly resource: Resource
  readonly namespace: string | undefined
  readonly name: string
  /** As read from the server or a file. */
  object: any
  /** File it was named in; '' for objects named as arguments. */
  readonly source: string
}

/** What the arguments ask for: one object, or a list. */
export interface Query {
  readonly resource: Resource
  readonly namespace: string | undefined
  /** Undefined: all that match the selectors. */
  readonly name: string | undefined
}

const COMBINED =
  "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'"

const MISSING = `You must provide one or more resources by argument or filename.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'
   '<resource> <name>'
   '<resource>'`

const NO_TYPE = 'at least one resource must be specified to use a selector'

interface QueryOptions {
  /** A type without names means all of them (get, describe). Otherwise --all or a selector is needed. */
  readonly allowAll?: boolean
  /** --subresource: read the objects through it. */
  readonly subresource?: string
  /** Selector flags do not count for this command. */
  readonly ignoreSelectors?: boolean
}

/** --selector, or ''; expose means another thing by its flag. */
export const selectorOf = (k: Kube): string =>
  k.flags.has('selector') && k.call.command.name !== 'expose' ? k.flags.string('selector').trim() : ''

/** --field-selector, or ''. */
export const fieldSelectorOf = (k: Kube): string =>
  k.flags.has('field-selector') ? k.flags.string('field-selector') : ''

/** -A, for commands that have it. */
export const allNamespaces = (k: Kube): boolean => k.flags.has('all-namespaces') && k.flags.bool('all-namespaces')

/** Namespace for requests of a resource. */
export const namespaceFor = (k: Kube, resource: Resource): string | undefined =>
  !resource.namespaced || allNamespaces(k) ? undefined : k.namespace

/** Resources of one comma-separated type argument, with categories (`all`) expanded. */
function* typesOf(k: Kube, types: string): Coro<Resource[]> {
  const discovery = yield* k.discovery()
  const out: Resource[] = []
  const names = types.split(',')
  const categories: Resource[][] = []
  for (const type of names) categories.push(yield* discovery.category(type))
  for (const [i, type] of names.entries()) {
    if (type === '') throw new NoResourceMatchError('')
    const found = yield* discovery.find(type)
    if (!found && categories[i].length > 0) out.push(...categories[i])
    else out.push(found ?? (yield* discovery.resource(type)))
  }
  return out
}

/** Splits `deploy/web`. */
export function splitName(arg: string): [string, string] {
  const parts = arg.split('/')
  if (parts.length > 2) throw new CliError('arguments in resource/name form may not have more than one slash')
  if (!parts[0] || !parts[1]) throw new CliError('arguments in resource/name form must have a single resource and name')
  return [parts[0], parts[1]]
}

/** `deploy,svc web` is `deploy/web svc/web`. */
function eachWithEach(args: readonly string[]): readonly string[] {
  const types = args[0]?.split(',') ?? []
  if (args.length < 2 || types.length < 2) return args
  return types.flatMap((type) => args.slice(1).map((name) => `${type}/${name}`))
}

/** Turns type/name arguments into queries, with the resource builder's checks and texts. */
export function* queries(k: Kube, given: readonly string[], options: QueryOptions = {}): Coro<Query[]> {
  const args = eachWithEach(given)
  const selector = options.ignoreSelectors ? '' : selectorOf(k)
  const fields = options.ignoreSelectors ? '' : fieldSelectorOf(k)
  const all = k.flags.has('all') && k.flags.bool('all')
  // Only delete takes --all for a selector; elsewhere it does without names or selectors.
  const everything = k.call.command.name === 'delete'
  const slashes = args.filter((arg) => arg.includes('/')).length
  if (slashes > 0) {
    if (slashes !== args.length) throw new CliError(COMBINED)
    const out: Query[] = []
    const names = args.map(splitName)
    if (selector || fields || (everything && all))
      throw new CliError('selectors and the all flag cannot be used when passing resource/name arguments')
    for (const [type, name] of names)
      for (const one of type.split(',')) {
        const resource = yield* k.resource(one)
        if (allNamespaces(k) && resource.namespaced)
          throw new CliError('a resource cannot be retrieved by name across all namespaces')
        out.push({ resource, namespace: namespaceFor(k, resource), name })
      }
    return out
  }
  if (args.length === 0) throw new CliError(selector || fields || (everything && all) ? NO_TYPE : MISSING)
  const [types, ...names] = args
  if (everything && all && (selector || fields) && names.length === 0)
    throw new CliError("setting 'all' parameter but found a non empty selector. ")
  if (names.length > 0 && (selector || fields || (everything && all)))
    throw new CliError('name cannot be provided when a selector is specified')
  const resources = yield* typesOf(k, types)
  if (names.length > 0) {
    if (resources.length > 1) throw new CliError('you must specify only one resource')
    if (allNamespaces(k) && resources[0].namespaced)
      throw new CliError('a resource cannot be retrieved by name across all namespaces')
    return names.map((name) => ({ resource: resources[0], namespace: namespaceFor(k, resources[0]), name }))
  }
  if (!options.allowAll && !selector && !fields && !all)
    throw new CliError('resource(s) were provided, but no name was specified')
  return resources.map((resource) => ({ resource, namespace: namespaceFor(k, resource), name: undefined }))
}

/** After a 404 kubectl asks whether the namespace exists, and blames that where it does not. */
export function* getObject(
  k: Kube,
  resource: Resource,
  namespace: string | undefined,
  name: string,
  options: { accept?: 'table'; subresource?: string } = {},
): Coro<any> {
  const client = yield* k.client()
  try {
    return yield* client.get(resource, namespace, name, options)
  } catch (error) {
    if (isNotFound(error) && resource.namespaced && namespace && namespace !== 'default' && !options.subresource)
      yield* checkNamespace(k, namespace)
    throw error
  }
}

function* checkNamespace(k: Kube, namespace: string): Coro<void> {
  const client = yield* k.client()
  const response = yield* client.raw({ verb: 'get', group: '', version: 'v1', resource: 'namespaces', name: namespace })
  if (response.code === 404)
    yield* client.send({ verb: 'get', group: '', version: 'v1', resource: 'namespaces', name: namespace })
}

const CHUNK = 500

/** All objects of a list, page by page. `table` merges the rows of tables. */
export function* listAll(k: Kube, query: Query, options: { accept?: 'table'; limit?: number } = {}): Coro<any> {
  const chunk = options.limit ?? (k.flags.has('chunk-size') ? k.flags.int('chunk-size') : CHUNK)
  let result: any
  let token: string | undefined
  do {
    const page: any = yield* listPage(k, query, {
      labelSelector: selectorOf(k) || undefined,
      fieldSelector: fieldSelectorOf(k) || undefined,
      limit: chunk > 0 ? chunk : undefined,
      continue: token,
      accept: options.accept,
    })
    if (!result) result = page
    else if (page.rows) result = { ...result, rows: [...result.rows, ...page.rows] }
    else result = { ...result, items: [...result.items, ...page.items] }
    token = page.metadata?.continue || undefined
  } while (token)
  return result
}

/** One page; a refusal says what was looked for. Models cli-runtime/pkg/resource/selector.go. */
function* listPage(k: Kube, { resource, namespace }: Query, options: Partial<ResourceRequest>): Coro<any> {
  try {
    return yield* (yield* k.client()).list(resource, namespace, options)
  } catch (error) {
    if (!(error instanceof StatusError) || (error.reason !== 'BadRequest' && error.reason !== 'NotFound')) throw error
    const { labelSelector = '', fieldSelector = '' } = options
    const what = JSON.stringify(`${resource.group}/${resource.version}, Resource=${resource.name}`)
    const text =
      labelSelector || fieldSelector
        ? `Unable to find ${what} that match label selector ${JSON.stringify(labelSelector)}, field selector ${JSON.stringify(fieldSelector)}`
        : `Unable to list ${what}`
    throw new StatusError(error.code, error.reason, `${text}: ${error.message}`, error.details)
  }
}

/** Items of a list with the apiVersion and kind that lists leave out. */
export const itemsOf = (list: any, resource: Resource): any[] =>
  (list.items ?? []).map((item: any) => ({ apiVersion: apiVersionOf(resource), kind: resource.kind, ...item }))

/** Manifests of -f and -k with their resources, without asking the server for the objects. */
export function* fileInfos(k: Kube, options: { local?: boolean } = {}): Coro<Info[]> {
  const manifests = yield* loadManifests(k)
  const out: Info[] = []
  const missing: Error[] = []
  const selector = parseLabelSelector(selectorOf(k))
  // What does not pass validation ends the reading of its file.
  let ended: string | undefined
  for (const { object, source } of manifests) {
    if (source === ended || !selector.matches(object.metadata?.labels)) continue
    const name = object.metadata?.name ?? ''
    try {
      requireKind(k, object, source)
      requireMetadata(object, source)
    } catch (error) {
      if (!(error instanceof ManifestError)) throw error
      missing.push(error)
      if (validating(k)) ended = source
      continue
    }
    const resource = options.local
      ? undefined
      : yield* (yield* k.discovery()).forKind(object.apiVersion ?? '', object.kind)
    if (!resource && !options.local) {
      missing.push(
        new ManifestError(
          `resource mapping not found for name: "${name}" namespace: "${object.metadata?.namespace ?? ''}" from "${source}": no matches for kind "${object.kind}" in version "${object.apiVersion ?? ''}"\nensure CRDs are installed first`,
        ),
      )
      continue
    }
    const r = resource ?? localResource(object)
    const namespace = fileNamespace(k, r, object, options.local === true)
    out.push({ resource: r, namespace, name, object: withNamespace(object, namespace), source })
  }
  if (out.length === 0) throwAll(missing)
  if (missing.length > 0) out.push(...missing.map((error) => ({ error }) as never))
  return out
}

function requireKind(k: Kube, object: any, source: string): void {
  const fields = ['apiVersion', 'kind'] as const
  if (validating(k)) {
    const problems = fields.flatMap((field) => {
      const value = object[field]
      if (value === undefined || value === null || value === '') return [`${field} not set`]
      return typeof value === 'string' ? [] : [`${field} isn't string type`]
    })
    if (problems.length === 0 && !badVersion(object)) return
    if (problems.length === 0) problems.push(`unexpected GroupVersion string: ${object.apiVersion}`)
    const text = problems.length > 1 ? `[${problems.join(', ')}]` : problems[0]
    throw new ManifestError(
      `error validating "${source}": error validating data: ${text}; if you choose to ignore these errors, turn validation off with --validate=false`,
    )
  }
  const wrong = fields.find((field) => !['string', 'undefined'].includes(typeof (object[field] ?? undefined)))
  if (wrong) {
    const what = `${jsonType(object[wrong])} into Go struct field detector.${wrong} of type string`
    throw new ManifestError(`unable to decode "${source}": json: cannot unmarshal ${what}`)
  }
  if (object.kind && !badVersion(object)) return
  throw new ManifestError(`unable to decode "${source}": Object 'Kind' is missing in '${JSON.stringify(object)}'`)
}

/** schema.ParseGroupVersion takes one slash. */
const badVersion = ({ apiVersion = '' }: any): boolean => String(apiVersion).split('/').length > 2

/** A resource made up from an object, for --local, where nobody knows the server's names. */
function localResource(object: any): Resource {
  const { apiVersion = '' } = object
  const at = apiVersion.indexOf('/')
  return {
    name: `${object.kind.toLowerCase()}s`,
    singular: object.kind.toLowerCase(),
    group: at < 0 ? '' : apiVersion.slice(0, at),
    version: apiVersion.slice(at + 1),
    kind: object.kind,
    namespaced: true,
    shortNames: [],
    categories: [],
    verbs: [],
    preferred: true,
  }
}

function fileNamespace(k: Kube, resource: Resource, object: any, local: boolean): string | undefined {
  if (!resource.namespaced) return undefined
  const own = object.metadata?.namespace
  if (local) return own
  if (own && k.namespaceGiven && own !== k.namespace)
    throw new CliError(
      `the namespace from the provided object "${own}" does not match the namespace "${k.namespace}". You must pass '--namespace=${own}' to perform this operation.`,
    )
  return own || k.namespace
}

function withNamespace(object: any, namespace: string | undefined): any {
  if (namespace === undefined || object.metadata?.namespace === namespace) return object
  return { ...object, metadata: { ...object.metadata, namespace } }
}

/** -f or -k was given. */
export const hasFiles = (k: Kube): boolean =>
  (k.flags.has('filename') && k.flags.strings('filename').length > 0) ||
  (k.flags.has('kustomize') && k.flags.string('kustomize') !== '')

/** Whether the objects come from files. Throws when arguments name some, too: the resource builder takes one or the other. */
export function filesGiven(k: Kube, args: readonly string[]): boolean {
  if (!hasFiles(k) || args.length === 0) return hasFiles(k)
  const slashes = args.filter((arg) => arg.includes('/')).length
  if (slashes === 0)
    throw new CliError(
      'when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well',
    )
  throw new CliError(
    slashes < args.length ? COMBINED : 'resource/name arguments cannot be provided when a path is specified',
  )
}

/** What the command is about, by its arguments or by its files; with what is wrong in these, where the rest can be had. */
export function* asked(k: Kube, options: QueryOptions): Coro<{ list: Query[]; errors: Error[] }> {
  if (!filesGiven(k, k.args)) return { list: yield* queries(k, k.args, options), errors: [] }
  const list: Query[] = []
  const errors: Error[] = []
  try {
    for (const info of yield* fileInfos(k)) {
      if ('error' in info) errors.push(info.error as Error)
      else list.push({ resource: info.resource, namespace: info.namespace, name: info.name })
    }
  } catch (error) {
    const all = error instanceof ErrorList ? error.errors : [error as Error]
    if (!all.every((one) => one instanceof ManifestError)) throw error
    errors.push(...all)
  }
  return { list, errors: errors.map((error) => new PlainError(error.message)) }
}

/** Objects that a command is to change, read from the server. Errors are gathered: the command goes on with the rest. */
export function* liveInfos(
  k: Kube,
  args: readonly string[],
  options: QueryOptions = {},
): Coro<{ infos: Info[]; errors: Error[] }> {
  const infos: Info[] = []
  const errors: Error[] = []
  if (filesGiven(k, args)) {
    for (const info of yield* fileInfos(k)) {
      if ('error' in info) {
        errors.push((info as any).error)
        continue
      }
      try {
        infos.push({ ...info, object: yield* getObject(k, info.resource, info.namespace, info.name) })
      } catch (error) {
        errors.push(error as Error)
      }
    }
    return { infos, errors }
  }
  for (const query of yield* queries(k, args, options)) {
    try {
      if (query.name !== undefined) {
        const object = yield* getObject(k, query.resource, query.namespace, query.name, {
          subresource: options.subresource,
        })
        infos.push({ resource: query.resource, namespace: query.namespace, name: query.name, object, source: '' })
      } else
        for (const object of itemsOf(yield* listAll(k, query), query.resource))
          infos.push({
            resource: query.resource,
            namespace: object.metadata.namespace,
            name: object.metadata.name,
            object,
            source: '',
          })
    } catch (error) {
      errors.push(error as Error)
    }
  }
  return { infos, errors }
}

export { MISSING as MISSING_RESOURCE }
