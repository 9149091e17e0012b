import { StatusError } from '../../../api/types.ts'
import { fileInfos, hasFiles, type Info } from '../lib/builder.ts'
import { forEach } from '../lib/change.ts'
import type { Definition } from '../lib/define.ts'
import { CliError, isNotFound, throwAll } from '../lib/errors.ts'
import { printerFor } from '../lib/output.ts'
import { deepEqual } from '../lib/patches.ts'
import { pages } from '../pages/auth.ts'

const goRule = (r: any): string =>
  `{Verbs:[${(r.verbs ?? []).join(' ')}] APIGroups:[${(r.apiGroups ?? []).join(' ')}] Resources:[${(r.resources ?? []).join(' ')}] ResourceNames:[${(r.resourceNames ?? []).join(' ')}] NonResourceURLs:[${(r.nonResourceURLs ?? []).join(' ')}]}`

/** Single permissions of a rule. */
const breakdown = (rule: any): any[] =>
  (rule.apiGroups ?? ['']).flatMap((group: string) =>
    (rule.resources ?? []).flatMap((resource: string) =>
      rule.verbs.map((verb: string) => ({ verbs: [verb], apiGroups: [group], resources: [resource] })),
    ),
  )

/** Models kubectl/pkg/cmd/auth/reconcile.go: adds missing rules and subjects. */
export const reconcile: Definition = {
  page: pages.reconcile,
  *run(k) {
    const mode = k.dryRun()
    if (!hasFiles(k)) throw new CliError('must specify one of -f and -k')
    const printer = printerFor(k, { operation: 'reconciled' })
    const errors = yield* forEach(yield* fileInfos(k), function* (info: Info) {
      if (info.resource.group !== 'rbac.authorization.k8s.io')
        throw new CliError(
          `only rbac.authorization.k8s.io/v1 is supported: not *${info.resource.version}.${info.resource.kind}`,
        )
      const client = yield* k.client()
      let live: any
      try {
        live = yield* client.get(info.resource, info.namespace, info.name)
      } catch (error) {
        if (!isNotFound(error)) throw error
        const made =
          mode === 'client'
            ? info.object
            : yield* client.create(info.resource, info.namespace, info.object, {
                dryRun: mode === 'server' || undefined,
              })
        yield* printer.print(made)
        k.err('\treconciliation required create\n')
        return
      }
      const roles = info.resource.kind.endsWith('Role')
      const [key, same] = roles ? (['rules', 'rules'] as const) : (['subjects', 'subjects'] as const)
      const have: any[] = live[key] ?? []
      const missing = roles
        ? (info.object.rules ?? [])
            .flatMap(breakdown)
            .filter((rule: any) => !have.flatMap(breakdown).some((h) => deepEqual(h, rule)))
        : (info.object.subjects ?? []).filter(
            (s: any) => !have.some((h) => h.kind === s.kind && h.name === s.name && h.namespace === s.namespace),
          )
      if (!roles && !deepEqual(live.roleRef, info.object.roleRef))
        throw new StatusError(422, '', `cannot change roleRef of ${info.name}`)
      const object =
        missing.length === 0 || mode === 'client'
          ? live
          : yield* client.update(
              info.resource,
              info.namespace,
              info.name,
              { ...live, [same]: [...have, ...missing] },
              { dryRun: mode === 'server' || undefined },
            )
      yield* printer.print(object)
      if (missing.length === 0) return
      k.err(
        `\treconciliation required update\n\tmissing ${roles ? 'rules' : 'subjects'} added:\n${missing.map((m: any) => `\t\t${roles ? goRule(m) : `{Kind:${m.kind} APIGroup:${m.apiGroup ?? ''} Name:${m.name} Namespace:${m.namespace ?? ''}}`}\n`).join('')}`,
      )
    })
    throwAll(errors)
    return 0
  },
}
