import type { Log } from '../../etcd/log.ts'
import { type Process, type Service, type Socket, SysError } from '../../host/index.ts'
import { parseUrl } from './peer-network.ts'

/** Opens the listening socket of a URL. Throws `listen tcp IP:PORT: bind: …`. */
export function listenOn(p: Process, url: string, service: Service): Socket {
  const { host, port } = parseUrl(url)
  const addr = host === 'localhost' ? '127.0.0.1' : host
  try {
    return p.net.listen(p, { addr, port, service })
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    const text = error.strerror.charAt(0).toLowerCase() + error.strerror.slice(1)
    throw new Error(`listen tcp ${addr}:${port}: bind: ${text}`)
  }
}

/** Lines of refused handshakes; the same peer's repeat at most once a second, so that a retrying client cannot flood the world. */
export function rejections(p: Process, log: Log, side: 'client' | 'peer'): (remote: string, error: string) => void {
  const last = new Map<string, number>()
  return (remote, error) => {
    const ip = remote.replace(/:\d+$/, '')
    const now = p.host.kernel.now()
    if (now - (last.get(ip) ?? Number.NEGATIVE_INFINITY) < 500) return
    last.set(ip, now)
    log('warn', 'embed/config_logging.go:194', `rejected connection on ${side} endpoint`, {
      'remote-addr': remote,
      'server-name': '',
      error,
    })
  }
}
