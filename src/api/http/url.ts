import type { ApiRequest, NonResourceRequest, PatchType, RequestOptions, ResourceRequest, Verb } from '../types.ts'
import { isPlainJson } from './negotiate.ts'

type Query = Readonly<Record<string, string | readonly string[]>>

/** What else of an HTTP request matters. */
interface RequestParts {
  readonly body?: unknown
  /** Content-Type: tells the kinds of patches apart. */
  readonly contentType?: string
  /** Accept: Table and PartialObjectMetadata are asked for in it. */
  readonly accept?: string
}

const METHOD_VERBS: Readonly<Record<string, Verb>> = {
  GET: 'get',
  HEAD: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
}

/** Subresources of namespaces; anything else after a namespace's name is a resource in it. */
const NAMESPACE_SUBRESOURCES = new Set(['status', 'finalize'])

const STRINGS = [
  'labelSelector',
  'fieldSelector',
  'continue',
  'resourceVersion',
  'resourceVersionMatch',
  'fieldManager',
  'fieldValidation',
  'propagationPolicy',
] as const
const NUMBERS = ['limit', 'timeoutSeconds', 'gracePeriodSeconds'] as const
const FLAGS = ['allowWatchBookmarks', 'sendInitialEvents', 'force'] as const

/** Turns an HTTP request into what the pipeline takes. Models apiserver/pkg/endpoints/request/requestinfo.go. */
export function parsePath(method: string, url: string, parts: RequestParts = {}): ApiRequest {
  const [path = '/', search = ''] = split(url, '?')
  const query = parseQuery(search)
  const segments = decoded(path)
    .replace(/^\/+|\/+$/g, '')
    .split('/')
  const prefix = segments[0]
  const grouped = prefix === 'apis'
  const served = !path.startsWith('//') && (prefix === 'api' || (grouped && segments[1] !== ''))
  if (!served || segments.length < (grouped ? 4 : 3)) return nonResource(method, path, query, parts)
  const group = grouped ? segments[1]! : ''
  const version = segments[grouped ? 2 : 1]!
  let rest = segments.slice(grouped ? 3 : 2)
  const usual = METHOD_VERBS[method.toUpperCase()]
  let verb = usual ?? 'get'
  const deprecatedWatch = rest[0] === 'watch'
  if (deprecatedWatch) rest = rest.slice(1)

  let namespace: string | undefined
  if (rest[0] === 'namespaces' && rest.length > 1) {
    namespace = rest[1]
    if (rest.length > 2 && !NAMESPACE_SUBRESOURCES.has(rest[2]!)) rest = rest.slice(2)
  }
  const [resource = '', name, subresource, ...tail] = rest
  if (name === undefined) {
    if (verb === 'get') verb = deprecatedWatch || asked(query.watch) ? 'watch' : 'list'
    else if (verb === 'delete') verb = 'deletecollection'
  } else if (verb === 'get' && deprecatedWatch) verb = 'watch'
  const end = tail.length && path.endsWith('/') ? '/' : ''
  const proxied = subresource === 'proxy' ? { path: `/${tail.join('/')}${end}` } : undefined
  const odd =
    !usual ||
    (name === undefined ? verb === 'update' || verb === 'patch' : verb === 'create' && subresource === undefined) ||
    (deprecatedWatch && verb !== 'watch')
  const isHead = method.toUpperCase() === 'HEAD'
  const unserved = proxied ? undefined : tail.length ? 'path' : isHead ? 'head' : odd ? 'method' : undefined
  return {
    verb,
    group,
    version,
    resource,
    ...(subresource ? { subresource } : {}),
    ...(namespace !== undefined && resource !== 'namespaces' ? { namespace } : {}),
    ...(name !== undefined ? { name } : {}),
    ...(parts.body !== undefined ? { body: parts.body } : {}),
    untyped: true,
    ...(parts.contentType?.startsWith('application/yaml') ? { yaml: true } : {}),
    ...(verb === 'patch' ? { patchType: (parts.contentType ?? '').split(';')[0]!.trim() as PatchType } : {}),
    ...(verb !== 'patch' && !CONNECTS.has(subresource ?? '') && parts.body !== undefined && !isFormat(parts.contentType)
      ? { unknownFormat: true }
      : {}),
    ...acceptOf(parts.accept, query.includeObject),
    ...(isPlainJson(parts.accept) ? {} : { acceptHeader: parts.accept }),
    ...(unserved ? { unserved } : {}),
    ...options({ ...query, ...proxied }, verb),
  }
}

/** A path with its escapes undone; wrong ones stay. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

/** Subresources whose body goes on as it is. */
const CONNECTS = new Set(['proxy', 'exec', 'attach', 'portforward'])

const FORMATS = ['', 'application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf']

/** Bodies the server decodes; none told is JSON. */
function isFormat(contentType = ''): boolean {
  const [type = '', ...params] = contentType.split(';')
  return FORMATS.includes(type.trim().toLowerCase()) && params.every((param) => param.includes('='))
}

function nonResource(method: string, path: string, query: Query, parts: RequestParts): NonResourceRequest {
  return {
    verb: method.toLowerCase() as NonResourceRequest['verb'],
    path,
    query,
    ...(parts.body !== undefined ? { body: parts.body } : {}),
    ...(parts.accept?.includes('as=APIGroupDiscoveryList') ? { accept: 'discovery' as const } : {}),
    ...(parts.accept?.startsWith('application/com.github') ? { wire: 'protobuf' as const } : {}),
    ...(isPlainJson(parts.accept) ? {} : { acceptHeader: parts.accept }),
  }
}

function acceptOf(
  accept = '',
  include?: string | readonly string[],
): Pick<ResourceRequest, 'accept' | 'includeObject'> {
  if (accept.includes('as=Table')) {
    return {
      accept: 'table',
      ...(include === 'Object' ? {} : { includeObject: include === 'None' ? 'None' : 'Metadata' }),
    }
  }
  return accept.includes('as=PartialObjectMetadata') ? { accept: 'metadata' } : {}
}

/** Which numbers of the query a verb looks at. */
const READS_NUMBER: Readonly<Record<(typeof NUMBERS)[number], ReadonlySet<Verb>>> = {
  limit: new Set(['list', 'watch', 'deletecollection']),
  timeoutSeconds: new Set(['list', 'watch', 'deletecollection']),
  gracePeriodSeconds: new Set(['delete', 'deletecollection']),
}

function options(query: Record<string, string | readonly string[]>, verb: Verb): RequestOptions {
  const out: Record<string, unknown> = {}
  const rest: Record<string, string | readonly string[]> = {}
  for (const [key, value] of Object.entries(query)) {
    const text = typeof value === 'string' ? value : value[0]!
    if (STRINGS.includes(key as never)) out[key] = text
    else if (NUMBERS.includes(key as never)) {
      out[key] = Number(text)
      const wrong = READS_NUMBER[key as 'limit'].has(verb) && parseIntError(text)
      if (wrong) out.malformed ??= wrong
    } else if (FLAGS.includes(key as never)) out[key] = isTrue(text)
    else if (key === 'dryRun') {
      const values = typeof value === 'string' ? [value] : value
      if (values.every((one) => one === 'All')) out.dryRun = true
      else out.dryRunValues = values
    } else if (key !== 'watch' && key !== 'pretty' && key !== 'includeObject') rest[key] = value
  }
  if (Object.keys(rest).length) out.query = rest
  return out
}

const asked = (value: string | readonly string[] | undefined): boolean =>
  value !== undefined && isTrue(typeof value === 'string' ? value : value[0]!)

/** Models Convert_Slice_string_To_bool: whatever is not false is true. */
const isTrue = (text: string): boolean => text !== '0' && text.toLowerCase() !== 'false'

/** What strconv.ParseInt says of a text; undefined when it is a number. */
export function parseIntError(text: string): string | undefined {
  if (/^[+-]?\d{1,18}$/.test(text)) return undefined
  const why = /^[+-]?\d+$/.test(text) ? 'value out of range' : 'invalid syntax'
  return `strconv.ParseInt: parsing ${JSON.stringify(text)}: ${why}`
}

/** `a=1&b=x` with repeated keys as lists. */
function parseQuery(search: string): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = {}
  for (const pair of search.split('&')) {
    if (pair === '') continue
    const [key = '', value = ''] = split(pair, '=').map((s) => decoded(s.replaceAll('+', ' ')))
    const before = query[key]
    query[key] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value]
  }
  return query
}

function split(text: string, separator: string): string[] {
  const at = text.indexOf(separator)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}

const VERB_METHODS: Readonly<Record<string, string>> = {
  get: 'GET',
  list: 'GET',
  watch: 'GET',
  create: 'POST',
  connect: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  deletecollection: 'DELETE',
}

/** The HTTP request that a parsed one stands for: for access logs, `-v=6` and error texts. Query keys are sorted as Go does. */
export function urlOf(request: ApiRequest): { readonly method: string; readonly path: string } {
  if ('path' in request) {
    return { method: request.verb.toUpperCase(), path: request.path + search(request.query ?? {}) }
  }
  const { group, version, resource, namespace, name, subresource, verb } = request
  let path = group ? `/apis/${group}/${version}` : `/api/${version}`
  if (namespace) path += `/namespaces/${encodeURIComponent(namespace)}`
  path += `/${resource}`
  if (name) path += `/${encodeURIComponent(name)}`
  if (subresource) path += `/${subresource}`
  const query: Record<string, string | readonly string[]> = {}
  const { path: proxied, ...rest } = request.query ?? {}
  if (proxied && subresource === 'proxy') path += proxied
  for (const key of [...STRINGS, ...NUMBERS, ...FLAGS]) {
    const value = request[key]
    if (value !== undefined && value !== '' && value !== false) query[key] = String(value)
  }
  if (request.dryRun) query.dryRun = 'All'
  if (verb === 'watch') query.watch = 'true'
  return { method: VERB_METHODS[verb]!, path: path + search({ ...query, ...rest }) }
}

function search(query: Query): string {
  const pairs = Object.keys(query)
    .sort()
    .flatMap((key) => {
      const values = query[key]!
      return (typeof values === 'string' ? [values] : values).map(
        (value) => `${queryEscape(key)}=${queryEscape(value)}`,
      )
    })
  return pairs.length ? `?${pairs.join('&')}` : ''
}

/** url.QueryEscape. */
const queryEscape = (text: string): string =>
  encodeURIComponent(text)
    .replaceAll('%20', '+')
    .replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
