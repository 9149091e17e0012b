import { goJson, jsonType, type Kind } from '../../kinds/index.ts'
import { badRequest } from '../errors.ts'
import { jsonSyntaxError } from '../json/go-syntax.ts'
import { keysOf } from '../json/keys.ts'
import { readYaml } from '../json/yaml-text.ts'
import type { KubeObject, ResourceRequest } from '../types.ts'

/** The struct that a body's kind is looked for with, as Go shows it. */
export const TYPE_META =
  'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'

/** A body that has been read, and is an object that says what it is. */
export interface Body {
  readonly value: KubeObject
  readonly yaml?: boolean
  /** What the strict decoder says of keys that come twice. */
  readonly repeated: readonly string[]
  /** Puts what it says of unknown fields and of those in the order of the text. */
  order(unknown: readonly string[], repeated: readonly string[]): readonly string[]
}

const asTheyCome = (unknown: readonly string[], repeated: readonly string[]): readonly string[] =>
  repeated.length ? [...unknown, ...repeated] : unknown

/**
 * The body of a request from outside: a value, or the text of one (`create --raw`, curl). Models the decoder of
 * apimachinery/pkg/runtime/serializer/json and transformDecodeError of apiserver/pkg/endpoints/handlers. Throws 400.
 */
export function readBody(request: ResourceRequest, kind: Pick<Kind, 'kind' | 'crd'>): Body {
  const { body, yaml } = request
  if (typeof body !== 'string')
    return { value: typeMeta(body ?? {}, goJson(body), kind), repeated: [], order: asTheyCome }
  const fail = (why: string): Error => unrecognized(kind, why, body)
  if (yaml && jsonSyntaxError(body)) {
    const { value, error, repeated } = readYaml(body)
    if (error) throw fail(error)
    return { value: typeMeta(value ?? {}, body, kind), repeated: repeated ?? [], yaml: true, order: asTheyCome }
  }
  const wrong = jsonSyntaxError(body)
  if (wrong) throw fail(`couldn't get version/kind; json parse error: ${wrong}`)
  const value = typeMeta(JSON.parse(body) ?? {}, body, kind)
  if (kind.crd && !value.kind) throw unrecognized(kind, `Object 'Kind' is missing in '${body}'`, body)
  const { offsets, duplicates } = keysOf(body)
  const at = new Map(duplicates.map(({ path, offset }) => [`duplicate field "${path}"`, offset]))
  const offsetOf = (text: string): number => at.get(text) ?? offsets.get(text.slice('unknown field "'.length, -1)) ?? 0
  return {
    value,
    repeated: [...at.keys()],
    order: (unknown, repeated) => [...unknown, ...repeated].sort((a, b) => offsetOf(a) - offsetOf(b)),
  }
}

/** The value, when kind and apiVersion can be read from it. */
function typeMeta(value: unknown, text: string, kind: Pick<Kind, 'kind' | 'crd'>): KubeObject {
  const fail = (why: string) => unrecognized(kind, `couldn't get version/kind; json parse error: ${why}`, text)
  if (typeof value !== 'object' || Array.isArray(value) || value === null)
    throw fail(`json: cannot unmarshal ${jsonType(value)} into Go value of type ${TYPE_META}`)
  const object = value as KubeObject
  for (const field of ['apiVersion', 'kind'] as const) {
    if (!['string', 'undefined'].includes(typeof (object[field] ?? undefined)))
      throw fail(`json: cannot unmarshal ${jsonType(object[field])} into Go struct field .${field} of type string`)
  }
  if ((object.apiVersion ?? '').split('/').length > 2)
    throw unrecognized(kind, `unexpected GroupVersion string: ${object.apiVersion}`, text)
  return object
}

function unrecognized({ kind }: Pick<Kind, 'kind'>, why: string, text: string): Error {
  return badRequest(`the object provided is unrecognized (must be of type ${kind}): ${why} (${summary(text)})`)
}

const SHOWN = 30

/** summarizeData: the beginning of the text, in hexadecimal digits unless it looks like JSON. */
function summary(text: string): string {
  if (text === '') return '<empty>'
  const bytes = new TextEncoder().encode(text.slice(0, 64))
  const cut = bytes.slice(0, SHOWN)
  const more = bytes.length > SHOWN ? ' ...' : ''
  if (text.startsWith('{')) return new TextDecoder().decode(cut) + more
  return [...cut].map((b) => b.toString(16).padStart(2, '0')).join('') + more
}
