import { Blocked } from '../../etcd/errors.ts'
import type { Member } from '../../etcd/member.ts'
import { type HttpRequest, type HttpResponse, Blocked as NetBlocked } from '../../host/index.ts'
import { gatewayAnswer } from './json-gateway.ts'
import { metricsText } from './metrics.ts'

/** Which of the server's ports the request came in on: they serve different paths. */
type Door = 'metrics' | 'client' | 'peer'

const TEXT = {
  'content-type': 'text/plain; charset=utf-8',
  'x-content-type-options': 'nosniff',
}

const text = (status: number, body: string): HttpResponse => ({ status, headers: TEXT, body })
const notFound = (): HttpResponse => text(404, '404 page not found\n')
const json = (status: number, body: string): HttpResponse => ({
  status,
  headers: { 'content-type': 'application/json' },
  body,
})

/** When a request that had to wait first came in. */
const waiting = new WeakMap<HttpRequest, number>()

/** /health, /livez, /readyz, /metrics, /version (etcdhttp/health.go, metrics.go, version.go). */
export function serveHttp(member: Member | undefined, door: Door, request: HttpRequest): HttpResponse {
  const [path, query = ''] = request.path.split('?')
  const params = new URLSearchParams(query)
  if (!member) return notFound()
  const gateway = door === 'client' ? gatewayAnswer(member, request.method, path) : undefined
  if (gateway) return gateway
  if (path === '/version' && door !== 'metrics') return json(200, versionJson(member))
  if (path === '/metrics' && door !== 'peer')
    return {
      status: 200,
      headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
      body: metricsText(member),
    }
  if (path === '/health') {
    const answer = getOnly(request) ?? health(member, params)
    if (answer.status === 200) member.counters.healthSuccess++
    else if (answer.status === 503) member.counters.healthFailures++
    return answer
  }
  const [, endpoint, only] = /^\/(livez|readyz)(?:\/([^/]+))?$/.exec(path) ?? []
  if (!endpoint) return notFound()
  const checks = endpoint === 'livez' ? LIVEZ : READYZ
  if (only !== undefined && !checks.includes(only)) return notFound()
  return getOnly(request) ?? probe(member, endpoint, only ? [only] : chosen(checks, params), params, request)
}

/** Once a query names checks they come out of a sorted set. An allow list beside `exclude` had no effect (recorded). */
const chosen = (checks: readonly string[], params: URLSearchParams): readonly string[] =>
  params.has('allowlist') || params.has('exclude') ? [...checks].sort() : checks

const getOnly = (request: HttpRequest): HttpResponse | undefined =>
  request.method === 'GET' || request.method === 'HEAD'
    ? undefined
    : { ...text(405, 'Method Not Allowed\n'), headers: { allow: 'GET', ...TEXT } }

const versionJson = (member: Member): string => {
  const at = member.replica.position()
  const cluster = at.clusterVersion ? `${at.clusterVersion}.0` : 'not_decided'
  return `{"etcdserver":"${member.config.version}","etcdcluster":"${cluster}","storage":"${at.storageVersion}"}`
}

function health(member: Member, params: URLSearchParams): HttpResponse {
  const excluded = params.getAll('exclude')
  const fail = (reason: string, log: string): HttpResponse => {
    const body = `{"health":"false","reason":"${reason}"}`
    member.log('warn', 'etcdhttp/health.go:214', `serving /health false${log}`)
    member.log('warn', 'etcdhttp/health.go:101', '/health error', { output: body, 'status-code': 503 })
    return text(503, `${body}\n`)
  }
  const alarm = member.replica.position().alarms.find((a) => !excluded.includes(a.type))
  if (alarm) return fail(`ALARM ${alarm.type}`, ' due to an alarm')
  if (params.get('serializable') !== 'true') {
    if (member.leaderId === undefined) return fail('RAFT NO LEADER', '; no leader')
    if (!member.route && !member.isLearner) return fail('QGET ERROR:context deadline exceeded', '; QGET fails')
  }
  return json(200, '{"health":"true","reason":""}')
}

const LIVEZ = ['serializable_read']
const READYZ = ['data_corruption', 'serializable_read', 'linearizable_read', 'non_learner']

function probe(
  member: Member,
  endpoint: string,
  checks: readonly string[],
  params: URLSearchParams,
  request: HttpRequest,
): HttpResponse {
  const excluded = params.getAll('exclude')
  const lines: string[] = []
  let failed = ''
  for (const name of checks) {
    if (excluded.includes(name) && checks.length > 1) continue
    const error = run(member, name, request, () => answer(`[-]linearizable_read failed: etcdserver: request timed out`))
    lines.push(error ? `[-]${name} failed: ${error}` : `[+]${name} ok`)
    if (error) failed ||= `${name}: ${error}`
  }
  return respond(lines, failed)

  function answer(line: string): HttpResponse {
    const rest = checks.filter((c) => c !== 'linearizable_read' && !excluded.includes(c)).map((c) => `[+]${c} ok`)
    const at = checks.indexOf('linearizable_read')
    return respond([...rest.slice(0, at), line, ...rest.slice(at)], 'linearizable_read: etcdserver: request timed out')
  }

  function respond(all: readonly string[], failure: string): HttpResponse {
    if (failure) {
      const body = `${all.join('\n')}\n`
      member.log('error', 'etcdhttp/health.go:345', 'Health check error', {
        path: `/${endpoint}`,
        reason: `${all.filter((l) => l.startsWith('[-]')).join('\n')}\n`,
        'status-code': 503,
      })
      return text(503, `${body}\n`)
    }
    return text(200, params.has('verbose') ? `${all.join('\n')}\nok\n` : 'ok\n')
  }
}

/** The error of one check, undefined when it passes. Throws when the answer takes time. */
function run(member: Member, name: string, request: HttpRequest, timedOut: () => HttpResponse): string | undefined {
  if (name === 'data_corruption')
    return member.replica.position().alarms.some((a) => a.type === 'CORRUPT') ? 'alarm activated: CORRUPT' : undefined
  if (name === 'non_learner') return member.isLearner ? 'not supported for learner' : undefined
  if (name !== 'linearizable_read') return undefined
  try {
    member.linearizable()
    return undefined
  } catch (error) {
    if (!(error instanceof Blocked)) throw error
    const start = waiting.get(request) ?? member.kernel.now()
    waiting.set(request, start)
    throw new NetBlocked(error.signal, start + (error.deadline - member.kernel.now()), timedOut)
  }
}
