import { hasFiles, type Info, liveInfos } from './lib/builder.ts'
import { forEach } from './lib/change.ts'
import { typesAndNames } from './lib/complete.ts'
import type { Definition } from './lib/define.ts'
import { CliError, throwAll } from './lib/errors.ts'
import { printerFor } from './lib/output.ts'
import { pages } from './pages/scale.ts'

/** Models kubectl/pkg/cmd/scale/scale.go. */
export const scale: Definition = {
  records: true,
  page: pages.scale,
  complete: typesAndNames,
  *run(k) {
    const { flags } = k
    const replicas = flags.int('replicas')
    if (replicas < 0)
      throw new CliError('The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0')
    const expected = flags.int('current-replicas')
    if (expected < -1) throw new CliError('The --current-replicas must specify an integer of -1 or greater')
    const mode = k.dryRun()
    const printer = printerFor(k, { operation: 'scaled' })
    const { infos, errors } = yield* liveInfos(k, k.args)
    throwAll(errors)
    if (infos.length > 1 && flags.string('resource-version'))
      throw new CliError('cannot use --resource-version with multiple resources')
    if (infos.length === 0 && !hasFiles(k)) throw new CliError('no objects passed to scale')
    const failed = yield* forEach(infos, function* (info: Info) {
      if (mode === 'client') return yield* printer.print(info.object)
      const client = yield* k.client()
      const options = { subresource: 'scale', dryRun: mode === 'server' || undefined }
      if (expected >= 0 || flags.string('resource-version')) {
        const now = yield* client.get(info.resource, info.namespace, info.name, { subresource: 'scale' })
        const count = now.spec?.replicas ?? 0
        if (expected >= 0 && count !== expected) throw new CliError(`Expected replicas to be ${expected}, was ${count}`)
        const version = flags.string('resource-version')
        if (version && now.metadata.resourceVersion !== version)
          throw new CliError(`Expected resource version to be ${version}, was ${now.metadata.resourceVersion}`)
        yield* client.update(
          info.resource,
          info.namespace,
          info.name,
          { ...now, spec: { ...now.spec, replicas } },
          options,
        )
      } else
        yield* client.patch(
          info.resource,
          info.namespace,
          info.name,
          'application/merge-patch+json',
          { spec: { replicas } },
          options,
        )
      yield* printer.print(info.object)
      const timeout = flags.duration('timeout')
      if (timeout > 0 && mode === 'none') {
        const { kernel } = k.p.host
        const until = kernel.now() + timeout
        for (;;) {
          const now = yield* client.get(info.resource, info.namespace, info.name, { subresource: 'scale' })
          if ((now.status?.replicas ?? 0) === replicas) return
          if (kernel.now() >= until) throw new CliError('timed out waiting for the condition')
          yield { until: Math.min(until, kernel.now() + 500) }
        }
      }
    })
    throwAll(failed)
    return 0
  },
}
