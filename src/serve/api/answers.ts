import type { IncomingMessage, ServerResponse } from 'node:http'
import type { EventStream } from '../../api/index.ts'
import type { HttpRequest, HttpResponse } from '../../host/index.ts'
import { fromProtobuf, type ProtobufError } from './protobuf.ts'

/** Bodies beyond this are refused, as by the API server. */
export const MOST = 3 * 1024 * 1024

const PROTOBUF = 'application/vnd.kubernetes.protobuf'

/** An HTTP request from outside as the world's servers take it. Throws ProtobufError. */
export function requestFrom(message: IncomingMessage, body: Buffer): HttpRequest {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join('\n') : value
  }
  let text = body.toString('utf8')
  if (headers['content-type']?.startsWith(PROTOBUF) && body.length > 0) {
    text = JSON.stringify(fromProtobuf(body))
    headers['content-type'] = 'application/json'
  }
  return { method: message.method ?? 'GET', path: message.url ?? '/', headers, body: text }
}

/** Says what was wrong with a protobuf body. */
export function refusal(error: ProtobufError): HttpResponse {
  const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: error.message }
  return {
    status: 400,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...status, reason: 'BadRequest', code: 400 }),
  }
}

/** Writes an answer. Streams go on until either side ends them; `ended` is then called. */
export function write(out: ServerResponse, answer: HttpResponse, ended: () => void): void {
  const { status, headers, body, stream } = answer
  // Status 0 is a stream that the server reset.
  if (status === 0) {
    out.destroy()
    return ended()
  }
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)
  out.writeHead(status, { ...headers, ...(stream ? {} : { 'content-length': Buffer.byteLength(text) }) })
  if (!stream) {
    out.end(text)
    return ended()
  }
  if (text) out.write(text)
  else out.flushHeaders()
  follow(out, stream as EventStream, ended)
}

function follow(out: ServerResponse, stream: EventStream, ended: () => void): void {
  let open = true
  const finish = (): void => {
    if (!open) return
    open = false
    ended()
  }
  stream.onClose = () => {
    out.end()
    finish()
  }
  out.on('close', () => {
    stream.cancel()
    finish()
  })
  stream.onItem = (item) => out.write(typeof item === 'string' ? item : `${JSON.stringify(item)}\n`)
  if (stream.closed) stream.onClose()
}
