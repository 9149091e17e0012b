import { hash } from '../../../kernel/index.ts'
import type { Kind } from '../../../kinds/index.ts'
import type { ApiServer, PathHandler } from '../../server.ts'
import type { ApiResponse } from '../../types.ts'
import { documentOf, rootOf, swaggerOf } from './documents.ts'
import { type Owners, ownersOf } from './schemas.ts'

/** Paths of the index that have no kinds behind them. */
const PLAIN = ['.well-known/openid-configuration', 'api', 'apis', 'logs', 'openid/v1/jwks', 'version']

let owners: Owners | undefined

const byRoot = (server: ApiServer): Map<string, Kind[]> => {
  const groups = new Map<string, Kind[]>()
  for (const kind of server.kinds.list()) {
    const root = rootOf(kind).slice(1)
    const group = groups.get(root)
    if (group) group.push(kind)
    else groups.set(root, [kind])
  }
  return groups
}

/** 128 hexadecimal digits that change when the document does: custom kinds change with their definition. */
function digest(root: string, kinds: readonly Kind[]): string {
  const seed = kinds.map((k) => `${k.plural}${k.crd?.metadata.uid ?? ''}${k.crd?.metadata.generation ?? ''}`).join()
  let text = ''
  for (let i = 0; text.length < 128; i++) text += hash(`${root} ${seed} ${i}`).toString(16).padStart(8, '0')
  return text.slice(0, 128).toUpperCase()
}

function indexOf(server: ApiServer): ApiResponse {
  const groups = byRoot(server)
  const names = new Set([...PLAIN, ...groups.keys()])
  for (const root of groups.keys()) if (root.startsWith('apis/')) names.add(root.split('/').slice(0, 2).join('/'))
  const paths = Object.fromEntries(
    [...names]
      .sort()
      .map((name) => [name, { serverRelativeURL: `/openapi/v3/${name}?hash=${digest(name, groups.get(name) ?? [])}` }]),
  )
  // Not indented, although `paths` of GET / is.
  return { code: 200, body: JSON.stringify({ paths }), headers: { 'content-type': 'text/plain; charset=utf-8' } }
}

/**
 * openapi.v2.Document of gnostic with its swagger version, title and version, and no definitions: kubectl, which asks
 * for it only in this form, finds no schemas in it and leaves validation to the server.
 */
function outline(gitVersion: string): ApiResponse {
  const field = (tag: number, text: string): string => String.fromCharCode(tag * 8 + 2, text.length) + text
  const info = field(1, 'Kubernetes') + field(2, gitVersion)
  return {
    code: 200,
    body: field(1, '2.0') + field(2, info) + field(8, ''),
    headers: { 'content-type': 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf' },
  }
}

/** /openapi/v3, its documents, and /openapi/v2 as JSON. */
export const openapi =
  (gitVersion: string): PathHandler =>
  ({ path, wire }, _user, server) => {
    if (!path.startsWith('/openapi/')) return undefined
    if (wire && path === '/openapi/v2') return outline(gitVersion)
    owners ??= ownersOf(server.kinds.list())
    if (path === '/openapi/v2') return { code: 200, body: swaggerOf(server.kinds.list(), owners, gitVersion) }
    if (path === '/openapi/v3' || path === '/openapi/v3/') return indexOf(server)
    const name = /^\/openapi\/v3\/(.+)$/.exec(path)?.[1]
    if (name === undefined) return undefined
    const kinds = byRoot(server).get(name)
    if (!kinds && !PLAIN.includes(name)) return undefined
    return { code: 200, body: documentOf(kinds ?? [], owners, gitVersion) }
  }
