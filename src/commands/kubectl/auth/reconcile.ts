import type { Coro } from '../../../kernel/index.ts'
import { deepEqual } from '../../../kinds/index.ts'
import { fileInfos, hasFiles, type Info } from '../lib/builder.ts'
import { forEach } from '../lib/change.ts'
import type { Definition } from '../lib/define.ts'
import { CliError, isNotFound, throwAll } from '../lib/errors.ts'
import type { Kube } from '../lib/kube.ts'
import { printerFor } from '../lib/output.ts'
import { pages } from '../pages/auth.ts'

const goRule = (r: any): string =>
  `{Verbs:[${(r.verbs ?? []).join(' ')}] APIGroups:[${(r.apiGroups ?? []).join(' ')}] Resources:[${(r.resources ?? []).join(' ')}] ResourceNames:[${(r.resourceNames ?? []).join(' ')}] NonResourceURLs:[${(r.nonResourceURLs ?? []).join(' ')}]}`

const goSubject = (s: any): string =>
  `{Kind:${s.kind} APIGroup:${s.apiGroup ?? ''} Name:${s.name} Namespace:${s.namespace ?? ''}}`

/** Single permissions of a rule. */
function breakdown(rule: any): any[] {
  const out: any[] = []
  for (const apiGroup of rule.apiGroups ?? [])
    for (const resource of rule.resources ?? [])
      for (const verb of rule.verbs ?? [])
        for (const name of rule.resourceNames?.length ? rule.resourceNames : [undefined])
          out.push({
            verbs: [verb],
            apiGroups: [apiGroup],
            resources: [resource],
            ...(name === undefined ? {} : { resourceNames: [name] }),
          })
  for (const url of rule.nonResourceURLs ?? [])
    for (const verb of rule.verbs ?? []) out.push({ verbs: [verb], nonResourceURLs: [url] })
  return out
}

const includes = (list: readonly string[] | undefined, wanted: string): boolean =>
  list?.includes('*') === true || list?.includes(wanted) === true

/** Whether one rule allows a single permission. */
function covers(rule: any, one: any): boolean {
  if (!includes(rule.verbs, one.verbs[0])) return false
  if (one.nonResourceURLs) {
    const [url] = one.nonResourceURLs
    return (rule.nonResourceURLs ?? []).some(
      (own: string) => own === url || (own.endsWith('*') && url.startsWith(own.slice(0, -1))),
    )
  }
  const names: string[] = rule.resourceNames ?? []
  return (
    includes(rule.apiGroups, one.apiGroups[0]) &&
    includes(rule.resources, one.resources[0]) &&
    (names.length === 0 || (one.resourceNames !== undefined && names.includes(one.resourceNames[0])))
  )
}

const uncovered = (owner: readonly any[], wanted: readonly any[]): any[] =>
  wanted.flatMap(breakdown).filter((one) => !owner.some((rule) => covers(rule, one)))

const sameSubject = (a: any, b: any): boolean =>
  a.kind === b.kind && a.name === b.name && (a.namespace ?? '') === (b.namespace ?? '')

/** What is to be done to one object, and what to say about it. */
interface Plan {
  readonly operation: '' | 'create' | 'update' | 'recreate'
  readonly object: any
  readonly said?: readonly [string, readonly string[]][]
}

/** Models k8s.io/component-helpers/auth/rbac/reconciliation. */
function plan(k: Kube, wanted: any, live: any): Plan {
  const isRole = wanted.kind.endsWith('Role')
  const key = isRole ? 'rules' : 'subjects'
  const text = isRole ? goRule : goSubject
  const have: any[] = live?.[key] ?? []
  const want: any[] = wanted[key] ?? []
  if (!live) return { operation: 'create', object: wanted, said: [[`missing ${key} added`, want.map(text)]] }
  if (!isRole && !deepEqual(live.roleRef, wanted.roleRef)) return { operation: 'recreate', object: wanted }
  const remove = k.flags.bool(isRole ? 'remove-extra-permissions' : 'remove-extra-subjects')
  const less = (a: any[], b: any[]): any[] =>
    isRole ? uncovered(a, b) : b.filter((s) => !a.some((other) => sameSubject(other, s)))
  const [missing, extra] = [less(have, want), less(want, have)]
  const metadata = { ...live.metadata }
  for (const field of ['labels', 'annotations'])
    if (wanted.metadata[field]) metadata[field] = { ...live.metadata[field], ...wanted.metadata[field] }
  const list = remove && missing.length + extra.length > 0 ? want : [...have, ...missing]
  const object = { ...live, metadata, [key]: list }
  return {
    operation: deepEqual(object, live) ? '' : 'update',
    object,
    said: [
      [`missing ${key} added`, missing.map(text)],
      [`extra ${key} removed`, remove ? extra.map(text) : []],
    ],
  }
}

function* carryOut(k: Kube, info: Info, { operation, object }: Plan): Coro<any> {
  const client = yield* k.client()
  const { resource, namespace, name } = info
  if (operation === 'recreate') yield* client.delete(resource, namespace, name)
  if (operation === 'update') return yield* client.update(resource, namespace, name, object)
  return operation === '' ? object : yield* client.create(resource, namespace, object)
}

/** Models kubectl/pkg/cmd/auth/reconcile.go: adds missing rules and subjects. */
export const reconcile: Definition = {
  page: pages.reconcile,
  *run(k) {
    const mode = k.dryRun()
    if (!hasFiles(k)) throw new CliError('must specify one of -f and -k')
    if (mode === 'server') throw new CliError('--dry-run=server for command reconcile is not supported yet')
    const printer = printerFor(k, { operation: 'reconciled' })
    const errors = yield* forEach(yield* fileInfos(k), function* (info: Info) {
      if (info.resource.group !== 'rbac.authorization.k8s.io') return
      const client = yield* k.client()
      let live: any
      try {
        live = yield* client.get(info.resource, info.namespace, info.name)
      } catch (error) {
        if (!isNotFound(error)) throw error
      }
      const todo = plan(k, info.object, live)
      yield* printer.print(mode === 'client' ? todo.object : yield* carryOut(k, info, todo))
      if (todo.operation === '') return
      k.err(`\treconciliation required ${todo.operation}\n`)
      for (const [title, lines] of todo.said ?? [])
        if (lines.length > 0) k.err(`\t${title}:\n${lines.map((line) => `\t\t${line}\n`).join('')}`)
    })
    throwAll(errors)
    return 0
  },
}
