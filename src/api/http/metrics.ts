import type { ApiServer, PathHandler } from '../server.ts'
import type { ApiRequest, ResourceRequest } from '../types.ts'
import { serverVersion } from './version.ts'

const VERBS: Readonly<Record<string, string>> = { create: 'POST', update: 'PUT' }

const verbOf = ({ verb, patchType }: ResourceRequest): string =>
  verb === 'patch' && patchType === 'application/apply-patch+yaml' ? 'APPLY' : (VERBS[verb] ?? verb.toUpperCase())

const scopeOf = ({ name, verb, namespace }: ResourceRequest): string =>
  name || verb === 'create' ? 'resource' : namespace ? 'namespace' : 'cluster'

/** How many requests were answered, by what they were and how. */
export class RequestCounter {
  /** By a short key of all that the labels say: those are written when somebody looks. */
  private readonly counts = new Map<string, { readonly labels: () => string; n: number }>()

  count(request: ApiRequest, code: number): void {
    const key = 'path' in request ? `${code} ${request.verb}` : `${code} ${keyOf(request)}`
    const known = this.counts.get(key)
    if (known) known.n++
    else this.counts.set(key, { labels: labelsOf(request, code), n: 1 })
  }

  rows(): Row[] {
    return [...this.counts.values()].map(({ labels, n }) => [`apiserver_request_total{${labels()}}`, n])
  }
}

const keyOf = (request: ResourceRequest): string => {
  const { group, version, resource, subresource, dryRun } = request
  return `${verbOf(request)} ${scopeOf(request)} ${dryRun ? 'dry' : ''} ${group}/${version}/${resource}/${subresource ?? ''}`
}

/** Keeps nothing of the request but its labels. */
function labelsOf(request: ApiRequest, code: number): () => string {
  if ('path' in request) {
    const { verb } = request
    return () => pathLabels(verb, code)
  }
  const { group, resource, subresource = '', version } = request
  const [dryRun, scope, verb] = [request.dryRun ? 'All' : '', scopeOf(request), verbOf(request)]
  return () =>
    `code="${code}",component="apiserver",dry_run="${dryRun}",group="${group}",resource="${resource}",scope="${scope}",subresource="${subresource}",verb="${verb}",version="${version}"`
}

type Row = readonly [name: string, value: number]

const pathLabels = (verb: string, code: number): string =>
  `code="${code}",component="",dry_run="",group="",resource="",scope="",subresource="",verb="${verb.toUpperCase()}",version=""`

/** What /metrics shows of the state. HELP and TYPE lines are left out, and everything that the model does not know. */
export const metrics =
  (release: string, startedAt: number, more: (server: ApiServer) => readonly Row[]): PathHandler =>
  (request, _user, server) =>
    request.path === '/metrics'
      ? {
          code: 200,
          body: text(server, release, startedAt, more(server)),
          headers: { 'content-type': 'text/plain; version=0.0.4' },
        }
      : undefined

function text(server: ApiServer, release: string, startedAt: number, more: readonly Row[]): string {
  const kept = server.kept()
  const { major, minor, gitVersion, gitCommit, gitTreeState, buildDate, goVersion, compiler, platform } =
    serverVersion(release)
  const rows: Row[] = [
    ...[...kept]
      .filter(({ watchers }) => watchers > 0)
      .map(
        ({ kind, watchers }): Row => [
          `apiserver_longrunning_requests{component="apiserver",group="${kind.group}",resource="${kind.plural}",scope="cluster",subresource="",verb="WATCH",version="${kind.version}"}`,
          watchers,
        ],
      ),
    ...server.requests.rows(),
    ...more,
    ...kept.map(({ kind, objects }): Row => [`apiserver_storage_objects{resource="${kind.groupResource}"}`, objects]),
    [
      `kubernetes_build_info{build_date="${buildDate}",compiler="${compiler}",git_commit="${gitCommit}",git_tree_state="${gitTreeState}",git_version="${gitVersion}",go_version="${goVersion}",major="${major}",minor="${minor}",platform="${platform}"}`,
      1,
    ],
    ['process_start_time_seconds', Math.round(startedAt / 10) / 100],
  ]
  return rows
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, value]) => `${name} ${value}\n`)
    .join('')
}
