import { pathOf } from '../../../api/http/request-url.ts'
import type { Exchange } from '../../../api/index.ts'
import type { ApiResponse } from '../../../api/types.ts'
import { type Process, SysError } from '../../../host/index.ts'
import { withoutManagedFields } from '../../../kinds/index.ts'
import { FileError } from '../files.ts'
import type { ApiServerFlags } from '../flags.ts'
import type { Decision, Policy, Stage } from './policy.ts'

/** What --audit-log-maxsize is when it is not given (lumberjack), MiB. */
const DEFAULT_SIZE = 100

/** The audit log: one JSON line a stage of a request. Models apiserver/pkg/audit and plugin/pkg/audit/log. */
export class AuditLog {
  private readonly path: string
  private readonly limit: number
  private readonly backups: number
  private size = 0

  /** Makes file and folder, or throws FileError. */
  constructor(
    private readonly p: Process,
    flags: ApiServerFlags,
    private readonly policy: Policy,
  ) {
    this.path = flags.get('audit-log-path')
    this.limit = (flags.int('audit-log-maxsize', 0) || DEFAULT_SIZE) * 1024 * 1024
    this.backups = flags.int('audit-log-maxbackup', 0)
    if (this.path === '-') return
    try {
      p.fs.mkdir(this.path.slice(0, this.path.lastIndexOf('/')) || '/', { parents: true, mode: 0o700 })
      p.fs.writeFile(this.path, '', { append: true, mode: 0o600, creds: p.creds })
      const found = p.fs.find(this.path)
      this.size = found?.kind === 'file' ? found.size : 0
    } catch (error) {
      if (error instanceof SysError) throw new FileError(`ensureLogFile: ${error.goMessage}`)
      throw error
    }
  }

  readonly record = (exchange: Exchange): void => {
    const decision = this.policy.decide(exchange)
    if (decision.level === 'None') return
    const id = this.p.host.rng.uuid()
    const received = this.p.now()
    const write = (stage: Stage, body: object): void => {
      if (decision.omit.has(stage)) return
      const line = eventOf(exchange, decision, { id, stage, received, now: this.p.now() }, body)
      this.append(`${JSON.stringify(line)}\n`)
    }
    write('RequestReceived', {})
    const done = (): void => write('ResponseComplete', outcome(exchange, decision))
    const { stream } = exchange.response
    if (!stream) return done()
    write('ResponseStarted', { responseStatus: { metadata: {}, code: exchange.response.code } })
    exchange.ended(done)
  }

  private append(line: string): void {
    const { p, path } = this
    if (path === '-') return void p.stdout.write(line)
    try {
      if (this.size + line.length > this.limit) this.rotate()
      p.fs.writeFile(path, line, { append: true, mode: 0o600, creds: p.creds })
      this.size += line.length
    } catch (error) {
      // A full disk loses events; the request goes on.
      if (!(error instanceof SysError)) throw error
    }
  }

  private rotate(): void {
    const { p, path } = this
    const dot = path.lastIndexOf('.')
    const [stem, ext] = dot > path.lastIndexOf('/') ? [path.slice(0, dot), path.slice(dot)] : [path, '']
    const time = new Date(p.now()).toISOString().slice(0, 23).replace(/:/g, '-')
    p.fs.rename(path, `${stem}-${time}${ext}`)
    this.size = 0
    if (this.backups === 0) return
    const dir = path.slice(0, path.lastIndexOf('/')) || '/'
    const old = p.fs
      .readdir(dir, p.cwd, p.creds)
      .map(([name]) => `${dir}/${name}`)
      .filter((name) => name.startsWith(`${stem}-`) && name.endsWith(ext))
      .sort()
    for (const name of old.slice(0, Math.max(0, old.length - this.backups))) p.fs.unlink(name)
  }
}

const micro = (ms: number, offset = 0): string =>
  `${new Date(ms).toISOString().slice(0, 20)}${String((ms % 1000) * 1000 + offset).padStart(6, '0')}Z`

interface At {
  readonly id: string
  readonly stage: Stage
  readonly received: number
  readonly now: number
}

/** audit.k8s.io/v1 Event, its fields in upstream's order. */
function eventOf(exchange: Exchange, decision: Decision, at: At, rest: object): object {
  const { caller, user, request, credentials } = exchange
  const first = at.stage === 'RequestReceived'
  return {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: decision.level,
    auditID: at.id,
    stage: at.stage,
    requestURI: pathOf(request),
    verb: request.verb,
    user: userInfo(caller),
    ...(caller === user ? {} : { impersonatedUser: userInfo(user) }),
    sourceIPs: [credentials.ip],
    ...(credentials.userAgent ? { userAgent: credentials.userAgent } : {}),
    ...('resource' in request ? { objectRef: objectRef(exchange) } : {}),
    ...rest,
    requestReceivedTimestamp: micro(at.received),
    stageTimestamp: micro(at.now, first ? 0 : 900),
    ...(first ? {} : { annotations: annotations(exchange) }),
  }
}

const userInfo = ({ name, uid, groups, extra }: Exchange['user']): object => ({
  username: name,
  ...(uid ? { uid } : {}),
  ...(groups.length > 0 ? { groups } : {}),
  ...(extra && Object.keys(extra).length > 0 ? { extra } : {}),
})

function objectRef({ request }: Exchange): object {
  const { group, version, resource, subresource, namespace, name, body, verb } = request as any
  const sent = typeof body === 'object' && verb !== 'delete' ? body?.metadata : undefined
  return {
    resource,
    ...(namespace ? { namespace } : {}),
    ...(name || sent?.name ? { name: name ?? sent.name } : {}),
    ...(sent?.uid ? { uid: sent.uid } : {}),
    ...(group ? { apiGroup: group } : {}),
    apiVersion: version,
    ...(sent?.resourceVersion ? { resourceVersion: sent.resourceVersion } : {}),
    ...(subresource ? { subresource } : {}),
  }
}

function outcome({ request, response }: Exchange, { level, omitManagedFields }: Decision): object {
  const bare = omitManagedFields ? unmanaged : (body: unknown): unknown => body
  const asked = level === 'Request' || level === 'RequestResponse' ? request.body : undefined
  const said = level === 'RequestResponse' && !response.stream ? response.body : undefined
  return {
    responseStatus: statusOf(response),
    ...(asked && typeof asked === 'object' ? { requestObject: bare(asked) } : {}),
    ...(said && typeof said === 'object' ? { responseObject: bare(said) } : {}),
  }
}

function statusOf({ code, body }: ApiResponse): object {
  if (body?.kind !== 'Status' || code < 400) return { metadata: {}, code }
  const { status, message, reason, details } = body
  return {
    metadata: {},
    status,
    ...(message ? { message } : {}),
    ...(reason ? { reason } : {}),
    ...(details ? { details } : {}),
    code,
  }
}

const unmanaged = (body: any): unknown =>
  Array.isArray(body?.items) ? { ...body, items: body.items.map(withoutManagedFields) } : withoutManagedFields(body)

function annotations({ decision }: Exchange): object {
  const { allowed, reason } = decision()
  return {
    'authorization.k8s.io/decision': allowed ? 'allow' : 'forbid',
    'authorization.k8s.io/reason': reason,
  }
}
