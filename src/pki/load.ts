import type { Certificate } from './certificate.ts'
import { PkiError } from './error.ts'
import { type PrivateKey, type PublicKey, parsePkcs1, parsePkcs8, parsePublicKey, parseSec1 } from './keys.ts'
import { parseCertificate } from './parse.ts'
import { decodePem, type PemBlock } from './pem.ts'

/** A chain and the key of its first certificate, as crypto/tls loads them. */
export interface KeyPair {
  readonly chain: readonly Certificate[]
  readonly key: PrivateKey
}

/** Files are read again and again with the same text; texts beyond this many are forgotten. */
const CACHE_LIMIT = 2000

/** Remembers results, and failures, by text. */
function cached<T>(compute: (text: string) => T): (text: string) => T {
  const known = new Map<string, { value: T } | { error: unknown }>()
  return (text) => {
    let entry = known.get(text)
    if (!entry) {
      if (known.size >= CACHE_LIMIT) known.clear()
      try {
        entry = { value: compute(text) }
      } catch (error) {
        entry = { error }
      }
      known.set(text, entry)
    }
    if ('error' in entry) throw entry.error
    return entry.value
  }
}

const blocksOf = cached(decodePem)

/** Every CERTIFICATE block, parsed. Throws x509's error for the first that is malformed; empty when there is none. */
export const certificatesOf = cached((text: string): readonly Certificate[] =>
  blocksOf(text)
    .filter((b) => b.type === 'CERTIFICATE')
    .map((b) => parseCertificate(b.bytes)),
)

/**
 * client-go's cert.ParseCertsPEM: certificates of a CA or client file. Throws
 * `data does not contain any valid RSA or ECDSA certificates` when there is none.
 */
export function parseCertsPem(text: string): readonly Certificate[] {
  const certs = certificatesOf(text)
  if (certs.length === 0) throw new PkiError('data does not contain any valid RSA or ECDSA certificates')
  return certs
}

/** etcd's tlsutil.NewCertPool: every block must be a certificate, whatever it is called. */
export const etcdCertPool = cached((text: string): readonly Certificate[] =>
  blocksOf(text).map((b) => parseCertificate(b.bytes)),
)

/** x509.CertPool.AppendCertsFromPEM: what does not parse is left out in silence. */
export const appendCertsFromPem = cached((text: string): readonly Certificate[] => {
  const certs: Certificate[] = []
  for (const block of blocksOf(text)) {
    if (block.type !== 'CERTIFICATE') continue
    try {
      certs.push(parseCertificate(block.bytes))
    } catch {}
  }
  return certs
})

/** client-go's transport.rootCertPool. Throws when the text holds no certificate. */
export const rootCertPool = cached((text: string): readonly Certificate[] => {
  const certs = appendCertsFromPem(text)
  if (certs.length > 0) return certs
  const [block] = blocksOf(text)
  if (!block) throw new PkiError('unable to load root certificates: unable to parse bytes as PEM block')
  if (block.type !== 'CERTIFICATE')
    throw new PkiError('unable to load root certificates: unable to parse bytes as PEM block')
  try {
    parseCertificate(block.bytes)
  } catch (error) {
    throw new PkiError(`unable to load root certificates: failed to parse certificate: ${(error as Error).message}`)
  }
  throw new PkiError('unable to load root certificates: unable to parse bytes as PEM block')
})

/** The private key of a PEM block, in any of the three encodings. */
function privateKeyOf(block: PemBlock): PrivateKey | undefined {
  return parsePkcs8(block.bytes) ?? parsePkcs1(block.bytes) ?? parseSec1(block.bytes)
}

/** The first private key of a text, or undefined. */
export const privateKeyFromPem = cached((text: string): PrivateKey | undefined => {
  for (const block of blocksOf(text)) {
    const key = block.type.endsWith('PRIVATE KEY') ? privateKeyOf(block) : undefined
    if (key) return key
  }
  return undefined
})

/** client-go's keyutil.ParsePublicKeysPEM: public keys of `PUBLIC KEY`, certificates and private keys. */
export const publicKeysFromPem = cached((text: string): readonly PublicKey[] => {
  const keys: PublicKey[] = []
  for (const block of blocksOf(text)) {
    const key =
      block.type === 'CERTIFICATE'
        ? appendCertsFromPem(text)[0]?.publicKey
        : (parsePublicKey(block.bytes) ?? privateKeyOf(block)?.publicKey)
    if (key) keys.push(key)
  }
  if (keys.length === 0) throw new PkiError('data does not contain any valid RSA or ECDSA public keys')
  return keys
})

function loadPair(certText: string, keyText: string): KeyPair {
  const certBlocks = blocksOf(certText)
  const chain = certBlocks.filter((b) => b.type === 'CERTIFICATE')
  if (chain.length === 0) throw new PkiError(`tls: ${noCertificate(certBlocks)}`)
  const keyBlocks = blocksOf(keyText)
  const keyBlock = keyBlocks.find((b) => b.type === 'PRIVATE KEY' || b.type.endsWith(' PRIVATE KEY'))
  if (!keyBlock) throw new PkiError(`tls: ${noKey(keyBlocks)}`)
  const certs = chain.map((b, i) => (i === 0 ? parseCertificate(b.bytes) : tryParse(b))).filter((c) => c !== undefined)
  const key = privateKeyOf(keyBlock)
  if (!key) throw new PkiError('tls: failed to parse private key')
  if (key.kind !== certs[0].publicKey.kind) throw new PkiError('tls: private key type does not match public key type')
  if (!key.publicKey.equals(certs[0].publicKey)) throw new PkiError('tls: private key does not match public key')
  return { chain: certs, key }
}

/** By certificate, then by key: joining two long texts would cost more than finding the pair. */
const pairs = cached((certText: string) => ({ with: cached((keyText: string) => loadPair(certText, keyText)) }))

/** crypto/tls X509KeyPair. Throws in its words. */
export function x509KeyPair(certPem: string, keyPem: string): KeyPair {
  return pairs(certPem).with(keyPem)
}

function tryParse(block: PemBlock): Certificate | undefined {
  try {
    return parseCertificate(block.bytes)
  } catch {
    return undefined
  }
}

function noCertificate(blocks: readonly PemBlock[]): string {
  if (blocks.length === 0) return 'failed to find any PEM data in certificate input'
  if (blocks.length === 1 && blocks[0].type.endsWith('PRIVATE KEY'))
    return 'failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched'
  const types = blocks.map((b) => b.type).join(' ')
  return `failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following types: [${types}]`
}

function noKey(blocks: readonly PemBlock[]): string {
  if (blocks.length === 0) return 'failed to find any PEM data in key input'
  if (blocks.length === 1 && blocks[0].type === 'CERTIFICATE')
    return 'found a certificate rather than a key in the PEM for the private key'
  const types = blocks.map((b) => b.type).join(' ')
  return `failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping PEM blocks of the following types: [${types}]`
}
