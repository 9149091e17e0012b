import { Certificate } from './certificate.ts'
import { context, contextPrimitive, DerReader, Tag } from './der.ts'
import { PkiError } from './error.ts'
import { type Extension, parseExtensions } from './extensions.ts'
import { parsePublicKey } from './keys.ts'
import { type Name, parseName } from './name.ts'
import { SIGNATURE_ALGORITHMS, type SignatureAlgorithm } from './oids.ts'

/** Reads a certificate. Throws in the words of Go's crypto/x509 parser.go, in its order of checks. */
export function parseCertificate(der: Buffer): Certificate {
  const fail = (what: string): never => {
    throw new PkiError(`x509: ${what}`)
  }
  const whole = new DerReader(der)
  const raw = whole.element(Tag.sequence) ?? fail('malformed certificate')
  if (!whole.empty) fail('trailing data')
  const outer = new DerReader(raw).enter(Tag.sequence) ?? fail('malformed certificate')
  const tbsRaw = outer.element(Tag.sequence) ?? fail('malformed tbs certificate')
  const tbs = new DerReader(tbsRaw).enter(Tag.sequence) ?? fail('malformed tbs certificate')
  let version = 1
  if (tbs.peek() === context(0)) version = Number(tbs.enter(context(0))?.integer() ?? fail('malformed version')) + 1
  if (version < 1) fail('malformed version')
  if (version > 3) fail('invalid version')
  const serial = tbs.integer() ?? fail('malformed serial number')
  if (serial < 0n) fail('negative serial number')
  const inner = tbs.read(Tag.sequence) ?? fail('malformed signature algorithm identifier')
  const outerAlgorithm = outer.read(Tag.sequence) ?? fail('malformed algorithm identifier')
  if (!inner.equals(outerAlgorithm)) fail("inner and outer signature algorithm identifiers don't match")
  const algorithm = signatureAlgorithm(inner) ?? fail('malformed OID')
  const issuer = readName(tbs) ?? fail('malformed issuer')
  const validity = tbs.enter(Tag.sequence) ?? fail('malformed validity')
  const notBefore = validity.time() ?? fail('malformed validity')
  const notAfter = validity.time() ?? fail('malformed validity')
  const subject = readName(tbs) ?? fail('malformed issuer')
  const spki = tbs.element(Tag.sequence) ?? fail('malformed spki')
  const publicKey = parsePublicKey(spki) ?? fail('malformed subjectPublicKey')
  let extensions: Extension[] = []
  if (version > 1) {
    for (const tag of [contextPrimitive(1), contextPrimitive(2)]) if (tbs.peek() === tag) tbs.any()
    if (version === 3 && !tbs.empty) {
      const list = tbs.enter(context(3))?.enter(Tag.sequence) ?? fail('malformed extensions')
      extensions = parseExtensions(list) ?? fail('malformed extension')
    }
  }
  const signature = outer.bitString() ?? fail('malformed signature')
  return new Certificate(
    { version, serial, algorithm, issuer, notBefore, notAfter, subject, publicKey, extensions },
    { der: raw, tbs: tbsRaw, signature },
  )
}

function readName(reader: DerReader): Name | undefined {
  const raw = reader.element(Tag.sequence)
  return raw && parseName(raw)
}

/** The algorithm of an AlgorithmIdentifier's content. One that is not known cannot verify anything. */
export function signatureAlgorithm(content: Buffer): SignatureAlgorithm | undefined {
  const id = new DerReader(content).oid()
  if (!id) return undefined
  return SIGNATURE_ALGORITHMS.find((a) => a.oid === id) ?? { oid: id, name: id, kind: 'rsa', digest: undefined }
}
