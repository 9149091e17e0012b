import type { Host, HttpRequest, HttpResponse } from '../../host/index.ts'

const ROOT = '/var/log'
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
}
const html = (text: string): string => text.replace(/[&<>"']/g, (c) => ENTITIES[c]!)

/**
 * /logs/ of a kubelet: the machine's log files, as Go's http.FileServer shows a directory. That one also sends clients
 * from a directory's name without a slash to the one with it; here they see at once what they would be sent to.
 */
export function systemLogs(host: Host, { path: url }: HttpRequest): HttpResponse {
  const [path = ''] = url.split('?')
  const parts = decodeURIComponent(path.slice('/logs'.length)).split('/')
  // What climbs out of the directory is taken to begin in it.
  const inside = parts.filter((part) => part !== '' && part !== '.' && part !== '..')
  const node = host.fs.find([ROOT, ...inside].join('/'))
  if (node?.kind === 'file') {
    return { status: 200, headers: { 'Content-Type': 'text/plain; charset=utf-8' }, body: node.read() }
  }
  if (node?.kind !== 'dir') return { status: 404, body: '404 page not found\n' }
  const entries = host.fs
    .readdir([ROOT, ...inside].join('/'))
    .map(([name, { kind }]) => name + (kind === 'dir' ? '/' : ''))
  const links = entries.sort().map((name) => `<a href="${encodeURI(name)}">${html(name)}</a>\n`)
  const head = '<!doctype html>\n<meta name="viewport" content="width=device-width">\n'
  return {
    status: 200,
    headers: { 'Content-Type': 'text/html; charset=utf-8' },
    body: `${head}<pre>\n${links.join('')}</pre>\n`,
  }
}
