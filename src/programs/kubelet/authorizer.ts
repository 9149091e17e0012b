import { StatusError, TransportError } from '../../api/types.ts'
import type { HttpResponse, Peer } from '../../host/index.ts'
import { appendCertsFromPem, certificatesOf, verifyChain } from '../../pki/index.ts'
import type { Kubelet } from './kubelet.ts'

interface User {
  readonly name: string
  readonly groups: readonly string[]
}

const ALLOWED_TTL = 300_000
const TOKEN_TTL = 120_000
const DENIED_TTL = 30_000

const VERBS: Readonly<Record<string, string>> = {
  GET: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
}

/** Subresources of the node of which one must be allowed, by where a path begins (server/auth.go). */
const SUBRESOURCES: readonly (readonly [path: string, subresources: readonly string[]])[] = [
  ['/pods', ['pods', 'proxy']],
  ['/healthz', ['healthz', 'proxy']],
  ['/configz', ['configz', 'proxy']],
  ['/runningpods', ['pods', 'proxy']],
  ['/stats', ['stats']],
  ['/metrics', ['metrics']],
  ['/logs', ['log']],
  ['/checkpoint', ['checkpoint']],
  ['/statusz', ['statusz']],
  ['/flagz', ['configz']],
]

const subresourcesOf = (path: string): readonly string[] =>
  SUBRESOURCES.find(([begin]) => path === begin || path.startsWith(`${begin}/`))?.[1] ?? ['proxy']

/** Who may use port 10250: x509 against clientCAFile, then the API server's opinion. Models pkg/kubelet/server/auth.go. */
export class KubeletAuthorizer {
  private readonly decisions = new Map<string, { allowed: boolean; until: number }>()
  private readonly users = new Map<string, { user: User | undefined; until: number }>()

  constructor(private readonly k: Kubelet) {}

  /** Undefined when the request may go on. */
  check(peer: Peer, path: string, bearerToken?: string, method = 'GET'): HttpResponse | undefined {
    const { config } = this.k
    let user: User | undefined
    try {
      user = this.authenticate(peer, bearerToken)
    } catch (error) {
      if (!(error instanceof StatusError || error instanceof TransportError)) throw error
      this.k.log.error('authentication.go:75', 'Unable to authenticate the request due to an error', error.message)
    }
    if (!user) return { status: 401, body: 'Unauthorized' }
    if (config.authorizationMode === 'AlwaysAllow') return undefined
    const verb = VERBS[method] ?? ''
    const subresources = subresourcesOf(path.split('?')[0])
    const what = `(user=${user.name}, verb=${verb}, resource=nodes, subresource(s)=[${subresources.join(' ')}])`
    for (const subresource of subresources) {
      const allowed = this.decide(user, verb, subresource)
      if (allowed === undefined) return { status: 500, body: `Authorization error ${what}` }
      if (allowed) return undefined
    }
    return { status: 403, body: `Forbidden ${what}` }
  }

  /** Undefined when the API server cannot be asked. */
  private decide(user: User, verb: string, subresource: string): boolean | undefined {
    const key = `${user.name}/${verb}/${subresource}`
    const known = this.decisions.get(key)
    if (known && known.until > this.k.kernel.now()) return known.allowed
    try {
      const allowed = this.ask(user, verb, subresource)
      this.decisions.set(key, { allowed, until: this.k.kernel.now() + (allowed ? ALLOWED_TTL : DENIED_TTL) })
      return allowed
    } catch (error) {
      if (!(error instanceof StatusError || error instanceof TransportError)) throw error
      // An expired decision is not used, but an unreachable API server must not be the reason for a wrong one.
      return known?.allowed ? true : undefined
    }
  }

  private authenticate(peer: Peer, bearerToken?: string): User | undefined {
    const { k } = this
    const { config } = k
    if (peer.certPem && config.clientCaFile) {
      const ca = k.host.fs.find(config.clientCaFile)
      const [leaf, ...intermediates] = certificatesOf(peer.certPem)
      const roots = ca?.kind === 'file' ? appendCertsFromPem(ca.read()) : []
      if (leaf && verifyChain(leaf, { roots, intermediates, now: k.now(), usages: ['clientAuth'] }).ok)
        return { name: leaf.subject.commonName, groups: [...leaf.subject.organizations, 'system:authenticated'] }
    }
    if (bearerToken && config.webhookAuth && k.client) return this.review(bearerToken)
    return config.anonymousAuth ? { name: 'system:anonymous', groups: ['system:unauthenticated'] } : undefined
  }

  /** A token is worth what the API server says it is. */
  private review(token: string): User | undefined {
    const { k } = this
    const known = this.users.get(token)
    if (known && known.until > k.kernel.now()) return known.user
    const { status } = k.client!.create({
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenReview',
      metadata: { name: '' },
      spec: { token },
    })
    const user: User | undefined = status?.authenticated
      ? { name: status.user.username, groups: status.user.groups ?? [] }
      : undefined
    this.users.set(token, { user, until: k.kernel.now() + TOKEN_TTL })
    return user
  }

  private ask(user: User, verb: string, subresource: string): boolean {
    const { k } = this
    if (!k.client) return true
    const review = k.client.create({
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      metadata: { name: '' },
      spec: {
        user: user.name,
        groups: user.groups,
        resourceAttributes: { verb, version: 'v1', resource: 'nodes', subresource, name: k.nodeName },
      },
    })
    return review.status?.allowed === true
  }
}
