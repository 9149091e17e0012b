import { PkiError } from '../../pki/error.ts'
import { x509KeyPair } from '../../pki/load.ts'
import type { KubeObject } from '../object.ts'

/** warningsForSecret (pkg/registry/core/secret): certificate and key of a TLS secret that are no pair. */
export function secretWarnings({ type, data }: KubeObject): string[] {
  if (type !== 'kubernetes.io/tls') return []
  try {
    x509KeyPair(atob(data?.['tls.crt'] ?? ''), atob(data?.['tls.key'] ?? ''))
    return []
  } catch (error) {
    if (error instanceof PkiError) return [error.message]
    throw error
  }
}
