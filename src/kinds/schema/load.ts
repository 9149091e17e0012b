import type { Kind } from '../kind.ts'
import { ENUMS, TYPES } from './types.data.ts'
import type { Field, ObjectSchema, Scalar, Schema } from './types.ts'

/*
 * Format of TYPES, one model a line: `Model[!] field[!]:code[=enum][@keys][~strategy[/mergeKey]] …`
 * `!` after the model: atomic; after a field: required, then `*` pointer, `?` pointer that is written when it is null, `+` always written, `-` never when empty. Codes: `[x` list, `{x` map, `#Model`, else one letter of SCALARS
 * (`o` may be followed by the name of the Go type). `@=` set, `@!` atomic map, `@a+b` map list with keys a and b.
 */
const SCALARS: Readonly<Record<string, Scalar>> = {
  s: 'string',
  i: 'int32',
  l: 'int64',
  n: 'double',
  b: 'boolean',
  t: 'time',
  u: 'microTime',
  q: 'quantity',
  x: 'intOrString',
  y: 'bytes',
  o: 'any',
}

const shared: Record<string, Schema> = Object.fromEntries(
  Object.entries(SCALARS).map(([code, type]) => [code, { type }]),
)

let lines: Map<string, string> | undefined
const loaded = new Map<string, ObjectSchema>()
const enums = new Map<number, readonly string[]>()

/** The struct called `model` in the generated data (`V1PodSpec`), parsed on first use. */
export function modelSchema(model: string): ObjectSchema | undefined {
  const known = loaded.get(model)
  if (known) return known
  lines ??= new Map(TYPES.split('\n').map((line) => [line.slice(0, line.search(/[! ]|$/)), line]))
  const line = lines.get(model)
  if (line === undefined) return undefined
  const [head, ...entries] = line.split(' ')
  const [, version, name] = /(V\d)([A-Z].*)$/.exec(model)!
  let fields: Map<string, Field> | undefined
  const schema: ObjectSchema = {
    type: 'object',
    model,
    name: name!,
    goPackage: version!.toLowerCase(),
    atomic: head!.endsWith('!'),
    // Lazily: models refer to each other in circles.
    get fields() {
      fields ??= new Map(entries.map(parseField).map((field) => [field.name, field]))
      return fields
    },
  }
  loaded.set(model, schema)
  return schema
}

function parseField(entry: string): Field {
  const colon = entry.indexOf(':')
  const [, name, required, flag] = /^([^!*+?-]+|x-kubernetes[^!*+?]+)(!?)([*+?-]?)$/.exec(entry.slice(0, colon))!
  const [, code, enumId, keys, patch] = /^([^=@~]+)(?:=(\d+))?(?:@([^~]+))?(?:~(.+))?$/.exec(entry.slice(colon + 1))!
  const [strategy, mergeKey] = patch?.split('/') ?? []
  return {
    name: name!,
    required: required === '!',
    empty:
      flag === '*' ? 'keep' : flag === '?' ? 'null' : flag === '+' || (required && flag !== '-') ? 'write' : 'drop',
    schema: parseCode(code!),
    enum: enumId === undefined ? undefined : enumValues(Number(enumId)),
    listType: !keys || keys === '!' ? 'atomic' : keys === '=' ? 'set' : 'map',
    keys: keys && keys !== '!' && keys !== '=' ? keys.split('+') : [],
    patchStrategy: strategy?.split(',') ?? [],
    mergeKey,
    atomicMap: keys === '!',
  }
}

function parseCode(code: string): Schema {
  const rest = code.slice(1)
  if (code[0] === '[') return { type: 'list', items: parseCode(rest) }
  if (code[0] === '{') return { type: 'map', items: parseCode(rest) }
  if (code[0] === '#') return modelSchema(rest)!
  if (code[0] === 'o' && rest) return { type: 'any', name: rest }
  return shared[code]!
}

function enumValues(id: number): readonly string[] {
  let values = enums.get(id)
  if (!values) enums.set(id, (values = ENUMS.split('\n')[id]!.split('|')))
  return values
}

/** Kinds whose model carries its group in its name because another group has one of the same name. */
const AMBIGUOUS: Readonly<Record<string, string>> = {
  '/Event': 'CoreV1Event',
  'events.k8s.io/Event': 'EventsV1Event',
  'resource.k8s.io/ResourceClaim': 'ResourceV1ResourceClaim',
  'authentication.k8s.io/TokenRequest': 'AuthenticationV1TokenRequest',
}

/** Groups outside Kubernetes have no built-in kinds, even if the names are the same. */
const isForeign = (group: string) => group.includes('.') && !group.endsWith('.k8s.io')

/** The struct of a kind or of the body of a subresource; for custom resources only when given the kind itself. */
export function schemaOf(kind: Pick<Kind, 'group' | 'version' | 'kind' | 'schema'>): ObjectSchema | undefined {
  if (kind.schema || isForeign(kind.group)) return kind.schema
  const model = AMBIGUOUS[`${kind.group}/${kind.kind}`] ?? kind.version.replace('v', 'V') + kind.kind
  return modelSchema(model)
}
