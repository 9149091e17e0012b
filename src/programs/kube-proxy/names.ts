import { sha256Hex } from '../../pki/index.ts'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** First 16 characters of the base32 of a SHA-256, as kube-proxy makes chain names. */
function hash16(text: string): string {
  const hex = sha256Hex(text)
  let bits = ''
  for (let i = 0; i < 20; i++) bits += Number.parseInt(hex[i], 16).toString(2).padStart(4, '0')
  let out = ''
  for (let i = 0; i < 16; i++) out += ALPHABET[Number.parseInt(bits.slice(i * 5, i * 5 + 5), 2)]
  return out
}

/** `KUBE-SVC-NPX46M4PTMTKRN6Y` for `default/kubernetes:https`. */
export const serviceChain = (prefix: 'SVC' | 'SVL' | 'EXT' | 'FW', port: string, protocol: string): string =>
  `KUBE-${prefix}-${hash16(port + protocol)}`

/** `KUBE-SEP-…` for one endpoint. */
export const endpointChain = (port: string, protocol: string, endpoint: string): string =>
  `KUBE-SEP-${hash16(port + protocol + endpoint)}`

/** `PFISGYVC` in nftables names: eight characters. */
export const shortHash = (text: string): string => hash16(text).slice(0, 8)
