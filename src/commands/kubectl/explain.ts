import type { Coro } from '../../kernel/index.ts'
import {
  builtinKinds,
  describeField,
  describeModel,
  type Field,
  kindsFromCRD,
  type ObjectSchema,
  type Schema,
  schemaOf,
} from '../../kinds/index.ts'
import { wordWrap } from '../lib/cobra-help-kubectl.ts'
import { explainV2 } from './explain-v2.ts'
import { type Candidate, typesAndNames } from './lib/complete.ts'
import type { Definition } from './lib/define.ts'
import { apiVersionOf, groupResource, type Resource } from './lib/discovery.ts'
import { CliError, isNotFound, NoResourceMatchError, PlainError } from './lib/errors.ts'
import { fieldTree, objectIn } from './lib/field-tree.ts'
import type { Kube } from './lib/kube.ts'
import { pages } from './pages/explain.ts'

/** Enum values that a list of fields shows. */
const ENUMS = 4

/** Models kubectl/pkg/cmd/explain and its plaintext template. */
export const explain: Definition = {
  page: pages.explain,
  complete: typesOnly,
  *run(k) {
    const { flags, args } = k
    if (args.length === 0)
      throw new CliError(
        'You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of supported resources.\n',
      )
    if (args.length > 1) throw new CliError('We accept only this format: explain RESOURCE\n')
    if (/^\.|[[\]{}]/.test(args[0])) throw new CliError('invalid jsonpath syntax, first node must be field node')
    const { resource, path } = yield* wanted(k, args[0])
    const asked = flags.string('api-version')
    const apiVersion = asked || apiVersionOf(resource)
    const served = (yield* (yield* k.discovery()).load()).groups.flatMap((g) =>
      g.versions.map((v) => (g.name ? `${g.name}/${v}` : v)),
    )
    if (!served.includes(apiVersion))
      throw new CliError(`couldn't find resource for "${apiVersion}, Resource=${resource.name}"`)
    const at = apiVersion.indexOf('/')
    const group = at < 0 ? '' : apiVersion.slice(0, at)
    const version = apiVersion.slice(at + 1)
    const schema = yield* schemaFor(k, group, version, resource)
    if (!schema) throw new CliError(`GVR (${apiVersion}, Resource=${resource.name}) not found in OpenAPI schema`)
    const output = flags.string('output')
    if (output !== 'plaintext' && output !== 'plaintext-openapiv2') throw new CliError(`unrecognized format: ${output}`)
    if (output === 'plaintext-openapiv2') {
      const heads = { group, version, kind: resource.kind }
      const page = explainV2(heads, schema, path, flags.bool('recursive'))
      if (page === undefined) throw new CliError(`field "${path.at(-1)}" does not exist`)
      yield* k.out(page)
      return 0
    }
    yield* k.out(`${group ? `GROUP:      ${group}\n` : ''}KIND:       ${resource.kind}\nVERSION:    ${version}\n\n`)
    const text = pageAt(schema, path, flags.bool('recursive'))
    if (text === undefined) throw new CliError(`field "${path.at(-1)}" does not exist`)
    yield* k.out(`${text}\n`)
    return 0
  },
}

function* typesOnly(k: Kube, toComplete: string): Coro<Candidate> {
  return k.args.length > 0 ? { words: [] } : yield* typesAndNames(k, toComplete)
}

/** Splits `deployments.apps.spec.replicas` into the resource and the fields below it. */
function* wanted(k: Kube, text: string): Coro<{ resource: Resource; path: string[] }> {
  const discovery = yield* k.discovery()
  const [name, ...rest] = text.split('.').filter((part) => part !== '')
  if (rest.length > 0) {
    const { resources } = yield* discovery.load()
    const exact = resources.find((r) => r.group && r.preferred && `${text}.`.startsWith(`${groupResource(r)}.`))
    if (exact)
      return {
        resource: exact,
        path: text
          .slice(groupResource(exact).length + 1)
          .split('.')
          .filter(Boolean),
      }
  }
  try {
    return { resource: yield* discovery.resource(name), path: rest }
  } catch (error) {
    // Nothing has wrapped it on its way to the printer of errors, which has a text without "error:" for it.
    if (error instanceof NoResourceMatchError) throw new PlainError(error.message)
    throw error
  }
}

/** Schema of a built-in kind, or of a custom one from its definition. */
function* schemaFor(k: Kube, group: string, version: string, resource: Resource): Coro<ObjectSchema | undefined> {
  const client = yield* k.client()
  // Its schemas are ours; that somebody answers is not.
  yield* client.raw({ verb: 'get', path: '/openapi/v3' })
  const known = builtinKinds.find((b) => b.group === group && b.version === version && b.plural === resource.name)
  if (known) return schemaOf(known)
  try {
    const crd = yield* client.send({
      verb: 'get',
      group: 'apiextensions.k8s.io',
      version: 'v1',
      resource: 'customresourcedefinitions',
      name: groupResource(resource),
    })
    const kind = kindsFromCRD(crd).find((c) => c.version === version)
    return kind && schemaOf(kind)
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

const indent = (amount: number, text: string): string =>
  ' '.repeat(amount) + text.replaceAll('\n', `\n${' '.repeat(amount)}`)

const SCALARS: Record<string, string> = {
  int32: 'integer',
  int64: 'integer',
  double: 'number',
  time: 'string',
  microTime: 'string',
  bytes: 'string',
  quantity: 'Quantity',
  intOrString: 'IntOrString',
  any: 'Object',
}

function typeGuess(schema: Schema): string {
  if (schema.type === 'list') return `[]${typeGuess(schema.items)}`
  if (schema.type === 'map') return `map[string]${typeGuess(schema.items)}`
  if (schema.type === 'object') return schema.name || 'Object'
  return ('name' in schema && schema.name) || SCALARS[schema.type] || schema.type
}

/** Enums of list items are not shown. */
const ownEnum = (field: Field): readonly string[] | undefined => (field.schema.type === 'list' ? undefined : field.enum)

/** The page for one field, or for the whole; undefined when there is no such field. */
function pageAt(root: ObjectSchema, path: readonly string[], recursive: boolean): string | undefined {
  if (path.length === 0) return page(descriptionOf(root), root, recursive)
  let owner: ObjectSchema | undefined = root
  for (const name of path.slice(0, -1)) {
    const field: Field | undefined = owner?.fields.get(name)
    owner = field && objectIn(field.schema)
  }
  const field = owner?.fields.get(path.at(-1)!)
  if (!owner || !field) return undefined
  const values = ownEnum(field)
  const enums = values ? `ENUM:${values.map((value) => `\n    ${value || '""'}`).join('')}` : ''
  const inner = objectIn(field.schema)
  const text = describeField(owner, field.name)
  const description = (text ? `${text}\n` : '') + (inner && inner.doc === undefined ? descriptionOf(inner) : '')
  return `FIELD: ${field.name} <${typeGuess(field.schema)}>\n${enums}\n\n${page(description, inner, recursive)}`
}

function descriptionOf(schema: ObjectSchema): string {
  const text = describeModel(schema)
  return text ? `${text}\n` : ''
}

function page(description: string, fields: ObjectSchema | undefined, recursive: boolean): string {
  const list = fields
    ? fieldTree(fields, recursive, (field, owner, level) => detail(owner, field, level, recursive))
    : ''
  return `DESCRIPTION:\n${indent(4, wordWrap(description || '<empty>', 76))}\n${list ? `FIELDS:\n${list}` : ''}`
}

function detail(owner: ObjectSchema, field: Field, level: number, short: boolean): string {
  const amount = level * 2
  const shown = ownEnum(field)
    ?.slice(0, ENUMS)
    .map((value) => value || '""')
  const enums = shown
    ? `\n${' '.repeat(amount)}enum: ${shown.join(', ')}${ownEnum(field)!.length > ENUMS ? ', ....' : ''}`
    : ''
  const head = `${' '.repeat(amount)}${field.name}\t<${typeGuess(field.schema)}>${field.required ? ' -required-' : ''}${enums}\n`
  if (short) return head
  const text = describeField(owner, field.name) || '<no description>'
  return `${head}${indent(amount + 2, wordWrap(text, 78 - amount))}\n\n`
}
