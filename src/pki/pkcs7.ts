import type { Certificate } from './certificate.ts'
import { context, DerReader, integer, oid, sequence, set, Tag, tlv } from './der.ts'
import { OID } from './oids.ts'
import { parseCertificate } from './parse.ts'

/** A PKCS#7 that signs nothing and only carries certificates, as `openssl crl2pkcs7 -nocrl` writes it. */
export const writeCertificateBundle = (certificates: readonly Certificate[]): Buffer =>
  sequence(
    oid(OID.signedData),
    tlv(
      context(0),
      sequence(integer(1), set(), sequence(oid(OID.data)), tlv(context(0), ...certificates.map((c) => c.der)), set()),
    ),
  )

/** The certificates of a PKCS#7's signed data; undefined: it is none. */
export function readCertificateBundle(der: Uint8Array): Certificate[] | undefined {
  const outer = new DerReader(der).enter(Tag.sequence)
  if (outer?.oid() !== OID.signedData) return undefined
  const data = outer.enter(context(0))?.enter(Tag.sequence)
  if (!data || data.integer() === undefined || !data.element(Tag.set) || !data.element(Tag.sequence)) return undefined
  const list = data.enter(context(0))
  const found: Certificate[] = []
  for (let one = list?.element(Tag.sequence); one; one = list?.element(Tag.sequence)) found.push(parseCertificate(one))
  return found
}
