import { type ApiResponse, type EventStream, StatusError } from '../../../api/types.ts'
import type { Coro } from '../../../kernel/index.ts'
import type { KubeClient } from './client.ts'
import { CliError } from './errors.ts'
import type { Kube } from './kube.ts'

/** What asks the API server for a container's log. */
export const logRequest = (namespace: string, name: string, query: Record<string, string>) =>
  ({ verb: 'get', group: '', version: 'v1', resource: 'pods', subresource: 'log', namespace, name, query }) as const

/** One container whose log is read. */
export interface LogSource {
  readonly pod: string
  readonly namespace: string
  readonly container: string
  /** Lines begin with `[pod/x/c] `. */
  readonly prefix: boolean
}

function prefixed(source: LogSource, text: string, atStart: { value: boolean }): string {
  if (!source.prefix || text === '') return text
  const label = `[pod/${source.pod}/${source.container}] `
  const lines = text.split('\n')
  const out = lines.map((line, i) => {
    const begins = i > 0 || atStart.value
    return begins && !(i === lines.length - 1 && line === '') ? label + line : line
  })
  atStart.value = lines.at(-1) === ''
  return out.join('\n')
}

/** Who follows waits for the container: asks every second, telling why there is no log yet, for --pod-running-timeout. */
function* untilRunning(k: Kube, client: KubeClient, request: ReturnType<typeof logRequest>): Coro<ApiResponse> {
  const { kernel } = k.p.host
  const deadline = kernel.now() + k.flags.duration('pod-running-timeout')
  for (;;) {
    const asked = kernel.now()
    try {
      return yield* client.accepted(request)
    } catch (error) {
      if (!(error instanceof StatusError) || error.reason !== 'BadRequest') throw error
      k.err(`${error.message}\n`)
    }
    yield { until: Math.min(deadline, asked + 1000) }
    if (kernel.now() >= deadline) throw new CliError('context deadline exceeded')
  }
}

/** Prints logs, and with follow=true what is added until all streams end. */
export function* follow(
  k: Kube,
  sources: readonly LogSource[],
  options: Readonly<Record<string, string>>,
): Coro<number> {
  const client = yield* k.client()
  const open: { stream: EventStream<string>; source: LogSource; start: { value: boolean } }[] = []
  const undo = k.p.defer(() => {
    for (const { stream } of open) stream.cancel()
  })
  try {
    for (const source of sources) {
      const request = logRequest(source.namespace, source.pod, { container: source.container, ...options })
      const response = options.follow ? yield* untilRunning(k, client, request) : yield* client.accepted(request)
      const start = { value: true }
      if (typeof response.body === 'string') yield* k.out(prefixed(source, response.body, start))
      if (response.stream) open.push({ stream: response.stream, source, start })
    }
    for (;;) {
      let idle = true
      for (const { stream, source, start } of open) {
        for (let text = stream.take(); text !== undefined; text = stream.take()) {
          idle = false
          yield* k.out(prefixed(source, text, start))
        }
      }
      if (!idle) continue
      const live = open.filter(({ stream }) => !stream.closed)
      if (live.length === 0) return 0
      yield { on: live.map(({ stream }) => stream.arrived) }
    }
  } finally {
    undo()
    for (const { stream } of open) stream.cancel()
  }
}
