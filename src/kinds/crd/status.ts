import type { KubeObject } from '../object.ts'

interface Names {
  plural: string
  singular?: string
  shortNames?: string[]
  kind: string
  listKind?: string
  categories?: string[]
}

/** What is taken: names of resources, and kinds (with their list kinds), within a group. */
interface TakenNames {
  readonly resources: ReadonlySet<string>
  readonly kinds: ReadonlySet<string>
}

/** Names that the other definitions of the same group were granted. */
function takenNames(crd: KubeObject, others: Iterable<KubeObject>): TakenNames {
  const resources = new Set<string>()
  const kinds = new Set<string>()
  for (const other of others) {
    if (other.spec.group !== crd.spec.group || other.metadata.name === crd.metadata.name) continue
    const { plural, singular, shortNames, kind, listKind } = (other.status?.acceptedNames ?? {}) as Names
    for (const name of [plural, singular, ...(shortNames ?? [])]) if (name) resources.add(name)
    for (const name of [kind, listKind]) if (name) kinds.add(name)
  }
  return { resources, kinds }
}

const problem = (name: string | undefined, granted: string | undefined, taken: ReadonlySet<string>) =>
  name && name !== granted && taken.has(name) ? `${JSON.stringify(name)} is already in use` : undefined

/**
 * The status that the naming and establishing controllers of the API server give a definition. Models
 * pkg/controller/status/naming_controller.go; returns the same object when nothing changes. `now` is RFC 3339.
 */
export function namedStatus(crd: KubeObject, others: Iterable<KubeObject>, now: string): any {
  const taken = takenNames(crd, others)
  const wanted: Names = crd.spec.names
  const granted: Names = crd.status?.acceptedNames ?? { kind: '', plural: '' }
  const names: Names = { ...granted }
  let reason = ''
  let message = ''
  const settle = (key: 'plural' | 'singular' | 'kind' | 'listKind', why: string, set: ReadonlySet<string>) => {
    const wrong = problem(wanted[key], granted[key], set)
    if (wrong) [reason, message] = [why, wrong]
    else if (wanted[key] !== undefined) names[key] = wanted[key]!
  }
  settle('plural', 'PluralConflict', taken.resources)
  settle('singular', 'SingularConflict', taken.resources)
  const short = (wanted.shortNames ?? []).filter((name) => !granted.shortNames?.includes(name))
  const wrong = short.flatMap((name) => problem(name, '', taken.resources) ?? [])
  if (wrong.length) [reason, message] = ['ShortNamesConflict', wrong.length > 1 ? `[${wrong.join(', ')}]` : wrong[0]!]
  else if (wanted.shortNames) names.shortNames = wanted.shortNames
  settle('kind', 'KindConflict', taken.kinds)
  settle('listKind', 'ListKindConflict', taken.kinds)
  if (wanted.categories) names.categories = wanted.categories

  const old: any[] = crd.status?.conditions ?? []
  const named = reason
    ? { type: 'NamesAccepted', status: 'False', reason, message }
    : { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' }
  const wasEstablished = old.find((c) => c.type === 'Established')
  let established = {
    type: 'Established',
    status: 'False',
    reason: 'NotAccepted',
    message: 'not all names are accepted',
  }
  if (wasEstablished?.status === 'True') established = wasEstablished
  else if (!reason) {
    const text = 'the initial names have been accepted'
    established = { type: 'Established', status: 'True', reason: 'InitialNamesAccepted', message: text }
  }
  const conditions = old.filter((c) => c.type !== 'NamesAccepted' && c.type !== 'Established')
  const timed = (condition: any) => {
    const before = old.find((c) => c.type === condition.type)
    const same = before?.status === condition.status
    if (same && before.reason === condition.reason && before.message === condition.message) return before
    const { message: text, reason: why, status, type } = condition
    return { lastTransitionTime: same ? before.lastTransitionTime : now, message: text, reason: why, status, type }
  }
  const list = [timed(named), timed(established), ...conditions]
  return { ...crd.status, acceptedNames: names, conditions: list }
}

/** Whether the API server serves the definition's resources. */
export const isEstablished = (crd: KubeObject): boolean =>
  crd.status?.conditions?.some((c: any) => c.type === 'Established' && c.status === 'True') ?? false
