import { toGoJson } from '../../../print/index.ts'
import { LAST_APPLIED } from './change.ts'
import { CliError } from './errors.ts'
import type { Kube } from './kube.ts'
import { PatchError, patchSchema, threeWayMerge, threeWayStrategic } from './patches.ts'

/** A patch, and by which rules the server shall merge it. */
export interface ThreeWay {
  readonly type: 'application/strategic-merge-patch+json' | 'application/merge-patch+json'
  readonly patch: any
}

/**
 * What leads from the live object to the wanted one, by what was applied last. Throws CliError when that cannot be told.
 * Models patchSimple of kubectl/pkg/cmd/apply/patcher.go, which tries with the server's schemas before its own.
 */
export function threeWayPatch(k: Kube, modified: any, current: any): ThreeWay {
  const text: string | undefined = current.metadata.annotations?.[LAST_APPLIED]
  const schema = patchSchema(modified.apiVersion, modified.kind)
  try {
    const original = parsed(text)
    return schema
      ? {
          type: 'application/strategic-merge-patch+json',
          patch: threeWayStrategic(original, modified, current, schema),
        }
      : { type: 'application/merge-patch+json', patch: threeWayMerge(original, modified, current) }
  } catch (error) {
    if (!(error instanceof PatchError)) throw error
    if (schema) {
      for (const version of [' v3', '']) {
        k.err(`warning: error calculating patch from openapi${version} spec: ${error.message}\n`)
      }
    }
    const [to, from] = [modified, current].map((object) => `${toGoJson(object)}\n`)
    throw new CliError(
      `creating patch with:\noriginal:\n${text ?? ''}\nmodified:\n${to}\ncurrent:\n${from}\nfor: ${error.message}`,
    )
  }
}

function parsed(text: string | undefined): any {
  try {
    return text ? JSON.parse(text) : {}
  } catch {
    throw new PatchError('invalid JSON document')
  }
}
