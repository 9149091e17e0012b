import { createECDH, createHash, createHmac } from 'node:crypto'
import { bigBytes, integer, sequence, toBig } from './der.ts'

/** Order of the P-256 group. */
export const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

/** The uncompressed public point of a P-256 scalar. */
export function ecPublicPoint(scalar: bigint): Buffer {
  const ecdh = createECDH('prime256v1')
  ecdh.setPrivateKey(bigBytes(scalar, 32))
  return ecdh.getPublicKey()
}

/**
 * ECDSA over P-256 with the nonce of RFC 6979, because node:crypto draws a random one and the same world must
 * print the same certificate request.
 */
export function ecSign(scalar: bigint, digest: string, data: Uint8Array): Buffer {
  const z = toBig(createHash(digest).update(data).digest().subarray(0, 32)) % P256_ORDER
  for (const k of nonces(scalar, z)) {
    const r = toBig(ecPublicPoint(k).subarray(1, 33)) % P256_ORDER
    const s = (power(k, P256_ORDER - 2n) * ((z + r * scalar) % P256_ORDER)) % P256_ORDER
    if (r !== 0n && s !== 0n) return sequence(integer(r), integer(s))
  }
  throw new Error('no nonce')
}

function* nonces(scalar: bigint, z: bigint): Generator<bigint> {
  const hmac = (key: Uint8Array, ...parts: Uint8Array[]): Buffer =>
    parts.reduce((h, part) => h.update(part), createHmac('sha256', key)).digest()
  const seed = Buffer.concat([bigBytes(scalar, 32), bigBytes(z, 32)])
  let v: Uint8Array = Buffer.alloc(32, 1)
  let key: Uint8Array = Buffer.alloc(32)
  for (const round of [0, 1]) {
    key = hmac(key, v, Buffer.of(round), seed)
    v = hmac(key, v)
  }
  for (;;) {
    v = hmac(key, v)
    const k = toBig(v)
    if (k > 0n && k < P256_ORDER) yield k
    key = hmac(key, v, Buffer.of(0))
    v = hmac(key, v)
  }
}

/** base^exponent modulo the group order. */
function power(base: bigint, exponent: bigint): bigint {
  let result = 1n
  let factor = base % P256_ORDER
  for (let e = exponent; e > 0n; e >>= 1n) {
    if (e & 1n) result = (result * factor) % P256_ORDER
    factor = (factor * factor) % P256_ORDER
  }
  return result
}
