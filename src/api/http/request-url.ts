import type { ApiRequest, ResourceRequest } from '../types.ts'

const METHODS: Record<string, string> = {
  get: 'GET',
  list: 'GET',
  watch: 'GET',
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  deletecollection: 'DELETE',
  connect: 'POST',
}

/** The HTTP method by which the request came. */
export const methodOf = (request: ApiRequest): string =>
  'path' in request ? request.verb.toUpperCase() : request.subresource === 'log' ? 'GET' : METHODS[request.verb]

const escapeQuery = (text: string): string =>
  encodeURIComponent(text)
    .replace(/%20/g, '+')
    .replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)

function query(request: ApiRequest): string {
  const pairs: [string, string][] = []
  const add = (key: string, value: unknown): void => {
    if (value !== undefined && value !== '' && value !== false) pairs.push([key, String(value)])
  }
  for (const [key, value] of Object.entries(request.query ?? {}))
    for (const one of Array.isArray(value) ? value : [value]) pairs.push([key, String(one)])
  if (!('path' in request)) {
    const r: ResourceRequest = request
    add('allowWatchBookmarks', r.allowWatchBookmarks)
    add('continue', r.continue)
    if (r.dryRun) add('dryRun', 'All')
    add('fieldManager', r.fieldManager)
    add('fieldSelector', r.fieldSelector)
    add('fieldValidation', r.fieldValidation)
    if (r.force !== undefined) pairs.push(['force', String(r.force)])
    add('labelSelector', r.labelSelector)
    add('limit', r.limit)
    add('resourceVersion', r.resourceVersion)
    add('resourceVersionMatch', r.resourceVersionMatch)
    add('sendInitialEvents', r.sendInitialEvents)
    add('timeoutSeconds', r.timeoutSeconds)
    if (r.verb === 'watch') add('watch', 'true')
  }
  pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return pairs.map(([key, value]) => `${escapeQuery(key)}=${escapeQuery(value)}`).join('&')
}

/** Path and query of a request, as the REST client builds them. */
export function pathOf(request: ApiRequest): string {
  let path: string
  if ('path' in request) path = request.path
  else {
    const { group, version, namespace, resource, name, subresource } = request
    path = group ? `/apis/${group}/${version}` : `/api/${version}`
    if (namespace) path += `/namespaces/${namespace}`
    path += `/${resource}`
    if (name) path += `/${name}`
    if (subresource) path += `/${subresource}`
  }
  const search = query(request)
  return search ? `${path}?${search}` : path
}
