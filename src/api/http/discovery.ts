import type { Kind, Subresource } from '../../kinds/index.ts'
import type { ApiServer, PathHandler } from '../server.ts'

/** Order in which the aggregator presents groups: by priority of their APIServices, then by name. */
const GROUP_ORDER = [
  '',
  'apiregistration.k8s.io',
  'apps',
  'events.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'networking.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'storage.k8s.io',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'scheduling.k8s.io',
  'coordination.k8s.io',
  'node.k8s.io',
  'discovery.k8s.io',
  'resource.k8s.io',
  'flowcontrol.apiserver.k8s.io',
]

/** Groups that aggregated servers add: what their discovery said. */
export interface ForeignGroup {
  readonly name: string
  readonly versions: readonly string[]
  /** APIResourceList.resources by version. */
  readonly resources: Readonly<Record<string, readonly any[]>>
}

const groupVersion = (group: string, version: string) => (group ? `${group}/${version}` : version)

function groupsOf(server: ApiServer, foreign: readonly ForeignGroup[]): Map<string, readonly string[]> {
  const served = server.kinds.groups() as Map<string, readonly string[]>
  const rank = (name: string) => {
    const at = GROUP_ORDER.indexOf(name)
    return at < 0 ? GROUP_ORDER.length : at
  }
  const all = new Map([...served, ...foreign.map((f) => [f.name, f.versions] as const)])
  return new Map([...all].sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1)))
}

function apiGroup(name: string, versions: readonly string[]) {
  const list = versions.map((version) => ({ groupVersion: groupVersion(name, version), version }))
  return { name, versions: list, preferredVersion: list[0] }
}

function resourceOf(kind: Kind): Record<string, unknown>[] {
  const main = {
    name: kind.plural,
    singularName: kind.singular,
    namespaced: kind.namespaced,
    kind: kind.kind,
    verbs: kind.verbs,
    ...(kind.shortNames.length ? { shortNames: kind.shortNames } : {}),
    ...(kind.categories.length ? { categories: kind.categories } : {}),
    ...(kind.storageVersionHash ? { storageVersionHash: kind.storageVersionHash } : {}),
  }
  const below = (s: Subresource) => ({
    name: `${kind.plural}/${s.name}`,
    singularName: '',
    namespaced: kind.namespaced,
    ...(s.version ? { group: s.group, version: s.version } : {}),
    kind: s.kind,
    verbs: s.verbs,
  })
  return [main, ...kind.subresources.map(below)]
}

function resourceList(server: ApiServer, group: string, version: string, foreign: readonly ForeignGroup[]) {
  const kinds = server.kinds.list().filter((k) => k.group === group && k.version === version)
  const others = foreign.find((f) => f.name === group)?.resources[version]
  if (kinds.length === 0 && !others) return undefined
  const resources = others ?? kinds.sort((a, b) => (a.plural < b.plural ? -1 : 1)).flatMap(resourceOf)
  return {
    kind: 'APIResourceList',
    ...(group ? { apiVersion: 'v1' } : {}),
    groupVersion: groupVersion(group, version),
    resources,
  }
}

/** apidiscovery.k8s.io/v2: all groups, versions and resources in one answer. */
function aggregated(server: ApiServer, names: readonly string[], foreign: readonly ForeignGroup[]) {
  const groups = groupsOf(server, foreign)
  const items = names.map((name) => ({
    metadata: { ...(name ? { name } : {}), creationTimestamp: null },
    versions: groups.get(name)!.map((version) => {
      const list = resourceList(server, name, version, foreign)
      return {
        version,
        resources: discoveredResources(name, version, list?.resources ?? []),
        freshness: list ? 'Current' : 'Stale',
      }
    }),
  }))
  return {
    code: 200,
    body: { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items },
    headers: { 'content-type': 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' },
  }
}

/** APIResourceDiscovery of each resource of a list, with its subresources inside. */
function discoveredResources(group: string, version: string, resources: readonly any[]) {
  const responseKind = (r: any) => ({ group: r.group ?? group, version: r.version ?? version, kind: r.kind })
  return resources
    .filter((r) => !r.name.includes('/'))
    .map((r) => {
      const below = resources.filter((s) => s.name.startsWith(`${r.name}/`))
      return {
        resource: r.name,
        responseKind: responseKind(r),
        scope: r.namespaced ? 'Namespaced' : 'Cluster',
        singularResource: r.singularName,
        verbs: r.verbs,
        ...(r.shortNames ? { shortNames: r.shortNames } : {}),
        ...(r.categories ? { categories: r.categories } : {}),
        ...(below.length
          ? {
              subresources: below.map((s) => ({
                subresource: s.name.slice(r.name.length + 1),
                responseKind: responseKind(s),
                verbs: s.verbs,
              })),
            }
          : {}),
      }
    })
}

/** /api, /apis and what lies below without being a resource. `foreign`: groups of aggregated servers, asked each time. */
export const discovery =
  (address: string, foreign: () => readonly ForeignGroup[] = () => []): PathHandler =>
  ({ path, accept }, _user, server) => {
    const [root, group, version, more] = path.split('/').filter((s) => s !== '')
    if (more !== undefined || (root !== 'api' && root !== 'apis')) return undefined
    const ok = (body: unknown) => (body === undefined ? undefined : { code: 200, body })
    if (root === 'api') {
      if (group !== undefined) return version === undefined ? ok(resourceList(server, '', group, [])) : undefined
      if (accept) return aggregated(server, [''], [])
      const addresses = [{ clientCIDR: '0.0.0.0/0', serverAddress: address }]
      return ok({ kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: addresses })
    }
    const others = foreign()
    const groups = groupsOf(server, others)
    groups.delete('')
    if (group === undefined) {
      if (accept) return aggregated(server, [...groups.keys()], others)
      return ok({ kind: 'APIGroupList', apiVersion: 'v1', groups: [...groups].map(([g, v]) => apiGroup(g, v)) })
    }
    const versions = groups.get(group)
    if (!versions) return undefined
    if (version !== undefined) {
      const found = resourceList(server, group, version, others)
      // A version of an aggregated server that is not there.
      if (!found && versions.includes(version)) return { code: 503, body: 'service unavailable\n' }
      return ok(found)
    }
    return ok({ kind: 'APIGroup', apiVersion: 'v1', ...apiGroup(group, versions) })
  }

/** `GET /`: every path there is. */
export const rootPaths =
  (checks: (endpoint: 'healthz' | 'livez' | 'readyz') => readonly string[]): PathHandler =>
  ({ path }, _user, server) => {
    if (path !== '/') return undefined
    const paths = new Set(FIXED_PATHS)
    for (const [group, versions] of server.kinds.groups()) {
      if (group) paths.add(`/apis/${group}`)
      for (const version of versions) paths.add(group ? `/apis/${group}/${version}` : `/api/${version}`)
    }
    for (const endpoint of ['healthz', 'livez', 'readyz'] as const) {
      for (const check of checks(endpoint)) paths.add(`/${endpoint}/${check}`)
    }
    return { code: 200, body: { paths: [...paths].sort() } }
  }

const FIXED_PATHS = [
  '/.well-known/openid-configuration',
  '/api',
  '/apis',
  '/apis/',
  '/flagz',
  '/healthz',
  '/livez',
  '/metrics',
  '/metrics/slis',
  '/openapi/v2',
  '/openapi/v3',
  '/openapi/v3/',
  '/openid/v1/jwks',
  '/readyz',
  '/statusz',
  '/version',
]
