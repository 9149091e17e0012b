import { readAll } from '../../../host/index.ts'
import type { Coro } from '../../../kernel/index.ts'
import { builtinKinds } from '../../../kinds/index.ts'
import { toGoJson } from '../../../print/index.ts'
import { parseApiPath } from './api-path.ts'
import { statusError } from './client.ts'
import { CliError } from './errors.ts'
import type { Kube } from './kube.ts'

const METADATA = [
  'name',
  'generateName',
  'namespace',
  'selfLink',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'ownerReferences',
  'finalizers',
]

const BUILT_IN = new Set(builtinKinds.map((kind) => `${kind.apiVersion}/${kind.kind}`))

/** Objects with their fields in the order of the server's structs, as far as it is known; custom ones are sorted. */
function asServed(answer: any): any {
  if (typeof answer?.kind !== 'string' || !answer.metadata) return answer
  const { kind, apiVersion, metadata, items, ...rest } = answer
  if (Array.isArray(items))
    return {
      kind,
      apiVersion,
      metadata,
      items: items.map((item) => withOrder(item, kind.slice(0, -4), apiVersion)),
      ...rest,
    }
  return withOrder(answer, kind, apiVersion)
}

function withOrder(object: any, kind: string, apiVersion: string): any {
  if (!BUILT_IN.has(`${apiVersion}/${kind}`)) return object
  const { kind: own, apiVersion: version, metadata, ...rest } = object
  const head: Record<string, unknown> = {}
  for (const key of METADATA) if (metadata?.[key] !== undefined) head[key] = metadata[key]
  for (const key of Object.keys(metadata ?? {})) if (!(key in head)) head[key] = metadata[key]
  const typed = object.items === undefined && own === undefined ? {} : { kind: own, apiVersion: version }
  return { ...typed, metadata: head, ...rest }
}

/** `--raw URI`: sends the request as it is and prints the body as it comes. */
export function* rawRequest(k: Kube, verb: 'get' | 'create' | 'update' | 'delete'): Coro<number> {
  const uri = k.flags.string('raw')
  if (!uri.startsWith('/')) throw new CliError(`parse "${uri}": invalid URI for request`)
  const client = yield* k.client()
  let body: unknown
  if (verb === 'create' || verb === 'update') {
    const [file] = k.flags.strings('filename')
    const text = file === '-' ? yield* readAll(k.p.stdin) : k.p.fs.readFile(file, k.p.cwd, k.p.creds)
    try {
      body = JSON.parse(text)
    } catch {
      body = text
    }
  }
  const response = yield* client.raw(parseApiPath(uri, verb, body))
  if (response.code >= 400) throw statusError(response)
  const { body: answer } = response
  yield* k.out(
    typeof answer === 'string'
      ? answer
      : `${toGoJson(asServed(answer), { sortKeys: false, indent: isObject(answer) ? '' : '  ' })}${isObject(answer) ? '\n' : ''}`,
  )
  return 0
}

/** API objects come in one line; /version and the list of paths are laid out. */
const isObject = (answer: any): boolean => typeof answer?.kind === 'string'
