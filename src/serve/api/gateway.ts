import { createServer as createHttp, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer, type Server as NetServer, type Socket } from 'node:net'
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls'
import { TransportError } from '../../api/index.ts'
import type { World } from '../../cluster/index.ts'
import type { TlsServer } from '../../host/index.ts'
import type { Connection } from '../../programs/lib/transport.ts'
import { MOST, refusal, requestFrom, write } from './answers.ts'
import { upgrade } from './exec.ts'
import { innerKubeconfig } from './kubeconfig.ts'
import type { Pace } from './pace.ts'
import { ProtobufError } from './protobuf.ts'
import { Way } from './way.ts'

/** Never anything else: a world has no secrets worth guarding, but it has a door. */
const ADDRESS = '127.0.0.1'

/**
 * The world's API server for clients outside. TCP and TLS end here, with the certificate and key that the server inside
 * presents at that moment; everything else is asked of the server inside, over the world's network. While nobody listens
 * there, nobody listens here.
 */
export class Gateway {
  private readonly http: Server
  private readonly raw = new Set<Socket>()
  /** Where connections from outside lead inside. */
  private readonly inside = new WeakMap<object, Connection>()
  private readonly way: Way
  private listener: NetServer | undefined
  private port = 0
  private contexts = new Map<string, SecureContext>()
  private pace: Pace | undefined

  constructor(readonly world: World) {
    this.way = new Way(world)
    this.http = createHttp((message, out) => this.answer(message, out))
    this.http.on('upgrade', (message, socket, head) => {
      const inside = this.inside.get(message.socket)
      if (!inside || !this.pace) return void socket.destroy()
      this.pace.settle()
      upgrade({ way: this.way, pace: this.pace, connection: inside, message, socket, head })
      this.pace.settle()
    })
    this.http.keepAliveTimeout = 90_000
    this.http.requestTimeout = 0
    this.http.timeout = 0
  }

  /** Opens the port. Rejects when it cannot be had. */
  async start(port: number, pace: Pace): Promise<number> {
    this.pace = pace
    this.port = port
    await this.listen()
    return this.port
  }

  /** To be called when the world has moved: the port is open while there is somebody to answer. */
  follow = (): void => {
    if (this.port === 0) return
    const inner = innerKubeconfig(this.world.home)
    const refused = inner !== undefined && this.way.isRefused(inner.server)
    if (refused && this.listener) {
      this.listener.close()
      this.listener = undefined
      for (const socket of this.raw) socket.destroy()
    } else if (!refused && !this.listener) void this.listen().catch(() => {})
  }

  async stop(): Promise<void> {
    this.pace?.stop()
    this.port = 0
    for (const socket of this.raw) socket.destroy()
    this.http.close()
    await new Promise<void>((done) => (this.listener ? this.listener.close(() => done()) : done()))
  }

  private listen(): Promise<void> {
    const listener = createServer((socket) => this.accept(socket))
    this.listener = listener
    return new Promise((done, fail) => {
      listener.once('error', (error) => {
        if (this.listener === listener) this.listener = undefined
        fail(error)
      })
      listener.listen(this.port, ADDRESS, () => {
        this.port = (listener.address() as { port: number }).port
        done()
      })
    })
  }

  private accept(raw: Socket): void {
    this.raw.add(raw)
    raw.on('close', () => this.raw.delete(raw))
    raw.on('error', () => raw.destroy())
    this.pace!.settle()
    const server = innerKubeconfig(this.world.home)?.server
    if (server === undefined) return void raw.destroy()
    try {
      const dialled = this.way.dial(server)
      const tls = dialled.socket.service.tls?.()
      const secureContext = tls && this.context(tls)
      if (!secureContext) return void raw.destroy()
      const secure = new TLSSocket(raw, {
        isServer: true,
        secureContext,
        requestCert: tls.clientAuth !== 'none',
        rejectUnauthorized: false,
        ALPNProtocols: ['http/1.1'],
      })
      secure.on('error', () => raw.destroy())
      secure.on('secure', () => {
        const der = secure.getPeerCertificate()?.raw
        const connection = this.way.connection(dialled, server, der && pem(der))
        this.inside.set(secure, connection)
        this.http.emit('connection', secure)
      })
    } catch (error) {
      // A path on which packets vanish, or a server that does not answer yet: the client waits in vain.
      if (error instanceof TransportError && error.kind === 'timeout') return
      if (!(error instanceof TransportError)) throw error
      raw.resetAndDestroy()
    }
  }

  /** Undefined when certificate and key are of no use: the handshake fails. */
  private context({ certPem, keyPem }: TlsServer): SecureContext | undefined {
    const id = certPem + keyPem
    let context = this.contexts.get(id)
    if (!context) {
      try {
        context = createSecureContext({
          cert: certPem,
          key: keyPem,
          minVersion: 'TLSv1.2',
          sessionIdContext: 'notready',
        })
      } catch {
        return undefined
      }
      this.contexts.set(id, context)
    }
    return context
  }

  private answer(message: IncomingMessage, out: ServerResponse): void {
    const chunks: Buffer[] = []
    let size = 0
    message.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= MOST) chunks.push(chunk)
    })
    message.on('end', () => {
      if (size > MOST) {
        write(out, { status: 413, headers: { 'content-type': 'text/plain' }, body: TOO_LARGE }, () => {})
      } else this.ask(message, out, Buffer.concat(chunks))
    })
  }

  private ask(message: IncomingMessage, out: ServerResponse, body: Buffer): void {
    const inside = this.inside.get(message.socket)
    const { pace } = this
    if (!inside || !pace) return void out.destroy()
    pace.settle()
    pace.waiting(true)
    const ended = (): void => pace.waiting(false)
    try {
      this.way.ask(inside, requestFrom(message, body), (answer) => {
        if (answer && !out.destroyed) write(out, answer, ended)
        else {
          message.socket.destroy()
          ended()
        }
      })
    } catch (error) {
      if (!(error instanceof ProtobufError)) throw error
      write(out, refusal(error), ended)
    }
    pace.settle()
  }
}

const TOO_LARGE = `Request entity too large: limit is ${MOST}`

const pem = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${der
    .toString('base64')
    .match(/.{1,64}/g)!
    .join('\n')}\n-----END CERTIFICATE-----\n`
