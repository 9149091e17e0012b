import type { Certificate } from './certificate.ts'
import { formatIp, ipBytes } from './ip.ts'

/** X509_verify_cert_error_string of the codes that can happen here. */
export const OPENSSL_ERRORS: Readonly<Record<number, string>> = {
  0: 'ok',
  2: 'unable to get issuer certificate',
  3: 'unable to get certificate CRL',
  7: 'certificate signature failure',
  9: 'certificate is not yet valid',
  10: 'certificate has expired',
  18: 'self-signed certificate',
  19: 'self-signed certificate in certificate chain',
  20: 'unable to get local issuer certificate',
  21: 'unable to verify the first certificate',
  22: 'certificate chain too long',
  25: 'path length constraint exceeded',
  26: 'unsuitable certificate purpose',
  62: 'hostname mismatch',
  63: 'email address mismatch',
  64: 'IP address mismatch',
  79: 'invalid CA certificate',
  92: 'CA cert does not include key usage extension',
}

interface OpensslVerifyOptions {
  readonly trusted: readonly Certificate[]
  readonly untrusted?: readonly Certificate[]
  readonly now: number
  /** TLS clients check `sslserver`, TLS servers `sslclient`; `openssl verify` nothing unless told. */
  readonly purpose?: 'sslserver' | 'sslclient'
  readonly host?: string
  readonly ip?: string
  readonly email?: string
  /** So many intermediate certificates at most. */
  readonly depth?: number
  readonly partialChain?: boolean
  /** What RFC 5280 demands of authorities. */
  readonly strict?: boolean
  /** Revocation lists are looked for, of which there are none. */
  readonly crls?: 'leaf' | 'all'
}

/** Told of every step; returns whether to go on. `code` is the last error (0: none so far), `ok` whether this step is one. */
type VerifyCallback = (step: { ok: boolean; code: number; depth: number; cert: Certificate }) => boolean

/** OpenSSL 3.0's X509_verify_cert: the code of the last error, 0 when good, and the chain it built. */
export function opensslVerify(
  leaf: Certificate,
  options: OpensslVerifyOptions,
  callback: VerifyCallback = () => false,
): { code: number; chain: Certificate[]; untrustedLength: number } {
  const { chain, trusted, untrustedLength } = buildChain(leaf, options)
  let code = 0
  const last = chain.length - 1
  const fail = (error: number, depth: number): boolean => {
    code = error
    return callback({ ok: false, code, depth, cert: chain[depth] })
  }
  const result = (): { code: number; chain: Certificate[]; untrustedLength: number } => ({
    code,
    chain,
    untrustedLength,
  })

  if (!trusted) {
    const selfSigned = isSelfIssued(chain[last])
    const error = selfSigned ? (last === 0 ? 18 : 19) : untrustedLength === chain.length ? 20 : 2
    if (!fail(error, last)) return result()
  }
  const intermediates = last - (trusted ? 1 : 0)
  if (options.depth !== undefined && intermediates > options.depth && !fail(22, options.depth + 1)) return result()
  for (const [depth, cert] of chain.entries()) {
    if (depth > 0 && !canBeCa(cert) && !fail(79, depth)) return result()
    if (options.purpose && !suits(cert, options.purpose) && !fail(26, depth)) return result()
    if (options.strict && cert.isCa && cert.keyUsage.length === 0 && !fail(92, depth)) return result()
    const limit = cert.basicConstraints?.pathLength
    if (depth > 0 && limit !== undefined && depth - 1 > limit && !fail(25, depth)) return result()
  }
  if (options.email !== undefined && !matchesEmail(leaf, options.email) && !fail(63, 0)) return result()
  if (options.host && !matchesHost(leaf, options.host) && !fail(62, 0)) return result()
  if (options.ip && !matchesIp(leaf, options.ip) && !fail(64, 0)) return result()
  for (let depth = 0; options.crls && depth <= (options.crls === 'leaf' ? 0 : last); depth++)
    if (!fail(3, depth)) return result()

  for (let depth = last; depth >= 0; depth--) {
    const cert = chain[depth]
    const issuer = chain[depth + 1]
    if (issuer) {
      if (!cert.isSignedBy(issuer.publicKey) && !fail(7, depth)) return result()
    } else if (!isSelfIssued(cert) && !options.partialChain) {
      // Nobody vouches for the end of the chain: only a chain of one says so here.
      if (depth > 0) continue
      if (!fail(21, 0)) return result()
    }
    if (options.now < cert.notBefore && !fail(9, depth)) return result()
    if (options.now > cert.notAfter && !fail(10, depth)) return result()
    if (!callback({ ok: true, code, depth, cert }) && code !== 0) return result()
  }
  return result()
}

const isSelfIssued = (cert: Certificate): boolean => issued(cert, cert)

/** X509_check_issued: names, key identifiers and key usage; not the signature. */
function issued(cert: Certificate, issuer: Certificate): boolean {
  if (!cert.issuer.equals(issuer.subject)) return false
  const [want, has] = [cert.authorityKeyId, issuer.subjectKeyId]
  if (want && has && !want.equals(has)) return false
  return cert === issuer || issuer.keyUsage.length === 0 || issuer.keyUsage.includes('keyCertSign')
}

function buildChain(
  leaf: Certificate,
  { trusted, untrusted = [], partialChain }: OpensslVerifyOptions,
): { chain: Certificate[]; trusted: boolean; untrustedLength: number } {
  const chain = [leaf]
  let untrustedLength = 1
  const inStore = (cert: Certificate): boolean => trusted.some((t) => t.equals(cert))
  if (inStore(leaf) && (isSelfIssued(leaf) || partialChain)) return { chain, trusted: true, untrustedLength: 0 }
  for (;;) {
    const current = chain[chain.length - 1]
    if (isSelfIssued(current)) return { chain, trusted: inStore(current), untrustedLength }
    const anchor = trusted.find((t) => issued(current, t) && !chain.includes(t))
    const next = anchor ?? untrusted.find((u) => issued(current, u) && !chain.includes(u))
    if (!next) return { chain, trusted: untrustedLength < chain.length && Boolean(partialChain), untrustedLength }
    chain.push(next)
    if (!anchor) untrustedLength = chain.length
    else if (isSelfIssued(next)) return { chain, trusted: true, untrustedLength }
  }
}

/** X509_check_ca: basic constraints decide; without them a key usage of certificate signing, or a self-signed version 1. */
function canBeCa(cert: Certificate): boolean {
  const constraints = cert.basicConstraints
  if (cert.keyUsage.length > 0 && !cert.keyUsage.includes('keyCertSign')) return false
  if (constraints) return constraints.ca
  return cert.keyUsage.length > 0 || (cert.fields.version === 1 && isSelfIssued(cert))
}

function suits(cert: Certificate, purpose: 'sslserver' | 'sslclient'): boolean {
  const usages = cert.extKeyUsage
  const wanted = purpose === 'sslserver' ? 'serverAuth' : 'clientAuth'
  return usages.length === 0 || usages.includes(wanted) || usages.includes('any')
}

/** X509_check_host: DNS names, or the common name where there are none. */
export function matchesHost(cert: Certificate, host: string): boolean {
  const names = cert.dnsNames.length > 0 ? cert.dnsNames : cert.subject.all('CN')
  const want = host.toLowerCase().split('.')
  return names.some((name) => {
    const have = name.toLowerCase().split('.')
    return (
      have.length === want.length &&
      have.every((label, i) => label === want[i] || (i === 0 && label === '*' && want.length > 2))
    )
  })
}

/** X509_check_email: alternative names and the subject's addresses. */
export const matchesEmail = (cert: Certificate, email: string): boolean =>
  cert.altNames.some((n) => n.type === 'email' && n.value === email) || cert.subject.all('emailAddress').includes(email)

/** X509_check_ip. */
export function matchesIp(cert: Certificate, ip: string): boolean {
  const bytes = ipBytes(ip)
  return bytes !== undefined && cert.ipAddresses.includes(formatIp(bytes))
}
