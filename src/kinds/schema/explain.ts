import { DOC_INDEX, DOCS, WORDS } from './docs.data.ts'
import type { ObjectSchema } from './types.ts'

let texts: string[] | undefined
let index: Map<string, number[]> | undefined

let words: string[] | undefined

/** DOCS has one letter, from U+00A1 to U+052F without a few, for each of WORDS; and U+0001 for the end of a line. */
function unpacked(text: string): string {
  words ??= WORDS.split('|')
  return text.replace(/[\u0001\u00a1-\u00ac\u00ae-\u02ff\u0370-\u052f]/g, (letter) => {
    const code = letter.charCodeAt(0)
    if (code === 1) return '\n'
    return words![code - 0xa1 - (code > 0xad ? 1 : 0) - (code >= 0x370 ? 0x70 : 0)]!
  })
}

function docOf(model: string, position: number): string {
  texts ??= DOCS.split('\n')
  index ??= new Map(
    DOC_INDEX.split('\n').map((line) => {
      const [name, ...numbers] = line.split(' ')
      return [name!, numbers.map(Number)]
    }),
  )
  return unpacked(texts[index.get(model)?.[position] ?? 0] ?? '')
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
