import { byText } from '../../kernel/index.ts'
import { sha256Hex } from '../../pki/index.ts'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Base32 without padding of bytes in hex. */
function base32(hex: string): string {
  let out = ''
  let bits = 0
  let have = 0
  for (const digit of hex) {
    bits = (bits << 4) | Number.parseInt(digit, 16)
    have += 4
    if (have < 5) continue
    have -= 5
    out += ALPHABET[bits >> have]
    bits &= (1 << have) - 1
  }
  return have === 0 ? out : out + ALPHABET[bits << (5 - have)]
}

/** kube-proxy names the same chains at every sync. */
const digests = byText(sha256Hex, 512)

/** Base32 without padding of the first `bytes` bytes of a text's SHA-256: how upstream makes short names of long ones. */
export const hashName = (text: string, bytes: number): string => base32(digests(text).slice(0, bytes * 2))
