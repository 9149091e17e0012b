import { answering, type Connection, connect, lookup, readLine } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import {
  appendCertsFromPem,
  type Certificate,
  type HandshakeResult,
  OPENSSL_ERRORS,
  opensslVerify,
  type ServerTls,
  tlsHandshake,
} from '../../pki/index.ts'
import { keyMismatch } from './issue.ts'
import { loadCaFile, loadCertificate, loadKey } from './load.ts'
import { notSimulated, type OptionSpec, type Options, parseOptions, refuse } from './options.ts'
import { asn1Time, keyAlgorithm } from './text.ts'
import { Exit, type Tool } from './tool.ts'

const SPEC: OptionSpec = {
  connect: 'text',
  host: 'text',
  port: 'text',
  servername: 'text',
  noservername: 'flag',
  CAfile: 'text',
  CApath: 'text',
  cert: 'text',
  key: 'text',
  certform: 'text',
  keyform: 'text',
  showcerts: 'flag',
  brief: 'flag',
  quiet: 'flag',
  ign_eof: 'flag',
  verify: 'number',
  verify_return_error: 'flag',
  verify_hostname: 'text',
  verify_ip: 'text',
  verify_quiet: 'flag',
  tls1_3: 'flag',
  no_ign_eof: 'flag',
  starttls: 'text',
  crlf: 'flag',
  partial_chain: 'flag',
  '4': 'flag',
  '6': 'flag',
  nocommands: 'flag',
  'no-CAfile': 'flag',
  'no-CApath': 'flag',
  pass: 'text',
}

const SIGNATURES = 'RSA-PSS+SHA256:ECDSA+SHA256:ed25519:RSA-PSS+SHA384:RSA-PSS+SHA512:ECDSA+SHA384:ECDSA+SHA512'

const STARTTLS = 'smtp pop3 imap ftp xmpp xmpp-server telnet irc mysql postgres lmtp nntp sieve ldap'.split(' ')

/** `openssl s_client`: a TLS connection, and all there is to know about it. */
export function* sClient(tool: Tool, args: readonly string[]): Coro<number> {
  const o = parseOptions(tool, args, SPEC)
  if (o.rest.length > 1) tool.fail('s_client: Use -help for summary.')
  if (o.has('4') && o.has('6')) refuse(tool, "Can't use both -4 and -6")
  const starttls = o.get('starttls')
  if (starttls !== undefined && !STARTTLS.includes(starttls))
    refuse(tool, `Value must be one of:\n${STARTTLS.map((name) => `\t${name}`).join('\n')}`)
  const depth = o.number('verify')
  if (depth !== undefined && !o.has('quiet')) tool.err(`verify depth is ${depth}\n`)
  if (starttls !== undefined) notSimulated(tool, '-starttls')
  const own = yield* ownCertificate(tool, o)
  const trusted = trust(tool, o)
  const target = o.get('connect') ?? o.rest[0] ?? `${o.get('host') ?? 'localhost'}:${o.get('port') ?? '4433'}`
  const cut = target.lastIndexOf(':')
  const host = (cut < 0 ? target : target.slice(0, cut).replace(/^\[|\]$/g, '')) || 'localhost'
  const port = cut < 0 ? 4433 : Number(target.slice(cut + 1))
  const connection = yield* dial(tool, host, port)
  // A name without a dot is not sent, and neither is an address.
  const sent = o.get('servername') ?? (/[a-zA-Z]/.test(host) && host.includes('.') ? host : undefined)
  return yield* new Session(tool, o, connection, own, trusted, o.has('noservername') ? undefined : sent).run()
}

interface OwnCertificate {
  readonly certPem: string
  readonly keyPem: string
  readonly cert: Certificate
}

function* ownCertificate(tool: Tool, o: Options): Coro<OwnCertificate | undefined> {
  const path = o.get('cert')
  if (path === undefined) return undefined
  const key = yield* loadKey(
    tool,
    o.get('key') ?? path,
    'client certificate private key',
    o.get('pass'),
    o.get('keyform'),
  )
  const cert = yield* loadCertificate(tool, path, 'client certificate', 1, o.get('certform'))
  if (!key.publicKey.equals(cert.publicKey)) {
    const [a, b] = [key.publicKey.kind, cert.publicKey.kind]
    if (a !== b) tool.fail('Private key does not match the certificate public key')
    tool.err('error setting private key\n')
    tool.queue(...keyMismatch(key.publicKey, cert.publicKey))
    throw new Exit(1)
  }
  return { certPem: cert.pem, keyPem: key.pem, cert }
}

function trust(tool: Tool, o: Options): Certificate[] {
  const path = o.get('CAfile')
  if (path === undefined) return []
  const certs = loadCaFile(tool, path, undefined)
  if (!certs) throw new Exit(1)
  return certs
}

const ERRNO: Readonly<Record<string, readonly [number: number, text: string]>> = {
  ECONNREFUSED: [111, 'Connection refused'],
  EHOSTUNREACH: [113, 'No route to host'],
  ENETUNREACH: [101, 'Network is unreachable'],
  ETIMEDOUT: [110, 'Connection timed out'],
  timeout: [110, 'Connection timed out'],
}

type Open = Extract<Connection, { outcome: 'open' }>

function* dial(tool: Tool, host: string, port: number): Coro<Open> {
  const found = yield* lookup(tool.p, host)
  if (!found.ok || Number.isNaN(port)) {
    const why = Number.isNaN(port) ? 'Servname not supported for ai_socktype' : 'Name or service not known'
    tool.queue(`10080002:BIO routines:BIO_lookup_ex:system lib:../crypto/bio/bio_addr.c:746:${why}`)
    return tool.fail('connect:errno=0')
  }
  let failure: readonly [number, string] = ERRNO.ECONNREFUSED
  for (const ip of found.ips) {
    if (tool.recent) tool.err(`Connecting to ${ip}\n`)
    const connection = yield* connect(tool.p, ip, port)
    if (connection.outcome === 'open') return connection
    failure = ERRNO[connection.error]
  }
  const [number, text] = failure
  tool.queue(
    `80${number.toString(16).toUpperCase().padStart(6, '0')}:system library:BIO_connect:${text}:../crypto/bio/bio_sock2.c:117:calling connect()`,
    '10000067:BIO routines:BIO_connect:connect error:../crypto/bio/bio_sock2.c:119:',
  )
  return tool.fail(`connect:errno=${number}`)
}

/** Alerts as OpenSSL names them, by what Go says it sends. */
const ALERTS: Readonly<Record<string, readonly [code: string, text: string, number: number]>> = {
  'bad certificate': ['0A000412', 'sslv3 alert bad certificate', 42],
  'expired certificate': ['0A000415', 'sslv3 alert certificate expired', 45],
  'unknown certificate authority': ['0A000418', 'tlsv1 alert unknown ca', 48],
  'internal error': ['0A000438', 'tlsv1 alert internal error', 80],
  'certificate required': ['0A00045C', 'tlsv13 alert certificate required', 116],
}

class Session {
  private code = 0
  /** Into a pipe, standard output comes in one go, behind what is verified aloud. */
  private connected = ''

  constructor(
    private readonly tool: Tool,
    private readonly o: Options,
    private readonly connection: Open,
    private readonly own: OwnCertificate | undefined,
    private readonly trusted: readonly Certificate[],
    private readonly serverName: string | undefined,
  ) {}

  *run(): Coro<number> {
    const { tool, o } = this
    const brief = o.has('brief')
    this.connected = brief ? '' : 'CONNECTED(00000003)\n'
    if (tool.p.stdout.isTty) this.say('')
    const { service, process } = this.connection.socket
    yield* answering(this.connection.socket)
    const server = service.tls?.()
    if (!server) {
      tool.queue('0A00010B:SSL routines:ssl3_get_record:wrong version number:../ssl/record/ssl3_record.c:350:')
      if (!brief) this.say(this.noCertificate(5))
      return 1
    }
    const client = { certPem: this.own?.certPem, keyPem: this.own?.keyPem, serverName: '', insecure: true }
    const result = tlsHandshake(server, client, process?.now() ?? tool.p.host.kernel.now(), tool.now)
    if (result.serverError !== undefined) server.onError?.(this.peer, result.serverError)
    if (result.serverChain.length === 0) {
      this.alert(result)
      if (!brief) this.say(this.noCertificate(7))
      return 1
    }
    if (!this.serverName) tool.err("Can't use SSL_get_servername\n")
    if (!this.verify(result.serverChain)) {
      server.onError?.(this.peer, 'remote error: tls: bad certificate')
      tool.queue(
        '0A000086:SSL routines:tls_post_process_server_certificate:certificate verify failed:../ssl/statem/statem_clnt.c:1889:',
      )
      if (!brief) this.say(this.noCertificate(result.serverChain[0].der.length + 655))
      return 1
    }
    if (brief) tool.err(this.summary(server, result.serverChain[0]))
    else if (!o.has('quiet')) this.say(this.report(server, result.serverChain))
    if (!result.ok) {
      this.alert(result)
      return 1
    }
    return yield* this.talk()
  }

  private say(text: string): void {
    this.tool.out(this.connected + text)
    this.connected = ''
  }

  /** Sends what is typed until the input ends. */
  private *talk(): Coro<number> {
    const { tool, connection } = this
    for (;;) {
      const line = yield* readLine(tool.p.stdin)
      if (line === null || (line.startsWith('Q') && !this.o.has('quiet'))) break
      const answer = connection.socket.service.text?.(`${line}\n`, connection.peer)
      if (answer) tool.out(answer)
    }
    if (!this.o.has('quiet')) tool.err('DONE\n')
    return 0
  }

  private get peer(): string {
    return `${this.connection.peer.ip}:${this.connection.peer.port}`
  }

  /** An alert that the server sent. */
  private alert(result: HandshakeResult): void {
    const name = result.clientError?.replace('remote error: tls: ', '') ?? 'internal error'
    const [code, text, number] = ALERTS[name] ?? ALERTS['internal error']
    this.tool.queue(
      `${code}:SSL routines:ssl3_read_bytes:${text}:../ssl/record/rec_layer_s3.c:1601:SSL alert number ${number}`,
    )
  }

  /** Verifies the server's chain aloud; false when that ends the connection (-verify_return_error). */
  private verify([leaf, ...untrusted]: readonly Certificate[]): boolean {
    const { tool, o } = this
    const quiet = o.has('brief') || o.has('verify_quiet')
    const strict = o.has('verify_return_error')
    let stopped = false
    const { code } = opensslVerify(
      leaf,
      {
        trusted: this.trusted,
        untrusted,
        now: tool.now,
        purpose: 'sslserver',
        host: o.get('verify_hostname'),
        ip: o.get('verify_ip'),
        partialChain: o.has('partial_chain'),
      },
      ({ ok, code: error, depth, cert }) => {
        if (!ok || !quiet) tool.err(`depth=${depth} ${tool.names(cert.subject)}\n`)
        if (!ok) tool.err(`verify error:num=${error}:${OPENSSL_ERRORS[error]}\n`)
        if (error === 9) tool.err(`notBefore=${asn1Time(cert.notBefore)}\n`)
        if (error === 10) tool.err(`notAfter=${asn1Time(cert.notAfter)}\n`)
        stopped = !ok && strict
        if (!stopped && !quiet) tool.err('verify return:1\n')
        return !stopped
      },
    )
    this.code = code
    return !stopped
  }

  private get verification(): string {
    return this.code === 0 ? 'Verification: OK\n' : `Verification error: ${OPENSSL_ERRORS[this.code]}\n`
  }

  /** -brief, on standard error. */
  private summary(server: ServerTls, leaf: Certificate): string {
    const requested = server.clientAuth === 'none' ? '' : `Requested Signature Algorithms: ${SIGNATURES}\n`
    return (
      `CONNECTION ESTABLISHED\nProtocol version: TLSv1.3\nCiphersuite: TLS_AES_128_GCM_SHA256\n${requested}` +
      `Peer certificate: ${this.tool.names(leaf.subject)}\nHash used: SHA256\nSignature type: ${signatureType(leaf)}\n` +
      `${this.verification}Server Temp Key: X25519, 253 bits\n`
    )
  }

  private report(server: ServerTls, chain: readonly Certificate[]): string {
    const [leaf] = chain
    const show = this.o.has('showcerts')
    const entries = chain.map(
      (cert, i) =>
        `${String(i).padStart(2)} s:${this.tool.names(cert.subject)}\n   i:${this.tool.names(cert.issuer)}\n` +
        `   a:PKEY: ${this.algorithms(cert)}\n` +
        `   v:NotBefore: ${asn1Time(cert.notBefore)}; NotAfter: ${asn1Time(cert.notAfter)}\n${show ? cert.pem : ''}`,
    )
    const authorities = server.clientAuth === 'none' ? [] : appendCertsFromPem(server.clientCaPem ?? '')
    const names =
      authorities.length > 0
        ? `Acceptable client certificate CA names\n${authorities.map((c) => `${this.tool.names(c.subject)}\n`).join('')}`
        : 'No client certificate CA names sent\n'
    const requested =
      server.clientAuth === 'none'
        ? ''
        : `Requested Signature Algorithms: ${SIGNATURES}\nShared Requested Signature Algorithms: ${SIGNATURES}\n`
    const read = chain.reduce((n, c) => n + c.der.length + 5, 0) + (server.clientAuth === 'none' ? 607 : 650)
    const written = this.own && server.clientAuth !== 'none' ? this.own.cert.der.length + 1454 : 377
    return (
      `---\nCertificate chain\n${entries.join('')}---\nServer certificate\n${show ? '' : leaf.pem}` +
      `subject=${this.tool.names(leaf.subject)}\nissuer=${this.tool.names(leaf.issuer)}\n---\n${names}${requested}` +
      `Peer signing digest: SHA256\nPeer signature type: ${signatureType(leaf)}\nServer Temp Key: X25519, 253 bits\n---\n` +
      this.ending(
        read,
        written,
        'TLSv1.3, Cipher is TLS_AES_128_GCM_SHA256',
        `Server public key is ${leaf.publicKey.size} bit\n`,
      )
    )
  }

  /** Key and signature of a certificate in the chain, in this release's names. */
  private algorithms({ publicKey, fields }: Certificate): string {
    const { kind, digest, name } = fields.algorithm
    const key = this.tool.recent ? publicKey.kind.toUpperCase() : keyAlgorithm(publicKey)
    const signature = !this.tool.recent && kind === 'rsa' && digest ? `RSA-${digest.toUpperCase()}` : name
    return `${key}, ${publicKey.size} (bit); sigalg: ${signature}`
  }

  private noCertificate(read: number): string {
    return `---\nno peer certificate available\n---\nNo client certificate CA names sent\n---\n${this.ending(read, 297, '(NONE), Cipher is (NONE)', '')}`
  }

  private ending(read: number, written: number, cipher: string, key: string): string {
    return (
      `SSL handshake has read ${read} bytes and written ${written} bytes\n${this.verification}---\n` +
      `New, ${cipher}\n${key}Secure Renegotiation IS NOT supported\nCompression: NONE\nExpansion: NONE\n` +
      `No ALPN negotiated\nEarly data was not sent\nVerify return code: ${this.code} (${OPENSSL_ERRORS[this.code]})\n---\n`
    )
  }
}

const signatureType = (cert: Certificate): string =>
  ({ rsa: 'RSA-PSS', ec: 'ECDSA', ed25519: 'ed25519' })[cert.publicKey.kind]
