import { sha256Hex } from '../../pki/index.ts'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Base32 without padding of the first `bytes` bytes of a text's SHA-256: how upstream makes short names of long ones. */
export function hashName(text: string, bytes: number): string {
  const digest = sha256Hex(text).slice(0, bytes * 2)
  const bits = [...digest].map((digit) => Number.parseInt(digit, 16).toString(2).padStart(4, '0')).join('')
  return (bits.match(/.{1,5}/g) ?? []).map((five) => ALPHABET[Number.parseInt(five.padEnd(5, '0'), 2)]).join('')
}
