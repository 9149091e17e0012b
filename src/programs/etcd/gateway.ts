import { keepOpen, type Process } from '../../host/index.ts'
import type { EtcdConfig } from './config.ts'
import { connect } from './connect.ts'
import { parseUrl } from './peer-network.ts'
import { read } from './tls-files.ts'

/** Longest pause between attempts, ms (grpc's backoff). */
const MAX_BACKOFF = 120_000

/**
 * The server's own grpc gateway dials the first client URL with the server certificate as client certificate. When that
 * is refused (expired, no clientAuth usage), grpc complains in plain text on stderr; nothing else suffers.
 */
export class Gateway {
  private backoff = 1000

  constructor(
    private readonly p: Process,
    private readonly config: EtcdConfig,
  ) {}

  start(): void {
    const url = this.config.listenClient[0]
    if (url && parseUrl(url).secure) this.p.after(2, () => this.attempt())
  }

  private attempt(): void {
    const { p, config } = this
    const { port } = parseUrl(config.listenClient[0])
    let error: string | undefined
    try {
      const files = { certPem: read(p, config.client.cert), keyPem: read(p, config.client.key), insecure: true }
      const result = connect(p, '127.0.0.1', port, '127.0.0.1', files)
      if (result.ok) keepOpen(p, result.open, 1)
      error = result.ok
        ? undefined
        : result.kind === 'preface'
          ? `error reading server preface: ${result.error}`
          : result.error
    } catch (e) {
      error = (e as Error).message
    }
    // A connection that stands is kept: certificates that expire later are not noticed here.
    if (error === undefined) return
    for (const channel of ['#1 SubChannel #3', '#2 SubChannel #4']) {
      const addr = `127.0.0.1:${port}`
      const when = new Date(p.now()).toISOString().slice(0, 19).replace(/-/g, '/').replace('T', ' ')
      p.stderr.write(
        `${when} WARNING: [core] [Channel ${channel}] grpc: addrConn.createTransport failed to connect to {Addr: "${addr}", ServerName: "${addr}", }. Err: connection error: desc = "${error}"\n`,
      )
    }
    p.after(this.backoff, () => this.attempt())
    this.backoff = Math.min(this.backoff * 1.6, MAX_BACKOFF)
  }
}
