import { Capture } from '../../host/index.ts'
import { type Coro, sleep, waitFor } from '../../kernel/index.ts'
import { goQuote } from '../../print/index.ts'
import { type Container, GrpcError } from '../containerd/index.ts'
import type { Kubelet } from './kubelet.ts'
import { httpGet } from './probes/http.ts'
import { resolvePort } from './probes/port.ts'
import { type ContainerSpec, type PodRecord, podFormat, podKey } from './types.ts'

/** What went wrong with a hook: the error, and the sentence about it. */
interface HookFailure {
  readonly error: string
  readonly message: string
}

/** Runs a life-cycle handler until `until` (kernel ms). Models lifecycle/handlers.go. */
export function* runHook(
  k: Kubelet,
  r: PodRecord,
  c: Container,
  spec: ContainerSpec,
  hook: any,
  until: number,
): Coro<HookFailure | undefined> {
  const failed = (kind: string, what: string, error: string, tail = ''): HookFailure => ({
    error,
    message: `${kind} lifecycle hook (${what}) for Container "${spec.name}" in Pod "${podFormat(r.pod)}" failed - error: ${error}${tail}`,
  })
  if (hook.sleep) {
    yield* sleep(k.kernel, Math.min(hook.sleep.seconds * 1000, Math.max(0, until - k.kernel.now())))
    return undefined
  }
  if (hook.exec) {
    const command: string[] = hook.exec.command
    const [stdout, stderr] = [new Capture(), new Capture()]
    const ended = (error: string): HookFailure => {
      const message = stdout.text() + stderr.text()
      k.log.v(1)?.info('handlers.go:86', 'Exec lifecycle hook for Container in Pod failed', {
        execCommand: command,
        containerName: spec.name,
        pod: podKey(r.pod),
        message,
        err: error,
      })
      return failed('Exec', `[${command.join(' ')}]`, error, `, message: ${goQuote(message)}`)
    }
    try {
      const process = k.cri.exec(c.id, command, { stdout, stderr })
      while (!process.status && k.kernel.now() < until) yield* waitFor(process.exited, until)
      if (!process.status) {
        process.kill('SIGKILL')
        return ended('context deadline exceeded')
      }
      const code = process.status.signal !== undefined ? 137 : process.status.code
      return code === 0 ? undefined : ended(`command '${command.join(' ')}' exited with ${code}: ${stderr.text()}`)
    } catch (error) {
      if (error instanceof GrpcError) return ended(error.message)
      throw error
    }
  }
  if (hook.httpGet) {
    const port = resolvePort(spec, hook.httpGet.port)
    const path = hook.httpGet.path ?? '/'
    const ended = (error: string): HookFailure => {
      k.log.v(1)?.info('handlers.go:94', 'HTTP lifecycle hook for Container in Pod failed', {
        path,
        containerName: spec.name,
        pod: podKey(r.pod),
        err: error,
      })
      return failed('HTTP', path, error)
    }
    if (typeof port === 'object') return ended(port.error)
    const host = hook.httpGet.host || r.ip
    const result = httpGet(k, { scheme: 'http', host, port, path, headers: {} })
    return 'error' in result ? ended(result.error) : undefined
  }
  return undefined
}
