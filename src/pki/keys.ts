import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { bigBytes, bitString, context, DerReader, integer, nul, octets, oid, sequence, Tag, tlv, toBig } from './der.ts'
import { CURVES, type Curve, ecPublicPoint, ecSign, P256 } from './ecdsa.ts'
import { OID, type SignatureAlgorithm } from './oids.ts'
import { encodePem } from './pem.ts'

type KeyKind = 'rsa' | 'ec' | 'ed25519'

const ED25519_PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex')

/** A public key, known by its SubjectPublicKeyInfo. */
export class PublicKey {
  private object: KeyObject | undefined
  private id: string | undefined

  constructor(
    readonly kind: KeyKind,
    /** DER of the SubjectPublicKeyInfo. */
    readonly spki: Buffer,
    /** Content of its BIT STRING: PKCS#1 RSAPublicKey, an uncompressed point, or the 32 bytes of Ed25519. */
    readonly bits: Buffer,
    /** Of an EC key. */
    readonly curve: Curve = P256,
  ) {}

  get pem(): string {
    return encodePem('PUBLIC KEY', this.spki)
  }

  /** Modulus and exponent of an RSA key. */
  get rsa(): { n: bigint; e: bigint } {
    const inner = new DerReader(this.bits).enter(Tag.sequence)
    return { n: inner?.integer() ?? 0n, e: inner?.integer() ?? 0n }
  }

  /** Size in bits. */
  get size(): number {
    return this.kind === 'rsa' ? this.rsa.n.toString(2).length : this.kind === 'ec' ? this.curve.bytes * 8 : 256
  }

  equals(other: PublicKey): boolean {
    return this === other || this.spki.equals(other.spki)
  }

  /** A string equal for equal keys only. */
  get key(): string {
    return (this.id ??= this.spki.toString('latin1'))
  }

  verify(algorithm: SignatureAlgorithm, data: Uint8Array, signature: Uint8Array): boolean {
    if (algorithm.kind !== this.kind) return false
    try {
      this.object ??= createPublicKey({ key: this.spki, format: 'der', type: 'spki' })
      return verify(algorithm.digest, data, this.object, signature)
    } catch {
      return false
    }
  }
}

function rsaPublicKey(n: bigint, e: bigint): PublicKey {
  const bits = sequence(integer(n), integer(e))
  return new PublicKey('rsa', sequence(sequence(oid(OID.rsaEncryption), nul()), bitString(bits)), bits)
}

function ecPublicKey(point: Buffer, curve: Curve): PublicKey {
  const spki = sequence(sequence(oid(OID.ecPublicKey), oid(curve.oid)), bitString(point))
  return new PublicKey('ec', spki, point, curve)
}

/** RSA keys come from a small pool and serve in world after world: what was computed of them is kept, by their primes. */
const rsaKeys = new Map<bigint, PrivateKey>()
const RSA_LIMIT = 1000
/** Signatures that a key remembers. Two worlds of the same seed sign the same certificates. */
const SIGNED_LIMIT = 100

/** A private key. Everything dear (exponents, PEM, signatures) is computed when first asked for. */
export class PrivateKey {
  private object: KeyObject | undefined
  private readonly signed = new Map<string, Buffer>()
  private pkcs8Der: Buffer | undefined
  private legacyDer: Buffer | undefined
  private pemText: string | undefined

  private constructor(
    readonly kind: KeyKind,
    readonly publicKey: PublicKey,
    /** RSA: the primes. EC: the scalar. Ed25519: the seed. */
    readonly secret: readonly bigint[],
    /** RSA public exponent. */
    private readonly e: bigint = 65537n,
  ) {}

  /** `pkcs1`: its encoding, when known already. */
  static rsa(p: bigint, q: bigint, e = 65537n, pkcs1?: Buffer): PrivateKey {
    const n = p * q
    const known = rsaKeys.get(n)
    if (known?.e === e && known.secret[0] === p && !pkcs1) return known
    const key = new PrivateKey('rsa', rsaPublicKey(n, e), [p, q], e)
    key.legacyDer = pkcs1
    if (!pkcs1) {
      if (rsaKeys.size >= RSA_LIMIT) rsaKeys.clear()
      rsaKeys.set(n, key)
    }
    return key
  }

  static ec(scalar: bigint, curve: Curve = P256): PrivateKey {
    return new PrivateKey('ec', ecPublicKey(ecPublicPoint(scalar, curve), curve), [scalar])
  }

  static ed25519(seed: bigint): PrivateKey {
    const der = Buffer.concat([ED25519_PKCS8, bigBytes(seed, 32)])
    const spki = createPublicKey(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })).export({
      format: 'der',
      type: 'spki',
    })
    return new PrivateKey('ed25519', new PublicKey('ed25519', spki, spki.subarray(-32)), [seed])
  }

  private get curve(): Curve {
    return this.publicKey.curve
  }

  /** The digest with which crypto/x509 and kubeadm sign with such a key. */
  get digest(): 'sha256' | 'sha384' {
    return this.kind === 'ec' ? this.curve.digest : 'sha256'
  }

  /** The numbers of PKCS#1's RSAPrivateKey: n, e, d, p, q, d mod p-1, d mod q-1, 1/q mod p. */
  get rsaNumbers(): readonly bigint[] {
    const [p, q] = this.secret
    if (this.legacyDer && this.kind === 'rsa') return storedNumbers(this.legacyDer)
    const phi = (p - 1n) * (q - 1n)
    // e is small, so its inverse modulo phi needs one inversion modulo e only.
    const d = (1n + phi * inverse(-phi, this.e)) / this.e
    return [p * q, this.e, d, p, q, d % (p - 1n), d % (q - 1n), inverse(q, p)]
  }

  /** DER of the traditional format: PKCS#1 for RSA, SEC 1 for EC. Ed25519 has none. */
  get traditional(): Buffer {
    return (this.legacyDer ??=
      this.kind === 'rsa'
        ? sequence(integer(0), ...this.rsaNumbers.map(integer))
        : sequence(
            integer(1),
            octets(bigBytes(this.secret[0], this.curve.bytes)),
            tlv(context(0), oid(this.curve.oid)),
            tlv(context(1), bitString(this.publicKey.bits)),
          ))
  }

  get pkcs8(): Buffer {
    return (this.pkcs8Der ??= this.encodePkcs8())
  }

  /** PEM as Go's keyutil and kubeadm write it: `RSA PRIVATE KEY` or `EC PRIVATE KEY`. */
  get pem(): string {
    if (this.kind === 'ed25519') return this.pkcs8Pem
    return (this.pemText ??= encodePem(this.kind === 'rsa' ? 'RSA PRIVATE KEY' : 'EC PRIVATE KEY', this.traditional))
  }

  /** PEM as OpenSSL 3 writes it: `PRIVATE KEY`. */
  get pkcs8Pem(): string {
    return encodePem('PRIVATE KEY', this.pkcs8)
  }

  /** A deterministic signature (RSA PKCS#1 v1.5, ECDSA with a nonce derived from key and message, or Ed25519). */
  sign(algorithm: SignatureAlgorithm, data: Uint8Array): Buffer {
    if (this.kind === 'ec') return ecSign(this.secret[0], this.curve, algorithm.digest ?? 'sha256', data)
    const id = `${algorithm.digest}\0${Buffer.from(data).toString('latin1')}`
    let signature = this.signed.get(id)
    if (!signature) {
      this.object ??=
        this.kind === 'rsa'
          ? createPrivateKey({ key: this.traditional, format: 'der', type: 'pkcs1' })
          : createPrivateKey({ key: this.pkcs8, format: 'der', type: 'pkcs8' })
      signature = sign(algorithm.digest, data, this.object)
      if (this.signed.size >= SIGNED_LIMIT) this.signed.clear()
      this.signed.set(id, signature)
    }
    return signature
  }

  private encodePkcs8(): Buffer {
    if (this.kind === 'ed25519') return Buffer.concat([ED25519_PKCS8, bigBytes(this.secret[0], 32)])
    if (this.kind === 'rsa')
      return sequence(integer(0), sequence(oid(OID.rsaEncryption), nul()), octets(this.traditional))
    // Within PKCS#8 the curve stands in the algorithm only.
    const inner = sequence(
      integer(1),
      octets(bigBytes(this.secret[0], this.curve.bytes)),
      tlv(context(1), bitString(this.publicKey.bits)),
    )
    return sequence(integer(0), sequence(oid(OID.ecPublicKey), oid(this.curve.oid)), octets(inner))
  }
}

/** The inverse of a modulo m (m > 1, coprime). */
function inverse(a: bigint, m: bigint): bigint {
  let [r0, r1] = [m, ((a % m) + m) % m]
  let [t0, t1] = [0n, 1n]
  while (r1 !== 0n) {
    const q = r0 / r1
    ;[r0, r1] = [r1, r0 - q * r1]
    ;[t0, t1] = [t1, t0 - q * t1]
  }
  return t0 < 0n ? t0 + m : t0
}

/** Reads a SubjectPublicKeyInfo. Undefined: not one, or of a kind that is not simulated. */
export function parsePublicKey(spki: Buffer): PublicKey | undefined {
  const outer = new DerReader(spki).enter(Tag.sequence)
  const algorithm = outer?.enter(Tag.sequence)
  const id = algorithm?.oid()
  const bits = outer?.bitString()
  if (!id || !bits) return undefined
  if (id === OID.rsaEncryption) return new PublicKey('rsa', spki, bits)
  if (id === OID.ed25519) return new PublicKey('ed25519', spki, bits)
  const named = id === OID.ecPublicKey ? algorithm?.oid() : undefined
  const curve = CURVES.find((one) => one.oid === named)
  if (curve) return new PublicKey('ec', spki, bits, curve)
  return undefined
}

/** What an RSAPrivateKey says, whose exponent may be another than we would choose. */
function storedNumbers(pkcs1: Buffer): readonly bigint[] {
  const inner = new DerReader(pkcs1).enter(Tag.sequence)
  return Array.from({ length: 9 }, () => inner?.integer() ?? 0n).slice(1)
}

/** Reads PKCS#1 DER. */
export function parsePkcs1(der: Buffer): PrivateKey | undefined {
  const inner = new DerReader(der).enter(Tag.sequence)
  if (inner?.integer() !== 0n) return undefined
  const [n, e, , p, q] = [1, 2, 3, 4, 5].map(() => inner.integer())
  return n && e && p && q && p * q === n ? PrivateKey.rsa(p, q, e, der) : undefined
}

/** Reads SEC 1 DER. */
export function parseSec1(der: Buffer): PrivateKey | undefined {
  const inner = new DerReader(der).enter(Tag.sequence)
  if (inner?.integer() !== 1n) return undefined
  const scalar = inner.read(Tag.octetString)
  // The length of the scalar tells the curves apart that are known here.
  const curve = CURVES.find((one) => one.bytes === scalar?.length)
  return scalar && curve ? PrivateKey.ec(toBig(scalar), curve) : undefined
}

/** Reads PKCS#8 DER. */
export function parsePkcs8(der: Buffer): PrivateKey | undefined {
  const inner = new DerReader(der).enter(Tag.sequence)
  if (inner?.integer() !== 0n) return undefined
  const id = inner.enter(Tag.sequence)?.oid()
  const body = inner.read(Tag.octetString)
  if (!body) return undefined
  if (id === OID.rsaEncryption) return parsePkcs1(body)
  if (id === OID.ecPublicKey) return parseSec1(body)
  const seed = id === OID.ed25519 ? new DerReader(body).read(Tag.octetString) : undefined
  return seed && PrivateKey.ed25519(toBig(seed))
}
