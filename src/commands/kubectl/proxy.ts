import { TransportError } from '../../api/types.ts'
import { type HttpRequest, type HttpResponse, SysError } from '../../host/index.ts'
import { ApiTransport } from '../../programs/lib/api-transport.ts'
import { userAgent } from './lib/connect.ts'
import type { Definition } from './lib/define.ts'
import { CliError } from './lib/errors.ts'
import type { Kube } from './lib/kube.ts'
import { pages } from './pages/proxy.ts'

/** Which requests pass: patterns of hosts, paths and methods. Models kubectl/pkg/proxy/proxy_server.go. */
interface Filter {
  readonly hosts: readonly RegExp[]
  readonly accepted: readonly RegExp[]
  readonly rejected: readonly RegExp[]
  readonly methods: readonly RegExp[]
}

const patterns = (k: Kube, flag: string): RegExp[] =>
  k.flags
    .string(flag)
    .split(',')
    .map((text) => {
      try {
        return new RegExp(text)
      } catch {
        throw new CliError(`error parsing regexp: ${text}`)
      }
    })

const passes = (filter: Filter, method: string, host: string, path: string): boolean => {
  const any = (list: readonly RegExp[], text: string): boolean => list.some((re) => re.test(text))
  return (
    !any(filter.rejected, path) &&
    !any(filter.methods, method) &&
    any(filter.accepted, path) &&
    any(filter.hosts, host.replace(/:\d+$/, ''))
  )
}

const MIME: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json',
}

/** Models kubectl/pkg/cmd/proxy/proxy.go: the API server over plain HTTP on this machine. */
export const proxy: Definition = {
  page: pages.proxy,
  *run(k) {
    const { p, flags } = k
    const port = flags.int('port')
    const address = flags.string('address')
    const socket = flags.string('unix-socket')
    if (socket !== '' && flags.changed('port'))
      throw new CliError('cannot set --unix-socket and --port at the same time')
    if (flags.string('api-prefix') !== '/' && !/^\/.*\/$/.test(flags.string('api-prefix')))
      k.log('I', 1, 'proxy.go:163', `api-prefix ${flags.string('api-prefix')} is not wrapped in slashes`)
    if (port < 0 || port > 65535) throw new CliError(`listen tcp: address ${port}: invalid port`)
    const directory = flags.string('www')
    if (directory !== '' && p.fs.find(directory, p.cwd)?.kind !== 'dir')
      k.log(
        'W',
        0,
        'proxy.go:200',
        `Failed to stat static file directory ${directory}: stat ${directory}: no such file or directory`,
      )
    const filter: Filter | undefined = flags.bool('disable-filter')
      ? undefined
      : {
          hosts: patterns(k, 'accept-hosts'),
          accepted: patterns(k, 'accept-paths'),
          rejected: patterns(k, 'reject-paths'),
          methods: patterns(k, 'reject-methods'),
        }
    if (!filter && socket === '')
      k.log(
        'W',
        0,
        'proxy.go:177',
        'Request filter disabled, your proxy is vulnerable to XSRF attacks, please be cautious',
      )
    // Says what is wrong with the configuration.
    yield* k.client()
    const api = new ApiTransport(p, k.target.config, userAgent(p), k.target.impersonate)
    const answer = (request: HttpRequest): HttpResponse => serve(k, api, filter, request)
    let bound: { port: number }
    try {
      bound = p.net.listen(p, { addr: address, port, service: { name: 'kubectl', http: answer } })
    } catch (error) {
      if (!(error instanceof SysError)) throw error
      const reason = error.code === 'EADDRINUSE' ? 'address already in use' : 'cannot assign requested address'
      throw new CliError(`listen tcp ${address}:${port}: bind: ${reason}`)
    }
    yield* k.out(`Starting to serve on ${address}:${bound.port}\n`)
    for (;;) yield {}
  },
}

function serve(k: Kube, api: ApiTransport, filter: Filter | undefined, request: HttpRequest): HttpResponse {
  const { flags, p } = k
  const [path] = request.path.split('?')
  const host = request.headers?.host ?? flags.string('address')
  if (filter && !passes(filter, request.method, host, path)) return { status: 403, body: 'Forbidden\n' }
  const files = flags.string('www-prefix')
  if (flags.string('www') !== '' && path.startsWith(files)) {
    const file = `${flags.string('www')}/${path.slice(files.length) || 'index.html'}`
    const node = p.fs.find(file, p.cwd)
    if (node?.kind !== 'file') return { status: 404, body: '404 page not found\n' }
    const type = MIME[file.split('.').at(-1)!] ?? 'text/plain; charset=utf-8'
    return { status: 200, headers: { 'content-type': type }, body: p.fs.readFile(file, p.cwd, p.creds) }
  }
  const prefix = flags.string('api-prefix')
  if (!request.path.startsWith(prefix)) return { status: 404, body: '404 page not found\n' }
  try {
    return api.pass({ ...request, path: `/${request.path.slice(prefix.length)}` })
  } catch (error) {
    if (!(error instanceof TransportError)) throw error
    k.log('E', 0, 'proxy_server.go:147', `Error while proxying request: ${error.message}`)
    return { status: 502, body: error.message }
  }
}
