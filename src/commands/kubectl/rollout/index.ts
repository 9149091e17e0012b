import { rfc3339 } from '../../../api/time.ts'
import type { Coro } from '../../../kernel/index.ts'
import { deepEqual } from '../../../kinds/index.ts'
import { hasFiles, type Info, liveInfos } from '../lib/builder.ts'
import { forEach, LAST_APPLIED, managerOf, sendChange } from '../lib/change.ts'
import { gvr } from '../lib/client.ts'
import { typesAndNames } from '../lib/complete.ts'
import type { Definition } from '../lib/define.ts'
import { groupKind, groupResource } from '../lib/discovery.ts'
import { CliError, PlainError, throwAll } from '../lib/errors.ts'
import { groupHelp } from '../lib/help.ts'
import type { Kube } from '../lib/kube.ts'
import { nameOf, printerFor } from '../lib/output.ts'
import { pages } from '../pages/rollout.ts'
import { historyTable, revisions, templateText } from './history.ts'
import { STATUS } from './status.ts'

function require(k: Kube): void {
  if (k.args.length === 0 && !hasFiles(k)) throw new CliError('required resource not specified')
}

/** Begins the message about one object. */
const quoted = (info: Info): string => `error: ${groupResource(info.resource)} "${info.name}"`

/** Applies `each` to all objects named and reports the failures together. */
const forObjects = (each: (k: Kube, info: Info) => Coro<void>) =>
  function* (k: Kube): Coro<number> {
    require(k)
    const { infos, errors } = yield* liveInfos(k, k.args, { allowAll: true })
    const failed = yield* forEach(infos, (info) => each(k, info))
    throwAll([...errors, ...failed])
    return 0
  }

const MANAGER = 'kubectl-rollout'

const restart: Definition = {
  page: pages.restart,
  complete: typesAndNames,
  run: forObjects(function* (k, info) {
    const { object } = info
    if (!STATUS[info.resource.kind]) throw new CliError(`${quoted(info)} restarting is not supported`)
    if (object.spec.paused)
      throw new CliError(`${quoted(info)} can't restart paused deployment (run rollout resume first)`)
    const { template } = object.spec
    const annotations = { ...template.metadata?.annotations, 'kubectl.kubernetes.io/restartedAt': rfc3339(k.now()) }
    const after = {
      ...object,
      spec: { ...object.spec, template: { ...template, metadata: { ...template.metadata, annotations } } },
    }
    if (deepEqual(object, after))
      throw new CliError(
        `failed to create patch for ${info.name}: if restart has already been triggered within the past second, please wait before attempting to trigger another`,
      )
    yield* printerFor(k, { operation: 'restarted' }).print((yield* sendChange(k, info, after, MANAGER)).object)
  }),
}

const pausing = (page: Definition['page'], paused: boolean): Definition => ({
  page,
  complete: typesAndNames,
  run: forObjects(function* (k, info) {
    if (info.resource.kind !== 'Deployment')
      throw new CliError(`${quoted(info)} ${paused ? 'pausing' : 'resuming'} is not supported`)
    if ((info.object.spec.paused === true) === paused)
      throw new CliError(`${quoted(info)} is ${paused ? 'already' : 'not'} paused`)
    const { paused: _, ...spec } = info.object.spec
    const after = { ...info.object, spec: paused ? { ...spec, paused: true } : spec }
    yield* printerFor(k, { operation: paused ? 'paused' : 'resumed' }).print(
      (yield* sendChange(k, info, after, MANAGER)).object,
    )
  }),
})

const history: Definition = {
  page: pages.history,
  complete: typesAndNames,
  run: forObjects(function* (k, info) {
    const revision = k.flags.int('revision')
    if (revision < 0) throw new CliError(`revision must be a positive integer: ${revision}`)
    const list = yield* revisions(k, info, 'history')
    const output = k.flags.string('output')
    const wanted = list.find((r) => r.number === revision)
    if (revision > 0 && !wanted) throw new CliError('unable to find the specified revision')
    if (output) {
      const printer = printerFor(k)
      for (const one of wanted ? [wanted] : list) yield* printer.print(one.object)
      return
    }
    const head = wanted ? `with revision #${revision}` : ''
    const body = wanted ? templateText(k, wanted.template) : historyTable(list)
    yield* k.out(`${nameOf(info.object)} ${head}\n${body}\n`)
  }),
}

/** Annotations of a revision that stay with its ReplicaSet. */
const OWN = new Set([
  LAST_APPLIED,
  'deployment.kubernetes.io/revision',
  'deployment.kubernetes.io/revision-history',
  'deployment.kubernetes.io/desired-replicas',
  'deployment.kubernetes.io/max-replicas',
  'deprecated.deployment.rollback.to',
])

const undo: Definition = {
  page: pages.undo,
  complete: typesAndNames,
  run: forObjects(function* (k, info) {
    const { object, resource } = info
    const annotations = object.metadata.annotations ?? {}
    if (annotations[LAST_APPLIED] !== undefined)
      k.err(
        `Warning: resource ${resource.name}/${info.name} was previously managed with 'kubectl apply'. Rolling back will not update the ${LAST_APPLIED} annotation, which may cause unexpected behavior on future 'kubectl apply' operations. Consider using 'kubectl apply' with your previous configuration file instead.\n`,
      )
    const to = k.flags.int('to-revision')
    if (to < 0) throw new CliError(`unable to find specified revision ${to} in history`)
    const list = yield* revisions(k, info, 'rollbacker')
    if (object.spec.paused && resource.kind === 'Deployment')
      throw new CliError(
        "you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again",
      )
    if (to > 0 && !list.some((r) => r.number === to))
      throw new CliError(`unable to find specified revision ${to} in history`)
    if (to === 0 && list.length < 2)
      throw new CliError(
        `no rollout history found for ${resource.kind === 'Deployment' ? `deployment "${info.name}"` : info.name}`,
      )
    const target = to > 0 ? list.find((r) => r.number === to)! : list.at(-2)!
    const { 'pod-template-hash': _, ...labels } = target.template.metadata?.labels ?? {}
    const template = { ...target.template, metadata: { ...target.template.metadata, labels } }
    if (k.dryRun() === 'client') {
      yield* k.out(`${nameOf(object)} ${templateText(k, target.template)} (dry run)\n`)
      return
    }
    if (deepEqual(template, object.spec.template)) {
      yield* k.out(`${nameOf(object)} skipped rollback (current template already matches revision ${target.number})\n`)
      return
    }
    const client = yield* k.client()
    const operations: any[] = [{ op: 'replace', path: '/spec/template', value: template }]
    if (resource.kind === 'Deployment')
      operations.push({
        op: object.metadata.annotations ? 'replace' : 'add',
        path: '/metadata/annotations',
        value: carried(annotations, target.object.metadata.annotations ?? {}),
      })
    const result = yield* client.patch(resource, info.namespace, info.name, 'application/json-patch+json', operations, {
      fieldManager: managerOf(k, MANAGER),
      dryRun: k.dryRun() === 'server' || undefined,
    })
    yield* printerFor(k, { operation: 'rolled back' }).print(result)
  }),
}

function carried(own: Record<string, string>, theirs: Record<string, string>): Record<string, string> {
  const out: Record<string, string> = {}
  for (const [key, value] of Object.entries(own)) if (OWN.has(key)) out[key] = value
  for (const [key, value] of Object.entries(theirs)) if (!OWN.has(key)) out[key] = value
  return out
}

/** --revision of `rollout status`: only Deployments know theirs. */
function checkRevision(k: Kube, object: any): void {
  const wanted = k.flags.int('revision')
  const running = object.metadata.annotations?.['deployment.kubernetes.io/revision']
  if (wanted > 0 && object.kind === 'Deployment' && running !== undefined && Number(running) !== wanted)
    throw new CliError(`desired revision (${wanted}) is different from the running revision (${running})`)
}

const status: Definition = {
  page: pages.status,
  complete: typesAndNames,
  run: forObjects(function* (k, info) {
    const viewer = STATUS[info.resource.kind]
    if (!viewer) throw new CliError(`no status viewer has been implemented for ${groupKind(info.resource)}`)
    const { kernel } = k.p.host
    const timeout = k.flags.duration('timeout')
    const until = timeout > 0 ? kernel.now() + timeout : undefined
    checkRevision(k, info.object)
    const first = viewer(info.object)
    yield* k.out(first.text)
    if (first.done || !k.flags.bool('watch')) return
    const client = yield* k.client()
    const response = yield* client.accepted({
      ...gvr(info.resource),
      verb: 'watch',
      namespace: info.namespace,
      fieldSelector: `metadata.name=${info.name}`,
      resourceVersion: info.object.metadata.resourceVersion,
    })
    const { stream } = response
    if (!stream) return
    const undoDefer = k.p.defer(() => stream.cancel())
    try {
      for (;;) {
        const event = stream.take()
        if (event?.type === 'DELETED') throw new CliError(`object has been deleted`)
        if (event && event.type !== 'BOOKMARK') {
          checkRevision(k, event.object)
          const now = viewer(event.object)
          yield* k.out(now.text)
          if (now.done) return
          continue
        }
        if (until !== undefined && kernel.now() >= until) throw new CliError('timed out waiting for the condition')
        if (stream.closed) throw new PlainError('error: watch closed before UntilWithoutRetry timeout')
        yield { on: [stream.arrived], until }
      }
    } finally {
      undoDefer()
      stream.cancel()
    }
  }),
}

/** Models kubectl/pkg/cmd/rollout. */
export const rollout: Definition = {
  page: pages.rollout,
  run: groupHelp,
  commands: [history, pausing(pages.pause, true), restart, pausing(pages.resume, false), status, undo],
}
