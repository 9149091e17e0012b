import { type Kind, modelSchema, type Subresource, schemaOf } from '../../../kinds/index.ts'
import { Components, kindName, type Owners } from './schemas.ts'

type Json = Record<string, any>

const TITLE = 'Kubernetes'
const GVK = 'x-kubernetes-group-version-kind'

const METHODS: Readonly<Record<string, readonly [method: string, action: string]>> = {
  get: ['get', 'get'],
  list: ['get', 'list'],
  create: ['post', 'post'],
  update: ['put', 'put'],
  patch: ['patch', 'patch'],
  delete: ['delete', 'delete'],
  deletecollection: ['delete', 'deletecollection'],
}

/** Query parameters of writes, in which clients look for what the server can do (fieldValidation). */
const WRITES: Readonly<Record<string, string>> = {
  dryRun:
    'When present, indicates that modifications should not be persisted. An invalid or unrecognized dryRun directive will result in an error response and no further processing of the request. Valid values are: - All: all dry run stages will be processed',
  fieldManager:
    'fieldManager is a name associated with the actor or entity that is making these changes. The value must be less than or 128 characters long, and only contain printable characters, as defined by https://golang.org/pkg/unicode/#IsPrint.',
  fieldValidation:
    'fieldValidation instructs the server on how to handle objects in the request (POST/PUT/PATCH) containing unknown or duplicate fields. Valid values are: - Ignore: This will ignore any unknown fields that are silently dropped from the object, and will ignore all but the last duplicate field that the decoder encounters. This is the default behavior prior to v1.23. - Warn: This will send a warning via the standard warning response header for each unknown field that is dropped from the object, and for each duplicate field that is encountered. The request will still succeed if there are no other errors, and will only persist the last of any duplicate fields. This is the default in v1.23+ - Strict: This will fail the request with a BadRequest error if any unknown fields would be dropped from the object, or if any duplicate fields are present. The error returned from the server will contain all unknown and duplicate fields encountered.',
}

const parameter = (name: string, description: string): Json => ({
  name,
  in: 'query',
  description,
  schema: { type: 'string', uniqueItems: true },
})

const COLLECTION = ['list', 'create', 'deletecollection']
const OBJECT = ['get', 'update', 'patch', 'delete']

function operations(verbs: readonly string[], gvk: Json, content: Json, tag: string): Json {
  const out: Json = {}
  for (const verb of verbs) {
    const [method, action] = METHODS[verb]!
    const writes = verb === 'create' || verb === 'update' || verb === 'patch'
    out[method] = {
      tags: [tag],
      ...(writes ? { parameters: Object.entries(WRITES).map(([n, d]) => parameter(n, d)) } : {}),
      responses: { 200: { description: 'OK', content: { 'application/json': { schema: content } } } },
      'x-kubernetes-action': action,
      [GVK]: gvk,
    }
  }
  return out
}

const pathParameter = (name: string, description: string): Json => ({
  name,
  in: 'path',
  description,
  required: true,
  schema: { type: 'string', uniqueItems: true },
})

const NAME = (kind: Kind) => pathParameter('name', `name of the ${kind.kind}`)
const NAMESPACE = pathParameter('namespace', 'object name and auth scope, such as for teams and projects')

/** `/api/v1`, `/apis/apps/v1` */
export const rootOf = ({ group, version }: Pick<Kind, 'group' | 'version'>): string =>
  group ? `/apis/${group}/${version}` : `/api/${version}`

function addPaths(paths: Json, kind: Kind, content: Json): void {
  const { group, version, plural, namespaced, verbs } = kind
  const root = rootOf(kind)
  const gvk = { group, version, kind: kind.kind }
  const tag = `${(group || 'core').split('.')[0]}_${version}`
  const collection = namespaced ? `${root}/namespaces/{namespace}/${plural}` : `${root}/${plural}`
  const scope = namespaced ? [NAMESPACE] : []
  const some = (of: readonly string[]) => of.filter((v) => verbs.includes(v as never))
  const onAll = some(COLLECTION)
  if (onAll.length) {
    paths[collection] = { ...operations(onAll, gvk, content, tag), ...(scope.length ? { parameters: scope } : {}) }
  }
  if (namespaced && verbs.includes('list')) paths[`${root}/${plural}`] = operations(['list'], gvk, content, tag)
  const one = some(OBJECT)
  if (one.length)
    paths[`${collection}/{name}`] = { ...operations(one, gvk, content, tag), parameters: [NAME(kind), ...scope] }
  for (const sub of kind.subresources) addSubresource(paths, kind, sub, collection, scope, tag)
}

function addSubresource(
  paths: Json,
  kind: Kind,
  sub: Subresource,
  collection: string,
  scope: Json[],
  tag: string,
): void {
  const gvk = { group: sub.group ?? kind.group, version: sub.version ?? kind.version, kind: sub.kind }
  const served = sub.verbs.filter((v) => METHODS[v])
  if (!served.length) return
  paths[`${collection}/{name}/${sub.name}`] = {
    ...operations(served, gvk, { type: 'object' }, tag),
    parameters: [NAME(kind), ...scope],
  }
}

/** components.schemas gets the kind and its list. Returns a reference to the kind. */
function addKind(components: Components, kind: Kind): Json {
  const name = kindName(kind)
  const { group, version } = kind
  const typed = kind.crd ? undefined : schemaOf(kind)
  if (typed) components.struct(typed, name)
  else if (kind.crd) components.schemas[name] = customSchema(components, kind)
  const own = components.schemas[name]
  if (!own) return { type: 'object' }
  own[GVK] = [{ group, kind: kind.kind, version }]
  if (kind.verbs.includes('list')) {
    const meta = components.ref(components.struct(modelSchema('V1ListMeta')!))
    components.schemas[name.replace(/[^.]*$/, kind.listKind)] = {
      type: 'object',
      properties: {
        apiVersion: { type: 'string' },
        items: { type: 'array', items: { allOf: [components.ref(name)], default: {} } },
        kind: { type: 'string' },
        metadata: { allOf: [meta], default: {} },
      },
      required: ['items'],
      [GVK]: [{ group, kind: kind.listKind, version }],
    }
  }
  return components.ref(name)
}

/** A custom resource's schema as its definition has it, with the members that all objects have. */
function customSchema(components: Components, kind: Kind): Json {
  const found = kind.crd!.spec.versions.find((v: any) => v.name === kind.version)
  const schema = found?.schema?.openAPIV3Schema ?? { type: 'object' }
  const pod = components.schemas[components.struct(modelSchema('V1Pod')!)]!
  const { apiVersion, kind: kindText, metadata } = pod.properties
  return { ...schema, properties: { ...schema.properties, apiVersion, kind: kindText, metadata } }
}

const info = (gitVersion: string): Json => ({ title: TITLE, version: gitVersion })

/** The OpenAPI v3 document of one group and version. */
export function documentOf(kinds: readonly Kind[], owners: Owners, gitVersion: string): Json {
  const components = new Components(owners, '#/components/schemas/')
  const paths: Json = {}
  for (const kind of kinds) addPaths(paths, kind, addKind(components, kind))
  const schemas = Object.fromEntries(Object.entries(components.schemas).sort(([a], [b]) => (a < b ? -1 : 1)))
  return { openapi: '3.0.0', info: info(gitVersion), paths, components: { schemas } }
}

/** /openapi/v2: everything in one. */
export function swaggerOf(kinds: readonly Kind[], owners: Owners, gitVersion: string): Json {
  const components = new Components(owners, '#/definitions/')
  const paths: Json = {}
  for (const kind of kinds) addPaths(paths, kind, addKind(components, kind))
  return { swagger: '2.0', info: info(gitVersion), paths, definitions: components.schemas }
}
