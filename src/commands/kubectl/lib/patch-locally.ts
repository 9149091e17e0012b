import { JsonPatchError, jsonPatch } from '../../../api/patch/json-patch.ts'
import { mergePatch } from '../../../api/patch/merge.ts'
import { strategicMerge } from '../../../api/patch/strategic.ts'
import { StatusError } from '../../../api/types.ts'
import { CliError } from './errors.ts'
import { patchSchema } from './patches.ts'

/** Does here what the server would do with the patch (--local, kustomize). Throws CliError. */
export function applyLocally(object: any, body: any, type: string): any {
  try {
    if (type === 'json') return jsonPatch(object, body)
    if (type === 'merge') return mergePatch(object, body)
    const schema = patchSchema(object.apiVersion, object.kind)
    return schema ? strategicMerge(object, body, schema) : mergePatch(object, body)
  } catch (error) {
    if (error instanceof StatusError) throw new CliError(error.message)
    if (error instanceof JsonPatchError) throw new CliError(jsonPatchText(error.message, body))
    throw error
  }
}

/** The words of github.com/evanphx/json-patch. */
function jsonPatchText(message: string, operations: any[]): string {
  const path = /^missing (?:path|value) (.*)$/.exec(message)?.[1]
  if (path === undefined) return message.startsWith('testing value') ? `${message}: test failed` : message
  const op = operations.find((o) => o.path === path)?.op ?? 'replace'
  if (op === 'remove')
    return `error in remove for path: '${path}': unable to remove nonexistent key: ${path.split('/').at(-1)}: missing value`
  return `${op} operation does not apply: doc is missing path: ${path}: missing value`
}
