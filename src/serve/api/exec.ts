import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { parsePath } from '../../api/http/url.ts'
import type { ApiResponse, RemoteSession, RemoteStreams } from '../../api/index.ts'
import { type HttpResponse, Pipe, type Sink } from '../../host/index.ts'
import { Signal } from '../../kernel/index.ts'
import type { Connection } from '../../programs/lib/transport.ts'
import type { Pace } from './pace.ts'
import type { Way } from './way.ts'
import { handshake, WebSocket } from './websocket.ts'

/** v5.channel.k8s.io: the first byte of each message says which stream it belongs to. */
const STDIN = 0
const STDOUT = 1
const STDERR = 2
const ERROR = 3
const RESIZE = 4
/** v5: the client has closed the stream named by the next byte. */
const CLOSED = 255

const PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io']

interface Upgrade {
  readonly way: Way
  readonly pace: Pace
  readonly connection: Connection
  readonly message: IncomingMessage
  readonly socket: Duplex
  readonly head: Buffer
}

/** What the last WebSocket for an URL was refused with: clients ask again over SPDY and show that answer. */
const refused = new Map<string, { status: number; body: string }>()

/** Answers a request to leave HTTP: exec and attach over WebSockets. SPDY (kubectl before 1.31) is refused. */
export function upgrade(call: Upgrade): void {
  const { message, socket } = call
  const before = refused.get(message.url ?? '')
  refused.clear()
  socket.on('error', () => socket.destroy())
  const offered = String(message.headers['sec-websocket-protocol'] ?? '').split(/,\s*/)
  const protocol = PROTOCOLS.find((p) => offered.includes(p))
  const path = (message.url ?? '').split('?')[0]!
  if (message.headers.upgrade?.toLowerCase() !== 'websocket' || !protocol || !/\/(exec|attach)$/.test(path)) {
    if (before) return refuse(socket, before.status, before.body)
    return refuse(socket, 400, 'notready: not simulated: only exec and attach over WebSockets')
  }
  const { headers, url = '' } = message
  const parsed = parsePath('GET', url)
  const query = 'path' in parsed ? {} : (parsed.query ?? {})
  const wanted = (name: string): boolean => query[name] === 'true' || query[name] === '1'
  const io = new Channels(call, wanted('tty'), wanted('stdin'))
  const request = { ...parsed, verb: 'connect', body: io.streams }
  const plain = Object.fromEntries(Object.entries(headers).map(([k, v]) => [k, String(v)]))
  const inner = { method: 'POST', path: url, headers: plain, parsed: request }
  call.pace.waiting(true)
  call.way.ask(call.connection, inner, (answer: HttpResponse | undefined) => {
    const response = answer?.parsed as ApiResponse | undefined
    if (response?.code !== 101) {
      call.pace.waiting(false)
      const body = response?.body ?? ''
      const why = { status: response?.code ?? 502, body: typeof body === 'string' ? body : JSON.stringify(body) }
      refused.set(url, why)
      return refuse(socket, why.status, why.body)
    }
    socket.write(handshake(String(headers['sec-websocket-key']), protocol))
    io.run(response.body as RemoteSession)
  })
}

function refuse(socket: Duplex, status: number, body: string): void {
  const type = body.startsWith('{') ? 'application/json' : 'text/plain'
  socket.end(
    `HTTP/1.1 ${status} Refused\r\nContent-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}

/** Streams of a remote command on one WebSocket. */
class Channels {
  readonly streams: RemoteStreams
  private readonly stdin = new Pipe(1 << 20)
  private size = { columns: 80, rows: 24 }
  private socket: WebSocket | undefined
  private readonly early: Buffer[] = []

  constructor(
    private readonly call: Upgrade,
    tty: boolean,
    stdin: boolean,
  ) {
    this.streams = {
      ...(stdin ? { stdin: this.stdin } : {}),
      stdout: this.sink(STDOUT, tty),
      stderr: this.sink(tty ? STDOUT : STDERR, tty),
      tty,
      size: () => this.size,
    }
  }

  run(session: RemoteSession): void {
    const { call } = this
    this.socket = new WebSocket(call.socket, call.head)
    for (const data of this.early) this.socket.send(data)
    this.socket.onMessage = (data) => {
      this.received(data)
      call.pace.settle()
    }
    this.socket.onClose = () => {
      session.close()
      call.pace.waiting(false)
    }
    const finish = (): void => {
      this.send(ERROR, JSON.stringify(statusOf(session)))
      this.socket?.close()
    }
    call.way.whenFired(session.ended, () => session.result !== undefined, finish)
  }

  private received(data: Buffer): void {
    const [channel] = data
    const rest = data.subarray(1)
    if (channel === STDIN) this.stdin.write(rest.toString('utf8'))
    else if (channel === CLOSED && rest[0] === STDIN) this.stdin.close()
    else if (channel === RESIZE) {
      const { Width, Height } = JSON.parse(rest.toString('utf8'))
      if (Width > 0 && Height > 0) this.size = { columns: Width, rows: Height }
    }
  }

  private send(channel: number, text: string): void {
    const data = Buffer.concat([Buffer.from([channel]), Buffer.from(text)])
    if (this.socket) this.socket.send(data)
    else this.early.push(data)
  }

  private sink(channel: number, isTty: boolean): Sink {
    return { write: (text) => this.send(channel, text), full: false, drained: new Signal(), close() {}, isTty }
  }
}

/** The last message: metav1.Status. */
function statusOf({ result }: RemoteSession): Record<string, unknown> {
  if (!result) return {}
  if (result.error) return result.error.toStatus()
  if (result.code === 0) return { metadata: {}, status: 'Success' }
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: command terminated with exit code ${result.code}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(result.code) }] },
  }
}
