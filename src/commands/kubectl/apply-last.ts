import { toGoJson, toKubectlJson, toYaml } from '../../print/index.ts'
import { fileInfos, getObject, hasFiles, type Info, liveInfos, MISSING_RESOURCE } from './lib/builder.ts'
import { LAST_APPLIED } from './lib/change.ts'
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

/** What it writes down is the object of the file as it stands, without the empty annotations that `apply` adds. */
const setLastApplied: Definition = {
  page: pages['set-last-applied'],
  *run(k) {
    if (!hasFiles(k)) throw new CliError(MISSING_RESOURCE)
    const client = yield* k.client()
    const printer = printerFor(k, { operation: 'configured' })
    const changed: { info: Info; text: string; live: any }[] = []
    for (const info of yield* fileInfos(k)) {
      if ('error' in info) throw info.error
      let live: any
      try {
        live = yield* getObject(k, info.resource, info.namespace, info.name)
      } catch (error) {
        if (isNotFound(error)) throw error
        throw new CliError((error as Error).message)
      }
      const before = live.metadata.annotations?.[LAST_APPLIED]
      if (before === undefined && !k.flags.bool('create-annotation'))
        throw new CliError(
          `no last-applied-configuration annotation found on resource: ${info.name}, to create the annotation, run the command with --create-annotation`,
        )
      const text = `${toGoJson(info.object)}\n`
      if (before === text) yield* k.out(`set-last-applied ${info.name}: no changes required.\n`)
      else changed.push({ info, text, live })
    }
    for (const { info, text, live } of changed) {
      const patch = { metadata: { annotations: { [LAST_APPLIED]: text } } }
      const options = { dryRun: k.dryRun() === 'server' || undefined }
      const { resource, namespace, name } = info
      const type = 'application/merge-patch+json'
      yield* printer.print(
        k.dryRun() === 'client' ? live : yield* client.patch(resource, namespace, name, type, patch, options),
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
