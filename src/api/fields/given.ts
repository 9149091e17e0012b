import { type FieldError, invalid, tooLong } from '../../kinds/index.ts'
import type { ManagedFields } from './managed.ts'

const MAX_MANAGER = 128

/**
 * The managedFields that a client sends with an object: it then writes on top of them; undefined when it sends none that
 * can be read, and the stored ones go on. One empty entry asks to forget everything. Models decodeLiveOrNew of
 * apimachinery/pkg/util/managedfields.
 */
export function givenFields(fields: readonly any[] | null | undefined): ManagedFields[] | undefined {
  if (!fields?.length) return undefined
  if (fields.length === 1 && Object.keys(fields[0]).length === 0) return []
  if (fields.some(({ fieldsType }) => fieldsType !== 'FieldsV1')) return undefined
  return fields.map((entry) => ({ ...entry, fieldsV1: entry.fieldsV1 ?? {} }))
}

/** ValidateManagedFields of apimachinery/pkg/apis/meta/v1/validation, of what can have been read. */
export function checkGiven(fields: readonly ManagedFields[] | undefined): FieldError[] {
  const errors: FieldError[] = []
  for (const [i, { operation, manager = '' }] of (fields ?? []).entries()) {
    const path = `metadata.managedFields[${i}]`
    if (operation !== 'Apply' && operation !== 'Update') {
      errors.push(invalid(`${path}.operation`, operation ?? '', 'must be `Apply` or `Update`'))
    }
    if (manager.length > MAX_MANAGER) errors.push(tooLong(`${path}.manager`, MAX_MANAGER))
  }
  return errors
}
