import { createHash } from 'node:crypto'
import { bitString, context, integer, nul, oid, sequence, time, tlv } from './der.ts'
import {
  type AltName,
  altNameExtension,
  authorityKeyIdExtension,
  type BasicConstraints,
  basicConstraintsExtension,
  decodeAltNames,
  decodeAuthorityKeyId,
  decodeBasicConstraints,
  decodeExtKeyUsage,
  decodeKeyUsage,
  decodeSubjectKeyId,
  type Extension,
  encodeExtensions,
  extKeyUsageExtension,
  goKeyId,
  keyUsageExtension,
  subjectKeyIdExtension,
} from './extensions.ts'
import type { PrivateKey, PublicKey } from './keys.ts'
import type { Name } from './name.ts'
import { algorithmFor, type KeyUsage, OID, type SignatureAlgorithm } from './oids.ts'
import { encodePem, pemLength } from './pem.ts'

/** What stands in a certificate, except the signature. Times are ms since the epoch, whole seconds. */
interface CertificateFields {
  readonly version: number
  readonly serial: bigint
  readonly algorithm: SignatureAlgorithm
  readonly issuer: Name
  readonly notBefore: number
  readonly notAfter: number
  readonly subject: Name
  readonly publicKey: PublicKey
  readonly extensions: readonly Extension[]
}

/** An X.509 certificate. Encoding and signature are computed when first asked for. */
export class Certificate {
  private tbsDer: Buffer | undefined
  private signatureBytes: Buffer | undefined
  private wholeDer: Buffer | undefined
  private pemText: string | undefined
  private readonly memo = new Map<string, unknown>()
  private readonly checked = new Map<string, boolean>()

  constructor(
    readonly fields: CertificateFields,
    /** Either the key that signs it, or what was read from DER. */
    private readonly origin: PrivateKey | { der: Buffer; tbs: Buffer; signature: Buffer },
  ) {
    if ('der' in origin) {
      this.wholeDer = origin.der
      this.tbsDer = origin.tbs
      this.signatureBytes = origin.signature
    }
  }

  get subject(): Name {
    return this.fields.subject
  }
  get issuer(): Name {
    return this.fields.issuer
  }
  get serial(): bigint {
    return this.fields.serial
  }
  get notBefore(): number {
    return this.fields.notBefore
  }
  get notAfter(): number {
    return this.fields.notAfter
  }
  get publicKey(): PublicKey {
    return this.fields.publicKey
  }
  get extensions(): readonly Extension[] {
    return this.fields.extensions
  }

  get altNames(): readonly AltName[] {
    return this.decoded(OID.subjectAltName, decodeAltNames, [])
  }
  get dnsNames(): string[] {
    return this.altNames.filter((n) => n.type === 'dns').map((n) => n.value)
  }
  get ipAddresses(): string[] {
    return this.altNames.filter((n) => n.type === 'ip').map((n) => n.value)
  }
  /** Empty when the extension is absent, as any use is allowed then. */
  get keyUsage(): readonly KeyUsage[] {
    return this.decoded(OID.keyUsage, decodeKeyUsage, [])
  }
  get extKeyUsage(): readonly string[] {
    return this.decoded(OID.extKeyUsage, decodeExtKeyUsage, [])
  }
  get basicConstraints(): BasicConstraints | undefined {
    return this.decoded<BasicConstraints | undefined>(OID.basicConstraints, decodeBasicConstraints, undefined)
  }
  get isCa(): boolean {
    return this.basicConstraints?.ca ?? false
  }
  get subjectKeyId(): Buffer | undefined {
    return this.decoded(OID.subjectKeyIdentifier, decodeSubjectKeyId, undefined)
  }
  get authorityKeyId(): Buffer | undefined {
    return this.decoded(OID.authorityKeyIdentifier, decodeAuthorityKeyId, undefined)
  }

  extension(id: string): Extension | undefined {
    return this.extensions.find((e) => e.oid === id)
  }

  /** The signed part. */
  get tbs(): Buffer {
    return (this.tbsDer ??= encodeTbs(this.fields))
  }

  get signature(): Buffer {
    return (this.signatureBytes ??= (this.origin as PrivateKey).sign(this.fields.algorithm, this.tbs))
  }

  get der(): Buffer {
    return (this.wholeDer ??= sequence(this.tbs, algorithmDer(this.fields.algorithm), bitString(this.signature)))
  }

  /** Length of `pem`, known without signing (but for ECDSA, whose signatures vary). */
  get pemSize(): number {
    const { kind } = this.fields.algorithm
    if (this.wholeDer || kind === 'ec' || !('publicKey' in this.origin)) return this.pem.length
    const signature = kind === 'rsa' ? this.origin.publicKey.size / 8 : 64
    const content =
      this.tbs.length + algorithmDer(this.fields.algorithm).length + bitString(Buffer.alloc(signature)).length
    return pemLength('CERTIFICATE', sequence(Buffer.alloc(content)).length)
  }

  /** Fingerprint: SHA-256 of the whole certificate in hexadecimal. */
  get sha256(): string {
    return createHash('sha256').update(this.der).digest('hex')
  }

  get pem(): string {
    return (this.pemText ??= encodePem('CERTIFICATE', this.der))
  }

  /** Whether the signature was made by this key. The answer is remembered. */
  isSignedBy(key: PublicKey): boolean {
    const known = this.checked.get(key.key)
    if (known !== undefined) return known
    const good = key.verify(this.fields.algorithm, this.tbs, this.signature)
    this.checked.set(key.key, good)
    return good
  }

  equals(other: Certificate): boolean {
    return this === other || this.der.equals(other.der)
  }

  private decoded<T>(id: string, decode: (value: Buffer) => T, absent: T): T {
    if (this.memo.has(id)) return this.memo.get(id) as T
    const extension = this.extension(id)
    const value = extension ? decode(extension.value) : absent
    this.memo.set(id, value)
    return value
  }
}

/** AlgorithmIdentifier: RSA's has a NULL for its parameters, the others have none. */
export const algorithmDer = (a: SignatureAlgorithm): Buffer =>
  a.kind === 'rsa' ? sequence(oid(a.oid), nul()) : sequence(oid(a.oid))

function encodeTbs(f: CertificateFields): Buffer {
  return sequence(
    ...(f.version > 1 ? [tlv(context(0), integer(f.version - 1))] : []),
    integer(f.serial),
    algorithmDer(f.algorithm),
    f.issuer.der,
    sequence(time(f.notBefore), time(f.notAfter)),
    f.subject.der,
    f.publicKey.spki,
    ...(f.extensions.length > 0 ? [encodeExtensions(f.extensions)] : []),
  )
}

/** A certificate and the key that belongs to it. */
export interface CertAndKey {
  readonly cert: Certificate
  readonly key: PrivateKey
}

/** What a Go program (kubeadm, the controller manager's signer, client-go) puts into a certificate template. */
interface Template {
  readonly subject: Name
  readonly serial: bigint
  readonly notBefore: number
  readonly notAfter: number
  readonly keyUsage: readonly KeyUsage[]
  readonly extKeyUsage?: readonly string[]
  readonly isCa?: boolean
  readonly dnsNames?: readonly string[]
  readonly ipAddresses?: readonly string[]
}

/** Go's x509.CreateCertificate. Without an issuer the certificate is signed by `key` itself. */
export function createCertificate(
  template: Template,
  publicKey: PublicKey,
  signer: CertAndKey | PrivateKey,
): Certificate {
  const parent = 'cert' in signer ? signer.cert : undefined
  const signingKey = 'cert' in signer ? signer.key : signer
  const { dnsNames = [], ipAddresses = [], extKeyUsage = [], isCa = false } = template
  const authority = parent?.subjectKeyId
  const extensions: Extension[] = template.keyUsage.length > 0 ? [keyUsageExtension(template.keyUsage)] : []
  if (extKeyUsage.length > 0) extensions.push(extKeyUsageExtension(extKeyUsage))
  extensions.push(basicConstraintsExtension(isCa))
  if (isCa) extensions.push(subjectKeyIdExtension(goKeyId(publicKey)))
  // Go leaves the authority key id out of self-signed certificates.
  if (authority && !parent.subject.equals(template.subject)) extensions.push(authorityKeyIdExtension(authority))
  if (dnsNames.length + ipAddresses.length > 0) extensions.push(altNameExtension(dnsNames, ipAddresses))
  return new Certificate(
    {
      version: 3,
      serial: template.serial,
      algorithm: algorithmFor(signingKey.kind, signingKey.digest),
      issuer: parent?.subject ?? template.subject,
      notBefore: wholeSeconds(template.notBefore),
      notAfter: wholeSeconds(template.notAfter),
      subject: template.subject,
      publicKey,
      extensions,
    },
    signingKey,
  )
}

const wholeSeconds = (ms: number): number => Math.floor(ms / 1000) * 1000
