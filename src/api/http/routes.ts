import type { Kind, KindRegistry } from '../../kinds/index.ts'
import { badRequest, methodNotAllowed, methodNotSupported, notFound, pageNotFound } from '../errors.ts'
import { type ApiRequest, type NonResourceRequest, type ResourceRequest, StatusError } from '../types.ts'
import { checkProduced, ENCODINGS, negotiate, onlyThese } from './negotiate.ts'

const PATCHES = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
]

/** Verbs that a custom resource has in all namespaces at once. */
const ACROSS = ['list', 'watch']

/** Subresources that stream: they produce whatever there is. */
const STREAMS = new Set(['exec', 'attach', 'portforward', 'proxy'])

/**
 * Refuses what no route leads to, for requests from outside. Models the routes of apiserver/pkg/endpoints/installer.go,
 * which go-restful finds by path, method, Content-Type and Accept, and for custom resources apiextensions' crdHandler.
 * Throws 404, 405, 406 and 415.
 */
export function checkRoute(kind: Kind, request: ResourceRequest): void {
  if (kind.crd) checkCustom(kind, request)
  else checkBuiltIn(kind, request)
}

function checkBuiltIn(kind: Kind, request: ResourceRequest): void {
  const { namespace, name, verb, unserved, subresource, acceptHeader } = request
  const isNamespaces = kind.groupResource === 'namespaces'
  if (unserved === 'path' || (!kind.namespaced && namespace && !isNamespaces)) throw pageNotFound()
  const everywhere = kind.namespaced && namespace === undefined
  const listed = kind.verbs.includes('list')
  if (everywhere && (name !== undefined || !listed)) throw pageNotFound()
  let verbs: readonly string[] = kind.verbs
  if (subresource !== undefined) {
    const declared = kind.subresources.find((s) => s.name === subresource)
    if (!declared) throw pageNotFound()
    verbs = [...declared.verbs, 'connect']
  } else if (name !== undefined && !kind.verbs.includes('get')) throw pageNotFound()
  if (unserved || (everywhere && !ACROSS.includes(verb)) || !verbs.includes(verb)) throw methodNotAllowed()
  if (verb === 'patch' && subresource !== 'proxy' && !PATCHES.includes(request.patchType ?? ''))
    throw new StatusError(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {})
  if (acceptHeader !== undefined && !STREAMS.has(subresource ?? '')) checkProduced(acceptHeader, produced(request))
  if (name === '') throw badRequest('name must be provided')
}

function produced({ verb, name, subresource }: ResourceRequest): readonly string[] {
  if (subresource === 'log') return ['text/plain', ...ENCODINGS]
  if (verb !== 'list' && verb !== 'watch') return ENCODINGS
  const streams = ['application/json;stream=watch', 'application/vnd.kubernetes.protobuf;stream=watch']
  return name === undefined ? [...ENCODINGS, ...streams] : ENCODINGS
}

function checkCustom(kind: Kind, request: ResourceRequest): void {
  const { namespace, name, verb, subresource, unserved } = request
  // A method that stands for no verb.
  const nothing = unserved === 'method' && verb !== 'create'
  if (kind.namespaced ? namespace === undefined && (nothing || !ACROSS.includes(verb)) : namespace) throw pageNotFound()
  if (subresource !== undefined && !kind.subresources.some((s) => s.name === subresource))
    throw notFound(kind, name ?? '')
  if ((verb === 'update' || verb === 'patch') && name === undefined) throw badRequest('name must be provided')
  if (nothing) throw methodNotSupported(kind, '')
}

/** A group that is served by go-restful, not by apiextensions or an aggregated server. */
const isBuiltIn = (kinds: KindRegistry, group: string): boolean => kinds.list().some((k) => k.group === group && !k.crd)

/**
 * Whether it is the API that says that there is nothing at a path, with a Status: below a group of its own. Elsewhere the
 * mux says it in plain text.
 */
export function saysNotFound(kinds: KindRegistry, request: ApiRequest): boolean {
  if ('resource' in request) return isBuiltIn(kinds, request.group)
  const [first, group = '', version] = request.path.split('/').slice(1)
  if (request.path.startsWith('//')) return false
  if (first === 'api') return group !== ''
  return first === 'apis' && group !== '' && version !== undefined && isBuiltIn(kinds, group)
}

const DISCOVERY = ['apidiscovery.k8s.io/v2']

/** The same for paths that are no resources: discovery and /version are go-restful's too. */
export function checkPath({ path, verb, acceptHeader: header, accept }: NonResourceRequest, kinds: KindRegistry): void {
  if (path.includes('//')) throw pageNotFound()
  const bare = path.endsWith('/') ? path.slice(0, -1) : path
  const [root, group, version, more] = bare.split('/').slice(1)
  if (bare === '/version') {
    if (verb !== 'get') throw methodNotAllowed()
    if (header !== undefined) checkProduced(header, ['application/json'])
    return
  }
  if (more !== undefined || (root !== 'api' && root !== 'apis')) return
  const restful =
    root === 'api'
      ? version === undefined
      : group !== undefined &&
        version !== undefined &&
        kinds.list().some((k) => !k.crd && k.group === group && k.version === version)
  if (restful && verb !== 'get') throw methodNotAllowed()
  if (header === undefined) return
  if (restful) checkProduced(header, ENCODINGS)
  const found = negotiate(
    header,
    ENCODINGS,
    (as, apiVersion) => group === undefined && as === 'APIGroupDiscoveryList' && DISCOVERY.includes(apiVersion),
  )
  if (!found && !(accept === 'discovery' && group === undefined)) throw onlyThese(ENCODINGS)
}
