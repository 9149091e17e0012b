import { rfc3339 } from '../../api/index.ts'
import { StatusError, TransportError } from '../../api/types.ts'
import { SysError } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { goQuote } from '../../print/index.ts'
import { type Container, GrpcError } from '../containerd/index.ts'
import type { Image } from '../images/index.ts'
import { computeActions } from './actions.ts'
import { containerConfig, linkLog, sandboxConfig } from './container-config.ts'
import { environment } from './env.ts'
import { runHook } from './hooks.ts'
import { ImageError, plain } from './image-manager.ts'
import { killContainer, killPod } from './kill.ts'
import type { Kubelet } from './kubelet.ts'
import { removeContainer } from './removal.ts'
import { resizeContainers } from './resize.ts'
import { exited, latest, type RuntimeStatus, runtimeStatus } from './runtime-status.ts'
import { Abandon, type ContainerSpec, fieldPath, type PodRecord, podFormat, podKey } from './types.ts'

/** What a sync of a pod's containers came to. */
interface SyncOutcome {
  /** `failed to "StartContainer" for "c" with …` */
  readonly errors: string[]
  /** When the earliest crash-loop back-off ends (ms of the host's clock). */
  readonly retryAt: number | undefined
  /** Something was started or stopped. */
  readonly acted: boolean
}

/** A container that could not be started: reason of its waiting state, and the text. */
class StartError extends Error {
  constructor(
    readonly reason: string,
    message: string,
    readonly retryAt?: number,
  ) {
    super(message)
  }
}

/** Models kuberuntime_manager.SyncPod. */
export function* syncContainers(k: Kubelet, r: PodRecord): Coro<SyncOutcome> {
  const { pod } = r
  const status = runtimeStatus(k.cri, r.uid)
  // What this sync itself kills does not count as crashed: the status is of before.
  const dead = status.containers.filter(exited)
  const actions = computeActions(
    pod,
    status,
    (id, kind) => {
      const c = status.containers.find((x) => x.id === id)
      return c && k.probes.result(r.uid, c.config.name, kind, id)
    },
    k.log,
  )
  const acted =
    actions.killPod ||
    actions.createSandbox ||
    [actions.toKill, actions.toStart, actions.initToStart, actions.ephemeralToStart].some((list) => list.length > 0)
  // What a pod was given is written down when its first container is made (allocation manager).
  if (actions.sandboxId && !actions.createSandbox && !actions.killPod && status.containers.length === 0)
    k.log.error('kuberuntime_manager.go:1428', 'Missing actuated pod level resource record', undefined, {
      pod: pod.metadata.name,
    })
  const errors: string[] = []
  let resized = (): void => {}
  if (actions.createSandbox && actions.sandboxId)
    k.events.normal(pod, 'SandboxChanged', 'Pod sandbox changed, it will be killed and re-created.')
  if (actions.killPod) {
    if (status.sandboxes.length > 0) yield* killPod(k, r)
  } else {
    resized = resizeContainers(k, r, status, actions)
    for (const kill of actions.toKill) {
      try {
        yield* killContainer(k, r, kill.container, kill.message, kill.reason)
      } catch (error) {
        if (!(error instanceof GrpcError)) throw error
        const name = kill.container.config.name
        errors.push(`failed to "KillContainer" for "${name}" with KillContainerError: ${goQuote(error.message)}`)
        return { errors, retryAt: undefined, acted: true }
      }
    }
  }
  let sandboxId = actions.sandboxId
  if (actions.createSandbox) {
    const made = yield* createSandbox(k, r, actions.attempt)
    if ('error' in made) return { errors: [made.error], retryAt: undefined, acted: true }
    sandboxId = made.id
    sandboxReady(k, r)
  }
  let retryAt: number | undefined
  const start = function* (spec: ContainerSpec): Coro<boolean> {
    stopWhenCancelled(k, r)
    const error = yield* tryStart(k, r, sandboxId, spec, status, dead)
    if (!error) return true
    errors.push(`failed to "StartContainer" for "${spec.name}" with ${error.reason}: ${goQuote(error.message)}`)
    if (error.retryAt !== undefined) retryAt = Math.min(retryAt ?? error.retryAt, error.retryAt)
    return false
  }
  for (const spec of actions.ephemeralToStart) yield* start(spec)
  for (const spec of actions.initToStart) if (!(yield* start(spec)) && spec.restartPolicy !== 'Always') break
  for (const spec of actions.toStart) yield* start(spec)
  resized()
  return { errors, retryAt, acted }
}

/** A pod that must end cancels the sync that is still starting it. */
function stopWhenCancelled(k: Kubelet, r: PodRecord): void {
  if (k.mustStop(r)) throw new Abandon()
}

function* createSandbox(k: Kubelet, r: PodRecord, attempt: number): Coro<{ id: string } | { error: string }> {
  const { pod } = r
  const failed = (what: string, place: string, why: string): { error: string } => {
    const name = goQuote(podFormat(pod))
    k.log.error(place, `Failed to create ${what} for pod`, why, { pod: podKey(pod) })
    k.log.error('kuberuntime_manager.go:1558', 'CreatePodSandbox for pod failed', why, { pod: podKey(pod) })
    k.events.warning(pod, 'FailedCreatePodSandBox', `Failed to create pod sandbox: ${why}`)
    const text = `Failed to create ${what} for pod ${name}: ${why}`
    return { error: `failed to "CreatePodSandbox" for ${name} with CreatePodSandboxError: ${goQuote(text)}` }
  }
  const config = sandboxConfig(pod, attempt, k.config, k.host, k.nodeName, k.systemdCgroups)
  try {
    k.host.fs.mkdir(config.logDirectory, { parents: true })
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    return failed('log directory', 'kuberuntime_sandbox.go:56', error.goMessage)
  }
  let runtimeHandler: string
  try {
    runtimeHandler = handlerOf(k, pod)
  } catch (error) {
    if (!(error instanceof StatusError || error instanceof TransportError)) throw error
    return failed('sandbox', 'kuberuntime_sandbox.go:71', error.message)
  }
  try {
    return { id: yield* k.cri.runPodSandbox({ ...config, runtimeHandler }) }
  } catch (error) {
    if (!(error instanceof GrpcError)) throw error
    k.log.error('log.go:32', 'RunPodSandbox from runtime service failed', error.message)
    return failed('sandbox', 'kuberuntime_sandbox.go:71', error.message)
  }
}

/** The runtime's handler that the pod's RuntimeClass names; empty: its default. */
function handlerOf({ client }: Kubelet, { spec: { runtimeClassName } }: PodRecord['pod']): string {
  return runtimeClassName && client ? client.get('RuntimeClass', undefined, runtimeClassName).handler : ''
}

/** Tells that the pod's network stands before its images are pulled. Models OnPodSandboxReady, which runs beside the sync. */
function sandboxReady(k: Kubelet, r: PodRecord): void {
  k.process.after(0, () => {
    const condition = r.status?.conditions?.find((c: any) => c.type === 'PodReadyToStartContainers')
    if (!r.status || condition?.status !== 'False') return
    const ready = { ...condition, status: 'True', lastTransitionTime: rfc3339(k.now()) }
    k.statuses.set(r, {
      ...r.status,
      conditions: r.status.conditions.map((c: any) => (c === condition ? ready : c)),
    })
  })
}

function* tryStart(
  k: Kubelet,
  r: PodRecord,
  sandboxId: string,
  spec: ContainerSpec,
  status: RuntimeStatus,
  dead: readonly Container[],
): Coro<StartError | undefined> {
  try {
    backOff(k, r, spec, dead)
    yield* startContainer(k, r, sandboxId, spec, status)
    r.reasons.delete(spec.name)
    return undefined
  } catch (error) {
    if (!(error instanceof StartError)) throw error
    r.reasons.set(spec.name, { reason: error.reason, message: error.message })
    if (error.reason !== 'CrashLoopBackOff' && error.reason !== 'ImagePullBackOff')
      k.log.error(
        'kuberuntime_manager.go:1727',
        'Unhandled Error',
        `container ${spec.name} start failed in pod ${podFormat(r.pod)}: ${error.reason}: ${error.message}`,
        { logger: 'UnhandledError' },
      )
    return error
  }
}

/** Models doBackOff. Throws StartError while the back-off of a crashed container lasts. */
function backOff(k: Kubelet, r: PodRecord, spec: ContainerSpec, dead: readonly Container[]): void {
  const { pod } = r
  const last = dead.find((c) => c.config.name === spec.name)
  if (!last) return
  k.log.info('scope.go:122', 'RemoveContainer', { containerID: last.id })
  const key = `${r.uid}/${spec.name}/${last.config.annotations['io.kubernetes.container.hash']}`
  if (k.crashBackoff.isInBackOffSince(key, last.finishedAt)) {
    k.events.warning(pod, 'BackOff', `Back-off restarting failed container ${spec.name} in pod ${podFormat(pod)}`, {
      fieldPath: fieldPath(pod, spec.name),
    })
    const seconds = k.crashBackoff.get(key) / 1000
    const span = seconds >= 60 ? `${Math.floor(seconds / 60)}m${seconds % 60}s` : `${seconds}s`
    throw new StartError(
      'CrashLoopBackOff',
      `back-off ${span} restarting failed container=${spec.name} pod=${podFormat(pod)}`,
      k.crashBackoff.endsAt(key, last.finishedAt),
    )
  }
  k.crashBackoff.next(key, last.finishedAt)
}

/** Models kuberuntime_container.startContainer: image, create, start, postStart. */
function* startContainer(
  k: Kubelet,
  r: PodRecord,
  sandboxId: string,
  spec: ContainerSpec,
  status: RuntimeStatus,
): Coro {
  const { pod } = r
  const details = { fieldPath: fieldPath(pod, spec.name) }
  const fail = (reason: string, text: string, id?: string): StartError => {
    // Ids are no part of an event's text: else each container's would be another event.
    const told = id ? text.replaceAll(id, spec.name) : text
    k.events.warning(pod, 'Failed', `Error: ${told}`, details)
    return new StartError(reason, text)
  }
  let image: Image
  try {
    r.interruptible = true
    image = yield* k.images.ensure(pod, spec)
  } catch (error) {
    if (!(error instanceof ImageError)) throw error
    k.events.warning(pod, 'Failed', `Error: ${error.reason}`, details)
    throw new StartError(error.reason, error.message)
  } finally {
    r.interruptible = false
  }
  const before = latest(status, spec.name)
  const attempt = before ? Number(before.config.annotations['io.kubernetes.container.restartCount'] ?? 0) + 1 : 0
  let id: string
  try {
    const sandbox = k.cri.podSandbox(sandboxId)
    const ip = pod.spec.hostNetwork ? k.nodeIp : sandbox.ip
    const env = environment(pod, spec, k.envSource(ip))
    const config = containerConfig(spec, {
      host: k.host,
      config: k.config,
      nodeName: k.nodeName,
      record: r,
      ip,
      env,
      attempt,
      image,
      dns: sandbox.config.dns,
    })
    id = yield* k.cri.createContainer(sandboxId, config)
  } catch (error) {
    if (error instanceof GrpcError) throw fail('CreateContainerError', plain(error))
    if (error instanceof Error && error.constructor === Error) throw fail('CreateContainerConfigError', error.message)
    throw error
  }
  stopWhenCancelled(k, r)
  k.events.normal(pod, 'Created', 'Container created', details)
  try {
    yield* k.cri.startContainer(id)
  } catch (error) {
    if (!(error instanceof GrpcError)) throw error
    k.log.error('remote_runtime.go:435', 'StartContainer from runtime service failed', error.message, {
      containerID: id,
    })
    throw fail('RunContainerError', plain(error), id)
  }
  k.events.normal(pod, 'Started', 'Container started', details)
  const c = k.cri.container(id)
  linkLog(k.host, pod, spec.name, id, c.logFile)
  const hook = spec.lifecycle?.postStart
  if (!hook) return
  const problem = yield* runHook(k, r, c, spec, hook, Number.POSITIVE_INFINITY)
  if (problem === undefined) {
    r.started.add(id)
    return
  }
  k.log.error('kuberuntime_container.go:322', 'Failed to execute PostStartHook', problem.error, {
    pod: podKey(pod),
    podUID: r.uid,
    containerName: spec.name,
    containerID: `containerd://${id}`,
  })
  k.events.warning(pod, 'FailedPostStartHook', 'PostStartHook failed', details)
  yield* killContainer(k, r, c, 'FailedPostStartHook')
  throw new StartError('PostStartHookError', problem.message)
}

/** By then the pod's worker has written down what the relist saw, predecessors included, ms. */
const PRUNE_DELAY = 50

/** Keeps one dead container of each name, for its logs. Models pod_container_deletor.go. */
export function* prune(k: Kubelet, r: PodRecord, name: string): Coro {
  yield { until: k.kernel.now() + PRUNE_DELAY }
  const dead = runtimeStatus(k.cri, r.uid).containers.filter((c) => c.config.name === name && exited(c))
  for (const c of dead.slice(1)) yield* removeContainer(k, r.pod.metadata, c)
}
