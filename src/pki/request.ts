import { algorithmDer } from './certificate.ts'
import { bitString, context, DerReader, integer, oid, sequence, set, Tag, tlv } from './der.ts'
import { type AltName, decodeAltNames, type Extension, encodeExtension, parseExtensions } from './extensions.ts'
import { type PrivateKey, type PublicKey, parsePublicKey } from './keys.ts'
import { type Name, parseName } from './name.ts'
import { algorithmFor, OID, type SignatureAlgorithm } from './oids.ts'
import { signatureAlgorithm } from './parse.ts'
import { decodePem, encodePem } from './pem.ts'

/** A certificate signing request (PKCS#10). */
export class CertificateRequest {
  private signatureBytes: Buffer | undefined

  constructor(
    readonly subject: Name,
    readonly publicKey: PublicKey,
    /** The extensions it asks for. */
    readonly extensions: readonly Extension[],
    readonly algorithm: SignatureAlgorithm,
    private readonly origin: PrivateKey | { info: Buffer; signature: Buffer },
    /** OpenSSL prints whether the attribute set was there at all. */
    readonly hasAttributes = extensions.length > 0,
  ) {}

  /** The signed part. */
  get info(): Buffer {
    if ('info' in this.origin) return this.origin.info
    const requested =
      this.extensions.length > 0
        ? [sequence(oid(OID.extensionRequest), set(sequence(...this.extensions.map(encodeExtension))))]
        : []
    return sequence(integer(0), this.subject.der, this.publicKey.spki, tlv(context(0), ...requested))
  }

  get signature(): Buffer {
    return (this.signatureBytes ??=
      'info' in this.origin ? this.origin.signature : this.origin.sign(this.algorithm, this.info))
  }

  get der(): Buffer {
    return sequence(this.info, algorithmDer(this.algorithm), bitString(this.signature))
  }

  get pem(): string {
    return encodePem('CERTIFICATE REQUEST', this.der)
  }

  /** Further names that it asks for. */
  get altNames(): AltName[] {
    return this.extensions.filter((e) => e.oid === OID.subjectAltName).flatMap((e) => decodeAltNames(e.value))
  }

  /** Whether it was signed by the key it names. */
  get valid(): boolean {
    return this.publicKey.verify(this.algorithm, this.info, this.signature)
  }
}

/** A certificate request (PKCS #10) signed with its own key. */
export function createRequest(
  subject: Name,
  key: PrivateKey,
  extensions: readonly Extension[] = [],
): CertificateRequest {
  return new CertificateRequest(subject, key.publicKey, extensions, algorithmFor(key.kind, key.digest), key)
}

/** Reads a request's DER. */
export function parseRequest(der: Buffer): CertificateRequest | undefined {
  const outer = new DerReader(der).enter(Tag.sequence)
  const info = outer?.element(Tag.sequence)
  const content = outer?.read(Tag.sequence)
  const algorithm = content && signatureAlgorithm(content)
  const signature = outer?.bitString()
  const inner = info && new DerReader(info).enter(Tag.sequence)
  if (!info || !algorithm || !signature || inner?.integer() !== 0n) return undefined
  const subjectDer = inner.element(Tag.sequence)
  const subject = subjectDer && parseName(subjectDer)
  const spki = inner.element(Tag.sequence)
  const publicKey = spki && parsePublicKey(spki)
  if (!subject || !publicKey) return undefined
  const attributes = inner.enter(context(0))
  const hasAttributes = attributes !== undefined && !attributes.empty
  let extensions: Extension[] = []
  while (attributes && !attributes.empty) {
    const attribute = attributes.enter(Tag.sequence)
    if (attribute?.oid() !== OID.extensionRequest) continue
    const list = attribute.enter(Tag.set)?.enter(Tag.sequence)
    const parsed = list && parseExtensions(list)
    if (!parsed) return undefined
    extensions = parsed
  }
  return new CertificateRequest(subject, publicKey, extensions, algorithm, { info, signature }, hasAttributes)
}

/** The first CERTIFICATE REQUEST of a PEM text, if it is one. */
export function requestFromPem(text: string): CertificateRequest | undefined {
  const block = decodePem(text).find((b) => b.type === 'CERTIFICATE REQUEST' || b.type === 'NEW CERTIFICATE REQUEST')
  return block && parseRequest(block.bytes)
}
