import { createECDH, createHash, createHmac } from 'node:crypto'
import { bigBytes, DerReader, integer, sequence, Tag, toBig } from './der.ts'
import { OID } from './oids.ts'

/** A curve of NIST's with what belongs to it. */
export interface Curve {
  /** NIST's name, and OpenSSL's. */
  readonly name: 'P-256' | 'P-384'
  readonly openssl: 'prime256v1' | 'secp384r1'
  readonly oid: string
  /** Length of a scalar and of a coordinate. */
  readonly bytes: number
  /** Order of the group. */
  readonly order: bigint
  /** The digest that goes with it: crypto/x509 signs with no other. */
  readonly digest: 'sha256' | 'sha384'
}

/** The curve that Kubernetes' own keys have. */
export const P256: Curve = {
  name: 'P-256',
  openssl: 'prime256v1',
  oid: OID.prime256v1,
  bytes: 32,
  order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  digest: 'sha256',
}

/** The larger one. */
const P384: Curve = {
  name: 'P-384',
  openssl: 'secp384r1',
  oid: OID.secp384r1,
  bytes: 48,
  order: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
  digest: 'sha384',
}

/** Curves of which there can be keys. */
export const CURVES: readonly Curve[] = [P256, P384]

/** The uncompressed public point of a scalar. */
export function ecPublicPoint(scalar: bigint, curve: Curve): Buffer {
  const ecdh = createECDH(curve.openssl)
  ecdh.setPrivateKey(bigBytes(scalar, curve.bytes))
  return ecdh.getPublicKey()
}

/**
 * ECDSA with the nonce of RFC 6979, because node:crypto draws a random one and the same world must print the same
 * certificate request.
 */
export function ecSign(scalar: bigint, curve: Curve, digest: string, data: Uint8Array): Buffer {
  const { order, bytes } = curve
  const z = toBig(createHash(digest).update(data).digest().subarray(0, bytes)) % order
  for (const k of nonces(scalar, z, curve)) {
    const r = toBig(ecPublicPoint(k, curve).subarray(1, 1 + bytes)) % order
    const s = (power(k, order - 2n, order) * ((z + r * scalar) % order)) % order
    if (r !== 0n && s !== 0n) return sequence(integer(r), integer(s))
  }
  throw new Error('no nonce')
}

function* nonces(scalar: bigint, z: bigint, { order, bytes, digest }: Curve): Generator<bigint> {
  const hmac = (key: Uint8Array, ...parts: Uint8Array[]): Buffer =>
    parts.reduce((h, part) => h.update(part), createHmac(digest, key)).digest()
  const seed = Buffer.concat([bigBytes(scalar, bytes), bigBytes(z, bytes)])
  let v: Uint8Array = Buffer.alloc(bytes, 1)
  let key: Uint8Array = Buffer.alloc(bytes)
  for (const round of [0, 1]) {
    key = hmac(key, v, Buffer.of(round), seed)
    v = hmac(key, v)
  }
  for (;;) {
    v = hmac(key, v)
    const k = toBig(v)
    if (k > 0n && k < order) yield k
    key = hmac(key, v, Buffer.of(0))
    v = hmac(key, v)
  }
}

/** base^exponent modulo the group order. */
function power(base: bigint, exponent: bigint, order: bigint): bigint {
  let result = 1n
  let factor = base % order
  for (let e = exponent; e > 0n; e >>= 1n) {
    if (e & 1n) result = (result * factor) % order
    factor = (factor * factor) % order
  }
  return result
}

/** A signature as JSON Web Tokens have it: both numbers side by side. */
export function rawSignature(der: Buffer, { bytes }: Curve): Buffer {
  const inner = new DerReader(der).enter(Tag.sequence)
  return Buffer.concat([1, 2].map(() => bigBytes(inner?.integer() ?? 0n, bytes)))
}

/** The same the other way round; undefined: it is too long or too short. */
export const derSignature = (raw: Buffer, { bytes }: Curve): Buffer | undefined =>
  raw.length === 2 * bytes
    ? sequence(integer(toBig(raw.subarray(0, bytes))), integer(toBig(raw.subarray(bytes))))
    : undefined
