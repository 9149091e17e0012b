import type { TokenClaims } from '../../pki/index.ts'
import { lookup } from '../admission/lookup.ts'
import type { RequestContext } from '../context.ts'
import { badRequest, conflict, invalid, notFound } from '../errors.ts'
import { rfc3339 } from '../time.ts'
import type { ApiResponse, KubeObject } from '../types.ts'
import { decodeAs } from './body.ts'
import { load } from './read.ts'

const HOUR = 3600
/** Tokens of pods ask for this odd time; they are extended to a year (--service-account-extend-token-expiration). */
const POD_TOKEN = 3607
const YEAR = 365 * 24 * HOUR
const KIND = { group: 'authentication.k8s.io', kind: 'TokenRequest' }

/** POST of serviceaccounts/token. */
export function requestToken(ctx: RequestContext): ApiResponse {
  const { server, request } = ctx
  const { tokens } = server.options
  if (!tokens) throw badRequest('the API server does not have TokenRequest endpoints enabled')
  const account = load(ctx).object
  const body = (decodeAs(ctx, { ...KIND, version: 'v1' }) ?? {}) as KubeObject
  const spec = { ...body.spec }
  const seconds = spec.expirationSeconds ?? HOUR
  if (seconds < 600) {
    const text = `Invalid value: ${seconds}: may not specify a duration less than 10 minutes`
    throw invalid(KIND, '', [{ type: 'FieldValueInvalid', field: 'spec.expirationSeconds', body: text }])
  }
  if (seconds > 2 ** 32) {
    const text = `Invalid value: ${seconds}: may not specify a duration larger than 2^32 seconds`
    throw invalid(KIND, '', [{ type: 'FieldValueInvalid', field: 'spec.expirationSeconds', body: text }])
  }
  server.admission.admit({
    operation: 'CREATE',
    kind: ctx.stored,
    subresource: 'token',
    namespace: request.namespace,
    name: request.name!,
    object: body,
    old: undefined,
    ctx,
    dryRun: request.dryRun ?? false,
  })
  const bound = boundObject(ctx, spec.boundObjectRef)
  const now = Math.floor(server.now() / 1000)
  const extended = spec.boundObjectRef?.kind === 'Pod' && seconds === POD_TOKEN
  const { name, uid } = account.metadata
  const namespace = account.metadata.namespace!
  const audiences: string[] = spec.audiences?.length ? spec.audiences : [...tokens.audiences]
  const claims: TokenClaims = {
    aud: audiences,
    exp: now + (extended ? YEAR : seconds),
    iat: now,
    iss: tokens.issuer,
    jti: server.rng.uuid(),
    'kubernetes.io': {
      namespace,
      ...bound,
      serviceaccount: { name, uid: uid! },
      ...(extended ? { warnafter: now + seconds } : {}),
    },
    nbf: now,
    sub: `system:serviceaccount:${namespace}:${name}`,
  }
  return {
    code: 201,
    body: {
      kind: 'TokenRequest',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: { name, namespace, uid, creationTimestamp: rfc3339(server.now()) },
      spec: { audiences, expirationSeconds: seconds, boundObjectRef: spec.boundObjectRef ?? null },
      status: lazyStatus(() => tokens.sign(claims), rfc3339((now + seconds) * 1000)),
    },
  }
}

/** A TokenRequestStatus whose token is signed when it is looked at: most pods never read theirs, and RSA is slow. */
function lazyStatus(sign: () => string, expirationTimestamp: string): { token: string; expirationTimestamp: string } {
  let token: string | undefined
  return {
    get token() {
      return (token ??= sign())
    },
    expirationTimestamp,
  }
}

type Bound = Pick<TokenClaims['kubernetes.io'], 'pod' | 'node' | 'secret'>

function boundObject(ctx: RequestContext, ref: any): Bound {
  if (!ref) return {}
  const { server, request } = ctx
  const { kind, name, uid } = ref
  if (!['Pod', 'Secret', 'Node'].includes(kind)) {
    const [version = '', group = ''] = String(ref.apiVersion ?? '')
      .split('/')
      .reverse()
    throw badRequest(`cannot bind token to object of type ${group}/${version}, Kind=${kind}`)
  }
  const found = lookup(server, kind, request.namespace, name)
  const plural = { Pod: 'pods', Secret: 'secrets', Node: 'nodes' }[kind as 'Pod']
  if (!found) throw notFound({ group: '', plural }, name)
  if (kind === 'Pod' && found.spec.serviceAccountName !== request.name)
    throw badRequest(
      `cannot bind token for serviceaccount ${JSON.stringify(request.name)} to pod running with different serviceaccount name.`,
    )
  if (uid && uid !== found.metadata.uid) {
    throw conflict(
      { group: '', plural },
      name,
      `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`,
    )
  }
  const told = { name, uid: found.metadata.uid! }
  if (kind === 'Secret') return { secret: told }
  if (kind === 'Node') return { node: told }
  const node = found.spec.nodeName && lookup(server, 'Node', undefined, found.spec.nodeName)
  return { ...(node ? { node: { name: node.metadata.name, uid: node.metadata.uid! } } : {}), pod: told }
}
