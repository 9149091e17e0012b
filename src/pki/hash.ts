import { createHash, createHmac, getHashes } from 'node:crypto'

/** SHA-256 of a text (as UTF-8) or of bytes, in hex. */
export const sha256Hex = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex')

/** Names of digests that `digest` knows, in OpenSSL's lower case. */
export const isDigest = (name: string): boolean => getHashes().includes(name.toLowerCase())

/** A digest by OpenSSL's name: md5, sha1, sha256, … */
export const digest = (name: string, ...data: readonly (string | Uint8Array)[]): Buffer =>
  data.reduce((h, part) => h.update(part), createHash(name.toLowerCase())).digest()

/** HMAC by a hash that OpenSSL names. */
export const hmac = (name: string, key: string | Uint8Array, data: string | Uint8Array): Buffer =>
  createHmac(name.toLowerCase(), key).update(data).digest()
