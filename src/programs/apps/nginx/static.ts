import type { HttpResponse } from '../../../host/index.ts'
import { type NginxDirective, own } from './directives.ts'
import type { Exchange } from './exchange.ts'

const TYPES: Record<string, string> = {
  html: 'text/html',
  htm: 'text/html',
  css: 'text/css',
  js: 'application/javascript',
  json: 'application/json',
  txt: 'text/plain',
  xml: 'text/xml',
  svg: 'image/svg+xml',
  png: 'image/png',
}

/** `default_type` in force. */
export const defaultType = (scope: readonly NginxDirective[]): string =>
  own(scope, 'default_type')?.args[0] ?? 'application/octet-stream'

/** A file or folder below `root` or `alias`; `again` answers for another path (the last of try_files). */
export function serveStatic(x: Exchange, again: (path: string) => HttpResponse): HttpResponse {
  const { fs } = x.p
  const root = own(x.scope, 'root')?.args[0] ?? '/etc/nginx/html'
  const tries = own(x.scope, 'try_files')?.args
  if (tries) {
    for (const t of tries.slice(0, -1)) {
      const file = `${root}${x.expand(t)}`
      if (fs.find(file)?.kind === (t.endsWith('/') ? 'dir' : 'file')) return send(x, file)
    }
    const last = tries.at(-1)!
    return last.startsWith('=') ? x.error(Number(last.slice(1))) : again(x.expand(last))
  }
  const alias = x.location && own(x.location.directives, 'alias')?.args[0]
  const full = alias ? alias + x.path.slice(x.location!.path.length) : `${root.replace(/\/$/, '')}${x.path}`
  const node = fs.find(full)
  if (node?.kind === 'dir') return folder(x, full)
  if (node) return send(x, full)
  x.logError(`open() "${full}" failed (2: No such file or directory)`, x.server.names[0] ?? '')
  return x.error(404)
}

function folder(x: Exchange, full: string): HttpResponse {
  if (!x.path.endsWith('/'))
    return { status: 301, headers: { location: `http://${x.host}${x.path}/` }, body: x.page(301) }
  for (const index of own(x.scope, 'index')?.args ?? ['index.html'])
    if (x.p.fs.find(`${full}${index}`)?.kind === 'file') return send(x, `${full}${index}`)
  if (own(x.scope, 'autoindex')?.args[0] === 'on') return listing(x, full)
  x.logError(`directory index of "${full}" is forbidden`, x.server.names[0] ?? '')
  return x.error(403)
}

function send(x: Exchange, path: string): HttpResponse {
  const node = x.p.fs.find(path)
  if (node?.kind !== 'file') return x.error(404)
  // Workers run as user nginx.
  if ((node.mode & 0o004) === 0 && node.uid !== x.p.creds.uid && x.p.creds.uid === 0) return x.error(403)
  const ext = /\.([a-z0-9]+)$/.exec(path)?.[1] ?? ''
  const type = TYPES[ext] ?? defaultType(x.scope)
  return { status: 200, headers: { 'content-type': type, 'accept-ranges': 'bytes' }, body: node.read() }
}

/** ngx_http_autoindex_module */
function listing(x: Exchange, dir: string): HttpResponse {
  const rows = x.p.fs.readdir(dir).map(([name, node]) => {
    const shown = node.kind === 'dir' ? `${name}/` : name
    return `<a href="${shown}">${shown}</a>\n`
  })
  return {
    status: 200,
    body: `<html>\r\n<head><title>Index of ${x.path}</title></head>\r\n<body>\r\n<h1>Index of ${x.path}</h1><hr><pre><a href="../">../</a>\n${rows.join('')}</pre><hr></body>\r\n</html>\r\n`,
  }
}
