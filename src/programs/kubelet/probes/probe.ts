import { Capture } from '../../../host/index.ts'
import { type Coro, sleep, waitFor } from '../../../kernel/index.ts'
import { type Container, GrpcError } from '../../containerd/index.ts'
import type { Kubelet } from '../kubelet.ts'
import type { ContainerSpec, PodRecord } from '../types.ts'
import { httpGet } from './http.ts'
import { resolvePort } from './port.ts'

/** How a probe went. `error`: it could not be made, which says nothing about the container. */
export interface ProbeOutcome {
  readonly result: 'success' | 'warning' | 'failure' | 'error'
  /** Text of the event. */
  readonly output: string
}

/** How often a probe is tried that cannot be made (maxProbeRetries). */
const TRIES = 3

const OK: ProbeOutcome = { result: 'success', output: '' }
const failed = (output: string): ProbeOutcome => ({ result: 'failure', output })
const errored = (output: string): ProbeOutcome => ({ result: 'error', output })

/** Runs a probe, by real connections over the node's network or a process in the container. Models runProbeWithRetries. */
export function* runProbe(k: Kubelet, r: PodRecord, spec: ContainerSpec, c: Container, probe: any): Coro<ProbeOutcome> {
  for (let tries = 1; ; tries++) {
    const outcome = yield* once(k, r, spec, c, probe)
    if (outcome.result !== 'error' || tries === TRIES) return outcome
  }
}

function* once(k: Kubelet, r: PodRecord, spec: ContainerSpec, c: Container, probe: any): Coro<ProbeOutcome> {
  const timeout = (probe.timeoutSeconds ?? 1) * 1000
  if (probe.exec) return yield* exec(k, c, probe.exec.command ?? [], timeout)
  if (probe.httpGet) return yield* http(k, r, spec, probe.httpGet, timeout)
  if (probe.tcpSocket) return yield* tcp(k, r, spec, probe.tcpSocket, timeout)
  if (probe.grpc) return yield* grpc(k, r, probe.grpc, timeout)
  return OK
}

function* exec(k: Kubelet, c: Container, command: string[], timeout: number): Coro<ProbeOutcome> {
  // What was written to both comes one after the other.
  const [stdout, stderr] = [new Capture(16_384), new Capture(16_384)]
  try {
    const process = k.cri.exec(c.id, command, { stdout, stderr })
    const until = k.kernel.now() + timeout
    while (!process.status && k.kernel.now() < until) yield* waitFor(process.exited, until)
    if (!process.status) {
      process.kill('SIGKILL')
      return failed(`command timed out: "${command.join(' ')}" timed out after ${timeout / 1000}s`)
    }
    const code = process.status.signal !== undefined ? 137 : process.status.code
    return code === 0 ? OK : failed(stdout.text() + stderr.text())
  } catch (error) {
    if (!(error instanceof GrpcError)) throw error
    k.log.error('remote_runtime.go:636', 'ExecSync cmd from runtime service failed', error.message, {
      containerID: c.id,
      cmd: command,
    })
    return errored(error.message)
  }
}

const hostOf = (r: PodRecord, action: any): string => action.host || r.ip

function* http(k: Kubelet, r: PodRecord, spec: ContainerSpec, action: any, timeout: number): Coro<ProbeOutcome> {
  const port = resolvePort(spec, action.port)
  if (typeof port === 'object') return errored(port.error)
  const headers: Record<string, string> = {}
  for (const h of action.httpHeaders ?? []) headers[String(h.name).toLowerCase()] = h.value
  const scheme = action.scheme === 'HTTPS' ? 'https' : 'http'
  const result = httpGet(k, { scheme, host: hostOf(r, action), port, path: action.path ?? '/', headers })
  if ('error' in result) {
    if (result.slow) yield* sleep(k.kernel, timeout)
    return failed(result.error)
  }
  const { status } = result.response
  return status >= 200 && status < 400 ? OK : failed(`HTTP probe failed with statuscode: ${status}`)
}

function* tcp(k: Kubelet, r: PodRecord, spec: ContainerSpec, action: any, timeout: number): Coro<ProbeOutcome> {
  const port = resolvePort(spec, action.port)
  if (typeof port === 'object') return errored(port.error)
  const host = hostOf(r, action)
  const result = k.process.net.dial({ ip: host === 'localhost' ? '127.0.0.1' : host, port, from: k.process })
  if (result.outcome === 'open') return OK
  if (result.outcome === 'timeout') {
    yield* sleep(k.kernel, timeout)
    return failed(`dial tcp ${host}:${port}: i/o timeout`)
  }
  const text =
    result.outcome === 'refused'
      ? 'connect: connection refused'
      : result.code === 'ENETUNREACH'
        ? 'connect: network is unreachable'
        : 'connect: no route to host'
  return failed(`dial tcp ${host}:${port}: ${text}`)
}

function* grpc(k: Kubelet, r: PodRecord, action: any, timeout: number): Coro<ProbeOutcome> {
  const result = k.process.net.dial({ ip: r.ip, port: action.port, from: k.process })
  if (result.outcome === 'open' && !result.socket.process?.frozen) {
    const health = (result.socket.service.custom as { grpcHealth?: (service: string) => boolean } | undefined)
      ?.grpcHealth
    if (!health)
      return failed(
        'error: this server does not implement the grpc health protocol (grpc.health.v1.Health): unknown service grpc.health.v1.Health',
      )
    return health(action.service ?? '') ? OK : failed(`service unhealthy (responded with "NOT_SERVING")`)
  }
  yield* sleep(k.kernel, timeout)
  return failed(
    `timeout: failed to connect service "${r.ip}:${action.port}" within ${timeout / 1000}s: context deadline exceeded`,
  )
}
