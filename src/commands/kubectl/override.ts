import { jsonSyntaxError } from '../../api/json/go-syntax.ts'
import { decode, jsonType } from '../../kinds/index.ts'
import { CliError } from './lib/errors.ts'
import type { Kube } from './lib/kube.ts'
import { applyLocally } from './lib/patch-locally.ts'
import { patchSchema } from './lib/patches.ts'

/** What each library that applies --overrides says of what is no JSON. */
const NO_JSON: Readonly<Record<string, (text: string) => string>> = {
  merge: () => 'Invalid JSON Patch',
  strategic: () => 'invalid JSON document',
  json: (text) => jsonSyntaxError(text) ?? '',
}

/** The object with --overrides. Models kubectl/pkg/cmd/util/override_options.go: the result goes through Go's structs. */
export function overridden(k: Kube, object: any): any {
  const text = k.flags.string('overrides')
  if (!text) return object
  const type = k.flags.string('override-type') || 'merge'
  const problem = NO_JSON[type]
  if (!problem) throw new CliError(`invalid override type: ${type}`)
  let body: any
  try {
    body = JSON.parse(text)
  } catch {
    throw new CliError(problem(text))
  }
  if (type === 'json' && !Array.isArray(body))
    throw new CliError(`json: cannot unmarshal ${jsonType(body)} into Go value of type jsonpatch.Patch`)
  return asStruct(applyLocally(object, body, type))
}

/** Objects of kinds that kubectl was built with. Throws CliError for others, and for what is no object. */
function asStruct(object: any): any {
  if (typeof object !== 'object' || object === null || Array.isArray(object)) {
    const struct = String.raw`struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }`
    const what = `json: cannot unmarshal ${jsonType(object)} into Go value of type ${struct}`
    throw new CliError(`couldn't get version/kind; json parse error: ${what}`)
  }
  const { apiVersion, kind } = object
  const schema = patchSchema(apiVersion, kind)
  if (!schema) {
    const version = `version ${JSON.stringify(apiVersion ?? '')}`
    throw new CliError(
      `no kind ${JSON.stringify(kind ?? '')} is registered for ${version} in scheme "pkg/scheme/scheme.go:28"`,
    )
  }
  const { value, error } = decode(object, schema)
  if (error) throw new CliError(error)
  return value
}
