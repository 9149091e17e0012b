/**
 * A set of fields in the very form of FieldsV1: keys are path elements (`f:spec`, `k:{"name":"c"}`, `v:"x"`), an empty
 * object is a member, and `.` marks a member that has members below it. Models structured-merge-diff's fieldpath.Set.
 */
export interface FieldSet {
  [element: string]: FieldSet
}

const LEAF: FieldSet = Object.freeze({}) as FieldSet

const below = (set: FieldSet): string[] => Object.keys(set).filter((k) => k !== '.')

/** Whether the node itself is a member. */
/** Whether a set has the path at which this is. */
export const isMember = (node: FieldSet | undefined): boolean =>
  node !== undefined && ('.' in node || below(node).length === 0)

/** A node with these children; undefined when nothing is left. */
function node(member: boolean, children: FieldSet): FieldSet | undefined {
  if (below(children).length === 0) return member ? LEAF : undefined
  return member ? { '.': LEAF, ...children } : children
}

/** Adds a path to a set of fields. */
export function insert(set: FieldSet, path: readonly string[]): void {
  let at = set
  path.forEach((element, i) => {
    const next = at[element]
    if (i === path.length - 1) at[element] = next && below(next).length ? { '.': LEAF, ...next } : {}
    else {
      const child: FieldSet = next ? (isMember(next) ? { '.': LEAF, ...next } : next) : {}
      at[element] = child
      at = child
    }
  })
}

/** Whether a set has a path, as a leaf or on the way to one. */
export function has(set: FieldSet, path: readonly string[]): boolean {
  let at: FieldSet | undefined = set
  for (const element of path) {
    at = at?.[element]
    if (!at) return false
  }
  return isMember(at)
}

/** With every named field on the way to a member as a member itself. Models EnsureNamedFieldsAreMembers. */
export function withParents(set: FieldSet): FieldSet {
  const out: FieldSet = '.' in set ? { '.': LEAF } : {}
  for (const key of below(set)) {
    const child = withParents(set[key]!)
    out[key] = below(child).length > 0 && key.startsWith('f:') ? { '.': LEAF, ...child } : child
  }
  return out
}

/** No field at all. */
export const isEmpty = (set: FieldSet): boolean => below(set).length === 0

type Choose = (a: boolean, b: boolean) => boolean

function combine(a: FieldSet, b: FieldSet, choose: Choose): FieldSet {
  const out: FieldSet = {}
  for (const key of new Set([...below(a), ...below(b)])) {
    const left = a[key]
    const right = b[key]
    const child = node(choose(isMember(left), isMember(right)), combine(left ?? LEAF, right ?? LEAF, choose))
    if (child) out[key] = child
  }
  return out
}

/** Fields in either. */
export const union = (a: FieldSet, b: FieldSet): FieldSet => combine(a, b, (x, y) => x || y)

/** Fields in both. */
export const intersection = (a: FieldSet, b: FieldSet): FieldSet => combine(a, b, (x, y) => x && y)

/** Fields of `a` that are not in `b`. */
export const difference = (a: FieldSet, b: FieldSet): FieldSet => combine(a, b, (x, y) => x && !y)

/** Members' paths as Set.Iterate goes through them: at each level the members first, then what lies below. */
export function paths(set: FieldSet, prefix: readonly string[] = []): string[][] {
  const keys = below(set).sort()
  const members = keys.filter((key) => isMember(set[key])).map((key) => [...prefix, key])
  return members.concat(keys.flatMap((key) => paths(set[key]!, [...prefix, key])))
}

/** `.spec.template.spec.containers[name="nginx"].image`, as conflicts are told. */
export function pathText(path: readonly string[]): string {
  return path
    .map((element) => {
      const rest = element.slice(2)
      if (element.startsWith('f:')) return `.${rest}`
      if (element.startsWith('v:')) return `[=${rest}]`
      if (element.startsWith('i:')) return `[${rest}]`
      const keys = JSON.parse(rest) as Record<string, unknown>
      return `[${Object.keys(keys)
        .map((k) => `${k}=${JSON.stringify(keys[k])}`)
        .join(',')}]`
    })
    .join('')
}

/** Keys in byte order at every level, as Go writes them. */
export function sortedSet(set: FieldSet): FieldSet {
  const out: FieldSet = {}
  for (const key of Object.keys(set).sort()) out[key] = sortedSet(set[key]!)
  return out
}
