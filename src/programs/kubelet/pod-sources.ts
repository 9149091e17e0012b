import { Signal } from '../../kernel/index.ts'
import { admit } from './admission.ts'
import type { Kubelet } from './kubelet.ts'
import { forgetPod } from './removal.ts'
import { Abandon, isMirror, type Pod, type PodRecord, podKey, type Source } from './types.ts'
import { podWorker } from './worker.ts'

/** Which pods there are: what the API and the static manifests say becomes records with workers (pkg/kubelet/config). */
export class PodSources {
  /** All static manifests have been read once. */
  staticReady = false
  private apiStarted = false
  /** Pods whose predecessor of the same name is still stopping. */
  private readonly waiting: { pod: Pod; source: Source }[] = []

  constructor(private readonly k: Kubelet) {}

  /** The sources have told of all their pods, so that any other one is an orphan. */
  get ready(): boolean {
    if (!this.staticReady || (this.k.client && !this.apiStarted)) return false
    return !this.k.client || this.apiPods().synced
  }

  /** Begins to watch this node's pods, once the node itself is known. */
  startApi(): void {
    const { client, informers, nodeName, process } = this.k
    if (!client) return
    const nodes = informers!.of('Node', { fieldSelector: `metadata.name=${nodeName}` })
    nodes.onChange(() => this.watchApi(nodes.synced))
    informers!.of('Service', { fieldSelector: 'spec.clusterIP!=None' })
    process.every(1000, () => {
      if (!this.apiStarted) this.watchApi(nodes.synced)
    })
  }

  private watchApi(synced: boolean): void {
    if (this.apiStarted || !synced) return
    this.apiStarted = true
    this.k.log.info('apiserver.go:51', 'Watching apiserver')
    this.apiPods().onChange((now, before) => this.podChanged(now, before))
  }

  private apiPods() {
    return this.k.informers!.of('Pod', { fieldSelector: `spec.nodeName=${this.k.nodeName}` })
  }

  private podChanged(now: Pod | undefined, before: Pod | undefined): void {
    const pod = now ?? before!
    if (isMirror(pod)) return this.k.mirrors.changed(now, pod)
    const uid = pod.metadata.uid!
    const r = this.k.records.get(uid)
    if (!now) {
      if (r) this.podDeleted(r, pod)
      return
    }
    if (!r) return this.addPod(now, 'api')
    const old = r.pod
    r.pod = now
    if (old.spec === now.spec && old.metadata === now.metadata) return
    const gates = now.spec.readinessGates?.length > 0
    if (
      gates ||
      old.metadata.generation !== now.metadata.generation ||
      old.metadata.deletionTimestamp !== now.metadata.deletionTimestamp ||
      old.metadata.deletionGracePeriodSeconds !== now.metadata.deletionGracePeriodSeconds ||
      JSON.stringify([old.metadata.labels, old.metadata.annotations]) !==
        JSON.stringify([now.metadata.labels, now.metadata.annotations])
    )
      this.k.wake(r)
  }

  /** The object has gone from the API: forced deletion, or the end of an ordinary one. */
  private podDeleted(r: PodRecord, last: Pod): void {
    if (r.state === 'finished') return forgetPod(this.k, r)
    const deletionTimestamp =
      last.metadata.deletionTimestamp ?? new Date(this.k.now()).toISOString().replace(/\.\d+/, '')
    r.pod = {
      ...last,
      metadata: {
        ...last.metadata,
        deletionTimestamp,
        deletionGracePeriodSeconds: last.metadata.deletionGracePeriodSeconds ?? 1,
      },
    }
    r.removed = true
    this.k.wake(r)
  }

  /** The whole set of static pods, whenever a file changes. */
  setStatic(pods: readonly Pod[]): void {
    this.staticReady = true
    const wanted = new Map(pods.map((p) => [p.metadata.uid!, p]))
    for (const r of this.k.records.values()) {
      if (r.source !== 'file' || wanted.has(r.uid) || r.removed) continue
      r.removed = true
      this.k.wake(r)
    }
    for (let i = this.waiting.length - 1; i >= 0; i--)
      if (this.waiting[i].source === 'file' && !wanted.has(this.waiting[i].pod.metadata.uid!)) this.waiting.splice(i, 1)
    for (const [uid, pod] of wanted) {
      const known = this.k.records.get(uid)
      if (known?.removed && known.state !== 'finished') {
        // Taken out and put back before it had stopped: it starts again after that.
        if (!this.isWaiting(uid)) this.waiting.push({ pod, source: 'file' })
      } else if (!known) this.addPod(pod, 'file')
    }
  }

  /** Pods whose predecessor has stopped begin. */
  addWaiting(): void {
    for (const next of this.waiting.filter((w) => !this.occupied(podKey(w.pod)))) {
      this.waiting.splice(this.waiting.indexOf(next), 1)
      this.addPod(next.pod, next.source)
    }
  }

  isWaiting(uid: string | undefined): boolean {
    return this.waiting.some((w) => w.pod.metadata.uid === uid)
  }

  /** Whether a static pod of this name runs or is still stopping. */
  occupied(key: string): boolean {
    for (const r of this.k.records.values())
      if (r.source === 'file' && r.state !== 'finished' && podKey(r.pod) === key) return true
    return false
  }

  private addPod(pod: Pod, source: Source): void {
    // A pod with this name that is still stopping goes first.
    if (this.occupied(podKey(pod))) {
      if (!this.isWaiting(pod.metadata.uid)) this.waiting.push({ pod, source })
      return
    }
    const terminal = pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded'
    const r: PodRecord = {
      uid: pod.metadata.uid!,
      source,
      pod,
      state: 'syncing',
      rejected: undefined,
      verdict: undefined,
      removed: false,
      graceOverride: undefined,
      status: source === 'api' && pod.status?.startTime ? pod.status : undefined,
      sent: undefined,
      startTime: pod.status?.startTime ? Date.parse(pod.status.startTime) : this.k.now(),
      wake: new Signal(),
      dirty: false,
      task: undefined,
      interruptible: false,
      deadlineAt: undefined,
      reasons: new Map(),
      volumes: new Map(),
      volumeRetry: new Map(),
      probes: new Map(),
      unresized: new Map(),
      started: new Set(),
      observedGeneration: pod.metadata.generation,
      firstSync: true,
      ip: pod.status?.podIP ?? '',
    }
    if (!terminal && !pod.metadata.deletionTimestamp && source === 'api') this.admitPod(r)
    this.k.records.set(r.uid, r)
    if (pod.spec.activeDeadlineSeconds !== undefined && !terminal) this.armDeadline(r)
    r.task = this.k.spawn(`pod ${podKey(pod)}`, podWorker(this.k, r), (task) => {
      if (task.state === 'failed' && !(task.error instanceof Abandon) && !this.k.process.status) throw task.error
    })
  }

  private admitPod(r: PodRecord): void {
    const node = this.k.nodeObject()
    const others = [...this.k.records.values()]
      .filter((o) => o.state !== 'terminated' && o.state !== 'finished' && !o.rejected)
      .map((o) => o.pod)
    // A pod that ran here before the kubelet restarted has been admitted then.
    if (r.pod.status?.startTime && r.pod.status.containerStatuses?.some((s: any) => s.containerID)) return
    const rejected = admit(
      r.pod,
      others,
      {
        labels: node?.metadata.labels ?? {},
        taints: node?.spec.taints ?? [],
        allocatable: this.k.allocatable(),
        name: this.k.nodeName,
        pressure: this.k.eviction.conditions(),
      },
      this.k.config.maxPods,
    )
    if (!rejected) return
    r.rejected = rejected
    this.k.events.warning(r.pod, rejected.reason, rejected.message)
  }

  private armDeadline(r: PodRecord): void {
    const left = r.startTime + r.pod.spec.activeDeadlineSeconds * 1000 - this.k.now()
    this.k.process.after(Math.max(0, left), () => {
      if (r.state !== 'syncing') return
      const text = 'Pod was active on the node longer than the specified deadline'
      r.verdict = { phase: 'Failed', reason: 'DeadlineExceeded', message: text }
      this.k.events.normal(r.pod, 'DeadlineExceeded', text)
      this.k.wake(r)
    })
  }
}
