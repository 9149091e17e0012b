import type { Field, ObjectSchema, Schema } from '../../../kinds/index.ts'
import { compareBytes } from '../../../print/index.ts'

/** The object that a field leads to, through lists and maps. */
export function objectIn(schema: Schema): ObjectSchema | undefined {
  if (schema.type === 'object') return schema
  return schema.type === 'list' || schema.type === 'map' ? objectIn(schema.items) : undefined
}

/** The fields of an object by name, each as `say` has it; `recursive`: with what is below, but nothing inside itself. */
export function fieldTree(
  schema: ObjectSchema,
  recursive: boolean,
  say: (field: Field, owner: ObjectSchema, level: number) => string,
  level = 1,
  above: ReadonlySet<ObjectSchema> = new Set(),
): string {
  if (above.has(schema)) return ''
  const seen = new Set([...above, schema])
  return [...schema.fields.values()]
    .sort((a, b) => compareBytes(a.name, b.name))
    .map((field) => {
      const inner = recursive ? objectIn(field.schema) : undefined
      return say(field, schema, level) + (inner ? fieldTree(inner, true, say, level + 1, seen) : '')
    })
    .join('')
}
