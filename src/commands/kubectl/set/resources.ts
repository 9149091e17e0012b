import { canonicalQuantity, parseQuantity } from '../../../print/index.ts'
import { typesAndNames } from '../lib/complete.ts'
import type { Definition } from '../lib/define.ts'
import { CliError } from '../lib/errors.ts'
import { pages } from '../pages/set.ts'
import { checkLocal, containersMatching, objectsToSet, podSpecOf, setEach } from './change.ts'

function amounts(text: string): Record<string, string> {
  const out: Record<string, string> = {}
  if (text === '') return out
  for (const part of text.split(',')) {
    const pieces = part.split('=')
    if (pieces.length !== 2) throw new CliError(`Invalid argument syntax ${part}, expected <resource>=<value>`)
    try {
      parseQuantity(pieces[1])
    } catch (error) {
      throw new CliError((error as Error).message)
    }
    out[pieces[0]] = canonicalQuantity(pieces[1])
  }
  return out
}

/** Models kubectl/pkg/cmd/set/set_resources.go. */
export const resources: Definition = {
  page: pages.resources,
  records: true,
  complete: typesAndNames,
  *run(k) {
    const { flags } = k
    const infos = yield* objectsToSet(k, k.args)
    checkLocal(k)
    if (flags.bool('all') && flags.string('selector'))
      throw new CliError('cannot set --all and --selector at the same time')
    if (!flags.string('limits') && !flags.string('requests'))
      throw new CliError('you must specify an update to requests or limits (in the form of --requests/--limits)')
    const limits = amounts(flags.string('limits'))
    const requests = amounts(flags.string('requests'))
    const missing: CliError[] = []
    const options = {
      operation: 'resource requirements updated',
      manager: 'kubectl-set',
      failure: 'failed to patch resources update to pod template',
      problems: missing,
    }
    yield* setEach(k, infos, options, (object) => {
      const containers = containersMatching(podSpecOf(object), flags.string('containers'))
      if (containers.length === 0)
        missing.push(new CliError(`error: unable to find container named ${flags.string('containers')}`))
      for (const container of containers) {
        container.resources ??= {}
        if (Object.keys(limits).length > 0) container.resources.limits = { ...container.resources.limits, ...limits }
        if (Object.keys(requests).length > 0)
          container.resources.requests = { ...container.resources.requests, ...requests }
      }
      return containers.length > 0
    })
    return 0
  },
}
