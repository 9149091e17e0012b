import { CoreEventRecorder, type EventRecorder, Informers, LocalClient } from '../../api/index.ts'
import type { ReflectorFailure } from '../../api/informers.ts'
import { accepted } from '../../api/local-client.ts'
import { type ApiRequest, type KubeObject, type StatusError, TransportError } from '../../api/types.ts'
import type { Host, Process, Stack } from '../../host/index.ts'
import { type Coro, type Kernel, type Rng, Signal, type Task } from '../../kernel/index.ts'
import { type CriServer, dialCri, GrpcError } from '../containerd/index.ts'
import { ApiTransport } from '../lib/api-transport.ts'
import type { ClientConfig } from '../lib/kubeconfig.ts'
import { reflectorError } from '../lib/reflector.ts'
import { releaseOf } from '../lib/releases.ts'
import { StructuredLog as Klog } from '../lib/structured-log.ts'
import { sandboxChanged } from './actions.ts'
import { apiStatus } from './api-status.ts'
import { Backoff } from './backoff.ts'
import { layCheckpoints } from './checkpoints.ts'
import type { KubeletConfig } from './config.ts'
import { startContainerGc } from './container-gc.ts'
import type { EnvSource } from './env.ts'
import { logRejected } from './event-log.ts'
import { Eviction } from './eviction.ts'
import type { KubeletFlags } from './flags.ts'
import { Housekeeping } from './housekeeping.ts'
import { ImageManager } from './image-manager.ts'
import { initIptables } from './iptables.ts'
import { MirrorPods } from './mirror.ts'
import { NodeManager } from './node.ts'
import { nodeResources } from './node-status.ts'
import { ObjectCache } from './objects.ts'
import { Pleg } from './pleg.ts'
import { PodSources } from './pod-sources.ts'
import { ProbeManager } from './probes/manager.ts'
import { rotateClientCertificate } from './rotation.ts'
import { RuntimeHealth } from './runtime-health.ts'
import { type RuntimeStatus, runtimeStatus } from './runtime-status.ts'
import { serve } from './server.ts'
import { StaticPods } from './static-pods.ts'
import { StatusManager } from './status-manager.ts'
import { TokenCache } from './tokens.ts'
import { Abandon, type Pod, type PodRecord, type PodStatus } from './types.ts'
import { claimLookup } from './volumes/claims.ts'
import { VolumeManager } from './volumes/manager.ts'

/** How often the sync loop looks for pods whose retry is due, ms. */
const SYNC_PERIOD = 1000
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
  private readonly kicks = new WeakMap<PodRecord, Signal>()
  /** Of the binary that runs. */
  readonly release: string
  readonly pleg: Pleg
  readonly runtime: RuntimeHealth
  readonly sources = new PodSources(this)
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
    this.log = new Klog(process, config.verbosity)
    this.startedAt = host.kernel.now()
    this.release = releaseOf(process)
    this.runtime = new RuntimeHealth(this)
    this.pleg = new Pleg(this)
    this.nodeName = (flags.hostnameOverride || host.name).toLowerCase()
    this.nodeIp = flags.nodeIp || host.net.addresses()[0] || '127.0.0.1'
    this.nodeRef = { apiVersion: 'v1', kind: 'Node', metadata: { name: this.nodeName } }
    const runtime = {
      rng: this.rng,
      now: () => this.now(),
      after: (ms: number, fn: () => void) => process.after(ms, fn),
      rejected: (event: KubeObject, error: StatusError) => logRejected(this.log, bootedAt, event, error),
    }
    const bootedAt = this.now()
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
    this.runtime.start()
    new Housekeeping(this).start()
    this.eviction.start()
    startContainerGc(this)
    this.node.start()
    if (this.config.staticPodPath) new StaticPods(this, this.config.staticPodPath).start()
    else this.sources.staticReady = true
    this.log.info('kubelet.go:2637', 'Starting kubelet main sync loop')
    this.sources.startApi()
  }

  /** Puts an end to a pod that the node cannot keep. */
  evict(r: PodRecord, reason: string, message: string, grace: number | undefined, conditions?: any[]): void {
    r.verdict = { phase: 'Failed', reason, message, conditions }
    r.graceOverride = grace
    this.wake(r)
  }

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
      // Its condition PodReadyToStartContainers asks too.
      if (this.log.v(2)) sandboxChanged(r.pod, runtime, this.log)
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

  /** Retries of pods are looked at every second: the first such moment from `due` (kernel ms) on. */
  retryTick(due: number): number {
    return this.startedAt + Math.ceil((due - this.startedAt) / SYNC_PERIOD) * SYNC_PERIOD
  }

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

  get stack(): Stack {
    return this.host.net as Stack
  }
}
