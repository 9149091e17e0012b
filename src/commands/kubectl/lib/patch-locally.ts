import { JsonPatchError, jsonPatch } from '../../../api/patch/json-patch.ts'
import { mergePatch } from '../../../api/patch/merge.ts'
import { strategicMerge } from '../../../api/patch/strategic.ts'
import { StatusError } from '../../../api/types.ts'
import { toGoJson } from '../../../print/index.ts'
import { CliError } from './errors.ts'
import { patchSchema } from './patches.ts'

const OPERATIONS = new Set(['add', 'remove', 'replace', 'move', 'copy', 'test'])
const FROM = new Set(['move', 'copy'])

/** Does here what the server would do with the patch (--local, kustomize). Throws CliError. */
export function applyLocally(object: any, body: any, type: string): any {
  try {
    if (type === 'json') {
      checkOperations(body)
      return jsonPatch(object, body)
    }
    if (type === 'merge') return mergePatch(object, body)
    const schema = patchSchema(object.apiVersion, object.kind)
    return schema ? strategicMerge(object, body, schema) : mergePatch(object, body)
  } catch (error) {
    if (error instanceof StatusError) throw new CliError(error.message)
    if (error instanceof JsonPatchError)
      throw new CliError(error.message.replace('Unable to remove', 'unable to remove'))
    throw error
  }
}

/** What the library refuses before it applies anything. */
function checkOperations(operations: readonly any[]): void {
  for (const operation of operations) {
    const why = !OPERATIONS.has(operation?.op)
      ? 'unsupported operation'
      : FROM.has(operation.op) && operation.from === undefined
        ? "failed to decode 'from': operation, missing from field: missing value"
        : undefined
    if (why) throw new CliError(`invalid operation ${toGoJson(operation)}: ${why}`)
  }
}
