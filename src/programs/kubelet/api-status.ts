import { rfc3339 } from '../../api/index.ts'
import type { Container, CriServer } from '../containerd/index.ts'
import { shouldRestart } from './actions.ts'
import { podConditions } from './conditions.ts'
import { podPhase } from './phase.ts'
import { addLists, addResources, qosClass } from './resources.ts'
import type { RuntimeStatus } from './runtime-status.ts'
import {
  type ContainerSpec,
  containers,
  ephemeralContainers,
  initContainers,
  isSidecar,
  type Pod,
  type PodRecord,
  type PodStatus,
} from './types.ts'

/** What the status of a pod is made from, beyond its containers. */
interface StatusInput {
  readonly cri: CriServer | undefined
  readonly now: number
  readonly hostIp: string
  readonly runtime: RuntimeStatus
  /** Nothing will be restarted any more. */
  readonly terminal: boolean
  /** Ready and started as probes tell; by container ID. */
  readonly probed: (spec: ContainerSpec, c: Container) => { ready: boolean; started: boolean }
}

const users = new WeakMap<Container, { uid: number; gid: number; supplementalGroups: number[] } | undefined>()

function userOf(cri: CriServer | undefined, c: Container): any {
  if (!users.has(c)) {
    try {
      users.set(c, cri?.userOf(c))
    } catch {
      users.set(c, undefined) // a user that the image does not know
    }
  }
  const user = users.get(c)
  return user && { linux: { gid: user.gid, supplementalGroups: user.supplementalGroups, uid: user.uid } }
}

const containerId = (c: Container): string => `containerd://${c.id}`

/** The last words of a container: its termination message file, or the end of its log. */
function terminationMessage(spec: ContainerSpec | undefined, c: Container): string {
  const path = spec?.terminationMessagePath ?? '/dev/termination-log'
  const mount = c.config.mounts.find((m) => m.containerPath === path)
  const text = mount?.source.kind === 'file' ? mount.source.read().slice(0, 4096) : ''
  if (text !== '' || spec?.terminationMessagePolicy !== 'FallbackToLogsOnError' || c.exitCode === 0) return text
  const lines = c.log.text().split('\n').filter(Boolean).slice(-80)
  return (
    lines
      .map((line) => line.replace(/^\S+ \S+ [FP] /, ''))
      .join('\n')
      .slice(-2048) + (lines.length > 0 ? '\n' : '')
  )
}

function stateOf(spec: ContainerSpec | undefined, c: Container): any {
  if (c.state === 'CONTAINER_RUNNING') return { running: { startedAt: rfc3339(c.startedAt) } }
  if (c.state === 'CONTAINER_CREATED') return { waiting: {} }
  const message = c.message || terminationMessage(spec, c)
  return {
    terminated: {
      containerID: containerId(c),
      exitCode: c.exitCode,
      finishedAt: rfc3339(c.finishedAt),
      ...(message ? { message } : {}),
      reason: c.reason,
      startedAt: rfc3339(c.startedAt),
    },
  }
}

const restartCount = (c: Container): number => Number(c.config.annotations['io.kubernetes.container.restartCount'] ?? 0)

const mountStatuses = (spec: ContainerSpec): any[] | undefined =>
  spec.volumeMounts?.map((m: any) => ({
    mountPath: m.mountPath,
    name: m.name,
    ...(m.readOnly
      ? { readOnly: true, recursiveReadOnly: m.recursiveReadOnly === 'Enabled' ? 'Enabled' : 'Disabled' }
      : {}),
  }))

function fromContainer(
  r: PodRecord,
  input: StatusInput,
  spec: ContainerSpec,
  c: Container,
  previous: Container | undefined,
): any {
  const stored = input.cri?.imageStatus(c.config.imageId)
  const user = c.startedAt > 0 || c.state !== 'CONTAINER_CREATED' ? userOf(input.cri, c) : undefined
  const requests = spec.resources?.requests
  const last = previous && previous.state === 'CONTAINER_EXITED' ? stateOf(spec, previous) : {}
  return {
    ...(requests ? { allocatedResources: requests } : {}),
    containerID: containerId(c),
    image: [...(stored?.tags ?? [])][0] ?? c.config.image,
    imageID: [...(stored?.digests ?? [])][0] ?? c.config.imageId,
    lastState: last,
    name: spec.name,
    ready: false,
    resources: r.unresized.get(c.id)?.resources ?? spec.resources ?? {},
    restartCount: restartCount(c),
    started: false,
    state: stateOf(spec, c),
    ...(user ? { user } : {}),
    ...(spec.volumeMounts ? { volumeMounts: mountStatuses(spec) } : {}),
  }
}

function waitingStatus(spec: ContainerSpec, reason: string, old: any): any {
  // A container that ended and whose remains are gone keeps its last known state.
  if (old?.state?.terminated) return { ...old, ready: false, started: false }
  return {
    image: spec.image,
    imageID: '',
    lastState: old?.lastState ?? {},
    name: spec.name,
    ready: false,
    restartCount: old?.restartCount ?? 0,
    started: false,
    state: { waiting: { reason } },
    ...(spec.volumeMounts ? { volumeMounts: mountStatuses(spec) } : {}),
  }
}

function statusesOf(
  r: PodRecord,
  input: StatusInput,
  specs: ContainerSpec[],
  old: any[],
  kind: 'main' | 'init' | 'ephemeral',
): any[] {
  const { pod } = r
  const hasInit = initContainers(pod).length > 0
  return specs.map((spec) => {
    const own = input.runtime.containers.filter((c) => c.config.name === spec.name)
    const [c, previous] = own
    const before = old.find((s) => s.name === spec.name)
    const status = c
      ? fromContainer(r, input, spec, c, previous)
      : waitingStatus(
          spec,
          kind === 'main' && hasInit
            ? 'PodInitializing'
            : hasInit && kind === 'init'
              ? 'PodInitializing'
              : 'ContainerCreating',
          before,
        )
    if (kind === 'ephemeral') {
      if (c?.state === 'CONTAINER_RUNNING') delete status.started
      return status
    }
    const reason = r.reasons.get(spec.name)
    const wanted =
      kind === 'init' && !isSidecar(spec)
        ? initShouldRestart(pod, c)
        : shouldRestart(pod, spec, input.runtime) && !input.terminal
    if (reason && wanted) {
      if (status.state.terminated) status.lastState = { terminated: status.state.terminated }
      status.state = { waiting: { ...(reason.message ? { message: reason.message } : {}), reason: reason.reason } }
    }
    if (c?.state === 'CONTAINER_RUNNING') {
      if (kind === 'main' || isSidecar(spec)) {
        const { ready, started } = input.probed(spec, c)
        status.started = started
        status.ready = ready && started
      } else {
        status.started = true
        status.ready = false
      }
    } else if (kind === 'init' && !isSidecar(spec)) status.ready = status.state.terminated?.exitCode === 0
    return status
  })
}

/** Is a failed (or missing) init container going to be started? */
function initShouldRestart(pod: Pod, c: Container | undefined): boolean {
  if (pod.metadata.deletionTimestamp) return false
  if (!c) return true
  if (c.state === 'CONTAINER_RUNNING') return false
  return c.state !== 'CONTAINER_EXITED' || (c.exitCode !== 0 && pod.spec.restartPolicy !== 'Never')
}

function sumResources(pod: Pod): { allocated: any; resources: any } {
  const all = [...containers(pod), ...initContainers(pod).filter(isSidecar)]
  const [only] = all
  if (pod.spec.resources) return { allocated: pod.spec.resources.requests, resources: pod.spec.resources }
  if (all.length === 1) return { allocated: only.resources?.requests, resources: only.resources ?? {} }
  return {
    allocated: addLists(all.map((c) => c.resources?.requests)),
    resources: addResources(all.map((c) => c.resources)),
  }
}

/** Models kubelet_pods.go generateAPIPodStatus (1.36). */
export function apiStatus(r: PodRecord, input: StatusInput): PodStatus {
  const { pod } = r
  const old = r.status ?? pod.status ?? {}
  const time = rfc3339(input.now)
  if (r.rejected)
    return {
      message: `Pod was rejected: ${r.rejected.message}`,
      ...(r.observedGeneration !== undefined ? { observedGeneration: r.observedGeneration } : {}),
      phase: 'Failed',
      qosClass: qosClass(pod),
      reason: r.rejected.reason,
      startTime: rfc3339(r.startTime),
    }
  const initStatuses = statusesOf(r, input, initContainers(pod), old.initContainerStatuses ?? [], 'init')
  const main = statusesOf(r, input, containers(pod), old.containerStatuses ?? [], 'main')
  const ephemeral = statusesOf(r, input, ephemeralContainers(pod), old.ephemeralContainerStatuses ?? [], 'ephemeral')
  let phase = podPhase(pod, main, initStatuses, input.terminal)
  // A terminal phase is for ever.
  if (old.phase === 'Failed' || old.phase === 'Succeeded') phase = old.phase
  if (r.verdict?.phase) phase = r.verdict.phase
  const sandbox = input.runtime.sandboxes[0]
  const ready = sandbox?.state === 'SANDBOX_READY'
  if (ready && (sandbox.ip || pod.spec.hostNetwork)) r.ip = pod.spec.hostNetwork ? input.hostIp : sandbox.ip
  const { allocated, resources } = sumResources(pod)
  return {
    ...(allocated ? { allocatedResources: allocated } : {}),
    conditions: podConditions(
      pod,
      {
        statuses: main,
        initStatuses,
        phase,
        hasSandbox: ready,
        resizing: input.runtime.containers.some((c) => c.state === 'CONTAINER_RUNNING' && r.unresized.has(c.id)),
        generation: r.observedGeneration,
      },
      [
        ...(old.conditions ?? []),
        ...(r.verdict?.conditions ?? []).filter((c) => !old.conditions?.some((o: any) => o.type === c.type)),
      ],
      time,
    ),
    containerStatuses: main.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    ...(ephemeral.length > 0 ? { ephemeralContainerStatuses: ephemeral } : {}),
    hostIP: input.hostIp,
    hostIPs: [{ ip: input.hostIp }],
    ...(initStatuses.length > 0 ? { initContainerStatuses: initStatuses } : {}),
    ...(r.verdict?.message ? { message: r.verdict.message } : {}),
    ...(r.observedGeneration !== undefined ? { observedGeneration: r.observedGeneration } : {}),
    phase,
    ...(r.ip ? { podIP: r.ip, podIPs: [{ ip: r.ip }] } : {}),
    qosClass: qosClass(pod),
    ...(r.verdict?.reason ? { reason: r.verdict.reason } : {}),
    resources,
    startTime: rfc3339(r.startTime),
  }
}
