import { type FsView, type Process, SysError } from '../../../host/index.ts'
import { globRegex } from '../../../kernel/index.ts'
import { parseUrl } from '../../lib/transport.ts'
import { resolveName } from '../resolve.ts'
import { type NginxDirective, NginxError, own, parseNginx } from './directives.ts'

/** A `location` block. */
export interface Location {
  readonly kind: '' | '=' | '^~' | '~' | '~*'
  readonly path: string
  readonly directives: readonly NginxDirective[]
}

/** A `server` block. */
export interface VirtualServer {
  readonly ports: readonly { port: number; isDefault: boolean }[]
  readonly names: readonly string[]
  readonly directives: readonly NginxDirective[]
  readonly locations: readonly Location[]
}

/** What the configuration files say. */
export interface NginxConfig {
  readonly directives: readonly NginxDirective[]
  readonly servers: readonly VirtualServer[]
  /** Servers of each `upstream` block: `host:port`. */
  readonly upstreams: ReadonlyMap<string, readonly string[]>
}

/** Reads /etc/nginx/nginx.conf and what it includes, as the process may. Throws NginxError. */
export function readConfig(p: Process): NginxConfig {
  const main = '/etc/nginx/nginx.conf'
  let text: string
  try {
    text = p.fs.readFile(main, '/', p.creds)
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    throw new NginxError(
      `open() "${main}" failed (${error.code === 'EACCES' ? '13: Permission denied' : '2: No such file or directory'})`,
    )
  }
  const directives = parseNginx(main, text, (glob) => included(p.fs, glob))
  if (!own(directives, 'events')) throw new NginxError('no "events" section in configuration')
  const http = own(directives, 'http')?.block ?? []
  const upstreams = new Map(
    named(http, 'upstream').map((d) => [d.args[0], named(d.block ?? [], 'server').map((x) => x.args[0])]),
  )
  const servers = named(http, 'server').map(virtualServer)
  for (const s of servers) for (const l of s.locations) checkProxy(p, l, upstreams)
  return { directives, servers, upstreams }
}

const named = (list: readonly NginxDirective[], name: string): NginxDirective[] => list.filter((d) => d.name === name)

function included(fs: FsView, pattern: string): [string, string][] {
  const path = pattern.startsWith('/') ? pattern : `/etc/nginx/${pattern}`
  const cut = path.lastIndexOf('/')
  const folder = path.slice(0, cut)
  if (fs.find(folder || '/')?.kind !== 'dir') return []
  const match = globRegex(path.slice(cut + 1))
  return fs
    .readdir(folder || '/')
    .filter(([name]) => match.test(name) && !name.startsWith('.'))
    .flatMap(([name]): [string, string][] => {
      const node = fs.find(`${folder}/${name}`)
      return node?.kind === 'file' ? [[`${folder}/${name}`, node.read()]] : []
    })
}

function virtualServer(d: NginxDirective): VirtualServer {
  const directives = d.block ?? []
  const ports = named(directives, 'listen').map(({ args }) => {
    const m = /^(?:\[::\]|[^:]*)?:?(\d+)?$/.exec(args[0])
    const port = /^\d+$/.test(args[0]) ? Number(args[0]) : Number(m?.[1] ?? 80)
    return { port, isDefault: args.includes('default_server') || args.includes('default') }
  })
  return {
    ports: ports.length > 0 ? ports : [{ port: 80, isDefault: false }],
    names: named(directives, 'server_name').flatMap((x) => x.args),
    directives,
    locations: locationsIn(directives),
  }
}

/** Outer locations before the ones inside them. */
function locationsIn(list: readonly NginxDirective[]): Location[] {
  return named(list, 'location').flatMap(({ args: [a, b], block = [] }) => [
    { kind: (b === undefined ? '' : a) as Location['kind'], path: b ?? a, directives: block },
    ...locationsIn(block),
  ])
}

/** Names in proxy_pass are resolved when the configuration is read. */
function checkProxy(p: Process, l: Location, upstreams: ReadonlyMap<string, readonly string[]>): void {
  const pass = own(l.directives, 'proxy_pass')
  if (!pass || pass.args[0].includes('$')) return
  const { host } = parseUrl(pass.args[0])
  if (!upstreams.has(host) && resolveName(p, host.split(':')[0]) === undefined)
    throw new NginxError(`host not found in upstream "${host}" in ${pass.file}:${pass.line}`)
}

/** The server for a request: by name, else the port's default, else the port's first. */
export function serverFor(servers: readonly VirtualServer[], port: number, host: string): VirtualServer | undefined {
  const here = servers.filter((s) => s.ports.some((x) => x.port === port))
  return (
    here.find((s) => s.names.some((n) => nameMatches(n, host))) ??
    here.find((s) => s.ports.some((x) => x.port === port && x.isDefault)) ??
    here[0]
  )
}

const nameMatches = (pattern: string, host: string): boolean =>
  pattern === host ||
  (pattern.startsWith('*.') && host.endsWith(pattern.slice(1))) ||
  (pattern.endsWith('.*') && host.startsWith(pattern.slice(0, -1))) ||
  (pattern === '_' && host === '_')

/** The location for a path: exact, then the longest prefix when it says `^~`, then the first regular expression. */
export function locationFor(s: VirtualServer, path: string): Location | undefined {
  const exact = s.locations.find((l) => l.kind === '=' && l.path === path)
  if (exact) return exact
  const prefix = s.locations
    .filter((l) => (l.kind === '' || l.kind === '^~') && path.startsWith(l.path))
    .sort((a, b) => b.path.length - a.path.length)[0]
  if (prefix?.kind === '^~') return prefix
  const regex = s.locations.find(
    (l) => (l.kind === '~' || l.kind === '~*') && new RegExp(l.path, l.kind === '~*' ? 'i' : '').test(path),
  )
  return regex ?? prefix
}
