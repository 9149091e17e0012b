import type { Rng } from '../kernel/index.ts'
import { toBig } from './der.ts'
import { type Curve, P256 } from './ecdsa.ts'
import { PrivateKey } from './keys.ts'
import { PRIMES } from './primes.ts'

/** Pairs of primes already drawn from one random stream, by key size. */
const drawn = new WeakMap<Rng, Map<number, Set<number>>>()

/** Sizes of RSA keys that can be generated. */
export const RSA_SIZES: readonly number[] = Object.keys(PRIMES).map((bits) => 2 * Number(bits))

/**
 * An RSA key of the pool (see primes.ts). One stream gets no key twice until all are used up; other streams of the same
 * world may draw the same key, which nothing in a simulation minds.
 */
export function generateRsaKey(rng: Rng, bits = 2048): PrivateKey {
  const primes = PRIMES[bits / 2]
  const total = (primes.length * (primes.length - 1)) / 2
  let sizes = drawn.get(rng)
  if (!sizes) drawn.set(rng, (sizes = new Map()))
  let used = sizes.get(bits)
  if (!used || used.size === total) sizes.set(bits, (used = new Set()))
  let index = rng.int(total)
  while (used.has(index)) index = (index + 1) % total
  used.add(index)
  let high = 1
  while ((high * (high + 1)) / 2 <= index) high++
  const low = index - (high * (high - 1)) / 2
  // PKCS#1 wants p > q; the primes are sorted by their base64, which does not say which is larger.
  const [a, b] = [prime(bits, high), prime(bits, low)]
  return a > b ? PrivateKey.rsa(a, b) : PrivateKey.rsa(b, a)
}

const decoded = new Map<string, bigint>()

function prime(bits: number, index: number): bigint {
  const text = PRIMES[bits / 2][index]
  let value = decoded.get(text)
  if (value === undefined) decoded.set(text, (value = toBig(Buffer.from(text, 'base64'))))
  return value
}

/** A key on a curve, P-256 unless it says another. */
export function generateEcKey(rng: Rng, curve: Curve = P256): PrivateKey {
  return PrivateKey.ec((randomBig(rng, curve.bytes) % (curve.order - 1n)) + 1n, curve)
}

/** From 32 bytes of the generator: the same seed gives the same key. */
export function generateEd25519Key(rng: Rng): PrivateKey {
  return PrivateKey.ed25519(randomBig(rng, 32))
}

/** An unsigned integer of so many random bytes. */
export function randomBig(rng: Rng, bytes: number): bigint {
  return BigInt(`0x${rng.hex(bytes * 2)}`)
}

/** A serial number as Go's kubeadm and client-go draw it: 1 to 2^63-1. */
export function randomSerial(rng: Rng): bigint {
  return randomBig(rng, 8) >> 1n || 1n
}
