import type { ApiRequest, Verb } from '../../../api/types.ts'

const SPECIAL = new Set(['proxy', 'exec', 'attach', 'portforward'])

/** The request that a URL path stands for, as the server's RequestInfo would have it. */
export function parseApiPath(uri: string, verb: 'get' | 'create' | 'update' | 'delete', body?: unknown): ApiRequest {
  const [path, search = ''] = uri.split('?')
  const query: Record<string, string> = {}
  for (const pair of search.split('&').filter(Boolean)) {
    const [key, value = ''] = pair.split('=')
    query[decodeURIComponent(key)] = decodeURIComponent(value.replace(/\+/g, ' '))
  }
  const parts = path.split('/').filter(Boolean)
  const core = parts[0] === 'api' && parts.length > 2
  const grouped = parts[0] === 'apis' && parts.length > 3
  if (!core && !grouped) {
    const verbs = { get: 'get', create: 'post', update: 'put', delete: 'delete' } as const
    return { verb: verbs[verb], path, query, body }
  }
  const [group, version] = core ? ['', parts[1]] : [parts[1], parts[2]]
  let rest = parts.slice(core ? 2 : 3)
  let namespace: string | undefined
  if (rest[0] === 'namespaces' && rest.length > 2 && !['status', 'finalize'].includes(rest[2])) {
    namespace = rest[1]
    rest = rest.slice(2)
  }
  const [resource, name, subresource, ...more] = rest
  const listing: Verb = query.watch === 'true' || query.watch === '1' ? 'watch' : 'list'
  const { labelSelector, fieldSelector, limit, resourceVersion, ...others } = query
  return {
    verb:
      subresource && SPECIAL.has(subresource)
        ? 'connect'
        : verb === 'get' && !name
          ? listing
          : verb === 'delete' && !name
            ? 'deletecollection'
            : verb,
    group,
    version,
    resource,
    namespace,
    name,
    subresource: subresource && [subresource, ...more].join('/'),
    labelSelector,
    fieldSelector,
    resourceVersion,
    limit: limit === undefined ? undefined : Number(limit),
    query: Object.keys(others).length > 0 ? others : undefined,
    body,
    untyped: body !== undefined,
  }
}
