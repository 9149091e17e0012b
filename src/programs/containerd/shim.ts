import { type Host, NULL_SINK, type Program, TextSource } from '../../host/index.ts'
import type { Logger } from './logger.ts'
import type { ContainerdState } from './store.ts'
import type { Sandbox } from './types.ts'

/** Keeps a pod's processes apart from the daemon, whose restart they survive. */
const shim: Program = {
  name: 'containerd-shim-runc-v2',
  *main(p) {
    p.rss = 12 << 20
    return yield* p.park()
  },
}

/** The nearest unused number: of what was forked just before. Nobody else's number depends on it. */
function spareBefore(host: Host, pid: number): number {
  let spare = pid - 1
  while (host.processes.has(spare)) spare--
  return spare
}

/** Starts the shim of a pod, in the daemon's control group. */
export function startShim(
  state: ContainerdState,
  log: Logger,
  sandbox: Sandbox,
  address: string,
  /** The number of the process that it starts. */
  pause: number,
  namespace = 'k8s.io',
): void {
  const { id } = sandbox
  sandbox.shim = state.host.start({
    program: shim,
    pid: spareBefore(state.host, pause),
    argv: ['/usr/bin/containerd-shim-runc-v2', '-namespace', namespace, '-id', id, '-address', address],
    exe: '/usr/bin/containerd-shim-runc-v2',
    stdin: new TextSource(),
    stdout: NULL_SINK,
    stderr: NULL_SINK,
    cgroup: '/system.slice/containerd.service',
  })
  sandbox.shim.defer(() => {
    sandbox.shim = undefined
    for (const message of ['shim disconnected', 'cleaning up after shim disconnected', 'cleaning up dead shim'])
      log.info(message, { id, namespace })
    sandbox.process?.kill('SIGKILL')
    for (const c of state.containersOf.get(id) ?? []) c.process?.kill('SIGKILL')
  })
}
