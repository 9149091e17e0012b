import type { FsView, HttpRequest, Peer, Process } from '../../../host/index.ts'
import { clfTime } from '../http.ts'

/** `2026/11/21 02:25:08`, as the error log stamps its lines. */
export const logTime = (ms: number): string =>
  new Date(ms).toISOString().slice(0, 19).replaceAll('-', '/').replace('T', ' ')

/** access.log and error.log, which the image links to /dev/stdout and /dev/stderr. */
export class NginxLog {
  constructor(private readonly p: Process) {}

  /** A line in the image's log_format `main`. */
  access(r: HttpRequest, peer: Peer, status: number, bytes: number): void {
    const header = (name: string): string => r.headers?.[name] ?? '-'
    const line = `${peer.ip} - - [${clfTime(this.p.now())}] "${r.method} ${r.path} HTTP/1.1" ${status} ${bytes} "${header('referer')}" "${header('user-agent')}" "${header('x-forwarded-for')}"\n`
    this.write('/var/log/nginx/access.log', line, 'stdout')
  }

  /** A line of the error log; `text` begins with `pid#tid:`. */
  error(level: string, text: string): void {
    this.write('/var/log/nginx/error.log', `${logTime(this.p.now())} [${level}] ${text}\n`, 'stderr')
  }

  private write(path: string, line: string, stream: 'stdout' | 'stderr'): void {
    let node: ReturnType<FsView['lresolve']> | undefined
    try {
      node = this.p.fs.lresolve(path)
    } catch {
      node = undefined
    }
    if (!node || (node.kind === 'symlink' && node.target.startsWith('/dev/'))) {
      if (!this.p.status) this.p[stream].write(line)
      return
    }
    try {
      this.p.fs.writeFile(path, line, { append: true })
    } catch {
      // a full or read-only disk loses the line
    }
  }
}
