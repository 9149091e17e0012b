import { DOC_INDEX, DOCS } from './docs.data.ts'
import type { ObjectSchema } from './types.ts'

let texts: string[] | undefined
let index: Map<string, number[]> | undefined

function docOf(model: string, position: number): string {
  texts ??= DOCS.split('\n').map((text) => text.replaceAll('\u0001', '\n'))
  index ??= new Map(
    DOC_INDEX.split('\n').map((line) => {
      const [name, ...numbers] = line.split(' ')
      return [name!, numbers.map(Number)]
    }),
  )
  return texts[index.get(model)?.[position] ?? 0] ?? ''
}

/** The description of a struct, as the OpenAPI document has it. */
export const describeModel = (schema: ObjectSchema): string => schema.doc ?? docOf(schema.model, 0)

/** The description of one of its fields; enums are listed at its end (`Possible enum values:`). */
export function describeField(schema: ObjectSchema, field: string): string {
  const own = schema.fields.get(field)
  if (own?.docOf) return describeField(own.docOf, field)
  if (own?.doc !== undefined) return own.doc
  const position = [...schema.fields.keys()].indexOf(field)
  return position < 0 ? '' : docOf(schema.model, position + 1)
}
