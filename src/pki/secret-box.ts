import { createCipheriv, createDecipheriv } from 'node:crypto'

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
