import type { Rng } from '../kernel/index.ts'
import { type CertAndKey, type Certificate, createCertificate } from './certificate.ts'
import { generateEcKey, generateRsaKey, randomBig, randomSerial } from './generate.ts'
import type { PrivateKey } from './keys.ts'
import { goSubject } from './name.ts'
import type { KeyUsage } from './oids.ts'
import { type CertificateRequest, createRequest } from './request.ts'

const HOUR = 3_600_000

/** client-go's GenerateSelfSignedCertKey as the kubelet calls it for `kubelet.crt`: a certificate and its own one-off authority. */
interface SelfSigned extends CertAndKey {
  readonly ca: Certificate
}

/** The serving certificate that a kubelet makes itself, with the CA that signs it (client-go util/cert). */
export function selfSignedServing(host: string, rng: Rng, now: number): SelfSigned {
  const unix = Math.floor(now / 1000)
  const validity = { notBefore: now - HOUR, notAfter: now + 365 * 24 * HOUR - HOUR }
  const caKey = generateRsaKey(rng)
  const ca = createCertificate(
    {
      subject: goSubject(`${host}-ca@${unix}`),
      serial: randomSerial(rng),
      ...validity,
      keyUsage: ['digitalSignature', 'keyEncipherment', 'keyCertSign'],
      isCa: true,
    },
    caKey.publicKey,
    caKey,
  )
  const key = generateRsaKey(rng)
  const cert = createCertificate(
    {
      subject: goSubject(`${host}@${unix}`),
      serial: randomSerial(rng),
      ...validity,
      keyUsage: ['digitalSignature', 'keyEncipherment'],
      extKeyUsage: ['serverAuth'],
      dnsNames: [host],
    },
    key.publicKey,
    { cert: ca, key: caKey },
  )
  return { cert, key, ca }
}

/** A kubelet's request for a client certificate: a new P-256 key and `O = system:nodes, CN = system:node:NAME`. */
export function nodeClientRequest(nodeName: string, rng: Rng): { request: CertificateRequest; key: PrivateKey } {
  const key = generateEcKey(rng)
  return { request: createRequest(goSubject(`system:node:${nodeName}`, ['system:nodes']), key), key }
}

/** Text of kubelet-client-current.pem: certificate, then key. */
export const combinedPem = ({ cert, key }: CertAndKey): string => cert.pem + key.pem

const USAGES: Readonly<Record<string, KeyUsage>> = {
  'digital signature': 'digitalSignature',
  'content commitment': 'nonRepudiation',
  'key encipherment': 'keyEncipherment',
  'key agreement': 'keyAgreement',
  'data encipherment': 'dataEncipherment',
  'cert sign': 'keyCertSign',
  'crl sign': 'cRLSign',
  'encipher only': 'encipherOnly',
  'decipher only': 'decipherOnly',
}
const EXT_USAGES: Readonly<Record<string, string>> = {
  any: 'any',
  'server auth': 'serverAuth',
  'client auth': 'clientAuth',
  'code signing': 'codeSigning',
  'email protection': 'emailProtection',
  's/mime': 'emailProtection',
  timestamping: 'timeStamping',
  'ocsp signing': 'OCSPSigning',
}

interface SigningPolicy {
  readonly rng: Rng
  /** The signer's clock, ms. */
  readonly now: number
  /** spec.usages of the CertificateSigningRequest. */
  readonly usages: readonly string[]
  /** Lifetime, ms: spec.expirationSeconds, or --cluster-signing-duration (one year). */
  readonly duration: number
}

/**
 * The controller manager's signer (pkg/controller/certificates/authority): 128-bit serial, five minutes backdated,
 * never beyond the authority's own end.
 */
export function signRequest(request: CertificateRequest, ca: CertAndKey, policy: SigningPolicy): Certificate {
  const names = request.altNames
  const values = (type: 'dns' | 'ip'): string[] => names.filter((n) => n.type === type).map((n) => n.value)
  return createCertificate(
    {
      subject: request.subject,
      serial: randomBig(policy.rng, 16),
      notBefore: policy.now - 300_000,
      // The end of a short-lived certificate (up to 8 hours) is not backdated.
      notAfter: Math.min(policy.now + policy.duration - (policy.duration < 8 * HOUR ? 0 : 300_000), ca.cert.notAfter),
      keyUsage: policy.usages.flatMap((u) => USAGES[u] ?? []),
      extKeyUsage: policy.usages.flatMap((u) => EXT_USAGES[u] ?? []),
      dnsNames: values('dns'),
      ipAddresses: values('ip'),
    },
    request.publicKey,
    ca,
  )
}

/** base64 of a PEM text, as kubeconfigs and `status.certificate` hold it. */
export const base64Pem = (pem: string): string => Buffer.from(pem, 'utf8').toString('base64')
