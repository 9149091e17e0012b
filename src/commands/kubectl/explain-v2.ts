import { describeField, describeModel, type Field, type ObjectSchema, type Schema } from '../../kinds/index.ts'
import { wordWrap } from '../lib/cobra-help-kubectl.ts'
import { fieldTree, objectIn } from './lib/field-tree.ts'

const WIDTH = 80
const DESCRIPTION = 5
const STEP = 3

const SCALARS: Readonly<Record<string, string>> = {
  int32: 'integer',
  int64: 'integer',
  double: 'number',
  boolean: 'boolean',
}

/** Names of types as OpenAPI v2 has them: an object is just that. */
function typeName(schema: Schema): string {
  if (schema.type === 'list') return `[]${typeName(schema.items)}`
  if (schema.type === 'map') return `map[string]${typeName(schema.items)}`
  if (schema.type === 'object' || schema.type === 'any') return 'Object'
  return SCALARS[schema.type] ?? 'string'
}

const wrapped = (text: string): string =>
  wordWrap(text || '<empty>', WIDTH - DESCRIPTION)
    .split('\n')
    .map((line) => `${' '.repeat(DESCRIPTION)}${line}\n`)
    .join('')

function fieldList(schema: ObjectSchema, recursive: boolean): string {
  return fieldTree(schema, recursive, (field, owner, level) => {
    const head = `${' '.repeat(level * STEP)}${field.name}\t<${typeName(field.schema)}>${field.required ? ' -required-' : ''}\n`
    return recursive ? head : `${head}${wrapped(describeField(owner, field.name))}\n`
  })
}

/** `--output=plaintext-openapiv2`: the page for a field, or for the whole. Models kubectl/pkg/explain; undefined when there is no such field. */
export function explainV2(
  heads: { readonly group: string; readonly version: string; readonly kind: string },
  root: ObjectSchema,
  path: readonly string[],
  recursive: boolean,
): string | undefined {
  let owner: ObjectSchema | undefined
  let field: Field | undefined
  let inner: ObjectSchema | undefined = root
  for (const name of path) {
    owner = inner
    field = owner?.fields.get(name)
    if (!field) return undefined
    inner = objectIn(field.schema)
  }
  const { group, version, kind } = heads
  const head = `KIND:     ${kind}\nVERSION:  ${group ? `${group}/` : ''}${version}\n\n`
  const text = owner && field ? describeField(owner, field.name) : describeModel(root)
  const what = field ? `${inner ? 'RESOURCE: ' : 'FIELD:    '}${field.name} <${typeName(field.schema)}>\n\n` : ''
  const fields = inner ? `\nFIELDS:\n${fieldList(inner, recursive)}` : ''
  return `${head}${what}DESCRIPTION:\n${wrapped(text)}${fields}`
}
