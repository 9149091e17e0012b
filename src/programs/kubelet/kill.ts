import { type Coro, Signal, type Task } from '../../kernel/index.ts'
import { type Container, GrpcError } from '../containerd/index.ts'
import { runHook } from './hooks.ts'
import type { Kubelet } from './kubelet.ts'
import { running, runtimeStatus } from './runtime-status.ts'
import {
  type ContainerSpec,
  containers,
  ephemeralContainers,
  fieldPath,
  initContainers,
  isSidecar,
  type PodRecord,
  podKey,
} from './types.ts'

/** Least time that a container gets after its preStop hook. */
const MINIMUM_GRACE = 2

const specOf = (r: PodRecord, name: string): ContainerSpec | undefined =>
  [...containers(r.pod), ...initContainers(r.pod), ...ephemeralContainers(r.pod)].find((c) => c.name === name)

/** Seconds a container gets to stop. */
function graceOf(r: PodRecord, spec: ContainerSpec | undefined, reason: 'liveness' | 'startup' | 'other'): number {
  const { pod } = r
  let grace: number = pod.metadata.deletionTimestamp
    ? (pod.metadata.deletionGracePeriodSeconds ?? 0)
    : (pod.spec.terminationGracePeriodSeconds ?? 30)
  const probe = reason === 'liveness' ? spec?.livenessProbe : reason === 'startup' ? spec?.startupProbe : undefined
  if (!pod.metadata.deletionTimestamp && probe?.terminationGracePeriodSeconds !== undefined)
    grace = probe.terminationGracePeriodSeconds
  return r.graceOverride ?? grace
}

/** Models killContainer: event, preStop hook, stop. */
export function* killContainer(
  k: Kubelet,
  r: PodRecord,
  c: Container,
  message: string,
  reason: 'liveness' | 'startup' | 'other' = 'other',
  spent = 0,
): Coro {
  const spec = specOf(r, c.config.name)
  let grace = graceOf(r, spec, reason)
  // Sidecars get what the main containers have left of the pod's grace period.
  if (spent > 0) grace = Math.max(MINIMUM_GRACE, grace - spent)
  const path = fieldPath(r.pod, c.config.name)
  k.events.normal(r.pod, 'Killing', message || `Stopping container ${c.config.name}`, { fieldPath: path })
  const hook = spec?.lifecycle?.preStop
  if (hook && grace > 0) {
    const began = k.kernel.now()
    const failure = yield* runHook(k, r, c, spec, hook, began + grace * 1000)
    if (failure) {
      k.events.warning(r.pod, 'FailedPreStopHook', 'PreStopHook failed', { fieldPath: path })
      k.log.error('kuberuntime_container.go:845', 'PreStop hook failed', failure.error, {
        pod: `${r.pod.metadata.namespace}/${r.pod.metadata.name}`,
        podUID: r.uid,
        containerName: c.config.name,
      })
    }
    grace = Math.max(MINIMUM_GRACE, grace - Math.floor((k.kernel.now() - began) / 1000))
  }
  k.log.v(2)?.info('kuberuntime_container.go:915', 'Killing container with a grace period', {
    pod: podKey(r.pod),
    podUID: r.uid,
    containerName: c.config.name,
    containerID: `containerd://${c.id}`,
    gracePeriod: grace,
  })
  yield* k.cri.stopContainer(c.id, grace)
}

/** Runs coroutines beside each other until all have ended. The first failure is thrown. */
function* together(k: Kubelet, coros: readonly Coro[]): Coro {
  const done = new Signal()
  let open = coros.length
  let failure: unknown
  const tasks: Task<void>[] = []
  const undo = k.process.defer(() => {})
  for (const coro of coros)
    tasks.push(
      k.spawn('kill', coro, (task) => {
        open--
        if (task.state === 'failed') failure ??= task.error
        done.fire()
      }),
    )
  while (open > 0) yield { on: [done] }
  undo()
  if (failure instanceof GrpcError) throw failure
}

/** Stops all containers of a pod, sidecars last and in reverse order, then its sandboxes. Throws GrpcError. */
export function* killPod(k: Kubelet, r: PodRecord): Coro {
  const status = runtimeStatus(k.cri, r.uid)
  const alive = status.containers.filter(running)
  const sidecars = initContainers(r.pod)
    .filter(isSidecar)
    .map((c: ContainerSpec) => c.name as string)
  const began = k.kernel.now()
  const main = alive.filter((c) => !sidecars.includes(c.config.name))
  if (main.length === 1) yield* killContainer(k, r, main[0], '')
  else if (main.length > 0)
    yield* together(
      k,
      main.map((c) => killContainer(k, r, c, '')),
    )
  for (const name of sidecars.reverse()) {
    const c = alive.find((a) => a.config.name === name)
    if (c) yield* killContainer(k, r, c, '', 'other', Math.ceil((k.kernel.now() - began) / 1000))
  }
  for (const s of status.sandboxes) if (s.state === 'SANDBOX_READY' || s.net) yield* k.cri.stopPodSandbox(s.id)
}
