import { createHash } from 'node:crypto'
import { DerReader, decodeText, oid, sequence, set, Tag, text } from './der.ts'
import { ATTRIBUTES } from './oids.ts'

/** One attribute of a distinguished name. */
interface Attribute {
  readonly oid: string
  readonly value: string
  /** ASN.1 string type. */
  readonly tag: number
}

const OID_OF = new Map(ATTRIBUTES)
const SHORT_OF = new Map(ATTRIBUTES.map(([short, id]) => [id, short]))
const PRINTABLE = /^[A-Za-z0-9 '()+,\-./:=?]*$/

/** A distinguished name: attributes in the order of the certificate, one an RDN. */
export class Name {
  private encoded: Buffer | undefined

  constructor(
    readonly attributes: readonly Attribute[],
    der?: Buffer,
  ) {
    this.encoded = der
  }

  get der(): Buffer {
    return (this.encoded ??= sequence(...this.attributes.map((a) => set(sequence(oid(a.oid), text(a.tag, a.value))))))
  }

  /** Values of an attribute by its short name (`CN`, `O`, …), in order. */
  all(short: string): string[] {
    const id = OID_OF.get(short)
    return this.attributes.filter((a) => a.oid === id).map((a) => a.value)
  }

  get commonName(): string {
    return this.all('CN').at(-1) ?? ''
  }

  get organizations(): string[] {
    return this.all('O')
  }

  /** As OpenSSL 3.0 prints it: `O = system:masters, CN = kubernetes-admin`. */
  get oneline(): string {
    return this.attributes.map((a) => `${shortName(a.oid)} = ${quote(a.value)}`).join(', ')
  }

  /** As Go's pkix.Name prints it: RFC 2253, last attribute first. */
  toString(): string {
    return [...this.attributes]
      .reverse()
      .map((a) => `${goName(a.oid)}=${a.value.replace(/[,+"\\<>;]|^[# ]| $/g, '\\$&')}`)
      .join(',')
  }

  /** X509_NAME_hash: what c_rehash and `openssl x509 -hash` name a certificate by. */
  get opensslHash(): string {
    const canonical = this.attributes.map((a) =>
      set(sequence(oid(a.oid), text(Tag.utf8, a.value.trim().replace(/\s+/g, ' ').toLowerCase()))),
    )
    const digest = createHash('sha1').update(Buffer.concat(canonical)).digest()
    return digest.readUInt32LE(0).toString(16).padStart(8, '0')
  }

  equals(other: Name): boolean {
    return this === other || this.der.equals(other.der)
  }
}

/** `CN` for 2.5.4.3; the OID itself when it has no short name. */
export const shortName = (id: string): string => SHORT_OF.get(id) ?? id

/** Attribute names Go knows; others print as their OID. */
const goName = (id: string): string => {
  const known: Record<string, string> = { serialNumber: 'SERIALNUMBER', street: 'STREET', postalCode: 'POSTALCODE' }
  const short = shortName(id)
  return known[short] ?? (['C', 'O', 'OU', 'CN', 'L', 'ST'].includes(short) ? short : id)
}

/** OpenSSL puts quotes around values with special characters (the one-line name format). */
const quote = (value: string): string =>
  /[,+<>;"\\]|^[# ]| $/.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : value

/** A subject as Go's x509 encodes it: organisations before the common name, PrintableString where possible. */
export function goSubject(commonName: string, organizations: readonly string[] = []): Name {
  const pairs = [...organizations.map((o) => ['O', o] as const), ['CN', commonName] as const]
  return new Name(
    pairs.map(([short, value]) => attribute(short, value, PRINTABLE.test(value) ? Tag.printable : Tag.utf8)),
  )
}

/** A subject as OpenSSL encodes it: UTF8String, but two-letter countries, serial numbers and mail addresses. */
export function opensslSubject(pairs: readonly (readonly [short: string, value: string])[]): Name {
  const tagOf = (short: string): number =>
    short === 'C' || short === 'serialNumber' || short === 'dnQualifier'
      ? Tag.printable
      : short === 'emailAddress' || short === 'DC'
        ? Tag.ia5
        : Tag.utf8
  return new Name(pairs.map(([short, value]) => attribute(short, value, tagOf(short))))
}

function attribute(short: string, value: string, tag: number): Attribute {
  return { oid: OID_OF.get(short) ?? short, value, tag }
}

/** OID of an attribute given by short name, or undefined when unknown. */
export const attributeOid = (short: string): string | undefined => OID_OF.get(short)

/** Reads a Name from its DER, or undefined. */
export function parseName(der: Buffer): Name | undefined {
  const rdns = new DerReader(der).enter(Tag.sequence)
  if (!rdns) return undefined
  const attributes: Attribute[] = []
  while (!rdns.empty) {
    const rdn = rdns.enter(Tag.set)
    if (!rdn) return undefined
    while (!rdn.empty) {
      const pair = rdn.enter(Tag.sequence)
      const id = pair?.oid()
      const value = pair?.any()
      if (!id || !value) return undefined
      attributes.push({ oid: id, value: decodeText(value.tag, value.content), tag: value.tag })
    }
  }
  return new Name(attributes, der)
}
