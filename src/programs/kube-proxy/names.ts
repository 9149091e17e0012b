import { hashName } from '../lib/hash-name.ts'

const hash16 = (text: string): string => hashName(text, 10)

/** `KUBE-SVC-NPX46M4PTMTKRN6Y` for `default/kubernetes:https`. */
export const serviceChain = (prefix: 'SVC' | 'SVL' | 'EXT' | 'FW', port: string, protocol: string): string =>
  `KUBE-${prefix}-${hash16(port + protocol)}`

/** `KUBE-SEP-…` for one endpoint. */
export const endpointChain = (port: string, protocol: string, endpoint: string): string =>
  `KUBE-SEP-${hash16(port + protocol + endpoint)}`

/** `PFISGYVC` in nftables names: eight characters. */
export const shortHash = (text: string): string => hash16(text).slice(0, 8)
