import { parsePath } from '../../../api/http/url.ts'
import { bodyText } from '../../../api/http/wire.ts'
import { readAll } from '../../../host/index.ts'
import type { Coro } from '../../../kernel/index.ts'
import { statusError } from './client.ts'
import { CliError } from './errors.ts'
import type { Kube } from './kube.ts'

const METHODS = { get: 'GET', create: 'POST', update: 'PUT', delete: 'DELETE' } as const

/** `--raw URI`: sends the request as it is and prints the body as it comes. */
export function* rawRequest(k: Kube, verb: keyof typeof METHODS): Coro<number> {
  const uri = k.flags.string('raw')
  if (!uri.startsWith('/'))
    throw new CliError(`--raw must be a valid URL path: parse "${uri}": invalid URI for request`)
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
  const response = yield* client.raw(parsePath(METHODS[verb], uri, { body }))
  if (response.code >= 400) throw statusError(response)
  yield* k.out(bodyText(response))
  return 0
}
