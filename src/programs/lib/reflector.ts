import { TransportError } from '../../api/index.ts'
import type { ReflectorFailure } from '../../api/informers.ts'

/** The error of a reflector that could not list or watch: tools/cache/reflector.go's `Failed to watch`. */
export function reflectorError(server: string, { action, error, kind, path }: ReflectorFailure): string {
  const asked = error instanceof TransportError && error.kind !== 'config' ? `Get "${server}${path}": ` : ''
  return `${action === 'list' ? `failed to list *v1.${kind}: ` : ''}${asked}${error.message}`
}
