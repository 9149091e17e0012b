import {
  describeField,
  describeModel,
  type Field,
  type Kind,
  type ObjectSchema,
  type Schema,
  schemaOf,
} from '../../../kinds/index.ts'

type Json = Record<string, any>

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1'

/** Structs of meta/v1; every group shares them. */
const META_MODELS =
  /^V1(ObjectMeta|ListMeta|OwnerReference|ManagedFieldsEntry|FieldsV1|LabelSelector|LabelSelectorRequirement|Condition|DeleteOptions|Preconditions|Status|StatusCause|StatusDetails|ShardInfo|GroupVersionKind|FieldSelectorRequirement)$/

/** Types that are components of their own although they are not structs. */
const NAMED: Readonly<Record<string, readonly [name: string, schema: Json]>> = {
  time: [
    `${META}.Time`,
    {
      description:
        'Time is a wrapper around time.Time which supports correct marshaling to YAML and JSON.  Wrappers are provided for many of the factory methods that the time package offers.',
      type: 'string',
      format: 'date-time',
    },
  ],
  microTime: [
    `${META}.MicroTime`,
    {
      description: 'MicroTime is version of Time with microsecond level precision.',
      type: 'string',
      format: 'date-time',
    },
  ],
  quantity: ['io.k8s.apimachinery.pkg.api.resource.Quantity', { oneOf: [{ type: 'string' }, { type: 'number' }] }],
  intOrString: [
    'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
    { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
  ],
}

const SCALARS: Readonly<Record<string, Json>> = {
  string: { type: 'string' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  double: { type: 'number', format: 'double' },
  boolean: { type: 'boolean' },
  bytes: { type: 'string', format: 'byte' },
  any: { type: 'object' },
}

/** Go package of a group, as component names carry it. */
const packageOf = (group: string): string => {
  if (group === 'apiextensions.k8s.io') return 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions'
  if (group === 'apiregistration.k8s.io') return 'io.k8s.kube-aggregator.pkg.apis.apiregistration'
  return `io.k8s.api.${group === '' ? 'core' : group.split('.')[0]}`
}

/** The group that a struct belongs to: core's structs are used by all, the others mostly by their own group. */
export type Owners = ReadonlyMap<string, string>

/** Which group each struct belongs to: the first that reaches it, core before all others. */
export function ownersOf(kinds: readonly Kind[]): Owners {
  const owners = new Map<string, string>()
  const visit = (schema: Schema, group: string): void => {
    if (schema.type === 'list' || schema.type === 'map') return visit(schema.items, group)
    if (schema.type !== 'object' || schema.model === '' || owners.has(schema.model)) return
    owners.set(schema.model, group)
    for (const field of schema.fields.values()) visit(field.schema, group)
  }
  const builtin = kinds.filter((k) => !k.crd)
  for (const kind of [...builtin].sort((a, b) => (a.group === '' ? 0 : 1) - (b.group === '' ? 0 : 1))) {
    const schema = schemaOf(kind)
    if (schema) visit(schema, kind.group)
  }
  return owners
}

/** Writes components.schemas of one document: what was asked for and all that it refers to. */
export class Components {
  readonly schemas: Record<string, Json> = {}

  constructor(
    private readonly owners: Owners,
    private readonly refBase: string,
  ) {}

  ref(name: string): Json {
    return { $ref: this.refBase + name }
  }

  /** The component of a struct, with all below it. Returns its name. */
  struct(schema: ObjectSchema, name = this.nameOf(schema)): string {
    if (this.schemas[name]) return name
    const own: Json = {}
    this.schemas[name] = own
    const text = describeModel(schema)
    if (text) own.description = text
    own.type = 'object'
    const fields = [...schema.fields.values()]
    const required = fields.filter((f) => f.required).map((f) => f.name)
    if (fields.length) {
      own.properties = Object.fromEntries(fields.map((f) => [f.name, this.field(schema, f)]))
    }
    if (required.length) own.required = required
    if (schema.atomic) own['x-kubernetes-map-type'] = 'atomic'
    return name
  }

  /** A type that holds any JSON: FieldsV1, RawExtension. */
  private raw(type: string): string {
    const name = type === 'RawExtension' ? 'io.k8s.apimachinery.pkg.runtime.RawExtension' : `${META}.${type}`
    this.schemas[name] ??= { type: 'object' }
    return name
  }

  private nameOf(schema: ObjectSchema): string {
    const { model } = schema
    if (META_MODELS.test(model)) return `${META}.${schema.name}`
    const bare = schema.name.replace(/^(Core|Apiextensions|Events|Resource|Authentication)?V\d/, '')
    return `${packageOf(this.owners.get(model) ?? '')}.${schema.goPackage}.${bare}`
  }

  private field(owner: ObjectSchema, field: Field): Json {
    const out = this.value(field.schema, field.empty === 'write')
    const text = describeField(owner, field.name)
    const keyed: Json = text ? { description: text, ...out } : out
    if (field.enum) (field.schema.type === 'list' ? out.items : keyed).enum = field.enum
    if (field.schema.type === 'list') {
      if (field.keys.length) keyed['x-kubernetes-list-map-keys'] = field.keys
      keyed['x-kubernetes-list-type'] = field.listType
    }
    if (field.atomicMap) keyed['x-kubernetes-map-type'] = 'atomic'
    if (field.mergeKey) keyed['x-kubernetes-patch-merge-key'] = field.mergeKey
    if (field.patchStrategy.length) keyed['x-kubernetes-patch-strategy'] = field.patchStrategy.join(',')
    return keyed
  }

  private value(schema: Schema, always: boolean): Json {
    if (schema.type === 'list') return { type: 'array', items: this.value(schema.items, true) }
    if (schema.type === 'map') return { type: 'object', additionalProperties: this.value(schema.items, true) }
    if (schema.type === 'object') {
      return { allOf: [this.ref(this.struct(schema))], ...(always ? { default: {} } : {}) }
    }
    if (schema.type === 'any' && schema.name) return { allOf: [this.ref(this.raw(schema.name))] }
    const named = NAMED[schema.type]
    if (named) {
      this.schemas[named[0]] ??= named[1]
      return { allOf: [this.ref(named[0])] }
    }
    return { ...SCALARS[schema.type] }
  }
}

/** Name of the component that holds a kind. */
export function kindName(kind: Kind): string {
  if (kind.crd) return `${kind.group.split('.').reverse().join('.')}.${kind.version}.${kind.kind}`
  return `${packageOf(kind.group)}.${kind.version}.${kind.kind}`
}
