import { createHash } from 'node:crypto'
import {
  bitString,
  boolean,
  context,
  contextPrimitive,
  DerReader,
  text as encodeText,
  integer,
  octets,
  oid,
  sequence,
  Tag,
  tlv,
  toBig,
} from './der.ts'
import { formatIp, ipBytes } from './ip.ts'
import type { PublicKey } from './keys.ts'
import { type Name, parseName } from './name.ts'
import { EXT_KEY_USAGES, KEY_USAGES, type KeyUsage, OID } from './oids.ts'

/** A certificate extension, its value still encoded. */
export interface Extension {
  readonly oid: string
  readonly critical: boolean
  /** DER inside the OCTET STRING. */
  readonly value: Buffer
}

/** A subject alternative name. `value` is text; an IP address in Go's form. */
export interface AltName {
  readonly type: 'dns' | 'ip' | 'email' | 'uri' | 'other'
  readonly value: string
  /** Content bytes, for what prints them differently. */
  readonly raw: Buffer
}

/** Extension (RFC 5280, 4.1): `critical` is written only when true. */
export const encodeExtension = (e: Extension): Buffer =>
  e.critical ? sequence(oid(e.oid), boolean(true), octets(e.value)) : sequence(oid(e.oid), octets(e.value))

/** X.509v3 Key Usage. */
export function keyUsageExtension(usages: readonly KeyUsage[], critical = true): Extension {
  const bits = usages.map((u) => KEY_USAGES.indexOf(u))
  const last = Math.max(0, ...bits)
  const bytes = Buffer.alloc((last >> 3) + 1)
  for (const bit of bits) bytes[bit >> 3] |= 0x80 >> (bit & 7)
  return { oid: OID.keyUsage, critical, value: bitString(bytes, 7 - (last & 7)) }
}

/** X.509v3 Extended Key Usage, by name or object identifier. */
export const extKeyUsageExtension = (usages: readonly string[], critical = false): Extension => ({
  oid: OID.extKeyUsage,
  critical,
  value: sequence(...usages.map((u) => oid(EXT_KEY_USAGES[u] ?? u))),
})

/** X.509v3 Basic Constraints. */
export const basicConstraintsExtension = (ca: boolean, pathLength?: number, critical = true): Extension => ({
  oid: OID.basicConstraints,
  critical,
  value: sequence(...(ca ? [boolean(true)] : []), ...(pathLength === undefined ? [] : [integer(pathLength)])),
})

/** X.509v3 Subject Key Identifier. */
export const subjectKeyIdExtension = (id: Buffer): Extension => ({
  oid: OID.subjectKeyIdentifier,
  critical: false,
  value: octets(id),
})

/** X.509v3 Authority Key Identifier. */
export const authorityKeyIdExtension = (id: Buffer): Extension => ({
  oid: OID.authorityKeyIdentifier,
  critical: false,
  value: sequence(tlv(contextPrimitive(0), id)),
})

/** X.509v3 Subject Alternative Name of DNS names and then addresses, as Go orders them. */
export function altNameExtension(dns: readonly string[], ips: readonly string[], critical = false): Extension {
  return altNamesExtension(
    [...dns.map((value) => ({ type: 'dns' as const, value })), ...ips.map((value) => ({ type: 'ip' as const, value }))],
    critical,
  )
}

/** Names the authority by its issuer and serial number, as OpenSSL does where it has no key identifier. */
export const authorityIssuerExtension = (issuer: Name, serial: bigint): Extension => {
  const number = integer(serial)
  number[0] = contextPrimitive(2)
  return {
    oid: OID.authorityKeyIdentifier,
    critical: false,
    value: sequence(tlv(context(1), tlv(context(4), issuer.der)), number),
  }
}

/** An IA5String, as comments are encoded. */
export const ia5String = (value: string): Buffer => encodeText(Tag.ia5, value)

/** Names in the given order, as OpenSSL's `subjectAltName=` keeps it. */
export function altNamesExtension(names: readonly Pick<AltName, 'type' | 'value'>[], critical = false): Extension {
  const tags = { email: 1, dns: 2, uri: 6, ip: 7, other: 8 }
  return {
    oid: OID.subjectAltName,
    critical,
    value: sequence(
      ...names.map((n) =>
        tlv(
          contextPrimitive(tags[n.type]),
          n.type === 'ip' ? (ipBytes(n.value) ?? Buffer.alloc(0)) : Buffer.from(n.value, 'utf8'),
        ),
      ),
    ),
  }
}

/** Key identifier as Go 1.25 and later compute it: the first 160 bits of SHA-256 over the key's bits (RFC 7093). */
export const goKeyId = (key: PublicKey): Buffer => createHash('sha256').update(key.bits).digest().subarray(0, 20)

/** Key identifier as OpenSSL's `hash` computes it: SHA-1 over the key's bits. */
export const opensslKeyId = (key: PublicKey): Buffer => createHash('sha1').update(key.bits).digest()

/** Usages that the extension's value names. */
export function decodeKeyUsage(value: Buffer): KeyUsage[] {
  const bits = new DerReader(value).bitString()
  return bits ? KEY_USAGES.filter((_, i) => (bits[i >> 3] ?? 0) & (0x80 >> (i & 7))) : []
}

const EKU_NAMES = new Map(Object.entries(EXT_KEY_USAGES).map(([name, id]) => [id, name]))

/** Extended usages by name, unknown ones by object identifier. */
export function decodeExtKeyUsage(value: Buffer): string[] {
  const list = new DerReader(value).enter(Tag.sequence)
  const usages: string[] = []
  while (list && !list.empty) {
    const id = list.oid()
    if (!id) break
    usages.push(EKU_NAMES.get(id) ?? id)
  }
  return usages
}

/** Whether a certificate is a CA's, and how many CAs may follow below it. */
export interface BasicConstraints {
  readonly ca: boolean
  readonly pathLength: number | undefined
}

/** Basic constraints from the extension's value. */
export function decodeBasicConstraints(value: Buffer): BasicConstraints {
  const inner = new DerReader(value).enter(Tag.sequence)
  const ca = inner?.peek() === Tag.boolean ? (inner.boolean() ?? false) : false
  const pathLength = inner?.integer()
  return { ca, pathLength: pathLength === undefined ? undefined : Number(pathLength) }
}

/** Alternative names from the extension's value; kinds that are not known are left out. */
export function decodeAltNames(value: Buffer): AltName[] {
  const list = new DerReader(value).enter(Tag.sequence)
  const names: AltName[] = []
  while (list && !list.empty) {
    const item = list.any()
    if (!item) break
    const type = ({ 1: 'email', 2: 'dns', 6: 'uri', 7: 'ip' } as const)[item.tag & (0x1f as 1)] ?? 'other'
    names.push({
      type,
      value: type === 'ip' ? formatIp(item.content) : item.content.toString('utf8'),
      raw: item.content,
    })
  }
  return names
}

/** The key's ID, or undefined when the extension holds none. */
export const decodeSubjectKeyId = (value: Buffer): Buffer | undefined => new DerReader(value).read(Tag.octetString)

/** The key identifier of an authority key identifier; issuer and serial, if it has them, are ignored. */
export const decodeAuthorityKeyId = (value: Buffer): Buffer | undefined =>
  new DerReader(value).enter(Tag.sequence)?.read(contextPrimitive(0))

/** Issuer and serial number of an authority key identifier, if it has them. */
export function decodeAuthorityIssuer(value: Buffer): { issuer: Name; serial: bigint } | undefined {
  const inner = new DerReader(value).enter(Tag.sequence)
  if (inner?.peek() === contextPrimitive(0)) inner.any()
  const der = inner?.enter(context(1))?.read(context(4))
  const issuer = der && parseName(der)
  const serial = inner?.read(contextPrimitive(2))
  return issuer && serial ? { issuer, serial: toBig(serial) } : undefined
}

/** Reads `Extensions` (a SEQUENCE OF Extension). Undefined where malformed. */
export function parseExtensions(list: DerReader): Extension[] | undefined {
  const extensions: Extension[] = []
  while (!list.empty) {
    const one = list.enter(Tag.sequence)
    const id = one?.oid()
    if (!one || !id) return undefined
    const critical = one.peek() === Tag.boolean ? one.boolean() : false
    const value = one.read(Tag.octetString)
    if (critical === undefined || !value) return undefined
    extensions.push({ oid: id, critical, value })
  }
  return extensions
}

/** The `[3] EXPLICIT Extensions` of a certificate. */
export const encodeExtensions = (extensions: readonly Extension[]): Buffer =>
  tlv(context(3), sequence(...extensions.map(encodeExtension)))
