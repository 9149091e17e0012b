import type { Coro } from '../../kernel/index.ts'
import { getObject, type Info, itemsOf, listAll, selectorOf } from './lib/builder.ts'
import { namesOf } from './lib/complete.ts'
import type { Definition } from './lib/define.ts'
import { ErrorList, isExpected, throwAll } from './lib/errors.ts'
import { evictAll, podsToDelete } from './lib/evict.ts'
import type { Kube } from './lib/kube.ts'
import { pages as cordonPages } from './pages/cordon.ts'
import { pages } from './pages/drain.ts'
import { pages as uncordonPages } from './pages/uncordon.ts'

function* nodes(k: Kube): Coro<Info[]> {
  const { command } = k.call
  const selector = selectorOf(k)
  if (k.args.length === 0 && !selector) throw k.usage(`USAGE: ${command.name} NODE [flags]`)
  if (k.args.length > 0 && selector) throw k.usage('cannot specify both a node name and a --selector option')
  const resource = yield* k.resource('nodes')
  if (selector)
    return itemsOf(yield* listAll(k, { resource, namespace: undefined, name: undefined }), resource).map((object) => ({
      resource,
      namespace: undefined,
      name: object.metadata.name,
      object,
      source: '',
    }))
  const out: Info[] = []
  for (const arg of k.args) {
    const name = arg.replace(/^(nodes?|no)\//, '')
    out.push({
      resource,
      namespace: undefined,
      name,
      object: yield* getObject(k, resource, undefined, name),
      source: '',
    })
  }
  return out
}

/** Marks nodes; a refusal is told and forgotten, as upstream does. */
function* mark(k: Kube, infos: readonly Info[], unschedulable: boolean): Coro<void> {
  const verb = unschedulable ? 'cordoned' : 'uncordoned'
  const client = yield* k.client()
  for (const info of infos) {
    const say = (text: string): Coro<void> => k.out(`node/${info.name} ${text}${k.dryRunSuffix()}\n`)
    if ((info.object.spec?.unschedulable === true) === unschedulable) {
      yield* say(`already ${verb}`)
      continue
    }
    if (k.dryRun() !== 'client') {
      try {
        yield* client.patch(
          info.resource,
          undefined,
          info.name,
          'application/strategic-merge-patch+json',
          { spec: { unschedulable: unschedulable || null } },
          {
            dryRun: k.dryRun() === 'server' || undefined,
          },
        )
      } catch (error) {
        if (!isExpected(error)) throw error
        k.err(`error: unable to ${unschedulable ? 'cordon' : 'uncordon'} node "${info.name}": ${error.message}\n`)
        continue
      }
    }
    yield* say(verb)
  }
}

const marking = (page: Definition['page'], unschedulable: boolean): Definition => ({
  page,
  complete: namesOf('nodes'),
  *run(k) {
    k.dryRun()
    yield* mark(k, yield* nodes(k), unschedulable)
    return 0
  },
})

export const cordon = marking(cordonPages.cordon, true)
export const uncordon = marking(uncordonPages.uncordon, false)

/** Models kubectl/pkg/cmd/drain and kubectl/pkg/drain. */
export const drain: Definition = {
  page: pages.drain,
  complete: namesOf('nodes'),
  *run(k) {
    const mode = k.dryRun()
    const infos = yield* nodes(k)
    yield* mark(k, infos, true)
    const pending: string[] = []
    const fatal: Error[] = []
    for (const info of infos) {
      try {
        yield* empty(k, info.name, mode === 'client')
        yield* k.out(`node/${info.name} drained${k.dryRunSuffix()}\n`)
      } catch (error) {
        if (!isExpected(error)) throw error
        const text = error instanceof ErrorList && error.errors.length > 1 ? `[${error.message}]` : error.message
        k.err(`error: unable to drain node "${info.name}" due to error: ${text}, continuing command...\n`)
        pending.push(info.name)
        fatal.push(...(error instanceof ErrorList ? error.errors : [error]))
      }
    }
    if (pending.length > 0)
      k.err(`There are pending nodes to be drained:\n${pending.map((name) => ` ${name}\n`).join('')}`)
    if (fatal.length > 0) throw new ErrorList(fatal)
    return 0
  },
}

function* empty(k: Kube, node: string, dryRun: boolean): Coro<void> {
  const { pods, warnings, errors } = yield* podsToDelete(k, node)
  throwAll(errors)
  if (warnings) k.err(`Warning: ${warnings}\n`)
  if (dryRun) {
    for (const pod of pods) yield* k.out(`evicting pod ${pod.metadata.namespace}/${pod.metadata.name} (dry run)\n`)
    return
  }
  try {
    yield* evictAll(k, pods)
  } catch (error) {
    if (!isExpected(error)) throw error
    const left = yield* podsToDelete(k, node)
    if (left.pods.length > 0) {
      const text = error instanceof ErrorList && error.errors.length > 1 ? `[${error.message}]` : error.message
      k.err(`There are pending pods in node "${node}" when an error occurred: ${text}\n`)
      for (const pod of left.pods) k.err(`pod/${pod.metadata.name}\n`)
    }
    throw error
  }
}
