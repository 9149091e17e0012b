import { createHash } from 'node:crypto'
import type { Duplex } from 'node:stream'

/** RFC 6455 */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

const TEXT = 1
const BINARY = 2
const CLOSE = 8
const PING = 9
const PONG = 10

/** A message beyond this ends the connection. */
const MOST = 32 * 1024 * 1024

/** The head of the answer that turns the connection into a WebSocket. */
export function handshake(key: string, protocol: string): string {
  const accept = createHash('sha1')
    .update(key + GUID)
    .digest('base64')
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: ${protocol}\r\n\r\n`
}

/** The server's end of a WebSocket. */
export class WebSocket {
  onMessage: (data: Buffer) => void = () => {}
  onClose: () => void = () => {}
  private pending = Buffer.alloc(0)
  private fragments: Buffer[] = []
  private open = true

  constructor(
    private readonly socket: Duplex,
    head: Buffer,
  ) {
    socket.on('data', (chunk: Buffer) => this.take(chunk))
    socket.on('close', () => this.ended())
    socket.on('error', () => socket.destroy())
    if (head.length > 0) this.take(head)
  }

  send(data: Buffer): void {
    this.frame(BINARY, data)
  }

  /** A normal end. */
  close(): void {
    if (!this.open) return
    const code = Buffer.alloc(2)
    code.writeUInt16BE(1000)
    this.frame(CLOSE, code)
    this.socket.end()
    this.open = false
  }

  private frame(opcode: number, data: Buffer): void {
    if (!this.open) return
    const { length } = data
    const size = length < 126 ? 2 : length < 65536 ? 4 : 10
    const head = Buffer.alloc(size)
    head[0] = 0x80 | opcode
    if (size === 2) head[1] = length
    else if (size === 4) {
      head[1] = 126
      head.writeUInt16BE(length, 2)
    } else {
      head[1] = 127
      head.writeBigUInt64BE(BigInt(length), 2)
    }
    this.socket.write(Buffer.concat([head, data]))
  }

  private ended(): void {
    if (this.open) this.open = false
    this.onClose()
    this.onClose = () => {}
  }

  private take(chunk: Buffer): void {
    this.pending = Buffer.concat([this.pending, chunk])
    for (;;) {
      const { pending } = this
      if (pending.length < 2) return
      const short = pending[1]! & 127
      const extra = short === 126 ? 2 : short === 127 ? 8 : 0
      if (pending.length < 6 + extra) return
      const length = extra === 2 ? pending.readUInt16BE(2) : extra === 8 ? Number(pending.readBigUInt64BE(2)) : short
      if (length > MOST || !(pending[1]! & 128)) return void this.socket.destroy()
      const start = 6 + extra
      if (pending.length < start + length) return
      const data = Buffer.from(pending.subarray(start, start + length))
      const mask = pending.subarray(2 + extra, start)
      for (let i = 0; i < length; i++) data[i]! ^= mask[i & 3]!
      this.pending = pending.subarray(start + length)
      this.received(pending[0]!, data)
    }
  }

  private received(first: number, data: Buffer): void {
    const opcode = first & 15
    if (opcode === CLOSE) {
      this.close()
      this.ended()
    } else if (opcode === PING) this.frame(PONG, data)
    else if (opcode === TEXT || opcode === BINARY || opcode === 0) {
      this.fragments.push(data)
      if (!(first & 0x80)) return
      const whole = Buffer.concat(this.fragments)
      this.fragments = []
      this.onMessage(whole)
    }
  }
}
