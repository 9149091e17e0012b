import type { Certificate } from './certificate.ts'
import { appendCertsFromPem, type KeyPair, rootCertPool, x509KeyPair } from './load.ts'
import { type VerifyFailure, verifyChain } from './verify.ts'

/** What a server brings to a handshake. */
export interface ServerTls {
  readonly certPem: string
  readonly keyPem: string
  /** Roots for client certificates. */
  readonly clientCaPem?: string
  /**
   * `request` takes any certificate and leaves its verification to the application (kube-apiserver, kubelet);
   * `require` verifies it in the handshake (etcd).
   */
  readonly clientAuth: 'none' | 'request' | 'require'
}

/** What a client brings. */
interface ClientTls {
  /** Roots; none given means the host's public roots, which sign nothing in a simulated network. */
  readonly caPem?: string
  readonly certPem?: string
  readonly keyPem?: string
  /** Name or IP address that the server's certificate must be valid for. */
  readonly serverName: string
  readonly insecure?: boolean
  /** Whose alerts it sends: Go's (default) or OpenSSL's (curl, s_client). */
  readonly stack?: 'go' | 'openssl'
}

/** How a handshake ended on both sides. */
export interface HandshakeResult {
  readonly ok: boolean
  /** The client's error in Go's words; undefined when it noticed none. */
  readonly clientError?: string
  /** True when the client could not even start (bad files of its own): nothing went over the wire. */
  readonly local?: boolean
  /** What was wrong with the server's certificate, for clients that say it in other words. */
  readonly clientReason?: VerifyFailure
  /** The server's error in Go's words, for `http: TLS handshake error from A:P: …`. */
  readonly serverError?: string
  /** The certificates the server showed; empty when it could not. */
  readonly serverChain: readonly Certificate[]
  /** The certificates the client showed and the server took. With `request` they are not verified. */
  readonly clientChain: readonly Certificate[]
}

type Alert =
  | 'bad certificate'
  | 'expired certificate'
  | 'unknown certificate authority'
  | 'certificate required'
  | 'internal error'

const message = (error: unknown): string => (error as Error).message

/**
 * A TLS 1.3 handshake. Each side uses its own clock (ms since the epoch). A server that rejects the client's certificate
 * is noticed by the client only when it reads, so its error is `remote error: tls: …`.
 */
export function tlsHandshake(
  server: ServerTls,
  client: ClientTls,
  serverNow: number,
  clientNow: number,
): HandshakeResult {
  let own: KeyPair | undefined
  let roots: readonly Certificate[]
  try {
    if (client.certPem !== undefined || client.keyPem !== undefined)
      own = x509KeyPair(client.certPem ?? '', client.keyPem ?? '')
    roots = client.caPem === undefined || client.insecure ? [] : rootCertPool(client.caPem)
  } catch (error) {
    return { ok: false, local: true, clientError: message(error), serverChain: [], clientChain: [] }
  }

  let shown: KeyPair
  try {
    shown = x509KeyPair(server.certPem, server.keyPem)
  } catch (error) {
    return { ...refused('internal error'), serverError: message(error), serverChain: [] }
  }
  const serverChain = shown.chain

  if (!client.insecure) {
    const [leaf, ...intermediates] = serverChain
    const result = verifyChain(leaf, { roots, intermediates, now: clientNow, host: client.serverName })
    if (!result.ok) {
      return {
        ok: false,
        clientError: `tls: failed to verify certificate: ${result.error}`,
        clientReason: result.reason,
        serverError: `remote error: tls: ${client.stack === 'openssl' ? opensslAlert(result.reason) : 'bad certificate'}`,
        serverChain,
        clientChain: [],
      }
    }
  }

  const clientChain = server.clientAuth === 'none' ? [] : (own?.chain ?? [])
  if (server.clientAuth !== 'require') return { ok: true, serverChain, clientChain }
  if (clientChain.length === 0)
    return { ...refused('certificate required'), serverError: "tls: client didn't provide a certificate", serverChain }
  const [leaf, ...intermediates] = clientChain
  const trusted = appendCertsFromPem(server.clientCaPem ?? '')
  const result = verifyChain(leaf, { roots: trusted, intermediates, now: serverNow, usages: ['clientAuth'] })
  if (result.ok) return { ok: true, serverChain, clientChain }
  const alert = { 'unknown-authority': 'unknown certificate authority', expired: 'expired certificate' } as const
  return {
    ...refused(result.reason in alert ? alert[result.reason as keyof typeof alert] : 'bad certificate'),
    serverError: `tls: failed to verify certificate: ${result.error}`,
    serverChain,
  }
}

const refused = (alert: Alert): { ok: false; clientError: string; clientChain: readonly Certificate[] } => ({
  ok: false,
  clientError: `remote error: tls: ${alert}`,
  clientChain: [],
})

const opensslAlert = (reason: VerifyFailure): Alert =>
  reason === 'expired'
    ? 'expired certificate'
    : reason === 'unknown-authority'
      ? 'unknown certificate authority'
      : 'bad certificate'
