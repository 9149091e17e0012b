import { Blocked } from '../../host/net/types.ts'
import { Signal } from '../../kernel/index.ts'
import type { ApiServer, PathHandler } from '../server.ts'
import { StorageBlocked, StorageError } from '../storage/storage.ts'
import type { ApiResponse } from '../types.ts'
import { clientVersion } from './version.ts'

type HealthEndpoint = 'healthz' | 'livez' | 'readyz'

const HOOKS_BEFORE_ETCD_READY = [
  'start-apiserver-admission-initializer',
  'generic-apiserver-start-informers',
  'priority-and-fairness-config-consumer',
  'priority-and-fairness-filter',
  'storage-object-count-tracker-hook',
  'start-apiextensions-informers',
  'start-apiextensions-controllers',
  'crd-informer-synced',
  'start-system-namespaces-controller',
  'peer-endpoint-reconciler-controller',
  'start-cluster-authentication-info-controller',
  'start-kube-apiserver-identity-lease-controller',
  'start-kube-apiserver-identity-lease-garbage-collector',
  'storage-readiness',
  'start-legacy-token-tracking-controller',
  'start-service-ip-repair-controllers',
  'rbac/bootstrap-roles',
  'scheduling/bootstrap-system-priority-classes',
  'priority-and-fairness-config-producer',
  'bootstrap-controller',
  'start-kubernetes-service-cidr-controller',
  'aggregator-reload-proxy-client-cert',
  'start-kube-aggregator-informers',
  'apiservice-status-local-available-controller',
  'apiservice-status-remote-available-controller',
  'apiservice-registration-controller',
  'apiservice-wait-for-first-sync',
  'apiservice-discovery-controller',
  'kube-apiserver-autoregistration',
].map((hook) => `poststarthook/${hook}`)

const AFTER_AUTOREGISTER = ['apiservice-openapi-controller', 'apiservice-openapiv3-controller'].map(
  (hook) => `poststarthook/${hook}`,
)

const checksOf = (ready: boolean): readonly string[] => [
  'ping',
  'log',
  'etcd',
  ...(ready ? ['etcd-readiness', 'informer-sync'] : []),
  ...HOOKS_BEFORE_ETCD_READY,
  'autoregister-completion',
  ...AFTER_AUTOREGISTER,
  ...(ready ? ['shutdown'] : ['loopback-serving-certificate']),
]

const READY_CHECKS = checksOf(true)
const CHECKS = checksOf(false)

/** Names of the checks of an endpoint, in the order of `?verbose`. */
export const healthChecks = (endpoint: HealthEndpoint): readonly string[] =>
  endpoint === 'readyz' ? READY_CHECKS : CHECKS

/** A check asks etcd for so long before it fails. */
const ETCD_TIMEOUT = 2000

/**
 * /healthz, /livez and /readyz. `broken` names checks that fail at present and why (hooks not yet run, shutting down);
 * etcd is asked. Models apiserver/pkg/server/healthz.
 */
export const health =
  (broken: (check: string) => string | undefined = () => undefined): PathHandler =>
  (request, _user, server) => {
    const [root, ...rest] = request.path.split('/').slice(1)
    if (root !== 'healthz' && root !== 'livez' && root !== 'readyz') return undefined
    const names = healthChecks(root)
    // Both of its checks are answered by one question.
    let etcd: { readonly wrong: string | undefined } | undefined
    const asked = () => (etcd ??= { wrong: etcdProblem(server, request) }).wrong
    const problem = (name: string) =>
      broken(name) ?? (name === 'etcd' || name === 'etcd-readiness' ? asked() : undefined)
    if (rest.length) {
      const name = rest.join('/')
      if (!names.includes(name)) return undefined
      const wrong = problem(name)
      return wrong ? text(500, `internal server error: ${wrong}\n`) : text(200, 'ok')
    }
    const { query = {} } = request
    const excluded = [query.exclude ?? []].flat()
    const failed = names.filter((name) => !excluded.includes(name) && problem(name))
    // Kubelets ask every second: what they do not read is not written.
    if (failed.length === 0 && !('verbose' in query)) return text(200, 'ok')
    const lines = names.map((name) => {
      if (excluded.includes(name)) return `[+]${name} excluded: ok`
      return failed.includes(name) ? `[-]${name} failed: reason withheld` : `[+]${name} ok`
    })
    const unknown = excluded.filter((name) => !names.includes(name))
    if (unknown.length) {
      lines.push(
        `warn: some health checks cannot be excluded: no matches for ${unknown.map((n) => JSON.stringify(n)).join(',')}`,
      )
    }
    if (failed.length) return text(500, `${lines.join('\n')}\n${root} check failed\n`)
    return text(200, `${lines.join('\n')}\n${root} check passed\n`)
  }

/** Names at the root that z-pages list (component-base/zpages). */
const PATHS = ['flagz', 'healthz', 'livez', 'metrics', 'readyz', 'statusz', 'version']

/** /statusz of a component that started at `started` (ms since the epoch). Models component-base/zpages/statusz. */
export const statusz =
  (component: string, release: string, started: number): PathHandler =>
  (request, _user, server) => {
    if (request.path !== '/statusz') return undefined
    const seconds = Math.floor((server.now() - started) / 1000)
    const pad = (n: number): string => String(n).padStart(2, '0')
    const up = `${Math.floor(seconds / 3600)} hr ${pad(Math.floor(seconds / 60) % 60)} min ${pad(seconds % 60)} sec`
    const { major, minor, gitVersion, goVersion } = clientVersion(release)
    return text(
      200,
      `\n${component} statusz
Warning: This endpoint is not meant to be machine parseable, has no formatting compatibility guarantees and is for debugging purposes only.

Started= ${unixDate(started)}
Up= ${up}
Go version= ${goVersion}
Binary version= ${gitVersion.slice(1)}
Emulation version= ${major}.${minor}
Paths= ${PATHS.map((path) => `/${path}`).join(' ')}
`,
    )
  }

/** Go's time.UnixDate. */
function unixDate(ms: number): string {
  const [day, date, month, year, time] = new Date(ms).toUTCString().replace(',', '').split(' ')
  return `${day} ${month} ${date.replace(/^0/, ' ')} ${time} UTC ${year}`
}

const text = (code: number, body: string): ApiResponse => ({
  code,
  body,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
})

const deadlines = new WeakMap<object, number>()

/** What is wrong with etcd. A hanging etcd is given two seconds, for which the asker has to wait. */
function etcdProblem(server: ApiServer, request: object): string | undefined {
  try {
    server.storage.revision()
    return undefined
  } catch (error) {
    if (error instanceof StorageError) return `error getting data from etcd: ${error.message}`
    if (!(error instanceof StorageBlocked)) throw error
    const now = server.kernel.now()
    const until = deadlines.get(request) ?? now + ETCD_TIMEOUT
    deadlines.set(request, until)
    if (now >= until) return 'error getting data from etcd: context deadline exceeded'
    const retry = new Signal()
    server.kernel.at(until, () => retry.fire())
    throw new Blocked(retry, undefined, undefined)
  }
}
