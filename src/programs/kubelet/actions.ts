import { hash } from '../../kernel/index.ts'
import type { Container } from '../containerd/index.ts'
import type { StructuredLog } from '../lib/structured-log.ts'
import { exited, latest, type RuntimeStatus, running } from './runtime-status.ts'
import {
  type ContainerSpec,
  containers,
  ephemeralContainers,
  initContainers,
  isSidecar,
  type Pod,
  podKey,
  restartsAfter,
} from './types.ts'

/** Result of a probe that ended: undefined while there is none. */
type ProbeResult = (containerId: string, kind: 'liveness' | 'startup') => 'success' | 'failure' | undefined

/** A container that must stop, and why. */
export interface Kill {
  readonly container: Container
  readonly spec: ContainerSpec | undefined
  readonly message: string
  readonly reason: 'liveness' | 'startup' | 'other'
}

/** What a sync has to do: models kuberuntime.podActions. */
export interface PodActions {
  killPod: boolean
  createSandbox: boolean
  sandboxId: string
  attempt: number
  initToStart: ContainerSpec[]
  toStart: ContainerSpec[]
  ephemeralToStart: ContainerSpec[]
  toKill: Kill[]
}

/** Only name and image make a container's identity since 1.31. */
export const containerHash = (spec: ContainerSpec): string => hash(`${spec.name}\n${spec.image}`).toString(16)

const restartsOnFailure = (pod: Pod): boolean => pod.spec.restartPolicy !== 'Never'

/** Models kubecontainer.ShouldContainerBeRestarted. */
export function shouldRestart(pod: Pod, spec: ContainerSpec, status: RuntimeStatus): boolean {
  if (pod.metadata.deletionTimestamp) return false
  const c = latest(status, spec.name)
  if (!c) return true
  if (running(c)) return false
  if (c.state === 'CONTAINER_CREATED' || c.state === 'CONTAINER_UNKNOWN') return true
  return restartsAfter(pod, spec, c.exitCode)
}

/** Models runtimeutil.PodSandboxChanged. */
export function sandboxChanged(
  pod: Pod,
  status: RuntimeStatus,
  log?: StructuredLog,
): { changed: boolean; attempt: number; id: string } {
  const needed = (place: string, what: string): void =>
    log?.v(2)?.info(place, `${what} for pod can be found. Need to start a new one`, { pod: podKey(pod) })
  const [newest] = status.sandboxes
  if (!newest) {
    needed('util.go:34', 'No sandbox')
    return { changed: true, attempt: 0, id: '' }
  }
  const attempt = newest.config.attempt + 1
  if (newest.state !== 'SANDBOX_READY') {
    needed('util.go:52', 'No ready sandbox')
    return { changed: true, attempt, id: newest.id }
  }
  if (status.sandboxes.filter((s) => s.state === 'SANDBOX_READY').length > 1)
    return { changed: true, attempt, id: newest.id }
  if (newest.config.hostNetwork !== (pod.spec.hostNetwork === true)) return { changed: true, attempt, id: '' }
  if (!newest.config.hostNetwork && newest.ip === '') return { changed: true, attempt, id: newest.id }
  return { changed: false, attempt: newest.config.attempt, id: newest.id }
}

/** Models kuberuntime_manager.computePodActions (1.36). */
export function computeActions(pod: Pod, status: RuntimeStatus, probe: ProbeResult, log?: StructuredLog): PodActions {
  const sandbox = sandboxChanged(pod, status, log)
  const actions: PodActions = {
    killPod: sandbox.changed,
    createSandbox: sandbox.changed,
    sandboxId: sandbox.id,
    attempt: sandbox.attempt,
    initToStart: [],
    toStart: [],
    ephemeralToStart: [],
    toKill: [],
  }
  if (sandbox.changed) return withNewSandbox(pod, status, actions)
  for (const c of ephemeralContainers(pod)) if (!latest(status, c.name)) actions.ephemeralToStart.push(c)
  const initialized = initActions(pod, status, probe, actions)
  if (actions.killPod || !initialized) return actions
  let kept = 0
  for (const spec of containers(pod)) {
    const c = latest(status, spec.name)
    if (!c || !running(c)) {
      if (shouldRestart(pod, spec, status)) actions.toStart.push(spec)
      continue
    }
    const kill = reasonToKill(pod, spec, c, probe)
    if (!kill) {
      kept++
      continue
    }
    if (kill.restart) actions.toStart.push(spec)
    actions.toKill.push({
      container: c,
      spec,
      message: kill.restart ? `${kill.message}, will be restarted` : kill.message,
      reason: kill.reason,
    })
  }
  if (kept === 0 && actions.toStart.length === 0) {
    actions.killPod = true
    actions.initToStart = []
  }
  return actions
}

function withNewSandbox(pod: Pod, status: RuntimeStatus, actions: PodActions): PodActions {
  if (!restartsOnFailure(pod) && actions.attempt !== 0 && status.containers.length > 0) {
    actions.createSandbox = false
    return actions
  }
  const toStart = containers(pod).filter((spec) => {
    const c = latest(status, spec.name)
    return !(pod.spec.restartPolicy === 'OnFailure' && c && exited(c) && c.exitCode === 0)
  })
  if (toStart.length === 0) {
    actions.createSandbox = false
    return actions
  }
  const init = initContainers(pod)
  if (init.length > 0) actions.initToStart = [init[0]]
  else actions.toStart = toStart
  return actions
}

function reasonToKill(
  pod: Pod,
  spec: ContainerSpec,
  c: Container,
  probe: ProbeResult,
): { message: string; restart: boolean; reason: Kill['reason'] } | undefined {
  if (c.config.annotations['io.kubernetes.container.hash'] !== containerHash(spec))
    return { message: `Container ${spec.name} definition changed`, restart: true, reason: 'other' }
  if (probe(c.id, 'liveness') === 'failure')
    return {
      message: `Container ${spec.name} failed liveness probe`,
      restart: restartsOnFailure(pod),
      reason: 'liveness',
    }
  if (probe(c.id, 'startup') === 'failure')
    return {
      message: `Container ${spec.name} failed startup probe`,
      restart: restartsOnFailure(pod),
      reason: 'startup',
    }
  return undefined
}

/** Models computeInitContainerActions: returns whether the pod is initialized. */
function initActions(pod: Pod, status: RuntimeStatus, probe: ProbeResult, actions: PodActions): boolean {
  const init = initContainers(pod)
  if (init.length === 0) return true
  let initialized = containers(pod).some((c) => latest(status, c.name) !== undefined)
  let previously = initialized
  for (let i = init.length - 1; i >= 0; i--) {
    const spec = init[i]
    const c = latest(status, spec.name)
    if (!c) {
      if (previously && isSidecar(spec)) actions.initToStart.push(spec)
      continue
    }
    if (running(c) && isSidecar(spec)) {
      const startup = spec.startupProbe ? probe(c.id, 'startup') : 'success'
      if (startup === 'failure') {
        actions.toKill.push({
          container: c,
          spec,
          message: `Init container ${spec.name} failed startup probe`,
          reason: 'startup',
        })
        actions.initToStart.push(spec)
      } else if (startup === 'success') {
        if (i === init.length - 1) initialized = true
        else if (!previously) actions.initToStart.push(init[i + 1])
        if (probe(c.id, 'liveness') === 'failure') {
          actions.toKill.push({
            container: c,
            spec,
            message: `Init container ${spec.name} failed liveness probe`,
            reason: 'liveness',
          })
          actions.initToStart.push(spec)
        }
      }
    } else if (exited(c)) {
      if (isSidecar(spec)) actions.initToStart.push(spec)
      else if (c.exitCode !== 0) {
        if (!initialized) {
          if (!restartsOnFailure(pod)) {
            actions.killPod = true
            actions.initToStart = []
            return false
          }
          actions.initToStart.push(spec)
        }
      } else if (i === init.length - 1) initialized = true
      else if (!previously) actions.initToStart.push(init[i + 1])
    } else if (c.state === 'CONTAINER_CREATED' && !previously) actions.initToStart.push(spec)
    previously = true
  }
  if (!previously) actions.initToStart.push(init[0])
  actions.initToStart.reverse()
  return initialized
}
