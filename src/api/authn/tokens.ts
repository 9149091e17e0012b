import { decodeToken, type PublicKey, type TokenClaims, verifyToken } from '../../pki/index.ts'
import type { UserInfo } from '../context.ts'
import { unauthorized } from '../errors.ts'
import type { ApiServer } from '../server.ts'
import type { Authenticator } from './authenticator.ts'

interface TokenSettings {
  /** Keys of --service-account-key-file as they are now. */
  keys(): readonly PublicKey[]
  readonly issuers: readonly string[]
  readonly audiences: readonly string[]
  /** The server, for looking up what a token is bound to. */
  server(): ApiServer
  log?(message: string): void
}

/** The user that a service account's token stands for; a text when it is not valid (any more). */
function serviceAccountUser(
  token: string,
  settings: TokenSettings,
  audiences = settings.audiences,
): UserInfo | string | undefined {
  const server = settings.server()
  const verdict = verifyToken(token, { keys: settings.keys(), issuers: settings.issuers, audiences, now: server.now() })
  if (!verdict.ok) return verdict.foreign ? undefined : verdict.error
  const { claims } = verdict
  const wrong = staleBinding(claims, server)
  if (wrong) return wrong
  const { namespace, serviceaccount, pod, node } = claims['kubernetes.io']
  const extra: Record<string, string[]> = claims.jti
    ? { 'authentication.kubernetes.io/credential-id': [`JTI=${claims.jti}`] }
    : {}
  if (node) {
    extra['authentication.kubernetes.io/node-name'] = [node.name]
    extra['authentication.kubernetes.io/node-uid'] = [node.uid]
  }
  if (pod) {
    extra['authentication.kubernetes.io/pod-name'] = [pod.name]
    extra['authentication.kubernetes.io/pod-uid'] = [pod.uid]
  }
  return {
    name: `system:serviceaccount:${namespace}:${serviceaccount.name}`,
    uid: serviceaccount.uid,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
    extra,
  }
}

/** What a token is bound to has to exist still, with the same uid. */
function staleBinding(claims: TokenClaims, server: ApiServer): string | undefined {
  const { namespace, serviceaccount, pod, secret } = claims['kubernetes.io']
  const gone = (kind: string, bound: { name: string; uid: string }) => {
    const { objects, prefix } = server.known(server.kinds.named(kind)!)
    const object = objects.get(`${prefix}${namespace}/${bound.name}`)
    // A legacy token knows its secret by name only.
    return !object || (bound.uid !== '' && object.metadata.uid !== bound.uid)
  }
  if (gone('ServiceAccount', serviceaccount)) {
    return `service account ${namespace}/${serviceaccount.name} has been deleted`
  }
  if (pod && gone('Pod', pod)) return `service account token has been invalidated`
  if (secret && gone('Secret', secret)) return 'service account token has been invalidated'
  return undefined
}

/** Bearer tokens of service accounts. */
export const serviceAccountAuthenticator =
  (settings: TokenSettings): Authenticator =>
  ({ bearerToken }) => {
    if (bearerToken === undefined || !decodeToken(bearerToken)) return undefined
    const user = serviceAccountUser(bearerToken, settings)
    if (typeof user !== 'string') return user
    settings.log?.(`"Unable to authenticate the request" err="[invalid bearer token, ${user}]"`)
    throw unauthorized()
  }

const BOOTSTRAP = /^([a-z0-9]{6})\.([a-z0-9]{16})$/

/** Bootstrap tokens: secrets bootstrap-token-<id> in kube-system (--enable-bootstrap-token-auth). */
export const bootstrapAuthenticator =
  (server: () => ApiServer): Authenticator =>
  ({ bearerToken }) => {
    const [, id, secret] = BOOTSTRAP.exec(bearerToken ?? '') ?? []
    if (!id) return undefined
    const { objects, prefix } = server().known(server().kinds.named('Secret')!)
    const found = objects.get(`${prefix}kube-system/bootstrap-token-${id}`)
    const data = (key: string) => (found?.data?.[key] === undefined ? '' : atob(found.data[key]))
    if (found?.type !== 'bootstrap.kubernetes.io/token' || found.metadata.deletionTimestamp) return undefined
    if (data('token-id') !== id || data('token-secret') !== secret) return undefined
    const expiration = data('expiration')
    if (expiration && Date.parse(expiration) < server().now()) return undefined
    if (data('usage-bootstrap-authentication') !== 'true') return undefined
    const extra = data('auth-extra-groups')
      .split(',')
      .filter((g) => g !== '')
    return { name: `system:bootstrap:${id}`, groups: ['system:bootstrappers', ...extra, 'system:authenticated'] }
  }
