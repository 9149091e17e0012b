import { may, type Process, SysError } from '../../../host/index.ts'
import { type NginxDirective, own } from './directives.ts'

/** Directories that nginx makes before it listens, by directive, with where they are by default in its images. */
const TEMP: Readonly<Record<string, string>> = {
  client_body_temp_path: '/var/cache/nginx/client_temp',
  proxy_temp_path: '/var/cache/nginx/proxy_temp',
  fastcgi_temp_path: '/var/cache/nginx/fastcgi_temp',
  uwsgi_temp_path: '/var/cache/nginx/uwsgi_temp',
  scgi_temp_path: '/var/cache/nginx/scgi_temp',
}

const ERRNO: Readonly<Record<string, number>> = { EPERM: 1, ENOENT: 2, EACCES: 13, EEXIST: 17, ENOTDIR: 20, EROFS: 30 }

const failed = (call: string, error: SysError): string =>
  `${call} failed (${ERRNO[error.code] ?? 22}: ${error.strerror})`

/** User that the image's nginx.conf names. */
const NGINX_UID = 101

/**
 * Makes nginx's directories and pid file as its user may (ngx_create_paths, ngx_create_pidfile). Returns what stops it,
 * in its words; `warn` hears of a `user` directive that cannot be obeyed.
 */
export function prepareDirs(
  p: Process,
  config: readonly NginxDirective[],
  warn: (text: string) => void,
): string | undefined {
  const user = own(config, 'user')
  if (user && p.creds.uid !== 0)
    warn(
      `the "user" directive makes sense only if the master process runs with super-user privileges, ignored in /etc/nginx/nginx.conf:${user.line}`,
    )
  const http = own(config, 'http')?.block ?? []
  for (const directive in TEMP) {
    const path = own(http, directive)?.args[0] ?? TEMP[directive]
    try {
      if (!p.fs.exists(path)) p.fs.mkdir(path, { creds: p.creds, mode: 0o700 })
    } catch (error) {
      if (error instanceof SysError) return failed(`mkdir() "${path}"`, error)
      throw error
    }
    if (!user || p.creds.uid !== 0) continue
    if (!may(p.creds, 'CHOWN')) return failed(`chown("${path}", ${NGINX_UID})`, new SysError('EPERM', path))
    p.fs.chown(path, NGINX_UID, -1)
  }
  const pid = own(config, 'pid')?.args[0] ?? '/run/nginx.pid'
  try {
    p.fs.writeFile(pid, `${p.containerPid ?? p.pid}\n`, { creds: p.creds })
  } catch (error) {
    if (error instanceof SysError) return failed(`open() "${pid}"`, error)
    throw error
  }
  return undefined
}
