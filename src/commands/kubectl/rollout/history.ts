import type { Coro } from '../../../kernel/index.ts'
import { DESCRIBE, tabulate } from '../../../print/index.ts'
import { describeTemplate } from '../describe/pod.ts'
import { Writer } from '../describe/writer.ts'
import type { Info } from '../lib/builder.ts'
import { groupKind } from '../lib/discovery.ts'
import { CliError } from '../lib/errors.ts'
import type { Kube } from '../lib/kube.ts'
import { selectorText } from '../lib/object-selector.ts'

/** One revision of a workload. */
interface Revision {
  readonly number: number
  readonly template: any
  readonly cause: string | undefined
  /** The ReplicaSet or ControllerRevision that holds it. */
  readonly object: any
}

const CAUSE = 'kubernetes.io/change-cause'

/** Kinds that a visitor of polymorphichelpers knows (kubectl/pkg/apps/kind_visitor.go), whether or not they have revisions. */
const VISITED = ['Job.batch', 'CronJob.batch', 'Pod', 'ReplicaSet.apps', 'ReplicationController']

function noRevisions({ resource }: Info, wanted: 'history' | 'rollbacker'): CliError {
  const kind = groupKind(resource)
  if (!VISITED.includes(kind)) {
    const visitor = `no visitor method exists for {${resource.group} ${resource.kind}}`
    return new CliError(`error retrieving ${wanted} for "${kind}", ${visitor}`)
  }
  return new CliError(`no ${wanted === 'history' ? 'history viewer' : wanted} has been implemented for "${kind}"`)
}

/** Revisions in ascending order. Throws for kinds without any, in the words of who wants them. */
export function* revisions(k: Kube, info: Info, wanted: 'history' | 'rollbacker'): Coro<Revision[]> {
  const { object, resource } = info
  const client = yield* k.client()
  const list = function* (name: string): Coro<any[]> {
    const labelSelector = selectorText(object, resource)
    const answer = yield* client.send({
      group: 'apps',
      version: 'v1',
      resource: name,
      verb: 'list',
      namespace: info.namespace,
      labelSelector,
    })
    return answer.items.filter((item: any) =>
      item.metadata.ownerReferences?.some((r: any) => r.controller && r.uid === object.metadata.uid),
    )
  }
  let found: Revision[]
  if (resource.kind === 'Deployment')
    found = (yield* list('replicasets'))
      .map((rs) => ({
        number: Number(rs.metadata.annotations?.['deployment.kubernetes.io/revision'] ?? 0),
        template: rs.spec.template,
        cause: rs.metadata.annotations?.[CAUSE],
        object: { apiVersion: 'apps/v1', kind: 'ReplicaSet', ...rs },
      }))
      .filter((revision) => revision.number > 0)
  else if (resource.kind === 'DaemonSet' || resource.kind === 'StatefulSet')
    found = (yield* list('controllerrevisions')).map((r) => {
      const { $patch: _, ...template } = r.data?.spec?.template ?? {}
      return {
        number: r.revision,
        template,
        cause: r.metadata.annotations?.[CAUSE],
        object: { apiVersion: 'apps/v1', kind: 'ControllerRevision', ...r },
      }
    })
  else throw noRevisions(info, wanted)
  return found.sort((a, b) => a.number - b.number)
}

/** `REVISION  CHANGE-CAUSE`. */
export function historyTable(list: readonly Revision[]): string {
  if (list.length === 0) return 'No rollout history found.'
  return tabulate(
    `REVISION\tCHANGE-CAUSE\n${list.map((r) => `${r.number}\t${r.cause || '<none>'}\n`).join('')}`,
    DESCRIBE,
  )
}

/** A pod template as history prints it: with its tabs. */
export function templateText(k: Kube, template: any): string {
  const raw = new RawWriter(k.now())
  describeTemplate(raw, template)
  return raw.raw()
}

class RawWriter extends Writer {
  private readonly parts: string[] = []
  override w(level: number, text: string): void {
    this.parts.push('  '.repeat(level) + text)
  }
  raw(): string {
    return this.parts.join('')
  }
}
