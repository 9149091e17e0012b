import { StatusError, TransportError } from '../../api/types.ts'
import type { Kubelet } from './kubelet.ts'
import type { Pod } from './types.ts'

interface Token {
  /** A TokenRequestStatus; reading its token has it signed. */
  readonly status: { readonly token: string }
  /** ms of the host's clock. */
  readonly expires: number
  readonly issued: number
}

/** Service account tokens of this node's pods, refreshed when 80 % of their life is over. Models pkg/kubelet/token. */
export class TokenCache {
  private readonly tokens = new Map<string, Token>()

  constructor(private readonly k: Kubelet) {}

  /** Asks for a token now, and gives a way to read the then current one. Throws Error with the mount's text. */
  get(pod: Pod, audience: string | undefined, seconds: number): () => string {
    const key = `${pod.metadata.uid}/${pod.spec.serviceAccountName}/${audience ?? ''}/${seconds}`
    this.fetch(key, pod, audience, seconds)
    return () => this.tokens.get(key)?.status.token ?? ''
  }

  private fetch(key: string, pod: Pod, audience: string | undefined, seconds: number): void {
    const { k } = this
    const known = this.tokens.get(key)
    if (known && k.now() < known.issued + (known.expires - known.issued) * 0.8) return
    const name = pod.spec.serviceAccountName ?? 'default'
    try {
      const { status } = k.client!.post('ServiceAccount', pod.metadata.namespace, name, 'token', {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        metadata: { name: '' },
        spec: {
          audiences: audience ? [audience] : [],
          expirationSeconds: seconds,
          boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: pod.metadata.name, uid: pod.metadata.uid },
        },
      })
      this.tokens.set(key, { status, issued: k.now(), expires: Date.parse(status.expirationTimestamp) })
    } catch (error) {
      if (!(error instanceof StatusError || error instanceof TransportError)) throw error
      // A token that still holds serves until the API server is back.
      if (known && k.now() < known.expires) return
      const path = `/api/v1/namespaces/${pod.metadata.namespace}/serviceaccounts/${name}/token`
      throw new Error(`failed to fetch token: ${k.requestError('Post', path, error)}`)
    }
  }

  forget(uid: string): void {
    for (const key of this.tokens.keys()) if (key.startsWith(`${uid}/`)) this.tokens.delete(key)
  }
}
