import type { Kubelet } from './kubelet.ts'
import { type Pod, podKey } from './types.ts'

/** How long a pod whose name is still taken waits before it asks again (backOffPeriod, and up to half of it more), ms. */
const BACK_OFF = 10_000

interface Waiting {
  readonly pod: Pod
  /** Kernel ms; undefined: housekeeping sees to it. */
  due: number | undefined
}

/**
 * Static pods before they start. Only one of a name runs: the next asks every ten to fifteen seconds whether the one before
 * has stopped, however soon it has. Models allowPodStart and the work queue of pod_workers.go.
 */
export class StaticQueue {
  private readonly list: Waiting[] = []

  constructor(private readonly k: Kubelet) {}

  /** The pod that is to run under a name, when it does not run yet. */
  next(key: string): Pod | undefined {
    return this.list.findLast((w) => podKey(w.pod) === key)?.pod
  }

  has(uid: string): boolean {
    return this.list.some((w) => w.pod.metadata.uid === uid)
  }

  /** A new pod: it starts at once if it can. */
  add(pod: Pod): void {
    this.list.push({ pod, due: this.k.kernel.now() })
    this.k.kernel.soon(() => this.startDue())
  }

  /** A pod that was taken out and put back before it had stopped: housekeeping starts it again. */
  restart(pod: Pod): void {
    if (!this.has(pod.metadata.uid!)) this.list.push({ pod, due: undefined })
  }

  /** Drops what is not wanted any more, and says what that was. */
  keep(wanted: (uid: string) => boolean): Pod[] {
    const gone = this.list.filter((w) => !wanted(w.pod.metadata.uid!))
    for (const w of gone) this.list.splice(this.list.indexOf(w), 1)
    return gone.map((w) => w.pod)
  }

  /** Every two seconds. */
  housekeeping(): void {
    for (const w of this.list.filter((w) => w.due === undefined && !this.k.sources.occupied(podKey(w.pod))))
      this.start(w)
  }

  private startDue(): void {
    const { k } = this
    if (k.process.status) return
    const now = k.kernel.now()
    for (const w of [...this.list]) {
      if (w.due === undefined || w.due > now) continue
      if (k.sources.occupied(podKey(w.pod))) {
        w.due = k.retryTick(now + k.jitter(BACK_OFF, 0.5))
        k.process.after(w.due - now, () => this.startDue())
      } else this.start(w)
    }
  }

  private start(w: Waiting): void {
    this.list.splice(this.list.indexOf(w), 1)
    this.k.sources.addPod(w.pod, 'file')
  }
}
