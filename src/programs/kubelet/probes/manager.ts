import type { Coro } from '../../../kernel/index.ts'
import { type Container, GrpcError } from '../../containerd/index.ts'
import type { Kubelet } from '../kubelet.ts'
import { latest, running, runtimeStatus } from '../runtime-status.ts'
import {
  type ContainerSpec,
  containers,
  fieldPath,
  initContainers,
  isSidecar,
  type PodRecord,
  podKey,
} from '../types.ts'
import { type ProbeOutcome, runProbe } from './probe.ts'

type Kind = 'liveness' | 'readiness' | 'startup'
const KINDS: readonly Kind[] = ['startup', 'readiness', 'liveness']
const TITLE: Record<Kind, string> = { liveness: 'Liveness', readiness: 'Readiness', startup: 'Startup' }

/** From the look at a container that has just started to its first probe, ms. */
const KICK_MS = 50

interface Worker {
  readonly kind: Kind
  readonly spec: ContainerSpec
  containerId: string
  /** The pod's status in which the container was seen. */
  seenIn: object | undefined
  result: 'success' | 'failure' | undefined
  last: 'success' | 'failure' | undefined
  run: number
  /** Held after a failure: the container is about to be killed. */
  hold: boolean
  stopped: boolean
}

const inStatus = ({ status }: PodRecord, c: Container): boolean => {
  const id = `containerd://${c.id}`
  const is = (s: any): boolean => s.name === c.config.name && s.containerID === id
  return status?.containerStatuses?.some(is) === true || status?.initContainerStatuses?.some(is) === true
}

/** Runs the probes of all containers, each on its own period, and tells the pod workers when a result changes. */
export class ProbeManager {
  private readonly workers = new Map<string, Worker>()

  constructor(private readonly k: Kubelet) {}

  /** Starts what is missing; called with every sync. */
  add(r: PodRecord): void {
    for (const spec of [...containers(r.pod), ...initContainers(r.pod).filter(isSidecar)]) {
      for (const kind of KINDS) {
        const probe = spec[`${kind}Probe`]
        const key = `${r.uid}/${spec.name}/${kind}`
        if (!probe || this.workers.has(key)) continue
        const worker: Worker = {
          kind,
          spec,
          containerId: '',
          seenIn: undefined,
          result: undefined,
          last: undefined,
          run: 0,
          hold: false,
          stopped: false,
        }
        this.workers.set(key, worker)
        this.k.spawn(`probe ${key}`, this.work(r, worker, probe), () => this.workers.delete(key))
      }
    }
  }

  /** Ends liveness and startup probes (a stopping pod keeps its readiness). */
  stopLiveness(r: PodRecord): void {
    for (const [key, w] of this.workers) if (key.startsWith(`${r.uid}/`) && w.kind !== 'readiness') w.stopped = true
  }

  remove(r: PodRecord): void {
    for (const [key, w] of this.workers) if (key.startsWith(`${r.uid}/`)) w.stopped = true
  }

  result(uid: string, name: string, kind: Kind, containerId: string): 'success' | 'failure' | undefined {
    const w = this.workers.get(`${uid}/${name}/${kind}`)
    return w && w.containerId === containerId ? w.result : undefined
  }

  /** Ready and started, for the status. A container without a probe is both as soon as it runs. */
  state(r: PodRecord, spec: ContainerSpec, c: Container): { ready: boolean; started: boolean } {
    const started = spec.startupProbe ? this.result(r.uid, spec.name, 'startup', c.id) === 'success' : true
    const ready = spec.readinessProbe ? this.result(r.uid, spec.name, 'readiness', c.id) === 'success' : true
    return { started, ready: ready && started && this.hookDone(r, spec, c) }
  }

  private hookDone(r: PodRecord, spec: ContainerSpec, c: Container): boolean {
    return !spec.lifecycle?.postStart || r.started.has(c.id)
  }

  private *work(r: PodRecord, w: Worker, probe: any): Coro {
    const { k } = this
    const period = (probe.periodSeconds ?? 10) * 1000
    // A restarted kubelet does not probe everything at the same moment.
    if (k.kernel.now() - k.startedAt < period) yield { until: k.kernel.now() + k.rng.int(period) }
    let next = k.kernel.now() + period
    while (!w.stopped && r.state !== 'finished') {
      const changed = yield* this.once(r, w, probe)
      if (changed) k.wake(r)
      // A slow probe skips beats.
      if (next < k.kernel.now()) next = k.kernel.now()
      if (yield* this.kicked(r, w, next)) next = k.kernel.now() + period
      else next += period
      if (w.stopped) return
    }
  }

  /** Waits for the next beat. True when a status that is not ready asks for a look at once; the beats then go on from there. */
  private *kicked(r: PodRecord, w: Worker, beat: number): Coro<boolean> {
    const { k } = this
    for (;;) {
      const by = yield w.kind === 'readiness' ? { on: [k.probeKick(r)], until: beat } : { until: beat }
      if (by === undefined || w.stopped) return false
      if (w.result === 'success') continue
      yield { until: k.kernel.now() + KICK_MS }
      return true
    }
  }

  /** Logs and events of a probe that did not simply succeed. Models prober.probe. */
  private tell(r: PodRecord, w: Worker, { result, output }: ProbeOutcome): void {
    if (result === 'success') return
    const { k } = this
    const probeType = TITLE[w.kind]
    const details = { fieldPath: fieldPath(r.pod, w.spec.name) }
    const about = { probeType, pod: podKey(r.pod), podUID: r.uid, containerName: w.spec.name }
    if (result === 'warning') k.events.warning(r.pod, 'ProbeWarning', `${probeType} probe warning: ${output}`, details)
    else if (result === 'failure') {
      k.log.v(1)?.info('prober.go:122', 'Probe failed', { ...about, probeResult: 'failure', output })
      k.events.warning(r.pod, 'Unhealthy', `${probeType} probe failed: ${output}`, details)
    } else {
      k.log.v(1)?.info('prober.go:106', 'Probe errored', { ...about, probeResult: 'unknown', err: output })
      const text = `${probeType} probe errored and resulted in unknown state: ${output}`
      k.events.warning(r.pod, 'Unhealthy', text, details)
    }
  }

  /** One round. Returns whether the result changed. */
  private *once(r: PodRecord, w: Worker, probe: any): Coro<boolean> {
    const { k } = this
    let c: Container | undefined
    try {
      c = latest(runtimeStatus(k.cri, r.uid), w.spec.name)
    } catch (error) {
      if (!(error instanceof GrpcError)) throw error
      return false
    }
    // Like the real worker, which goes by the pod's status: what is not yet in there cannot be asked.
    if (!c) return false
    const fresh = c.id !== w.containerId
    if ((fresh || w.seenIn !== r.status) && !inStatus(r, c)) return false
    w.seenIn = r.status
    if (fresh) {
      w.containerId = c.id
      w.result = w.kind === 'liveness' ? 'success' : w.kind === 'readiness' ? 'failure' : undefined
      w.run = 0
      w.last = undefined
      w.hold = false
    }
    if (w.hold || !r.ip) return false
    if (!running(c)) {
      // The first result of a container is told like any other: one that ended at once is synced once more, and its
      // back-off shows. (One that runs is synced, too; there is nothing to do then.)
      const changed = fresh || w.result !== 'failure'
      w.result = 'failure'
      return changed
    }
    if (k.now() - c.startedAt < (probe.initialDelaySeconds ?? 0) * 1000) return false
    const startup = w.spec.startupProbe ? this.result(r.uid, w.spec.name, 'startup', c.id) : 'success'
    if (w.kind === 'startup' ? startup === 'success' : startup !== 'success') return false
    const outcome = yield* runProbe(k, r, w.spec, c, probe)
    if (c.id !== w.containerId || c.state !== 'CONTAINER_RUNNING') return false
    this.tell(r, w, outcome)
    // What could not be asked is thrown away.
    if (outcome.result === 'error') return false
    const result = outcome.result === 'failure' ? 'failure' : 'success'
    if (result === w.last) w.run++
    else {
      w.last = result
      w.run = 1
    }
    if (w.run < (result === 'failure' ? (probe.failureThreshold ?? 3) : (probe.successThreshold ?? 1))) return false
    const changed = w.result !== result
    w.result = result
    if (result === 'failure' && w.kind !== 'readiness') {
      // The container will be restarted: nothing is probed until then.
      w.hold = true
      w.run = 0
      return true
    }
    return changed
  }
}
