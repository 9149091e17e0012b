import { CoreEventRecorder, type EventRecorder, Informers, LocalClient } from '../../api/index.ts'
import type { ReflectorFailure } from '../../api/informers.ts'
import { accepted } from '../../api/local-client.ts'
import { type ApiRequest, type KubeObject, StatusError, TransportError } from '../../api/types.ts'
import type { Host, Process, Stack } from '../../host/index.ts'
import { type Coro, type Kernel, type Rng, Signal, type Task } from '../../kernel/index.ts'
import { type Container, type CriServer, dialCri, GrpcError } from '../containerd/index.ts'
import { ApiTransport } from '../lib/api-transport.ts'
import type { ClientConfig } from '../lib/kubeconfig.ts'
import { reflectorError } from '../lib/reflector.ts'
import { releaseOf } from '../lib/releases.ts'
import { StructuredLog as Klog } from '../lib/structured-log.ts'
import { admit } from './admission.ts'
import { apiStatus } from './api-status.ts'
import { Backoff } from './backoff.ts'
import { layCheckpoints } from './checkpoints.ts'
import type { KubeletConfig } from './config.ts'
import { startContainerGc } from './container-gc.ts'
import type { EnvSource } from './env.ts'
import { Eviction } from './eviction.ts'
import type { KubeletFlags } from './flags.ts'
import { ImageManager } from './image-manager.ts'
import { initIptables } from './iptables.ts'
import { MirrorPods } from './mirror.ts'
import { NodeManager } from './node.ts'
import { nodeResources } from './node-status.ts'
import { ObjectCache } from './objects.ts'
import { Pleg } from './pleg.ts'
import { ProbeManager } from './probes/manager.ts'
import { rotateClientCertificate } from './rotation.ts'
import { type RuntimeStatus, runtimeStatus } from './runtime-status.ts'
import { serve } from './server.ts'
import { StaticPods } from './static-pods.ts'
import { StatusManager } from './status-manager.ts'
import { TokenCache } from './tokens.ts'
import { Abandon, isMirror, type Pod, type PodRecord, type PodStatus, podKey, type Source } from './types.ts'
import { claimLookup } from './volumes/claims.ts'
import { VolumeManager } from './volumes/manager.ts'
import { podWorker } from './worker.ts'

const RUNTIME_CHECK = 5000
const RUNTIME_DOWN_AFTER = 30_000
/** How often the sync loop looks for pods whose retry is due, ms. */
const SYNC_PERIOD = 1000
const PLEG_DEADLINE = 180_000
const HOUSEKEEPING = 2000
const OWN_CONDITIONS = new Set(['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'])

/** A running kubelet: everything that its process keeps in memory. */
export class Kubelet {
  readonly host: Host
  readonly kernel: Kernel
  readonly rng: Rng
  readonly log: Klog
  readonly nodeName: string
  readonly nodeIp: string
  readonly startedAt: number
  private readonly transport: ApiTransport | undefined
  readonly client: LocalClient | undefined
  readonly informers: Informers | undefined
  readonly events: EventRecorder
  readonly objects: ObjectCache
  readonly images: ImageManager
  readonly probes: ProbeManager
  readonly volumes: VolumeManager
  readonly statuses: StatusManager
  readonly tokens: TokenCache
  readonly eviction: Eviction
  readonly mirrors: MirrorPods
  readonly node: NodeManager
  readonly crashBackoff: Backoff
  readonly nodeRef: KubeObject
  readonly records = new Map<string, PodRecord>()
  runtimeVersion = ''
  systemdCgroups = true
  staticReady = false
  private readonly kicks = new WeakMap<PodRecord, Signal>()
  private readonly waiting: { pod: Pod; source: Source }[] = []
  /** Of the binary that runs. */
  readonly release: string
  readonly pleg: Pleg
  private plegSeen: number
  private runtimeSeen: number | undefined
  private networkError: string | undefined = 'container runtime status check may not have completed yet'
  private networkLogged = ''
  private apiStarted = false
  private resources: ReturnType<typeof nodeResources> | undefined

  constructor(
    readonly process: Process,
    readonly config: KubeletConfig,
    readonly flags: KubeletFlags,
    readonly connection: ClientConfig | undefined,
  ) {
    const { host } = process
    this.host = host
    this.kernel = host.kernel
    this.rng = host.rng.fork(`kubelet/${process.pid}`)
    this.log = new Klog(process)
    this.startedAt = host.kernel.now()
    this.release = releaseOf(process)
    this.plegSeen = this.startedAt
    this.pleg = new Pleg(this)
    this.nodeName = (flags.hostnameOverride || host.name).toLowerCase()
    this.nodeIp = flags.nodeIp || host.net.addresses()[0] || '127.0.0.1'
    this.nodeRef = { apiVersion: 'v1', kind: 'Node', metadata: { name: this.nodeName } }
    const runtime = {
      rng: this.rng,
      now: () => this.now(),
      after: (ms: number, fn: () => void) => process.after(ms, fn),
    }
    if (connection) {
      const transport = new ApiTransport(
        process,
        connection,
        `kubelet/${this.release} (linux/amd64) kubernetes/bc23c89`,
      )
      this.transport = transport
      this.client = new LocalClient(transport.send)
      if (config.rotateCertificates && connection.certFile?.endsWith('/kubelet-client-current.pem')) {
        process.spawn(
          'certificate rotation',
          rotateClientCertificate(this, flags.certDir, () => transport.close()),
        )
      }
      this.informers = new Informers(this.client, {
        ...runtime,
        onError: (failure) => this.reflectorFailed(failure),
      })
    }
    this.events = this.client
      ? new CoreEventRecorder(this.client, runtime, 'kubelet', this.nodeName)
      : { normal: () => {}, warning: () => {} }
    this.objects = new ObjectCache(() => this.informers)
    this.images = new ImageManager(this)
    this.probes = new ProbeManager(this)
    this.tokens = new TokenCache(this)
    this.statuses = new StatusManager(this)
    this.eviction = new Eviction(this)
    this.mirrors = new MirrorPods(this)
    this.node = new NodeManager(this)
    this.crashBackoff = new Backoff(() => this.now(), 10_000, config.maxContainerBackOff)
    this.volumes = new VolumeManager(
      host,
      {
        objects: this.objects,
        hostIp: this.nodeIp,
        nodeName: this.nodeName,
        podIp: (pod) => this.records.get(pod.metadata.uid!)?.ip ?? '',
        allocatable: this.allocatable(),
        token: (pod, audience, seconds) => this.tokens.get(pod, audience, seconds),
      },
      claimLookup(this),
    )
  }

  /** Connected anew for each call, like gRPC: the socket may be gone. Throws GrpcError. */
  get cri(): CriServer {
    return dialCri(this.process.fs, this.config.containerRuntimeEndpoint, this.process.creds)
  }

  now(): number {
    return this.process.now()
  }

  /** `ms` and up to `share` more, as wait.Jitter gives it. */
  jitter(ms: number, share: number): number {
    return Math.round(ms * (1 + this.rng.float() * share))
  }

  /** A coroutine that ends with this process. */
  spawn(name: string, coro: Coro, onEnd?: (task: Task<void>) => void): Task<void> {
    return this.process.spawn(`${this.nodeName}:${name}`, coro, (t) => {
      if (t.state === 'failed' && !(t.error instanceof Abandon) && !this.process.status && !onEnd) throw t.error
      onEnd?.(t)
    })
  }

  /** Starts all loops. */
  run(): void {
    this.events.normal(this.nodeRef, 'Starting', 'Starting kubelet.')
    serve(this)
    layCheckpoints(this)
    initIptables(this.stack)
    this.log.info('kubelet_network_linux.go:53', 'Initialized iptables rules.', { protocol: 'IPv4' })
    this.log.info('kubelet_network_linux.go:53', 'Initialized iptables rules.', { protocol: 'IPv6' })
    const unsubscribe = this.cri.subscribe((event) => this.pleg.noteEvent(event))
    this.process.defer(unsubscribe)
    this.statuses.start()
    this.checkRuntime()
    this.process.every(RUNTIME_CHECK, () => this.checkRuntime())
    this.process.every(HOUSEKEEPING, () => this.housekeeping())
    this.eviction.start()
    startContainerGc(this)
    this.node.start()
    if (this.config.staticPodPath) new StaticPods(this, this.config.staticPodPath).start()
    else this.staticReady = true
    this.log.info('kubelet.go:2637', 'Starting kubelet main sync loop')
    if (this.client) {
      const nodes = this.informers!.of('Node', { fieldSelector: `metadata.name=${this.nodeName}` })
      nodes.onChange(() => this.startApiPods(nodes.synced))
      this.informers!.of('Service', { fieldSelector: 'spec.clusterIP!=None' })
      this.process.every(1000, () => {
        if (!this.apiStarted) this.startApiPods(nodes.synced)
      })
    }
  }

  private startApiPods(synced: boolean): void {
    if (this.apiStarted || !synced) return
    this.apiStarted = true
    this.log.info('apiserver.go:51', 'Watching apiserver')
    const pods = this.informers!.of('Pod', { fieldSelector: `spec.nodeName=${this.nodeName}` })
    pods.onChange((now, before) => this.podChanged(now, before))
  }

  // Sources

  private podChanged(now: Pod | undefined, before: Pod | undefined): void {
    const pod = now ?? before!
    if (isMirror(pod)) return this.mirrors.changed(now, pod)
    const uid = pod.metadata.uid!
    const r = this.records.get(uid)
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
      this.wake(r)
  }

  /** The object has gone from the API: forced deletion, or the end of an ordinary one. */
  private podDeleted(r: PodRecord, last: Pod): void {
    if (r.state === 'finished') return this.forget(r)
    const deletionTimestamp = last.metadata.deletionTimestamp ?? new Date(this.now()).toISOString().replace(/\.\d+/, '')
    r.pod = {
      ...last,
      metadata: {
        ...last.metadata,
        deletionTimestamp,
        deletionGracePeriodSeconds: last.metadata.deletionGracePeriodSeconds ?? 1,
      },
    }
    r.removed = true
    this.wake(r)
  }

  /** The whole set of static pods, whenever a file changes. */
  setStaticPods(pods: readonly Pod[]): void {
    this.staticReady = true
    const wanted = new Map(pods.map((p) => [p.metadata.uid!, p]))
    for (const r of this.records.values()) {
      if (r.source !== 'file' || wanted.has(r.uid) || r.removed) continue
      r.removed = true
      this.wake(r)
    }
    for (let i = this.waiting.length - 1; i >= 0; i--)
      if (this.waiting[i].source === 'file' && !wanted.has(this.waiting[i].pod.metadata.uid!)) this.waiting.splice(i, 1)
    for (const [uid, pod] of wanted) {
      const known = this.records.get(uid)
      if (known?.removed && known.state !== 'finished') {
        // Taken out and put back before it had stopped: it starts again after that.
        if (!this.waiting.some((w) => w.pod.metadata.uid === uid)) this.waiting.push({ pod, source: 'file' })
      } else if (!known) this.addPod(pod, 'file')
    }
  }

  private addPod(pod: Pod, source: Source): void {
    // A pod with this name that is still stopping goes first.
    if (this.occupied(podKey(pod))) {
      if (!this.waiting.some((w) => w.pod.metadata.uid === pod.metadata.uid)) this.waiting.push({ pod, source })
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
      startTime: pod.status?.startTime ? Date.parse(pod.status.startTime) : this.now(),
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
    this.records.set(r.uid, r)
    if (pod.spec.activeDeadlineSeconds !== undefined && !terminal) this.armDeadline(r)
    r.task = this.spawn(`pod ${podKey(pod)}`, podWorker(this, r), (task) => {
      if (task.state === 'failed' && !(task.error instanceof Abandon) && !this.process.status) throw task.error
    })
  }

  private admitPod(r: PodRecord): void {
    const node = this.nodeObject()
    const others = [...this.records.values()]
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
        allocatable: this.allocatable(),
        name: this.nodeName,
        pressure: this.eviction.conditions(),
      },
      this.config.maxPods,
    )
    if (!rejected) return
    r.rejected = rejected
    this.events.warning(r.pod, rejected.reason, rejected.message)
  }

  private armDeadline(r: PodRecord): void {
    const left = r.startTime + r.pod.spec.activeDeadlineSeconds * 1000 - this.now()
    this.process.after(Math.max(0, left), () => {
      if (r.state !== 'syncing') return
      const text = 'Pod was active on the node longer than the specified deadline'
      r.verdict = { phase: 'Failed', reason: 'DeadlineExceeded', message: text }
      this.events.normal(r.pod, 'DeadlineExceeded', text)
      this.wake(r)
    })
  }

  /** Puts an end to a pod that the node cannot keep. */
  evict(r: PodRecord, reason: string, message: string, grace: number | undefined, conditions?: any[]): void {
    r.verdict = { phase: 'Failed', reason, message, conditions }
    r.graceOverride = grace
    this.wake(r)
  }

  // Workers

  /** Makes the pod's worker look at it again. */
  wake(r: PodRecord): void {
    r.dirty = true
    if (r.interruptible && this.mustStop(r)) r.task?.interrupt(new Abandon())
    else if (r.interruptible && r.pod.metadata.generation !== r.observedGeneration) r.task?.interrupt(new Abandon())
    r.wake.fire()
  }

  /** Fired when readiness should be asked for at once. */
  probeKick(r: PodRecord): Signal {
    let signal = this.kicks.get(r)
    if (!signal) this.kicks.set(r, (signal = new Signal()))
    return signal
  }

  mustStop(r: PodRecord): boolean {
    return r.removed || r.verdict?.phase === 'Failed' || r.pod.metadata.deletionTimestamp !== undefined
  }

  generateStatus(r: PodRecord, terminal: boolean): PodStatus {
    if (r.verdict?.reason === 'DeadlineExceeded') this.events.normal(r.pod, 'DeadlineExceeded', r.verdict.message!)
    let runtime: RuntimeStatus = { sandboxes: [], containers: [] }
    let cri: CriServer | undefined
    try {
      cri = this.cri
      runtime = runtimeStatus(cri, r.uid)
    } catch (error) {
      if (!(error instanceof GrpcError)) throw error
      if (r.status) return r.status
    }
    const own = r.status?.conditions?.filter((c: any) => OWN_CONDITIONS.has(c.type)) ?? r.pod.status?.conditions ?? []
    const foreign = r.status ? (r.pod.status?.conditions ?? []).filter((c: any) => !OWN_CONDITIONS.has(c.type)) : []
    if (r.status) r.status = { ...r.status, conditions: [...own, ...foreign] }
    return apiStatus(r, {
      cri,
      now: this.now(),
      hostIp: this.nodeIp,
      runtime,
      terminal,
      probed: (spec, c) => this.probes.state(r, spec, c),
    })
  }

  /** A worker has come to its end: everything of the pod has stopped. */
  finished(r: PodRecord): void {
    if (r.pod.metadata.deletionTimestamp && r.source === 'api' && !r.removed) this.deleteFromApi(r)
    if (r.removed) this.forget(r)
  }

  /** Whether a static pod of this name runs or is still stopping. */
  occupied(key: string): boolean {
    for (const r of this.records.values())
      if (r.source === 'file' && r.state !== 'finished' && podKey(r.pod) === key) return true
    return false
  }

  private deleteFromApi(r: PodRecord): void {
    const { name, namespace } = r.pod.metadata
    this.statuses.flush(r)
    try {
      this.client!.remove('Pod', namespace, name, { gracePeriodSeconds: 0, preconditions: { uid: r.uid } })
    } catch (error) {
      if (error instanceof StatusError && (error.code === 404 || error.code === 409)) return
      if (!(error instanceof StatusError || error instanceof TransportError)) throw error
      this.process.after(10_000, () => {
        if (this.records.has(r.uid)) this.deleteFromApi(r)
      })
    }
  }

  /** Removes what is left of a pod: containers, memory. Sandboxes and logs go with the next garbage collection. */
  private forget(r: PodRecord): void {
    this.records.delete(r.uid)
    this.statuses.forget(r)
    this.images.forget(r.uid)
    this.tokens.forget(r.uid)
    this.crashBackoff.delete(`${r.uid}/`)
    this.spawn(`clean ${podKey(r.pod)}`, this.clean(r), () => {})
  }

  private *clean(r: PodRecord): Coro {
    try {
      const status = runtimeStatus(this.cri, r.uid)
      for (const c of status.containers) yield* this.removeContainer(r.pod.metadata, c)
    } catch (error) {
      if (!(error instanceof GrpcError)) throw error
    }
  }

  /** Removes a dead container with its log. */
  *removeContainer({ name, namespace }: { name: string; namespace?: string }, c: Container): Coro {
    this.log.info('scope.go:122', 'RemoveContainer', { containerID: c.id })
    yield* this.cri.removeContainer(c.id)
    for (const path of [c.logFile, `/var/log/containers/${name}_${namespace}_${c.config.name}-${c.id}.log`])
      if (this.host.fs.find(path) || this.linkExists(path)) this.removeFile(path)
  }

  private linkExists(path: string): boolean {
    const dir = this.host.fs.find(path.slice(0, path.lastIndexOf('/')))
    return dir?.kind === 'dir' && dir.entries.has(path.slice(path.lastIndexOf('/') + 1))
  }

  private removeFile(path: string): void {
    const parent = this.host.fs.find(path.slice(0, path.lastIndexOf('/')))
    if (parent?.kind !== 'dir') return
    this.host.fs.unlink(path)
  }

  // Runtime

  /** Retries of pods are looked at every second: the first such moment from `due` (kernel ms) on. */
  retryTick(due: number): number {
    return this.startedAt + Math.ceil((due - this.startedAt) / SYNC_PERIOD) * SYNC_PERIOD
  }

  /** Models updateRuntimeUp, every five seconds. */
  private checkRuntime(): void {
    try {
      const status = this.cri.status()
      this.plegSeen = this.kernel.now()
      this.runtimeSeen = this.kernel.now()
      const before = this.networkError
      this.networkError = status.networkReason
        ? `container runtime network not ready: NetworkReady=false reason:${status.networkReason} message:${status.networkMessage}`
        : undefined
      if (this.networkError) {
        this.log.info('kubelet.go:3277', 'Container runtime network not ready', {
          networkReady: `NetworkReady=false reason:${status.networkReason} message:${status.networkMessage}`,
        })
        this.networkLogged = this.networkError
      } else if (before !== undefined || this.networkLogged) {
        this.networkLogged = ''
        this.node.update(false)
      }
    } catch (error) {
      if (!(error instanceof GrpcError)) throw error
      this.log.error('remote_runtime.go:347', 'ListPodSandbox with filter from runtime service failed', error.message, {
        filter: '',
      })
      this.log.error('generic.go:312', 'GenericPLEG: Unable to retrieve pods', error.message)
      this.log.error('kubelet.go:3321', 'Container runtime sanity check failed', error.message)
    }
  }

  /** Why pods without the host's network cannot start. */
  networkProblem(): string | undefined {
    return this.networkError
  }

  /** Why the node is not Ready; empty when it is. */
  readyProblems(): string[] {
    const { kernel } = this
    const problems: string[] = []
    if (this.runtimeSeen === undefined) problems.push('container runtime status check may not have completed yet')
    else if (kernel.now() - this.runtimeSeen > RUNTIME_DOWN_AFTER) problems.push('container runtime is down')
    const silent = kernel.now() - this.plegSeen
    if (silent > PLEG_DEADLINE) {
      const s = Math.floor(silent / 1000)
      problems.push(
        `PLEG is not healthy: pleg was last seen active ${Math.floor(s / 60)}m${s % 60}s ago; threshold is 3m0s`,
      )
    }
    if (this.networkError && this.runtimeSeen !== undefined) problems.push(this.networkError)
    return problems
  }

  // Node and API

  nodeRegistered(): void {
    this.events.normal(this.nodeRef, 'NodeAllocatableEnforced', 'Updated Node Allocatable limit across pods')
    this.mirrors.retry()
  }

  nodeObject(): KubeObject | undefined {
    const informer = this.informers?.of('Node', { fieldSelector: `metadata.name=${this.nodeName}` })
    return informer?.get(undefined, this.nodeName)
  }

  allocatable(): Readonly<Record<string, string>> {
    this.resources ??= nodeResources(this)
    return this.resources.allocatable
  }

  *mirror(r: PodRecord): Coro {
    if (r.source === 'file') yield* this.mirrors.ensure(r)
  }

  /** One request to the API server, waiting for its answer as long as it takes. Throws StatusError, TransportError. */
  *ask(request: ApiRequest): Coro<any> {
    if (!this.transport) return undefined
    return accepted(yield* this.transport.request(request)).body
  }

  mirrorOf(r: PodRecord): Pod | undefined {
    return this.mirrors.of(r)
  }

  envSource(podIp: string): EnvSource {
    return {
      configMap: (ns, name) => this.objects.configMap(ns, name),
      secret: (ns, name) => this.objects.secret(ns, name),
      services: () => {
        const informer = this.informers?.of('Service', { fieldSelector: 'spec.clusterIP!=None' })
        return informer?.synced ? informer.list() : undefined
      },
      hostIp: this.nodeIp,
      podIp,
      nodeName: this.nodeName,
      allocatable: this.allocatable(),
    }
  }

  /** A client-go error with the request that failed: `Get "https://…": dial tcp …`. */
  requestError(verb: string, path: string, error: unknown): string {
    if (error instanceof TransportError && error.kind !== 'config')
      return `${verb} "${this.connection?.server ?? ''}${path}": ${error.message}`
    return (error as Error).message
  }

  private reflectorFailed(failure: ReflectorFailure): void {
    const source =
      failure.kind === 'Pod' ? 'pkg/kubelet/config/apiserver.go:66' : 'k8s.io/client-go/informers/factory.go:177'
    this.log.error('reflector.go:227', 'Failed to watch', reflectorError(this.connection?.server ?? '', failure), {
      logger: 'UnhandledError',
      reflector: failure.object ? `object-${failure.object}` : source,
      type: `*v1.${failure.kind}`,
    })
  }

  logMountFailure(r: PodRecord, volume: any, text: string, backoff: number): void {
    const plugin = volume.configMap
      ? 'configmap'
      : volume.secret
        ? 'secret'
        : volume.projected
          ? 'projected'
          : volume.hostPath
            ? 'host-path'
            : 'other'
    const unique = `kubernetes.io/${plugin}/${r.uid}-${volume.name}`
    const iso = new Date(this.now() + backoff).toISOString()
    const at = `${iso.slice(0, 10)} ${iso.slice(11, 23)}000000 +0000 UTC m=+${((this.kernel.now() + backoff - this.startedAt) / 1000).toFixed(9)}`
    const span =
      backoff < 1000
        ? `${backoff}ms`
        : backoff % 60_000 === 0
          ? `${backoff / 60_000}m0s`
          : backoff > 60_000
            ? `${Math.floor(backoff / 60_000)}m${(backoff % 60_000) / 1000}s`
            : `${backoff / 1000}s`
    if (volume.configMap)
      this.log.raw(
        'E',
        'configmap.go:193',
        `Couldn't get configMap ${r.pod.metadata.namespace}/${volume.configMap.name}: ${text}`,
      )
    if (volume.secret)
      this.log.raw(
        'E',
        'secret.go:189',
        `Couldn't get secret ${r.pod.metadata.namespace}/${volume.secret.secretName}: ${text}`,
      )
    this.log.raw(
      'E',
      'nestedpendingoperations.go:348',
      `Operation for "{volumeName:${unique} podName:${r.uid} nodeName:}" failed. No retries permitted until ${at} (durationBeforeRetry ${span}). Error: MountVolume.SetUp failed for volume "${volume.name}" (UniqueName: "${unique}") pod "${r.pod.metadata.name}" (UID: "${r.uid}") : ${text}`,
    )
  }

  /** Every two seconds: pods whose predecessor has stopped begin, and what runs without belonging to a pod is stopped. */
  private housekeeping(): void {
    for (const next of this.waiting.filter((w) => !this.occupied(podKey(w.pod)))) {
      this.waiting.splice(this.waiting.indexOf(next), 1)
      this.addPod(next.pod, next.source)
    }
    if (!this.staticReady || (this.client && !this.apiStarted)) return
    const informer = this.client && this.informers!.of('Pod', { fieldSelector: `spec.nodeName=${this.nodeName}` })
    if (informer && !informer.synced) return
    this.mirrors.removeOrphans()
    let orphans: string[]
    try {
      orphans = this.cri
        .listPodSandbox()
        .filter((s) => s.state === 'SANDBOX_READY')
        .map((s) => s.config.uid)
        .filter((uid) => !this.records.has(uid) && !this.orphaned.has(uid))
    } catch (error) {
      if (!(error instanceof GrpcError)) throw error
      return
    }
    for (const uid of new Set(orphans)) {
      if (this.waiting.some((w) => w.pod.metadata.uid === uid)) continue
      this.orphaned.add(uid)
      this.spawn(`orphan ${uid}`, this.removeOrphan(uid), () => this.orphaned.delete(uid))
    }
  }

  private readonly orphaned = new Set<string>()

  private *removeOrphan(uid: string): Coro {
    try {
      const status = runtimeStatus(this.cri, uid)
      for (const c of status.containers)
        if (c.state === 'CONTAINER_RUNNING')
          yield* this.cri.stopContainer(
            c.id,
            Number(c.config.annotations['io.kubernetes.pod.terminationGracePeriod'] ?? 30),
          )
      for (const s of status.sandboxes) yield* this.cri.stopPodSandbox(s.id)
    } catch (error) {
      if (!(error instanceof GrpcError)) throw error
    }
  }

  get stack(): Stack {
    return this.host.net as Stack
  }
}
