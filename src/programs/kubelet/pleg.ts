import type { Coro } from '../../kernel/index.ts'
import { GrpcError, type RuntimeEvent } from '../containerd/index.ts'
import type { Kubelet } from './kubelet.ts'
import { exited, runtimeStatus } from './runtime-status.ts'
import { prune } from './sync.ts'
import { type PodRecord, podKey } from './types.ts'

const PERIOD = 1000

/** The pod life-cycle event generator: all containers are listed every second, and pods of which some changed are synced. */
export class Pleg {
  /** Pods of which something changed since they were looked at. */
  private readonly changed = new Set<string>()
  private due = false
  /** Events that are still to be logged. */
  private unsaid: RuntimeEvent[] = []
  /** Where in its second this kubelet lists the containers. */
  private readonly phase: number

  constructor(private readonly k: Kubelet) {
    this.phase = k.rng.fork('pleg').int(PERIOD)
  }

  noteEvent(event: RuntimeEvent): void {
    const { k } = this
    if (event.type === 'deleted' || event.type === 'created') return
    if (!k.records.has(event.podUid)) return
    this.changed.add(event.podUid)
    if (k.log.v(2)) this.unsaid.push(event)
    if (this.due) return
    this.due = true
    const now = k.kernel.now()
    k.process.after(this.after(now) - now, () => this.relist())
  }

  /** Waits for a look at the pod that is newer than `moment` (kernel ms). Models podCache.GetNewerThan. */
  *seenSince(r: PodRecord, moment: number): Coro {
    const { kernel } = this.k
    const next = this.after(moment)
    if ((r.seen ?? 0) < moment) while (kernel.now() < next) yield { until: next }
  }

  /**
   * A look at one pod beside the periodic one, after its containers were started (PLEGOnDemandRelist). Which comes first,
   * the look or the end of what ends at once, is chance, as in the recordings (`kubectl run` in c01 and i01).
   */
  *relistPod(r: PodRecord): Coro {
    const { kernel, rng } = this.k
    if (rng.fork(`look ${podKey(r.pod)}`).int(2) === 1) yield { until: kernel.now() + 1 }
    r.seen = kernel.now()
    if (!this.changed.delete(r.uid)) return
    this.say(r)
    this.prune(r)
    r.dirty = true
  }

  /** When the containers are listed for the first time after `moment`, kernel ms. */
  private after(moment: number): number {
    return moment + PERIOD - ((moment - this.k.startedAt + this.phase) % PERIOD)
  }

  private relist(): void {
    const { k } = this
    this.due = false
    try {
      k.cri.listPodSandbox()
    } catch (error) {
      if (!(error instanceof GrpcError)) throw error
      this.due = true
      k.process.after(PERIOD, () => this.relist())
      return
    }
    const changed = [...this.changed]
    this.changed.clear()
    if (this.unsaid.length > 0) this.unsaid = this.unsaid.filter((e) => k.records.has(e.podUid))
    for (const uid of changed) {
      const r = k.records.get(uid)
      if (!r || r.state === 'finished') continue
      this.say(r)
      this.prune(r)
      k.wake(r)
    }
  }

  /** What a look has found at a pod, containers before sandboxes. */
  private say(r: PodRecord): void {
    const { k } = this
    const log = k.log.v(2)
    if (!log) return
    const events = this.unsaid.filter((e) => e.podUid === r.uid).sort((a, b) => Number(a.sandbox) - Number(b.sandbox))
    this.unsaid = this.unsaid.filter((e) => e.podUid !== r.uid)
    const died = events.filter((e) => e.type === 'stopped')
    const { containers } = runtimeStatus(k.cri, r.uid)
    for (const c of containers)
      if (died.some((e) => e.containerId === c.id))
        log.info('generic.go:413', 'Generic (PLEG): container finished', {
          podID: r.uid,
          containerID: c.id,
          exitCode: c.exitCode,
        })
    // Pods that are no longer wanted are not spoken of.
    if (!r.removed)
      for (const e of events)
        log.info('kubelet.go:2752', 'SyncLoop (PLEG): event for pod', {
          pod: podKey(r.pod),
          event: { ID: r.uid, Type: e.type === 'started' ? 'ContainerStarted' : 'ContainerDied', Data: e.containerId },
        })
    for (const { containerId, sandbox } of died)
      if (sandbox)
        log.info('pod_container_deletor.go:80', "Container not found in pod's containers", { containerID: containerId })
  }

  /** A container died: of those of its name that died before, none is kept. */
  private prune(r: PodRecord): void {
    const { k } = this
    const seen = new Set<string>()
    for (const c of runtimeStatus(k.cri, r.uid).containers) {
      if (!exited(c)) continue
      if (seen.has(c.config.name)) {
        k.spawn(`prune ${podKey(r.pod)}`, prune(k, r, c.config.name), () => {})
        return
      }
      seen.add(c.config.name)
    }
  }
}
