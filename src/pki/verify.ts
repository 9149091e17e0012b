import type { Certificate } from './certificate.ts'
import { formatIp, ipBytes } from './ip.ts'

interface VerifyOptions {
  /** Trusted certificates. None: nothing is trusted (the simulated hosts have no public roots that matter). */
  readonly roots: readonly Certificate[]
  readonly intermediates?: readonly Certificate[]
  /** The verifier's own clock, ms since the epoch. */
  readonly now: number
  /** DNS name or IP address the leaf must be valid for. */
  readonly host?: string
  /** Extended key usages of which one must be allowed. Default: serverAuth. */
  readonly usages?: readonly string[]
}

/** Why crypto/x509 does not accept a certificate. */
export type VerifyFailure = 'unknown-authority' | 'expired' | 'host' | 'usage' | 'other'

type VerifyResult =
  | { readonly ok: true; readonly chain: readonly Certificate[] }
  | { readonly ok: false; readonly reason: VerifyFailure; readonly error: string }

type Failure = Extract<VerifyResult, { ok: false }>
const fail = (reason: VerifyFailure, error: string): Failure => ({ ok: false, reason, error: `x509: ${error}` })

/** A certificate that was found good, for whom, and how long that holds by the verifier's clock. */
interface Accepted {
  readonly roots: readonly Certificate[]
  readonly host: string | undefined
  readonly usages: string
  readonly from: number
  readonly until: number
  readonly result: VerifyResult
}

/** Every request and every connection shows its certificate: what was found good stays so until a date passes. */
const accepted = new WeakMap<Certificate, Accepted[]>()
const MOST_ACCEPTED = 8

/** Go's (*x509.Certificate).Verify: validity, host, chain, usage, in this order and in its words. */
export function verifyChain(leaf: Certificate, options: VerifyOptions): VerifyResult {
  const { roots, host, now } = options
  if (options.intermediates?.length) return verify(leaf, options)
  const usages = options.usages?.join() ?? ''
  const known = accepted.get(leaf) ?? []
  for (const a of known)
    if (a.roots === roots && a.host === host && a.usages === usages && now >= a.from && now <= a.until) return a.result
  const result = verify(leaf, options)
  const all = [leaf, ...roots]
  if (!result.ok || outOfDate(all, now)) return result
  const from = Math.max(...all.map((c) => c.notBefore))
  const until = Math.min(...all.map((c) => c.notAfter))
  accepted.set(leaf, [{ roots, host, usages, from, until, result }, ...known.slice(0, MOST_ACCEPTED - 1)])
  return result
}

/** Whether one of them is not valid yet, or no more. */
const outOfDate = (certs: readonly Certificate[], now: number): boolean =>
  certs.some((c) => now < c.notBefore || now > c.notAfter)

function verify(leaf: Certificate, options: VerifyOptions): VerifyResult {
  const invalid = checkValid(leaf, 'leaf', [], options) ?? (options.host ? verifyHost(leaf, options.host) : undefined)
  if (invalid) return invalid
  const chains = options.roots.some((root) => root.equals(leaf)) ? [[leaf]] : buildChains(leaf, [leaf], options)
  if (!Array.isArray(chains)) return chains
  const usages = options.usages ?? ['serverAuth']
  const chain = chains.find((c) => allowsUsage(c, usages))
  if (!chain) return fail('usage', 'certificate specifies an incompatible key usage')
  return { ok: true, chain }
}

/** RFC 3339 in UTC without fractions, as Go formats the times of its message. */
const rfc3339 = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`

function checkValid(
  cert: Certificate,
  role: 'leaf' | 'intermediate' | 'root',
  chain: readonly Certificate[],
  { now }: VerifyOptions,
): Failure | undefined {
  const child = chain.at(-1)
  if (child && !child.issuer.equals(cert.subject))
    return fail('other', 'issuer name does not match subject from issuing certificate')
  const expired = (detail: string): Failure =>
    fail('expired', `certificate has expired or is not yet valid: current time ${rfc3339(now)} is ${detail}`)
  if (now < cert.notBefore) return expired(`before ${rfc3339(cert.notBefore)}`)
  if (now > cert.notAfter) return expired(`after ${rfc3339(cert.notAfter)}`)
  if (role === 'intermediate' && !cert.isCa)
    return fail('other', 'certificate is not authorized to sign other certificates')
  const limit = cert.basicConstraints?.pathLength
  if (limit !== undefined && chain.length - 1 > limit)
    return fail('other', 'too many intermediates for path length constraint')
  return undefined
}

function buildChains(
  cert: Certificate,
  chain: readonly Certificate[],
  options: VerifyOptions,
): Certificate[][] | Failure {
  const chains: Certificate[][] = []
  let failure: Failure | undefined
  let hint: { error: string; cert: Certificate } | undefined

  const consider = (candidate: Certificate, role: 'intermediate' | 'root'): void => {
    if (chain.some((c) => c.subject.equals(candidate.subject) && c.publicKey.equals(candidate.publicKey))) return
    const error = checkSignatureFrom(cert, candidate)
    if (error) {
      hint ??= { error, cert: candidate }
      return
    }
    failure = checkValid(candidate, role, chain, options)
    if (failure) {
      hint ??= { error: failure.error, cert: candidate }
      return
    }
    if (role === 'root') {
      chains.push([...chain, candidate])
      return
    }
    const more = buildChains(candidate, [...chain, candidate], options)
    if (Array.isArray(more)) chains.push(...more)
    else failure = more
  }

  for (const root of potentialParents(cert, options.roots)) consider(root, 'root')
  for (const one of potentialParents(cert, options.intermediates ?? [])) consider(one, 'intermediate')
  if (chains.length > 0) return chains
  return failure ?? unknownAuthority(hint)
}

function unknownAuthority(hint: { error: string; cert: Certificate } | undefined): Failure {
  let text = 'certificate signed by unknown authority'
  if (hint) {
    const { subject, serial } = hint.cert
    const name = subject.commonName || subject.organizations[0] || `serial:${serial}`
    text += ` (possibly because of ${JSON.stringify(hint.error)} while trying to verify candidate authority certificate ${JSON.stringify(name)})`
  }
  return fail('unknown-authority', text)
}

/** Certificates whose subject is the issuer, best match of key identifiers first. */
function potentialParents(cert: Certificate, pool: readonly Certificate[]): Certificate[] {
  const rank = (parent: Certificate): number => {
    const [want, has] = [cert.authorityKeyId, parent.subjectKeyId]
    if (want && has) return want.equals(has) ? 0 : 2
    return want || has ? 1 : 0
  }
  return pool.filter((p) => p.subject.equals(cert.issuer)).sort((a, b) => rank(a) - rank(b))
}

/** (*x509.Certificate).CheckSignatureFrom: undefined when `parent` signed `cert`, else Go's error. */
function checkSignatureFrom(cert: Certificate, parent: Certificate): string | undefined {
  const constraints = parent.basicConstraints
  if ((parent.fields.version === 3 && !constraints) || (constraints && !constraints.ca) || !maySign(parent))
    return 'x509: invalid signature: parent certificate cannot sign this kind of certificate'
  const { algorithm } = cert.fields
  if (algorithm.name === algorithm.oid) return 'x509: cannot verify signature: algorithm unimplemented'
  if (algorithm.digest === 'sha1') return 'x509: cannot verify signature: insecure algorithm SHA1-RSA'
  if (cert.isSignedBy(parent.publicKey)) return undefined
  if (algorithm.kind !== parent.publicKey.kind) {
    const [wanted, type] = [
      { rsa: 'RSA', ec: 'ECDSA', ed25519: 'Ed25519' },
      { rsa: '*rsa.PublicKey', ec: '*ecdsa.PublicKey', ed25519: 'ed25519.PublicKey' },
    ]
    return `x509: signature algorithm specifies an ${wanted[algorithm.kind]} public key, but have public key of type ${type[parent.publicKey.kind]}`
  }
  return {
    rsa: 'crypto/rsa: verification error',
    ec: 'x509: ECDSA verification failure',
    ed25519: 'x509: Ed25519 verification failure',
  }[algorithm.kind]
}

const maySign = (cert: Certificate): boolean => cert.keyUsage.length === 0 || cert.keyUsage.includes('keyCertSign')

function allowsUsage(chain: readonly Certificate[], usages: readonly string[]): boolean {
  if (usages.includes('any')) return true
  return usages.some((usage) =>
    chain.every((c) => c.extKeyUsage.length === 0 || c.extKeyUsage.includes('any') || c.extKeyUsage.includes(usage)),
  )
}

/** (*x509.Certificate).VerifyHostname: undefined when the certificate is valid for the host. */
function verifyHost(cert: Certificate, host: string): Failure | undefined {
  const bare = /^\[.+\]$/.test(host) ? host.slice(1, -1) : host
  const ip = ipBytes(bare)
  if (ip) {
    const ips = cert.ipAddresses
    if (ips.includes(formatIp(ip))) return undefined
    if (ips.length === 0)
      return fail('host', `cannot validate certificate for ${bare} because it doesn't contain any IP SANs`)
    return fail('host', `certificate is valid for ${ips.join(', ')}, not ${bare}`)
  }
  const names = cert.dnsNames
  if (names.some((name) => matchHost(name, host))) return undefined
  if (cert.altNames.length === 0 && matchHost(cert.subject.commonName, host))
    return fail('host', 'certificate relies on legacy Common Name field, use SANs instead')
  if (names.length === 0) return fail('host', `certificate is not valid for any names, but wanted to match ${host}`)
  return fail('host', `certificate is valid for ${names.join(', ')}, not ${host}`)
}

/** Equal names, or a `*` as the leftmost label. */
function matchHost(pattern: string, host: string): boolean {
  const want = pattern.toLowerCase().split('.')
  const have = host.replace(/\.$/, '').toLowerCase().split('.')
  return (
    pattern !== '' &&
    want.length === have.length &&
    want.every((label, i) => (i === 0 && label === '*') || label === have[i])
  )
}

/** How the API server names a client certificate in its log: `SN=…, SKID=…, AKID=…`. */
export function certificateIdentifier(cert: Certificate): string {
  const colons = (id: Buffer | undefined): string => (id?.toString('hex').toUpperCase().match(/../g) ?? []).join(':')
  return `SN=${cert.serial}, SKID=${colons(cert.subjectKeyId)}, AKID=${colons(cert.authorityKeyId)}`
}
