import type { DialResult, Peer, Process, Service, TlsServer } from '../../host/index.ts'
import { certificatesOf, tlsHandshake } from '../../pki/index.ts'
import { isClientEndpoint } from './endpoints.ts'

/** What a client brings to a TLS connection; undefined for plain TCP. */
export interface ClientFiles {
  readonly caPem?: string
  readonly certPem?: string
  readonly keyPem?: string
  readonly insecure?: boolean
}

/** A connection to an etcd endpoint, or why there is none. */
export type Connection =
  | {
      readonly ok: true
      readonly service: Service
      readonly peer: Peer
      readonly rtt: number
      readonly process: Process | undefined
      /** Whose certificate the client has shown, where the server asks for one. */
      readonly commonName: string | undefined
      readonly open: Extract<DialResult, { outcome: 'open' }>
    }
  /** `error` in Go's words; `after`: ms until it is known, Infinity when nothing ever comes back. */
  | {
      readonly ok: false
      readonly kind: 'refused' | 'unreachable' | 'timeout' | 'tls' | 'preface' | 'dns'
      readonly error: string
      readonly after: number
    }

/** An address of a URL's host: itself, /etc/hosts, or undefined. */
export function resolveHost(p: Process, host: string): string | undefined {
  const bare = host.replace(/^\[|\]$/g, '')
  if (/^\d+\.\d+\.\d+\.\d+$/.test(bare) || bare.includes(':')) return bare
  if (bare === 'localhost') return '127.0.0.1'
  const hosts = p.fs.exists('/etc/hosts') ? p.fs.readFile('/etc/hosts') : ''
  for (const line of hosts.split('\n')) {
    const [ip, ...names] = line.replace(/#.*/, '').trim().split(/\s+/)
    if (names.includes(bare) && /^[\d.]+$/.test(ip)) return ip
  }
  return undefined
}

/** Connects to a listening etcd port: packet path, then TLS with both sides' files and clocks. Takes no virtual time. */
export function connect(
  p: Process,
  ip: string,
  port: number,
  serverName: string,
  files: ClientFiles | undefined,
): Connection {
  const result: DialResult = p.net.dial({ ip, port, from: p })
  const target = `dial tcp ${ip.includes(':') ? `[${ip}]` : ip}:${port}`
  if (result.outcome === 'refused')
    return { ok: false, kind: 'refused', error: `${target}: connect: connection refused`, after: 1 }
  if (result.outcome === 'unreachable') {
    const text = result.code === 'EHOSTUNREACH' ? 'no route to host' : 'network is unreachable'
    return { ok: false, kind: 'unreachable', error: `${target}: connect: ${text}`, after: result.after }
  }
  if (result.outcome === 'timeout')
    return { ok: false, kind: 'timeout', error: `${target}: i/o timeout`, after: Number.POSITIVE_INFINITY }
  const { socket, peer, rtt } = result
  const { service } = socket
  if (socket.process?.frozen)
    return { ok: false, kind: 'timeout', error: 'i/o timeout', after: Number.POSITIVE_INFINITY }
  // It listens, but nobody accepts yet.
  const { custom } = service
  if (isClientEndpoint(custom) && !custom.member())
    return { ok: false, kind: 'timeout', error: 'context deadline exceeded', after: Number.POSITIVE_INFINITY }
  const server = service.tls?.()
  if (!files) {
    if (server) return { ok: false, kind: 'preface', error: 'error reading server preface: EOF', after: 2 }
    return { ok: true, service, peer, rtt, process: socket.process, commonName: undefined, open: result }
  }
  if (!server)
    return { ok: false, kind: 'tls', error: 'tls: first record does not look like a TLS handshake', after: 2 }
  const error = handshake(p, server, serverName, files, peer, socket.process)
  if (error) return { ok: false, ...error, after: 2 }
  const { certPem } = files
  const commonName =
    server.clientAuth === 'require' && certPem ? certificatesOf(certPem)[0]?.subject.commonName : undefined
  return { ok: true, service, peer: { ...peer, certPem }, rtt, process: socket.process, commonName, open: result }
}

function handshake(
  p: Process,
  server: TlsServer,
  serverName: string,
  files: ClientFiles,
  peer: Peer,
  owner: Process | undefined,
): { kind: 'tls' | 'preface'; error: string } | undefined {
  const serverNow = owner ? owner.host.clock.now() : p.now()
  const result = tlsHandshake(server, { ...files, serverName }, serverNow, p.now())
  if (result.ok) return undefined
  if (result.serverError && server.onError) server.onError(`${peer.ip}:${peer.port}`, result.serverError)
  const error = result.clientError ?? 'EOF'
  return { kind: error.startsWith('remote error') ? 'preface' : 'tls', error }
}
