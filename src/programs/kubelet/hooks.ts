import { Capture } from '../../host/index.ts'
import { type Coro, sleep, waitFor } from '../../kernel/index.ts'
import { type Container, GrpcError } from '../containerd/index.ts'
import type { Kubelet } from './kubelet.ts'
import { httpGet } from './probes/http.ts'
import { resolvePort } from './probes/port.ts'
import type { ContainerSpec, PodRecord } from './types.ts'

/** Runs a life-cycle handler until `until` (kernel ms). Returns what went wrong. */
export function* runHook(
  k: Kubelet,
  r: PodRecord,
  c: Container,
  spec: ContainerSpec,
  hook: any,
  until: number,
): Coro<string | undefined> {
  if (hook.sleep) {
    yield* sleep(k.kernel, Math.min(hook.sleep.seconds * 1000, Math.max(0, until - k.kernel.now())))
    return undefined
  }
  if (hook.exec) {
    const out = new Capture()
    try {
      const process = k.cri.exec(c.id, hook.exec.command, { stdout: out, stderr: out })
      while (!process.status && k.kernel.now() < until) yield* waitFor(process.exited, until)
      if (!process.status) {
        process.kill('SIGKILL')
        return 'context deadline exceeded'
      }
      const code = process.status.signal !== undefined ? 137 : process.status.code
      return code === 0 ? undefined : `command '${hook.exec.command.join(' ')}' exited with ${code}: ${out.text()}`
    } catch (error) {
      if (error instanceof GrpcError) return error.message
      throw error
    }
  }
  if (hook.httpGet) {
    const port = resolvePort(spec, hook.httpGet.port)
    if (port === undefined) return `couldn't find port: ${hook.httpGet.port} in ${spec.name}`
    const host = hook.httpGet.host || r.ip
    const result = httpGet(k, { scheme: 'http', host, port, path: hook.httpGet.path ?? '/', headers: {} })
    return 'error' in result ? result.error : undefined
  }
  return undefined
}
