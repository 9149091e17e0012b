import { Blocked, type HttpRequest, type HttpResponse } from '../../host/net/types.ts'
import { Signal } from '../../kernel/index.ts'
import { badRequest, internal } from '../errors.ts'
import { JsonPatchError, jsonPatch } from '../patch/json-patch.ts'
import type { ApiServer } from '../server.ts'
import { StorageBlocked } from '../storage/storage.ts'
import { StatusError, TransportError } from '../types.ts'
import { become } from './become.ts'
import { listOf, lookup } from './lookup.ts'
import type { AdmissionPlugin, Attributes } from './plugin.ts'
import { isExempt, namespaceMatches, objectMatches, ruleMatches } from './webhook-match.ts'

/** Where a webhook is asked: `ip` when the name is one of a Service. */
export interface WebhookTarget {
  readonly host: string
  readonly ip?: string
  readonly port: number
  readonly caPem: string
  readonly insecure?: boolean
}

/** A connection to a webhook server; may throw Blocked while the server thinks. */
export type WebhookConnection = (request: HttpRequest) => HttpResponse

/** Something went wrong on the way; the failure policy decides what follows. Models ErrCallingWebhook. */
class CallError extends Error {
  constructor(name: string, reason: string) {
    super(`failed calling webhook ${JSON.stringify(name)}: ${reason}`)
  }
}

/** One call that could not be answered at once. */
interface Call {
  readonly deadline: number
  readonly review: any
  connection: WebhookConnection | undefined
  request: HttpRequest | undefined
  answer: any
}

interface Wait {
  readonly calls: Map<string, Call>
  until: number
}

/** Calls under way, by who wants what: the request is asked again until they end. */
const waits = new WeakMap<ApiServer, Map<string, Wait>>()

/** A client that went away leaves its calls behind; so long after their end they are of no use, ms. */
const STALE = 30_000

function waitKey({ ctx, operation, subresource, namespace, name, object }: Attributes): string {
  const called = object?.metadata.generateName ?? name
  return [ctx.user.name, operation, ctx.stored.groupResource, subresource, namespace, called].join(' ')
}

function waitOf(a: Attributes): Wait | undefined {
  const { server } = a.ctx
  const wait = waits.get(server)?.get(waitKey(a))
  return wait && server.kernel.now() <= wait.until + STALE ? wait : undefined
}

function forget(a: Attributes): void {
  waits.get(a.ctx.server)?.delete(waitKey(a))
}

type Flavour = 'Mutating' | 'Validating'

/** Models plugin/webhook: calls the configured webhooks in order of their configurations. */
function plugin(flavour: Flavour): AdmissionPlugin {
  const configuration = `${flavour}WebhookConfiguration`
  const run = (a: Attributes): void => {
    const configurations = listOf(a.ctx.server, configuration)
    for (const { metadata, webhooks } of configurations) {
      for (const hook of webhooks ?? []) {
        if (!matches(hook, a)) continue
        dispatch(flavour, metadata.name, hook, a)
      }
    }
  }
  const guarded = (a: Attributes): void => {
    if (waits.get(a.ctx.server)?.size) {
      try {
        run(a)
      } catch (error) {
        if (!(error instanceof StorageBlocked)) forget(a)
        throw error
      }
      if (flavour === 'Validating') forget(a)
    } else run(a)
  }
  return {
    name: `${flavour}AdmissionWebhook`,
    handles: (_operation, resource) => !isExempt(resource),
    ...(flavour === 'Mutating' ? { admit: guarded } : { validate: guarded }),
  }
}

export const mutatingWebhooks = plugin('Mutating')
export const validatingWebhooks = plugin('Validating')

function matches(hook: any, a: Attributes): boolean {
  const equivalent = hook.matchPolicy !== 'Exact'
  return (
    hook.rules?.some((rule: any) => ruleMatches(rule, a, equivalent)) &&
    namespaceMatches(hook.namespaceSelector, a) &&
    objectMatches(hook.objectSelector, a)
  )
}

function dispatch(flavour: Flavour, configuration: string, hook: any, a: Attributes): void {
  try {
    const response = call(flavour, configuration, hook, a)
    for (const text of response.warnings ?? []) if (!a.ctx.warnings.includes(text)) a.ctx.warnings.push(text)
    if (!response.allowed) throw rejection(hook.name, response.status)
    if (response.patch) mutate(hook, response.patch, a)
  } catch (error) {
    if (!(error instanceof CallError)) throw error
    const open = hook.failurePolicy === 'Ignore'
    const line = { Mutating: [210, 225], Validating: [205, 217] }[flavour][open ? 0 : 1]
    const text = `Failed calling webhook, failing ${open ? 'open' : 'closed'} ${hook.name}: ${error.message}`
    a.ctx.server.options.log?.('W', `dispatcher.go:${line}`, text)
    if (!open) throw internal(error.message)
  }
}

/** Asks the webhook, or looks at how the call that is under way has come along. */
function call(flavour: Flavour, configuration: string, hook: any, a: Attributes): any {
  const { server } = a.ctx
  if (a.dryRun && hook.sideEffects !== 'None' && hook.sideEffects !== 'NoneOnDryRun') {
    throw badRequest(`admission webhook ${JSON.stringify(hook.name)} does not support dry run`)
  }
  const key = `${flavour}/${configuration}/${hook.name}`
  const timeout = hook.timeoutSeconds ?? 10
  const known = waitOf(a)?.calls.get(key)
  if (known?.answer) return known.answer
  const attempt: Call = known ?? {
    deadline: server.kernel.now() + timeout * 1000,
    review: reviewOf(a),
    connection: undefined,
    request: undefined,
    answer: undefined,
  }
  const url = urlOf(hook, timeout)
  try {
    const answer = verified(hook, flavour, attempt.review.request.uid, exchange(hook, url, attempt, server))
    // Others of this request may still have to wait: this one is not asked twice.
    if (waitOf(a)) remember(a, key, { ...attempt, answer })
    else if (timeout > 0) pendingAnswers(a, key, attempt, answer)
    return answer
  } catch (error) {
    const waiting = error instanceof Blocked || (error instanceof TransportError && error.kind === 'timeout')
    if (!waiting) throw asCallError(hook, url, error)
    if (server.kernel.now() >= attempt.deadline) throw asCallError(hook, url, new Error('context deadline exceeded'))
    remember(a, key, attempt)
    throw new StorageBlocked(error instanceof Blocked ? error.retry : new Signal(), attempt.deadline)
  }
}

/** Answers that came at once are kept only by a request that has other calls under way. */
function pendingAnswers(a: Attributes, key: string, attempt: Call, answer: any): void {
  const early = answered.get(a.ctx.request) ?? []
  early.push([key, { ...attempt, answer }])
  answered.set(a.ctx.request, early)
}

const answered = new WeakMap<object, [string, Call][]>()

function remember(a: Attributes, key: string, attempt: Call): void {
  const { server } = a.ctx
  let all = waits.get(server)
  if (!all) waits.set(server, (all = new Map()))
  let wait = waitOf(a)
  if (!wait) all.set(waitKey(a), (wait = { calls: new Map(answered.get(a.ctx.request)), until: attempt.deadline }))
  wait.calls.set(key, attempt)
  wait.until = Math.max(wait.until, attempt.deadline)
}

function exchange(hook: any, url: URL, attempt: Call, server: ApiServer): HttpResponse {
  const { backends } = server.options
  if (!backends?.webhook) throw new Error('no way to webhooks')
  attempt.connection ??= backends.webhook(targetOf(hook, server))
  attempt.request ??= {
    method: 'POST',
    path: url.pathname + url.search,
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, */*',
      'user-agent': 'kube-apiserver-admission',
    },
    body: attempt.review,
  }
  return attempt.connection(attempt.request)
}

function urlOf({ clientConfig }: any, timeout: number): URL {
  const { service, url } = clientConfig
  const base = service
    ? `https://${service.name}.${service.namespace}.svc:${service.port ?? 443}${slashed(service.path ?? '')}`
    : url
  const parsed = new URL(base)
  parsed.searchParams.set('timeout', `${timeout}s`)
  return parsed
}

const slashed = (path: string): string => (path === '' || path.startsWith('/') ? path : `/${path}`)

/** How Go writes the URL: with the port that was configured. */
const shownUrl = (url: URL, { clientConfig: { service } }: any): string =>
  service ? url.href.replace(url.host, `${url.hostname}:${service.port ?? 443}`) : url.href

function targetOf({ clientConfig }: any, server: ApiServer): WebhookTarget {
  const { service, url, caBundle } = clientConfig
  const caPem = caBundle ? atob(caBundle) : ''
  if (!service) {
    const { hostname, port } = new URL(url)
    return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || 443, caPem }
  }
  return serviceTarget(server, service, caPem)
}

/** Where a Service is reached: by its cluster IP, under its name. */
export function serviceTarget(server: ApiServer, service: any, caPem: string): WebhookTarget {
  const found = lookup(server, 'Service', service.namespace, service.name)
  if (!found) throw new Error(`service ${JSON.stringify(service.name)} not found`)
  const port = service.port ?? 443
  if (!found.spec.ports?.some((p: any) => p.port === port)) {
    throw new Error(`no service port ${port} found for service ${JSON.stringify(service.name)}`)
  }
  const host = `${service.name}.${service.namespace}.svc`
  if (found.spec.type === 'ExternalName') return { host: found.spec.externalName, port, caPem }
  return { host, ip: found.spec.clusterIP, port, caPem }
}

/** What is wrong with the way to the webhook or with its answer, as the client of it puts it. */
function asCallError(hook: any, url: URL, error: unknown): unknown {
  if (error instanceof CallError || error instanceof StatusError || error instanceof StorageBlocked) return error
  if (!(error instanceof Error)) return error
  const reason = `failed to call webhook: Post ${JSON.stringify(shownUrl(url, hook))}: ${error.message}`
  return new CallError(hook.name, reason)
}

/** The `response` of the AdmissionReview that came back. Models webhook/request/admissionreview.go. */
function verified(hook: any, flavour: Flavour, uid: string, { status, body }: HttpResponse): any {
  const invalid = (why: string) => new CallError(hook.name, `received invalid webhook response: ${why}`)
  const failed = (why: string) => new CallError(hook.name, `failed to call webhook: ${why}`)
  if (status === 404) throw failed('the server could not find the requested resource')
  if (status >= 400) {
    const said = typeof body === 'string' && body ? body : 'unknown'
    throw failed(`an error on the server (${JSON.stringify(said)}) has prevented the request from succeeding`)
  }
  const review = typeof body === 'string' ? parsed(body) : body
  if (typeof review !== 'object' || review === null) {
    const kind = typeof review === 'string' ? 'string' : typeof review === 'number' ? 'number' : 'bool'
    throw failed(
      `couldn't get version/kind; json parse error: json: cannot unmarshal ${kind} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`,
    )
  }
  const { response, apiVersion, kind } = review as any
  if (!response) throw invalid('webhook response was absent')
  if (response.uid !== uid) {
    throw invalid(`expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(response.uid ?? '')}`)
  }
  if (apiVersion !== 'admission.k8s.io/v1' || kind !== 'AdmissionReview') {
    const [version = '', group = ''] = (apiVersion ?? '').split('/').reverse()
    const got = `${group}/${version}, Kind=${kind ?? ''}`
    throw invalid(`expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview, got ${got}`)
  }
  const { patch, patchType } = response
  if (flavour === 'Validating') {
    if (patch) throw invalid('validating webhook may not return response.patch')
    if (patchType !== undefined) throw invalid('validating webhook may not return response.patchType')
  } else if (patch && patchType === undefined) {
    throw invalid('webhook returned response.patch but not response.patchType')
  } else if (!patch && patchType !== undefined) {
    throw invalid('webhook returned response.patchType but not response.patch')
  }
  return response
}

/** JSON, or the scalar that YAML makes of any text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Models webhook/errors/statuserror.go. */
function rejection(name: string, status: any): StatusError {
  const denied = `admission webhook ${JSON.stringify(name)} denied the request`
  const why = status?.message || status?.reason
  const code = status?.code >= 400 ? status.code : 400
  return new StatusError(code, status?.reason ?? '', why ? `${denied}: ${why}` : `${denied} without explanation`)
}

/** Applies what the webhook answered to the object on its way. */
function mutate({ name }: any, patch: string | readonly any[], a: Attributes): void {
  const operations = typeof patch === 'string' ? JSON.parse(decodeBase64(patch)) : patch
  if (!operations.length) return
  if (!a.object) {
    const why = 'which is not supported for this operation'
    throw internal(`admission webhook ${JSON.stringify(name)} attempted to modify the object, ${why}`)
  }
  const object: any = a.object
  try {
    become(a, jsonPatch(structuredClone(object), operations))
  } catch (error) {
    throw error instanceof JsonPatchError ? internal(error.message) : error
  }
}

const decodeBase64 = (text: string): string =>
  new TextDecoder().decode(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)))

/** The question: an AdmissionReview. */
function reviewOf(a: Attributes): any {
  const { user, kind, stored, server } = a.ctx
  const gvk = { group: stored.group, version: stored.version, kind: a.kind.kind }
  const gvr = { group: stored.group, version: stored.version, resource: stored.plural }
  const { uid, name, groups, extra } = user
  return {
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: {
      uid: server.rng.uuid(),
      kind: gvk,
      resource: gvr,
      ...(a.subresource ? { subResource: a.subresource } : {}),
      requestKind: { ...gvk, version: kind.version },
      requestResource: { ...gvr, version: kind.version },
      ...(a.subresource ? { requestSubResource: a.subresource } : {}),
      ...(a.name ? { name: a.name } : {}),
      ...(a.namespace ? { namespace: a.namespace } : {}),
      operation: a.operation,
      userInfo: { username: name, ...(uid ? { uid } : {}), groups, ...(extra ? { extra } : {}) },
      object: a.object ? structuredClone(a.object) : null,
      oldObject: a.old ?? null,
      dryRun: a.dryRun,
      options: {
        kind: `${a.operation.charAt(0)}${a.operation.slice(1).toLowerCase()}Options`,
        apiVersion: 'meta.k8s.io/v1',
      },
    },
  }
}
