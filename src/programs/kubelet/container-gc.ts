import type { Coro } from '../../kernel/index.ts'
import { GrpcError } from '../containerd/index.ts'
import type { Kubelet } from './kubelet.ts'
import { removeContainer } from './removal.ts'
import { exited } from './runtime-status.ts'

const PERIOD = 60_000
const LOGS = '/var/log/pods'

/**
 * Once a minute: what pods that are gone left behind (dead containers and sandboxes, directories of logs), and all but
 * the newest dead sandbox of those that live. Until then a static pod that comes back finds its former sandbox and
 * counts on. Models kuberuntime_gc.go.
 */
export function startContainerGc(k: Kubelet): void {
  k.process.every(PERIOD, () => k.spawn('container garbage collection', collect(k), () => {}))
}

function* collect(k: Kubelet): Coro {
  try {
    yield* collectSandboxes(k)
  } catch (error) {
    if (!(error instanceof GrpcError)) throw error
  }
  const logs = k.host.fs.find(LOGS)
  if (logs?.kind !== 'dir') return
  for (const name of [...logs.entries.keys()]) {
    const uid = name.slice(name.lastIndexOf('_') + 1)
    if (!k.records.has(uid) && k.cri.sandboxesOf(uid).length === 0) logs.entries.delete(name)
  }
}

function* collectSandboxes(k: Kubelet): Coro {
  for (const sandbox of k.cri.listPodSandbox()) {
    if (sandbox.state === 'SANDBOX_READY') continue
    const { uid } = sandbox.config
    const alive = k.records.has(uid) || k.sources.queue.has(uid)
    if (alive && k.cri.sandboxesOf(uid)[0] === sandbox) continue
    if (!alive)
      for (const c of k.cri.containersOf(sandbox.id)) if (exited(c)) yield* removeContainer(k, sandbox.config, c)
    if (k.cri.containersOf(sandbox.id).length === 0) yield* k.cri.removePodSandbox(sandbox.id)
  }
}
