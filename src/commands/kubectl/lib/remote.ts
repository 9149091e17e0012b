import type { RemoteSession } from '../../../api/index.ts'
import type { Sink } from '../../../host/index.ts'
import type { Coro } from '../../../kernel/index.ts'
import { statusError } from './client.ts'
import { CliError, PlainError } from './errors.ts'
import type { Kube } from './kube.ts'

interface RemoteCall {
  readonly pod: any
  readonly subresource: 'exec' | 'attach'
  readonly container: string
  readonly command?: readonly string[]
  readonly stdin: boolean
  readonly tty: boolean
}

/** True when -t can be honoured; otherwise says why not and goes on without a terminal. */
export function terminalFor(k: Kube, wanted: boolean, stdin: boolean): boolean {
  if (!wanted) return false
  if (stdin && k.p.stdin.isTty) return true
  k.err('Unable to use a TTY - input is not a terminal or the right kind of file\n')
  return false
}

/** The remote process ends before kubectl does: its end must not close what kubectl still writes to. */
const borrowed = (sink: Sink): Sink => ({
  write: (text) => sink.write(text),
  get full() {
    return sink.full
  },
  drained: sink.drained,
  isTty: sink.isTty,
  close() {},
})

/** Starts a remote command. Throws what the server or the kubelet had against it. */
export function* openSession(k: Kube, call: RemoteCall): Coro<RemoteSession> {
  const { p } = k
  const client = yield* k.client()
  const response = yield* client.raw({
    verb: 'connect',
    group: '',
    version: 'v1',
    resource: 'pods',
    namespace: call.pod.metadata.namespace,
    name: call.pod.metadata.name,
    subresource: call.subresource,
    query: {
      container: call.container,
      ...(call.command ? { command: call.command } : {}),
      ...(call.stdin ? { stdin: 'true' } : {}),
      stdout: 'true',
      ...(call.tty ? { tty: 'true' } : { stderr: 'true' }),
    },
    body: {
      stdin: call.stdin ? p.stdin : undefined,
      stdout: borrowed(p.stdout),
      stderr: borrowed(call.tty ? p.stdout : p.stderr),
      tty: call.tty,
      size: () => ({ columns: Number(p.env.COLUMNS) || 80, rows: Number(p.env.LINES) || 24 }),
    },
  })
  if (response.code >= 400) {
    // A kubelet answers in plain text; a Status comes from the API server itself.
    if (typeof response.body === 'string') throw new CliError(`unable to upgrade connection: ${response.body}`)
    const error = statusError(response)
    if (error.reason === 'BadRequest') throw new CliError(`unable to upgrade connection: ${error.message}`)
    throw error
  }
  return response.body as RemoteSession
}

/** Waits for the end and returns the exit status. */
export function* finishSession(k: Kube, session: RemoteSession): Coro<number> {
  const undo = k.p.defer(() => session.close())
  try {
    while (!session.result) yield { on: [session.ended] }
  } finally {
    undo()
    if (!session.result) session.close()
  }
  const { result } = session
  if (result.error) throw new CliError(result.error.message)
  if (result.code !== 0) throw new PlainError(`command terminated with exit code ${result.code}`, result.code)
  return 0
}
