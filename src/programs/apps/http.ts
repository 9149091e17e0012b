import { type HttpRequest, type HttpResponse, type Peer, type Process, SysError } from '../../host/index.ts'
import { MONTHS } from '../../kernel/index.ts'

/** Opens a plain HTTP port for a program. Returns what bind said when it is taken or not allowed. */
export function listenHttp(
  p: Process,
  port: number,
  name: string,
  answer: (request: HttpRequest, peer: Peer) => HttpResponse,
  addr?: string,
): string | undefined {
  try {
    if (
      port < 1024 &&
      p.creds.uid !== 0 &&
      Number(p.net.sysctls?.get('net.ipv4.ip_unprivileged_port_start') ?? 0) > port &&
      p.containerPid === undefined
    )
      return 'Permission denied'
    p.net.listen(p, { port, addr, service: { name, http: answer } })
    return undefined
  } catch (error) {
    if (error instanceof SysError) return error.strerror
    throw error
  }
}

/** Ends with status 0 on the usual signals, as servers that handle them do. */
export function stopOn(p: Process, ...signals: string[]): void {
  for (const s of signals) p.onSignal(s, () => p.exit(0))
}

/** `21/Nov/2026:02:25:08 +0000` */
export function clfTime(ms: number): string {
  const d = new Date(ms)
  const month = MONTHS[d.getUTCMonth()]
  const iso = d.toISOString()
  return `${iso.slice(8, 10)}/${month}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`
}

/** An answer with a page. */
export const html = (status: number, body: string, type = 'text/html'): HttpResponse => ({
  status,
  headers: { 'content-type': type, 'content-length': String(body.length) },
  body,
})

/** An answer in text/plain. */
export const plain = (status: number, body: string): HttpResponse => html(status, body, 'text/plain; charset=utf-8')
