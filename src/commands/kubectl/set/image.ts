import { MISSING_RESOURCE } from '../lib/builder.ts'
import { typesAndNames } from '../lib/complete.ts'
import type { Definition } from '../lib/define.ts'
import { CliError, throwAll } from '../lib/errors.ts'
import { pages } from '../pages/set.ts'
import { checkLocal, objectsToSet, podSpecOf, resourcesAndPairs, setEach } from './change.ts'

/** Models kubectl/pkg/cmd/set/set_image.go. */
export const image: Definition = {
  page: pages.image,
  records: true,
  complete: typesAndNames,
  *run(k) {
    const { resources, pairs } = resourcesAndPairs(k.args, (arg) => arg.includes('='), 'image')
    checkLocal(k)
    const images = new Map(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]))
    const infos = yield* objectsToSet(k, resources, MISSING_RESOURCE)
    const problems: CliError[] = []
    if (k.flags.bool('all') && k.flags.string('selector'))
      problems.push(new CliError('cannot set --all and --selector at the same time'))
    if (images.size === 0) problems.push(new CliError('at least one image update is required'))
    else if (images.size > 1 && images.has('*'))
      problems.push(
        new CliError(
          'all containers are already specified by *, but saw more than one container_name=container_image pairs',
        ),
      )
    throwAll(problems)
    const missing: CliError[] = []
    const options = {
      operation: 'image updated',
      manager: 'kubectl-set',
      failure: 'failed to patch image update to pod template:',
      problems: missing,
    }
    yield* setEach(k, infos, options, (object) => {
      const spec = podSpecOf(object)
      for (const [name, value] of images) {
        const found = [...(spec.initContainers ?? []), ...spec.containers].filter(
          (c) => name === '*' || c.name === name,
        )
        for (const container of found) container.image = value
        if (found.length === 0) missing.push(new CliError(`error: unable to find container named "${name}"`))
      }
      return true
    })
    return 0
  },
}
