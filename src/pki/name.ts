import { createHash } from 'node:crypto'
import { DerReader, decodeText, oid, sequence, set, Tag, text } from './der.ts'
import { ATTRIBUTES } from './oids.ts'

/** One attribute of a distinguished name. */
interface Attribute {
  readonly oid: string
  readonly value: string
  /** ASN.1 string type. */
  readonly tag: number
  /** It makes up one relative name together with the attribute before it. */
  readonly joined?: true
}

const OID_OF = new Map(ATTRIBUTES)
const SHORT_OF = new Map(ATTRIBUTES.map(([short, id]) => [id, short]))
const PRINTABLE = /^[A-Za-z0-9 '()+,\-./:=?]*$/

/** A distinguished name: attributes in the order of the certificate. */
export class Name {
  private encoded: Buffer | undefined

  constructor(
    readonly attributes: readonly Attribute[],
    der?: Buffer,
  ) {
    this.encoded = der
  }

  get der(): Buffer {
    return (this.encoded ??= sequence(...this.relative((a) => sequence(oid(a.oid), text(a.tag, a.value)))))
  }

  /** The relative names that it is made of: sets, ordered as DER orders them. */
  private relative(encode: (attribute: Attribute) => Buffer): Buffer[] {
    const sets: Buffer[][] = []
    for (const attribute of this.attributes) {
      if (attribute.joined) sets[sets.length - 1].push(encode(attribute))
      else sets.push([encode(attribute)])
    }
    return sets.map((members) => set(...members.sort(Buffer.compare)))
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

  /** As Go's pkix.Name prints it: RFC 2253, last attribute first. */
  toString(): string {
    return [...this.attributes]
      .reverse()
      .map((a) => `${goName(a.oid)}=${a.value.replace(/[,+"\\<>;]|^[# ]| $/g, '\\$&')}`)
      .join(',')
  }

  /** X509_NAME_hash: what c_rehash and `openssl x509 -hash` name a certificate by. */
  get opensslHash(): string {
    const canonical = this.relative((a) =>
      sequence(oid(a.oid), text(Tag.utf8, a.value.trim().replace(/\s+/g, ' ').toLowerCase())),
    )
    const digest = createHash('sha1').update(Buffer.concat(canonical)).digest()
    return digest.readUInt32LE(0).toString(16).padStart(8, '0')
  }

  /** X509_NAME_hash_old: as OpenSSL before 1.0 named it. */
  get opensslHashOld(): string {
    return createHash('md5').update(this.der).digest().readUInt32LE(0).toString(16).padStart(8, '0')
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

/**
 * A subject as Go's x509 encodes it: organisations before the common name, all in one set ordered as DER orders it,
 * PrintableString where possible.
 */
export function goSubject(commonName: string, organizations: readonly string[] = []): Name {
  const of = (short: string, value: string): Attribute =>
    attribute(short, value, PRINTABLE.test(value) ? Tag.printable : Tag.utf8)
  const names = organizations
    .map((name) => of('O', name))
    .sort((x, y) => Buffer.compare(text(x.tag, x.value), text(y.tag, y.value)))
  return new Name([
    ...names.map((name, i) => (i > 0 ? { ...name, joined: true as const } : name)),
    of('CN', commonName),
  ])
}

/**
 * A subject as OpenSSL encodes it: UTF8String, but two-letter countries, serial numbers and mail addresses. `joined`: which
 * of them make up one part with the one before.
 */
export function opensslSubject(
  pairs: readonly (readonly [short: string, value: string])[],
  joined: readonly boolean[] = [],
): Name {
  const tagOf = (short: string): number =>
    short === 'C' || short === 'serialNumber' || short === 'dnQualifier'
      ? Tag.printable
      : short === 'emailAddress' || short === 'DC'
        ? Tag.ia5
        : Tag.utf8
  const attributes = pairs.map(([short, value], i) => ({
    ...attribute(short, value, tagOf(short)),
    ...(joined[i] ? { joined: true as const } : {}),
  }))
  if (!joined.includes(true)) return new Name(attributes)
  // Read again, for the order within a set is that of its encoding.
  return parseName(new Name(attributes).der) ?? new Name(attributes)
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
    for (let first = true; !rdn.empty; first = false) {
      const pair = rdn.enter(Tag.sequence)
      const id = pair?.oid()
      const value = pair?.any()
      if (!id || !value) return undefined
      const attribute = { oid: id, value: decodeText(value.tag, value.content), tag: value.tag }
      attributes.push(first ? attribute : { ...attribute, joined: true })
    }
  }
  return new Name(attributes, der)
}
