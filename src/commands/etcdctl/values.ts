import { withManagedFields } from '../../api/fields/managed.ts'
import type { KubeObject } from '../../api/types.ts'
import { Sealed } from '../../etcd/sealed.ts'
import type { Value } from '../../etcd/store.ts'
import { valueBytes, valueText } from '../../etcd/value-bytes.ts'

/** An object of the API server with its managedFields, which are stored with it and here worked out when somebody looks. */
export const whole = (value: Value): Value =>
  typeof value === 'string' || value instanceof Sealed ? value : withManagedFields(value as KubeObject)

/** A byte string as it is, or as \x.. with --hex. */
export function bytesText(value: Value, hex: boolean): string {
  if (!hex) return valueText(whole(value))
  return [...valueBytes(whole(value))].map((b) => `\\x${b.toString(16).padStart(2, '0')}`).join('')
}
