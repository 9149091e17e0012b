import { base64, type Rng } from '../../kernel/index.ts'
import type { KubeObject } from '../../kinds/index.ts'
import { BOOTSTRAP_GROUP } from './rbac.ts'

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789'
const PATTERN = /^([a-z0-9]{6})\.([a-z0-9]{16})$/

interface BootstrapToken {
  readonly id: string
  readonly secret: string
}

/** `abcdef.0123456789abcdef`, or undefined when the text is no bootstrap token. */
export function parseBootstrapToken(text: string): BootstrapToken | undefined {
  const m = PATTERN.exec(text)
  return m ? { id: m[1], secret: m[2] } : undefined
}

/** A random token, `abcdef.0123456789abcdef` (cluster-bootstrap token/util). */
export function generateBootstrapToken(rng: Rng): BootstrapToken {
  const letters = (n: number): string => Array.from({ length: n }, () => ALPHABET[rng.int(ALPHABET.length)]).join('')
  return { id: letters(6), secret: letters(16) }
}

interface TokenSecretOptions {
  /** End of validity, ms since the epoch; undefined: never. */
  readonly expires?: number
  /** `signing`, `authentication`. */
  readonly usages?: readonly string[]
  readonly groups?: readonly string[]
  readonly description?: string
}

/** The Secret `bootstrap-token-ID`. */
export function tokenSecret(token: BootstrapToken, options: TokenSecretOptions = {}): KubeObject {
  const { usages = ['signing', 'authentication'], groups = [BOOTSTRAP_GROUP] } = options
  const data: Record<string, string> = {
    ...(groups.length > 0 ? { 'auth-extra-groups': groups.join(',') } : {}),
    ...(options.description ? { description: options.description } : {}),
    ...(options.expires !== undefined
      ? { expiration: `${new Date(options.expires).toISOString().slice(0, 19)}Z` }
      : {}),
    'token-id': token.id,
    'token-secret': token.secret,
    ...Object.fromEntries(usages.map((usage) => [`usage-bootstrap-${usage}`, 'true'])),
  }
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: `bootstrap-token-${token.id}`, namespace: 'kube-system' },
    type: 'bootstrap.kubernetes.io/token',
    data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, base64(value)])),
  }
}
