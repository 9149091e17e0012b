import { compareBytes } from '../../../print/index.ts'
import type { Describer } from './context.ts'
import { Writer } from './writer.ts'

interface Row {
  resource: string
  urls: string[]
  names: string[]
  verbs: string[]
  group: string
}

/** rbac.BreakdownRule and CompactRules: one line a resource and name, with all its verbs. */
function compact(rules: readonly any[]): Row[] {
  const rows = new Map<string, Row>()
  const single: Row[] = []
  const put = (group: string, resource: string, name: string | undefined, verb: string): void => {
    const key = JSON.stringify([group, resource, name])
    const row = rows.get(key) ?? { resource, group, urls: [], names: name === undefined ? [] : [name], verbs: [] }
    rows.set(key, row)
    if (!row.verbs.includes(verb)) row.verbs.push(verb)
  }
  for (const rule of rules) {
    for (const group of rule.apiGroups ?? [])
      for (const resource of rule.resources ?? [])
        for (const name of rule.resourceNames?.length ? rule.resourceNames : [undefined])
          for (const verb of rule.verbs) put(group, resource, name, verb)
    // Rules about URLs are never put together.
    for (const url of rule.nonResourceURLs ?? [])
      for (const verb of rule.verbs) single.push({ resource: '', group: '', urls: [url], names: [], verbs: [verb] })
  }
  const text = (r: Row): string =>
    `Verbs:[${r.verbs.join(' ')}],APIGroups:[${r.group}],Resources:[${r.resource}],ResourceNames:[${r.names.join(' ')}],NonResourceURLs:[${r.urls.join(' ')}]`
  return [...single, ...rows.values()].sort((a, b) => compareBytes(text(a), text(b)))
}

function combined({ resource, group }: Row): string {
  if (!resource) return ''
  const [main, ...sub] = resource.split('/')
  return `${main}${group ? `.${group}` : ''}${sub.length > 0 ? `/${sub.join('/')}` : ''}`
}

/** Rules as `auth can-i --list` shows them: each as it is, with its resources spelt out. */
export const compactRules = (rules: readonly any[]): (Row & { combined: string })[] =>
  compact(rules).map((row) => ({ ...row, combined: combined(row) }))

/** RoleDescriber and ClusterRoleDescriber: the rules as a table. */
export const describeRole: Describer = function* (c, role) {
  const w = new Writer(c.now)
  w.meta(role, { namespace: false })
  w.w(0, 'PolicyRule:\n')
  w.w(1, 'Resources\tNon-Resource URLs\tResource Names\tVerbs\n')
  w.w(1, '---------\t-----------------\t--------------\t-----\n')
  for (const row of compact(role.rules ?? []))
    w.w(1, `${combined(row)}\t[${row.urls.join(' ')}]\t[${row.names.join(' ')}]\t[${row.verbs.join(' ')}]\n`)
  yield* []
  return w.toString()
}

/** RoleBindingDescriber and ClusterRoleBindingDescriber: the role and its subjects. */
export const describeBinding: Describer = function* (c, b) {
  const w = new Writer(c.now)
  w.meta(b, { namespace: false })
  w.w(0, 'Role:\n')
  w.row(1, 'Kind', b.roleRef.kind)
  w.row(1, 'Name', b.roleRef.name)
  w.w(0, 'Subjects:\n')
  w.w(1, 'Kind\tName\tNamespace\n')
  w.w(1, '----\t----\t---------\n')
  for (const s of b.subjects ?? []) w.w(1, `${s.kind}\t${s.name}\t${s.namespace ?? ''}\n`)
  yield* []
  return w.toString()
}
