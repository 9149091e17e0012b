import { createCipheriv, createDecipheriv, pbkdf2Sync } from 'node:crypto'

const NONCE = 12
const TAG = 16

/** AES-GCM as Go's cipher package seals it: nonce, ciphertext, tag. `key`: 32 bytes. */
export function sealBytes(plain: Uint8Array, key: Uint8Array, nonce: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

/** What sealBytes sealed; undefined when the key is another or the text was changed. */
export function openBytes(sealed: Uint8Array, key: Uint8Array): Buffer | undefined {
  if (sealed.length < NONCE + TAG) return undefined
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE))
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG))
  try {
    return Buffer.concat([decipher.update(sealed.subarray(NONCE, sealed.length - TAG)), decipher.final()])
  } catch {
    return undefined
  }
}

/** Key material out of a password (PKCS #5). */
export const passwordKey = (
  password: Uint8Array,
  salt: Uint8Array,
  { iterations, size, digest }: { iterations: number; size: number; digest: string },
): Buffer => pbkdf2Sync(password, salt, iterations, size, digest)

/** Encrypts with an OpenSSL cipher of that name and PKCS #7 padding. No `iv`: the cipher has none. */
export function encryptWith(cipher: string, key: Uint8Array, iv: Uint8Array | null, plain: Uint8Array): Buffer {
  const machine = createCipheriv(cipher, key, iv)
  return Buffer.concat([machine.update(plain), machine.final()])
}

/** What `encryptWith` encrypted; undefined when the padding shows that the key is another. */
export function decryptWith(
  cipher: string,
  key: Uint8Array,
  iv: Uint8Array | null,
  sealed: Uint8Array,
): Buffer | undefined {
  const machine = createDecipheriv(cipher, key, iv)
  try {
    return Buffer.concat([machine.update(sealed), machine.final()])
  } catch {
    return undefined
  }
}
