import { toKubectlJson, toYaml } from '../../print/index.ts'
import { fileInfos, getObject, liveInfos } from './lib/builder.ts'
import { LAST_APPLIED, lastAppliedText } from './lib/change.ts'
import type { Definition } from './lib/define.ts'
import { CliError, isNotFound, PlainError, throwAll } from './lib/errors.ts'
import { printerFor } from './lib/output.ts'
import { pages } from './pages/apply.ts'

const viewLastApplied: Definition = {
  page: pages['view-last-applied'],
  *run(k) {
    const { infos, errors } = yield* liveInfos(k, k.args)
    throwAll(errors)
    const output = k.flags.string('output')
    if (output !== 'json' && output !== 'yaml')
      throw k.usage(`Unexpected -o output mode: ${output}, the flag 'output' must be one of yaml|json`)
    for (const { object } of infos) {
      const text = object.metadata.annotations?.[LAST_APPLIED]
      if (text === undefined) {
        k.err('error: no last-applied-configuration annotation found on resource\n')
        return 1
      }
      const value = JSON.parse(text)
      yield* k.out(output === 'json' ? toKubectlJson(value) : toYaml(value))
    }
    return 0
  },
}

const setLastApplied: Definition = {
  page: pages['set-last-applied'],
  *run(k) {
    const client = yield* k.client()
    const printer = printerFor(k, { operation: 'configured' })
    for (const info of yield* fileInfos(k)) {
      let live: any
      try {
        live = yield* getObject(k, info.resource, info.namespace, info.name)
      } catch (error) {
        if (isNotFound(error)) throw error
        throw new CliError((error as Error).message)
      }
      const text = lastAppliedText(info.object)
      if (live.metadata.annotations?.[LAST_APPLIED] === undefined && !k.flags.bool('create-annotation'))
        throw new CliError(
          `no last-applied-configuration annotation found on resource: ${info.name}, to create the annotation, run the command with --create-annotation`,
        )
      if (k.dryRun() === 'client') yield* printer.print(live)
      else
        yield* printer.print(
          yield* client.patch(
            info.resource,
            info.namespace,
            info.name,
            'application/merge-patch+json',
            { metadata: { annotations: { [LAST_APPLIED]: text } } },
            {
              dryRun: k.dryRun() === 'server' || undefined,
            },
          ),
        )
    }
    return 0
  },
}

const editLastApplied: Definition = {
  page: pages['edit-last-applied'],
  *run() {
    yield* []
    throw new PlainError('kubectl: apply edit-last-applied not simulated', 127)
  },
}

/** `kubectl apply view-last-applied` and its like. */
export const applyCommands: readonly Definition[] = [editLastApplied, setLastApplied, viewLastApplied]
