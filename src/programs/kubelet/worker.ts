import { SysError } from '../../host/index.ts'
import { type Coro, compileMachine, Lifecycle } from '../../kernel/index.ts'
import { GrpcError } from '../containerd/index.ts'
import { killPod } from './kill.ts'
import type { Kubelet } from './kubelet.ts'
import { logMountFailure, mountFailure } from './mount-failure.ts'
import { podMachine } from './pod.machine.ts'
import { podFinished } from './removal.ts'
import { running, runtimeStatus } from './runtime-status.ts'
import { syncContainers } from './sync.ts'
import { Abandon, type PodRecord, podKey, type WorkState } from './types.ts'
import { MountError } from './volumes/mount-error.ts'

const machine = compileMachine(podMachine)

const RETRY = 10_000
const NETWORK_RETRY = 1000
const MOUNT_TIMEOUT = 123_000
/** The volume manager looks at once, and then so often, whether all is mounted or unmounted (podAttachAndMountRetryInterval), ms. */
const VOLUME_POLL = 300
/** What the volume manager's two loops of 100 ms need to take the volumes of a stopped pod down, ms. */
const UNMOUNT = 200
const NETWORK_NOT_READY = 'network is not ready'

/**
 * One pod's worker: syncs it whenever something changed or a retry is due, until it is gone. Each sync goes by a look at
 * the runtime that is newer than the sync before it. Models pod_workers.go.
 */
export function* podWorker(k: Kubelet, r: PodRecord): Coro {
  const life = new Lifecycle(machine, k.kernel, undefined, (state) => {
    r.state = state as WorkState
  })
  if (r.rejected) life.send({ type: 'reject' })
  let next: number | undefined
  let synced: number | undefined
  while (!life.done) {
    if (synced !== undefined) yield* k.pleg.seenSince(r, synced)
    if (r.state === 'syncing' && k.mustStop(r)) life.send({ type: 'terminate' })
    r.dirty = false
    try {
      if (r.state === 'syncing') {
        const outcome = yield* syncPod(k, r)
        if (outcome.terminal) {
          life.send({ type: 'terminate' })
          continue
        }
        next = k.retryTick(k.kernel.now() + outcome.wait)
        if (outcome.acted) yield* k.pleg.relistPod(r)
      } else if (r.state === 'terminating') {
        yield* terminate(k, r)
        life.send({ type: 'stopped' })
        continue
      } else {
        yield* finish(k, r, synced ?? 0)
        life.send({ type: 'cleaned' })
        continue
      }
    } catch (error) {
      if (error instanceof Abandon) continue
      if (!(error instanceof GrpcError || error instanceof SysError)) throw error
      const text = error instanceof SysError ? error.goMessage : error.message
      k.log.error('pod_workers.go:1324', 'Error syncing pod, skipping', text, {
        pod: podKey(r.pod),
        podUID: r.uid,
      })
      next = k.retryTick(k.kernel.now() + k.jitter(RETRY, 0.5))
    } finally {
      synced = k.kernel.now()
    }
    if (!r.dirty) yield { on: [r.wake], until: next }
  }
  life.stop()
}

interface PodSync {
  /** The pod's life has come to its own end. */
  readonly terminal: boolean
  /** ms until the next look at the pod when nothing happens. */
  readonly wait: number
  /** Something was done to its containers, and nothing went wrong. */
  readonly acted?: boolean
}

/** Models kubelet.SyncPod. */
function* syncPod(k: Kubelet, r: PodRecord): Coro<PodSync> {
  const { pod } = r
  const failed = (text: string, wait: number): PodSync => {
    k.log.error('pod_workers.go:1324', 'Error syncing pod, skipping', text, { pod: podKey(pod), podUID: r.uid })
    return { terminal: false, wait }
  }
  r.observedGeneration = pod.metadata.generation
  const status = k.generateStatus(r, false)
  k.statuses.set(r, status)
  // Whoever is not ready yet is asked at once, now that his address is known (prober_manager UpdatePodStatus).
  if (status.containerStatuses?.some((c: any) => c.state?.running && c.started && !c.ready)) k.probeKick(r).fire()
  if (status.phase === 'Failed' || status.phase === 'Succeeded') return { terminal: true, wait: 0 }
  const network = k.runtime.networkProblem()
  if (network && !pod.spec.hostNetwork) {
    k.events.warning(pod, 'NetworkNotReady', `${NETWORK_NOT_READY}: ${network}`)
    return failed(`${NETWORK_NOT_READY}: ${network}`, k.jitter(NETWORK_RETRY, 0.5))
  }
  k.images.warnMissingSecrets(pod)
  yield* k.mirror(r)
  try {
    k.volumes.podDir(r.uid)
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    const text = error.goMessage
    k.log.error('kubelet.go:2076', 'Unable to make pod data directories for pod', text, { pod: podKey(pod) })
    k.events.warning(pod, 'FailedToMakePodDataDirectories', `error making pod data directories: ${text}`)
    return failed(text, k.jitter(RETRY, 0.5))
  }
  const unmounted = yield* mountVolumes(k, r)
  if (unmounted) return failed(unmounted, k.jitter(RETRY, 0.5))
  k.probes.add(r)
  const { errors, retryAt, acted } = yield* syncContainers(k, r)
  if (errors.length === 0) return { terminal: false, wait: k.jitter(k.config.syncFrequency, 0.5), acted }
  const text = errors.length === 1 ? errors[0] : `[${errors.join(', ')}]`
  // Crash loops: sleep until the back-off ends, but not longer than a resync (MinBackoffExpiration).
  const backOff = retryAt === undefined ? RETRY : Math.min(Math.max(0, retryAt - k.now()), k.config.syncFrequency)
  return failed(text, k.jitter(backOff, 0.5))
}

/** Models WaitForAttachAndMount: tries each volume on its own back-off. Returns the text of a time-out. */
function* mountVolumes(k: Kubelet, r: PodRecord): Coro<string | undefined> {
  k.volumes.refresh(r)
  if (k.volumes.missing(r).length === 0) return undefined
  const { kernel } = k
  const deadline = kernel.now() + MOUNT_TIMEOUT
  r.interruptible = true
  try {
    yield { until: kernel.now() + VOLUME_POLL }
  } finally {
    r.interruptible = false
  }
  for (;;) {
    let soonest = deadline
    for (const volume of k.volumes.missing(r)) {
      const retry = r.volumeRetry.get(volume.name)
      if (!retry || retry.at <= kernel.now()) tryMount(k, r, volume)
      const after = r.volumeRetry.get(volume.name)
      if (after) soonest = Math.min(soonest, after.at)
    }
    const missing = k.volumes.missing(r).map((v) => v.name)
    if (missing.length === 0) return undefined
    if (kernel.now() >= deadline)
      return `unmounted volumes=[${missing.join(' ')}], unattached volumes=[], failed to process volumes=[]: context deadline exceeded`
    r.interruptible = true
    try {
      yield { until: Math.max(soonest, kernel.now() + 1) }
    } finally {
      r.interruptible = false
    }
  }
}

function tryMount(k: Kubelet, r: PodRecord, volume: any): void {
  try {
    k.volumes.mount(r, volume)
    r.volumeRetry.delete(volume.name)
  } catch (error) {
    if (!(error instanceof Error) || (error.constructor !== Error && !(error instanceof MountError))) throw error
    const failed = mountFailure(r, volume, error)
    const backoff = Math.min((r.volumeRetry.get(volume.name)?.backoff ?? 250) * 2, 122_000)
    r.volumeRetry.set(volume.name, { at: k.kernel.now() + backoff, backoff })
    k.events.warning(r.pod, 'FailedMount', `${failed.what} : ${failed.why}`)
    logMountFailure(k, r, volume, failed, backoff)
  }
}

/** Models SyncTerminatingPod: stop everything, without probes that would interfere. Throws GrpcError. */
function* terminate(k: Kubelet, r: PodRecord): Coro {
  r.observedGeneration = r.pod.metadata.generation
  k.statuses.set(r, k.generateStatus(r, false))
  k.probes.stopLiveness(r)
  yield* killPod(k, r)
  k.probes.remove(r)
  if (runtimeStatus(k.cri, r.uid).containers.some(running))
    throw new GrpcError('Unknown', 'detected running containers after a successful KillPod')
  k.statuses.set(r, k.generateStatus(r, true))
}

/** Models SyncTerminatedPod: volumes go, the final status is written, a deleted pod leaves the API. */
function* finish(k: Kubelet, r: PodRecord, stopped: number): Coro {
  const status = k.generateStatus(r, true)
  k.statuses.set(r, status)
  const { kernel } = k
  // They have been going down since the containers stopped.
  if (r.volumes.size > 0 && kernel.now() < stopped + UNMOUNT) yield { until: kernel.now() + VOLUME_POLL }
  k.volumes.tearDown(r)
  podFinished(k, r)
}
