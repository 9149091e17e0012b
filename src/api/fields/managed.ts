import { type KubeObject, type ObjectSchema, schemaOf, zeroOf } from '../../kinds/index.ts'
import { type Provenance, provenanceOf, type Write } from './provenance.ts'
import { difference, type FieldSet, isEmpty, sortedSet, union } from './set.ts'
import { type Comparison, compare, type Place, rootPlace } from './walk.ts'

/** One entry of metadata.managedFields. */
export interface ManagedFields {
  readonly apiVersion: string
  readonly fieldsType: 'FieldsV1'
  readonly fieldsV1: FieldSet
  readonly manager: string
  readonly operation: 'Apply' | 'Update'
  readonly subresource?: string
  readonly time?: string
}

/** Fields that nobody owns. */
const STRIPPED: FieldSet = {
  'f:apiVersion': {},
  'f:kind': {},
  'f:metadata': {
    '.': {},
    'f:name': {},
    'f:namespace': {},
    'f:creationTimestamp': {},
    'f:selfLink': {},
    'f:uid': {},
    'f:clusterName': {},
    'f:generation': {},
    'f:managedFields': {},
    'f:resourceVersion': {},
    'f:deletionTimestamp': {},
    'f:deletionGracePeriodSeconds': {},
  },
}

/** Without the fields that nobody owns (apimachinery/pkg/util/managedfields stripmeta.go): name, uid, timestamps …. */
export const stripped = (set: FieldSet): FieldSet => difference(set, STRIPPED)

/** What server-side apply knows of the structure of an object. */
export function placeOf({ apiVersion, kind }: Pick<KubeObject, 'apiVersion' | 'kind'>, schema?: ObjectSchema): Place {
  const [version = '', group = ''] = apiVersion.split('/').reverse()
  return rootPlace(schema ?? schemaOf({ group, version, kind }))
}

/** Whether two entries of managedFields are of one manager doing one thing. */
export const sameManager = (a: Omit<ManagedFields, 'fieldsV1' | 'fieldsType'>, b: typeof a): boolean =>
  a.manager === b.manager &&
  a.operation === b.operation &&
  a.apiVersion === b.apiVersion &&
  (a.subresource ?? '') === (b.subresource ?? '')

/** Apply before Update, then by time and name: the order in which they are stored. */
export function ordered(entries: readonly ManagedFields[]): ManagedFields[] {
  const key = (e: ManagedFields) => [e.operation, e.time ?? '', e.manager, e.apiVersion, e.subresource ?? ''].join('\n')
  return [...entries].sort((a, b) => (key(a) < key(b) ? -1 : 1))
}

/** In the order of Go's struct, in which raw requests see it. */
export const entryOf = (write: Write, fields: FieldSet): ManagedFields => ({
  manager: write.manager,
  operation: write.operation,
  apiVersion: write.apiVersion,
  ...(write.time ? { time: write.time } : {}),
  fieldsType: 'FieldsV1',
  fieldsV1: sortedSet(fields),
  ...(write.subresource ? { subresource: write.subresource } : {}),
})

/** Ownership after an update: the writer owns what it changed, the others lose it. */
function afterUpdate(entries: readonly ManagedFields[], write: Write, diff: Comparison): ManagedFields[] {
  const changed = stripped(union(diff.added, diff.modified))
  const mine = entries.find((e) => sameManager(e, write))
  const set = union(difference(mine?.fieldsV1 ?? {}, diff.removed), changed)
  const out: ManagedFields[] = []
  for (const entry of entries) {
    if (entry === mine) continue
    const rest = difference(entry.fieldsV1, union(changed, diff.removed))
    if (!isEmpty(rest)) out.push({ ...entry, fieldsV1: sortedSet(rest) })
  }
  if (!isEmpty(set)) {
    const touched = !mine || !isEmpty(changed) || !isEmpty(diff.removed)
    out.push(touched ? entryOf(write, set) : mine)
  }
  return ordered(out)
}

/** What a creation is compared with: the object of a Go type that nobody has filled in yet. */
const blank = ({ schema }: Place): any => (schema?.type === 'object' ? zeroOf(schema) : {})

/** managedFields after all steps of a provenance. */
export function foldProvenance({ base, steps }: Provenance): readonly ManagedFields[] {
  let entries = base as readonly ManagedFields[]
  for (const { write, before, after } of steps) {
    const seen = write.view ?? ((object: KubeObject) => object)
    const now = seen(after)
    const place = placeOf(now, write.schema)
    entries = afterUpdate(entries, write, compare(before ? seen(before) : blank(place), now, place))
  }
  return entries
}

const folded = new WeakMap<Provenance, readonly ManagedFields[]>()

/** metadata.managedFields of a stored object, worked out now. */
export function managedFieldsOf(object: KubeObject): readonly ManagedFields[] {
  const provenance = provenanceOf(object)
  if (!provenance) return []
  let entries = folded.get(provenance)
  if (!entries) folded.set(provenance, (entries = foldProvenance(provenance)))
  return entries
}

/** The object as clients see it whole: with its managedFields, which are worked out when somebody looks at them. */
export function withManagedFields(object: KubeObject): KubeObject {
  if (!provenanceOf(object)) return object
  const metadata = { ...object.metadata }
  Object.defineProperty(metadata, 'managedFields', {
    enumerable: true,
    configurable: true,
    get: () => {
      const fields = managedFieldsOf(object)
      return fields.length ? fields : undefined
    },
  })
  return { ...object, metadata }
}
