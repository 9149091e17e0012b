import { createCipheriv, createDecipheriv, createHash, createHmac, pbkdf2Sync } from 'node:crypto'
import { Certificate } from './certificate.ts'
import { context, contextPrimitive, DerReader, integer, nul, octets, oid, sequence, set, Tag, tlv } from './der.ts'
import type { PrivateKey } from './keys.ts'
import { parseCertificate } from './parse.ts'

const DATA = '1.2.840.113549.1.7.1'
const ENCRYPTED_DATA = '1.2.840.113549.1.7.6'
const PBES2 = '1.2.840.113549.1.5.13'
const PBKDF2 = '1.2.840.113549.1.5.12'
const HMAC_SHA256 = '1.2.840.113549.2.9'
const AES_256_CBC = '2.16.840.1.101.3.4.1.42'
const SHA256 = '2.16.840.1.101.3.4.2.1'
const KEY_BAG = '1.2.840.113549.1.12.10.1.1'
const SHROUDED_KEY_BAG = '1.2.840.113549.1.12.10.1.2'
const CERT_BAG = '1.2.840.113549.1.12.10.1.3'
const X509_CERTIFICATE = '1.2.840.113549.1.9.22.1'
const FRIENDLY_NAME = '1.2.840.113549.1.9.20'
const LOCAL_KEY_ID = '1.2.840.113549.1.9.21'

/** OpenSSL's default number of iterations, of the encryption and of the MAC. */
const ITERATIONS = 2048

/** What a bag holds, with the name and the mark that tie a key to its certificate. */
export interface Bag {
  readonly certificate?: Certificate
  /** PKCS#8, in the clear. */
  readonly pkcs8?: Buffer
  /** It was encrypted on its own. */
  readonly shrouded?: boolean
  readonly name?: string
  readonly localKeyId?: Buffer
}

/** A part of a PKCS#12 file: its bags, and whether they are encrypted together. */
export interface Safe {
  readonly encrypted: boolean
  readonly bags: readonly Bag[]
}

const bmp = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16()

/** Key derivation of RFC 7292, appendix B, with SHA-256, for the MAC. */
function macKey(password: string, salt: Uint8Array, iterations: number): Buffer {
  const BLOCK = 64
  const fill = (bytes: Uint8Array): Buffer =>
    bytes.length === 0
      ? Buffer.alloc(0)
      : Buffer.from(Array.from({ length: BLOCK * Math.ceil(bytes.length / BLOCK) }, (_, i) => bytes[i % bytes.length]))
  let key = Buffer.concat([Buffer.alloc(BLOCK, 3), fill(salt), fill(bmp(`${password}\0`))])
  for (let i = 0; i < iterations; i++) key = createHash('sha256').update(key).digest()
  return key
}

/** Random bytes: from the world's own source. */
type Random = (bytes: number) => Buffer

/** Encrypts for PBES2: PBKDF2 with HMAC-SHA-256 and AES-256-CBC. Gives the algorithm's identifier and the bytes. */
function encrypt(plain: Uint8Array, password: string, random: Random): [algorithm: Buffer, bytes: Buffer] {
  const salt = random(8)
  const iv = random(16)
  const key = pbkdf2Sync(password, salt, ITERATIONS, 32, 'sha256')
  const cipher = createCipheriv('aes-256-cbc', key, iv)
  const kdf = sequence(oid(PBKDF2), sequence(octets(salt), integer(ITERATIONS), sequence(oid(HMAC_SHA256), nul())))
  const algorithm = sequence(oid(PBES2), sequence(kdf, sequence(oid(AES_256_CBC), octets(iv))))
  return [algorithm, Buffer.concat([cipher.update(plain), cipher.final()])]
}

/** Undefined: another scheme than this one's, or another password. */
function decrypt(algorithm: DerReader | undefined, bytes: Uint8Array, password: string): Buffer | undefined {
  if (algorithm?.oid() !== PBES2) return undefined
  const parameters = algorithm.enter(Tag.sequence)
  const kdf = parameters?.enter(Tag.sequence)
  if (kdf?.oid() !== PBKDF2) return undefined
  const derivation = kdf.enter(Tag.sequence)
  const salt = derivation?.read(Tag.octetString)
  const iterations = derivation?.integer()
  const cipher = parameters?.enter(Tag.sequence)
  if (!salt || iterations === undefined || cipher?.oid() !== AES_256_CBC) return undefined
  const iv = cipher.read(Tag.octetString)
  if (!iv) return undefined
  try {
    const open = createDecipheriv('aes-256-cbc', pbkdf2Sync(password, salt, Number(iterations), 32, 'sha256'), iv)
    return Buffer.concat([open.update(bytes), open.final()])
  } catch {
    return undefined
  }
}

/** PKCS#8 encrypted with a password: `ENCRYPTED PRIVATE KEY`. */
export function encryptKey(pkcs8: Uint8Array, password: string, random: Random): Buffer {
  const [algorithm, bytes] = encrypt(pkcs8, password, random)
  return sequence(algorithm, octets(bytes))
}

/** PKCS#8 of an encrypted key; undefined with a wrong password. */
export function decryptKey(der: Uint8Array, password: string): Buffer | undefined {
  const outer = new DerReader(der).enter(Tag.sequence)
  const algorithm = outer?.enter(Tag.sequence)
  const bytes = outer?.read(Tag.octetString)
  return bytes && decrypt(algorithm, bytes, password)
}

const attributes = (bag: Bag): Buffer => {
  const list: Buffer[] = []
  if (bag.name !== undefined) list.push(sequence(oid(FRIENDLY_NAME), set(tlv(Tag.bmp, bmp(bag.name)))))
  if (bag.localKeyId) list.push(sequence(oid(LOCAL_KEY_ID), set(octets(bag.localKeyId))))
  return list.length > 0 ? set(...list) : Buffer.alloc(0)
}

/** A file as `openssl pkcs12 -export` makes it: certificates encrypted together, the key on its own, all under a MAC. */
export function writePkcs12(
  contents: {
    readonly key?: PrivateKey
    readonly certificates: readonly Certificate[]
    readonly name?: string
  },
  password: string,
  random: Random,
): Buffer {
  const { key, certificates, name } = contents
  // A certificate and its key bear the same mark: the digest of the certificate.
  const localKeyId = key && certificates[0] ? createHash('sha1').update(certificates[0].der).digest() : undefined
  const certBags = certificates.map((certificate, i) => {
    const value = sequence(oid(X509_CERTIFICATE), tlv(context(0), octets(certificate.der)))
    return sequence(oid(CERT_BAG), tlv(context(0), value), attributes(i === 0 ? { name, localKeyId } : {}))
  })
  const safes: Buffer[] = []
  if (certBags.length > 0) {
    const [algorithm, bytes] = encrypt(sequence(...certBags), password, random)
    const content = sequence(oid(DATA), algorithm, tlv(contextPrimitive(0), bytes))
    safes.push(sequence(oid(ENCRYPTED_DATA), tlv(context(0), sequence(integer(0), content))))
  }
  if (key) {
    const shrouded = encryptKey(key.pkcs8, password, random)
    const bag = sequence(oid(SHROUDED_KEY_BAG), tlv(context(0), shrouded), attributes({ name, localKeyId }))
    safes.push(sequence(oid(DATA), tlv(context(0), octets(sequence(bag)))))
  }
  const authenticated = sequence(...safes)
  const salt = random(8)
  const mac = createHmac('sha256', macKey(password, salt, ITERATIONS))
    .update(authenticated)
    .digest()
  return sequence(
    integer(3),
    sequence(oid(DATA), tlv(context(0), octets(authenticated))),
    sequence(sequence(sequence(oid(SHA256), nul()), octets(mac)), octets(salt), integer(ITERATIONS)),
  )
}

/** What a PKCS#12 file holds, or why it cannot be read. */
export function readPkcs12(der: Uint8Array, password: string): readonly Safe[] | 'malformed' | 'password' {
  const outer = new DerReader(der).enter(Tag.sequence)
  if (outer?.integer() !== 3n) return 'malformed'
  const info = outer.enter(Tag.sequence)
  if (info?.oid() !== DATA) return 'malformed'
  const authenticated = info.enter(context(0))?.read(Tag.octetString)
  if (!authenticated) return 'malformed'
  const mac = outer.enter(Tag.sequence)
  if (mac) {
    const digest = mac.enter(Tag.sequence)
    digest?.enter(Tag.sequence)
    const expected = digest?.read(Tag.octetString)
    const salt = mac.read(Tag.octetString)
    const iterations = mac.integer() ?? 1n
    if (!expected || !salt) return 'malformed'
    const found = createHmac('sha256', macKey(password, salt, Number(iterations)))
      .update(authenticated)
      .digest()
    if (!found.equals(expected)) return 'password'
  }
  const safes: Safe[] = []
  const list = new DerReader(authenticated).enter(Tag.sequence)
  while (list && !list.empty) {
    const safe = readSafe(list.enter(Tag.sequence), password)
    if (!safe) return 'malformed'
    safes.push(safe)
  }
  return safes
}

function readSafe(info: DerReader | undefined, password: string): Safe | undefined {
  const type = info?.oid()
  const content = info?.enter(context(0))
  let bytes: Buffer | undefined
  if (type === DATA) bytes = content?.read(Tag.octetString)
  else if (type === ENCRYPTED_DATA) {
    const data = content?.enter(Tag.sequence)
    data?.integer()
    const inner = data?.enter(Tag.sequence)
    inner?.oid()
    const algorithm = inner?.enter(Tag.sequence)
    const sealed = inner?.read(contextPrimitive(0))
    bytes = sealed && decrypt(algorithm, sealed, password)
  }
  const bags: Bag[] = []
  const list = bytes && new DerReader(bytes).enter(Tag.sequence)
  if (!list) return undefined
  while (!list.empty) {
    const bag = readBag(list.enter(Tag.sequence), password)
    if (!bag) return undefined
    bags.push(bag)
  }
  return { encrypted: type === ENCRYPTED_DATA, bags }
}

function readBag(bag: DerReader | undefined, password: string): Bag | undefined {
  const type = bag?.oid()
  const value = bag?.enter(context(0))
  const marks: { name?: string; localKeyId?: Buffer } = {}
  const list = bag?.enter(Tag.set)
  while (list && !list.empty) {
    const attribute = list.enter(Tag.sequence)
    const which = attribute?.oid()
    const content = attribute?.enter(Tag.set)?.any()?.content
    if (which === FRIENDLY_NAME && content) marks.name = Buffer.from(content).swap16().toString('utf16le')
    if (which === LOCAL_KEY_ID) marks.localKeyId = content
  }
  if (type === CERT_BAG) {
    const cert = value?.enter(Tag.sequence)
    cert?.oid()
    const der = cert?.enter(context(0))?.read(Tag.octetString)
    const certificate = der && parseCertificate(der)
    return certificate instanceof Certificate ? { certificate, ...marks } : undefined
  }
  const raw = value?.any()?.raw
  if (type === KEY_BAG) return raw && { pkcs8: raw, ...marks }
  if (type !== SHROUDED_KEY_BAG) return undefined
  const pkcs8 = raw && decryptKey(raw, password)
  return pkcs8 && { pkcs8, shrouded: true, ...marks }
}
