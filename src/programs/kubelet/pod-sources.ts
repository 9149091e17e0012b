import { rfc3339 } from '../../api/index.ts'
import { Signal } from '../../kernel/index.ts'
import { admit } from './admission.ts'
import type { Kubelet } from './kubelet.ts'
import { forgetPod } from './removal.ts'
import { StaticQueue } from './static-queue.ts'
import { operationOf, syncLoop } from './sync-loop.ts'
import { Abandon, isMirror, type Pod, type PodRecord, podKey, type Source } from './types.ts'
import { podWorker } from './worker.ts'

/** Which pods there are: what the API and the static manifests say becomes records with workers (pkg/kubelet/config). */
export class PodSources {
  /** All static manifests have been read once. */
  staticReady = false
  private apiStarted = false
  readonly queue: StaticQueue

  constructor(private readonly k: Kubelet) {
    this.queue = new StaticQueue(k)
  }

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
    const operation = this.k.log.v(2) && operationOf(now, before)
    if (operation) syncLoop(this.k.log, operation, 'api', [pod])
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
    const deletionTimestamp = last.metadata.deletionTimestamp ?? rfc3339(this.k.now())
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
    const gone = this.queue.keep((uid) => wanted.has(uid))
    for (const r of this.k.records.values()) {
      if (r.source !== 'file' || wanted.has(r.uid) || r.removed) continue
      r.removed = true
      gone.push(r.pod)
      this.k.wake(r)
    }
    const added: Pod[] = []
    for (const [uid, pod] of wanted) {
      const known = this.k.records.get(uid)
      if ((known && !known.removed) || this.queue.has(uid)) continue
      added.push(pod)
      if (known && known.state !== 'finished') this.queue.restart(pod)
      else this.queue.add(pod)
    }
    syncLoop(this.k.log, 'REMOVE', 'file', gone)
    syncLoop(this.k.log, 'ADD', 'file', added)
  }

  /** Whether a static pod of this name runs or is still stopping. */
  occupied(key: string): boolean {
    for (const r of this.k.records.values())
      if (r.source === 'file' && r.state !== 'finished' && podKey(r.pod) === key) return true
    return false
  }

  addPod(pod: Pod, source: Source): void {
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
      this.k.config,
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
