import { createHash } from 'node:crypto'
import { derSignature, rawSignature } from './ecdsa.ts'
import type { PrivateKey, PublicKey } from './keys.ts'
import { algorithmFor } from './oids.ts'

/** What a bound service account token (Kubernetes 1.36) says. Times are seconds since the epoch. */
export interface TokenClaims {
  readonly aud: readonly string[]
  readonly exp: number
  readonly iat: number
  readonly iss: string
  readonly jti: string
  readonly 'kubernetes.io': {
    readonly namespace: string
    readonly node?: { readonly name: string; readonly uid: string }
    readonly pod?: { readonly name: string; readonly uid: string }
    readonly secret?: { readonly name: string; readonly uid: string }
    readonly serviceaccount: { readonly name: string; readonly uid: string }
    /** When use of an extended token begins to be reported. */
    readonly warnafter?: number
  }
  readonly nbf: number
  readonly sub: string
}

/** Who signs tokens that are kept in secrets. */
export const LEGACY_ISSUER = 'kubernetes/serviceaccount'

/** What a token in a secret says; it has no end. */
interface LegacyClaims {
  readonly iss: typeof LEGACY_ISSUER
  readonly 'kubernetes.io/serviceaccount/namespace': string
  readonly 'kubernetes.io/serviceaccount/secret.name': string
  readonly 'kubernetes.io/serviceaccount/service-account.name': string
  readonly 'kubernetes.io/serviceaccount/service-account.uid': string
  readonly sub: string
}

const base64url = (bytes: Uint8Array | string): string => Buffer.from(bytes as string).toString('base64url')

/** The key id that the API server puts into tokens: SHA-256 of the public key. */
const keyId = (key: PublicKey): string => createHash('sha256').update(key.spki).digest('base64url')

/** JSON with sorted keys and without undefined members, as Go prints the claims. */
function sortedJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sortedJson).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const members = Object.entries(value)
    .filter(([, v]) => v !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([k, v]) => `${JSON.stringify(k)}:${sortedJson(v)}`).join(',')}}`
}

/** Signs a service account token with the key of `sa.key` (RS256, or ES256 and ES384 for EC keys). */
export const signToken = (claims: TokenClaims, key: PrivateKey): string => signed(claims, key)

/** Signs a token to be kept in a secret. */
export const signLegacyToken = (claims: LegacyClaims, key: PrivateKey): string => signed(claims, key)

function signed(claims: TokenClaims | LegacyClaims, key: PrivateKey): string {
  const { curve } = key.publicKey
  const alg = key.kind === 'rsa' ? 'RS256' : `ES${curve.bytes * 8}`
  const head = `${base64url(`{"alg":"${alg}","kid":"${keyId(key.publicKey)}"}`)}.${base64url(sortedJson(claims))}`
  const signature = key.sign(algorithmFor(key.kind, key.digest), Buffer.from(head))
  const token = `${head}.${base64url(key.kind === 'ec' ? rawSignature(signature, curve) : signature)}`
  decodeToken(token)?.good.set(key.publicKey.key, true)
  return token
}

interface DecodedToken {
  readonly header: Record<string, unknown>
  readonly claims: TokenClaims
  /** Whether its signature is that of a key. */
  readonly good: Map<string, boolean>
}

/** What is known of tokens: every request of a pod carries the same one. */
const decoded = new Map<string, DecodedToken>()
const MOST_DECODED = 2000

/** The claims of a JWT without any verification, or undefined when it is none. */
export function decodeToken(token: string): DecodedToken | undefined {
  const known = decoded.get(token)
  if (known) return known
  const parts = token.split('.')
  if (parts.length !== 3) return undefined
  try {
    const [header, claims] = parts.slice(0, 2).map((p) => JSON.parse(Buffer.from(p, 'base64url').toString('utf8')))
    if (!header || !claims || typeof claims !== 'object') return undefined
    const made = { header, claims, good: new Map() }
    if (decoded.size >= MOST_DECODED) decoded.clear()
    decoded.set(token, made)
    return made
  } catch {
    return undefined
  }
}

type TokenVerdict =
  | { readonly ok: true; readonly claims: TokenClaims }
  /** `foreign`: not a token of this issuer at all (another authenticator may know it); `error` is the API server's text. */
  | { readonly ok: false; readonly foreign: boolean; readonly error: string }

interface TokenTrust {
  /** Keys of --service-account-key-file. */
  readonly keys: readonly PublicKey[]
  readonly issuers: readonly string[]
  /** Audiences of this API server (--api-audiences). */
  readonly audiences: readonly string[]
  /** The API server's clock, ms since the epoch. */
  readonly now: number
}

/** The token's legacy claims in the form of bound ones: what they say of the account and the secret. */
function bound(claims: LegacyClaims, trust: TokenTrust): TokenClaims {
  const part = (name: keyof LegacyClaims): string => String(claims[name] ?? '')
  return {
    aud: trust.audiences,
    exp: Number.POSITIVE_INFINITY,
    iat: 0,
    iss: claims.iss,
    jti: '',
    nbf: 0,
    sub: claims.sub,
    'kubernetes.io': {
      namespace: part('kubernetes.io/serviceaccount/namespace'),
      secret: { name: part('kubernetes.io/serviceaccount/secret.name'), uid: '' },
      serviceaccount: {
        name: part('kubernetes.io/serviceaccount/service-account.name'),
        uid: part('kubernetes.io/serviceaccount/service-account.uid'),
      },
    },
  }
}

/** What the API server's service account authenticator does with a bearer token, except for looking up the objects. */
export function verifyToken(token: string, trust: TokenTrust): TokenVerdict {
  const jwt = decodeToken(token)
  if (jwt?.claims.iss === LEGACY_ISSUER)
    return trust.keys.some((key) => signedBy(token, jwt, key))
      ? { ok: true, claims: bound(jwt.claims as unknown as LegacyClaims, trust) }
      : { ok: false, foreign: false, error: 'invalid signature, no keys found' }
  if (!jwt || !trust.issuers.includes(jwt.claims.iss))
    return { ok: false, foreign: true, error: 'invalid bearer token' }
  const { claims } = jwt
  const bad = (error: string): TokenVerdict => ({ ok: false, foreign: false, error })
  if (!trust.keys.some((key) => signedBy(token, jwt, key))) return bad('invalid signature, no keys found')
  const now = trust.now / 1000
  if (now > claims.exp) return bad('service account token has expired')
  if (now < claims.nbf) return bad('service account token is not valid yet')
  if (!claims.aud?.some((a) => trust.audiences.includes(a)))
    return bad(
      `token audiences ${goQuoteList(claims.aud ?? [])} is invalid for the target audiences ${goQuoteList(trust.audiences)}`,
    )
  return { ok: true, claims }
}

const goQuoteList = (list: readonly string[]): string => `[${list.map((s) => JSON.stringify(s)).join(' ')}]`

function signedBy(token: string, { good }: DecodedToken, key: PublicKey): boolean {
  let is = good.get(key.key)
  if (is === undefined) {
    const cut = token.lastIndexOf('.')
    const given = Buffer.from(token.slice(cut + 1), 'base64url')
    const ec = key.kind === 'ec'
    const signature = ec ? derSignature(given, key.curve) : given
    const algorithm = algorithmFor(key.kind, ec ? key.curve.digest : undefined)
    is = signature !== undefined && key.verify(algorithm, Buffer.from(token.slice(0, cut)), signature)
    good.set(key.key, is)
  }
  return is
}
