import type { Process } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { CNI, type LoadedConflist } from '../cni/types.ts'
import type { Image } from '../images/index.ts'
import { viewOf, writableLayer } from './container-view.ts'
import * as containers from './containers.ts'
import { GrpcError } from './errors.ts'
import { pullImage } from './image-service.ts'
import type { Logger } from './logger.ts'
import { Namespaces } from './namespaces.ts'
import * as sandboxes from './sandboxes.ts'
import type { ContainerdState } from './store.ts'
import type {
  Container,
  ContainerConfig,
  ExecOptions,
  RuntimeEvent,
  Sandbox,
  SandboxConfig,
  StoredImage,
} from './types.ts'

/** What a daemon that serves the CRI decided from its configuration. */
export interface CriSettings {
  /** The daemon's socket. */
  readonly address: string
  readonly disabled: boolean
  readonly systemdCgroup: boolean
  /** Handlers that a RuntimeClass may name, with the shim's type. */
  readonly runtimes: ReadonlyMap<string, string>
  readonly sandboxImage: string
  readonly confDir: string
  readonly binDirs: readonly string[]
  readonly restrictOomScoreAdj: boolean
  /** What the network namespaces of pods begin with. */
  readonly podSysctls: Readonly<Record<string, string>>
}

/**
 * The CRI as the daemon behind containerd.sock offers it: runtime.v1.RuntimeService and ImageService in one.
 * Every call may throw GrpcError.
 */
export class CriServer {
  /** What containerd serves its own clients. */
  readonly namespaces: Namespaces

  constructor(
    private readonly daemon: Process,
    private readonly state: ContainerdState,
    private readonly log: Logger,
    readonly settings: CriSettings,
  ) {
    this.namespaces = new Namespaces(state, log, settings.address)
  }

  /** Throws when the daemon is gone, hangs, or has the CRI plugin disabled. */
  private check(service: 'RuntimeService' | 'ImageService'): void {
    if (this.daemon.status) throw new GrpcError('Unavailable', 'error reading from server: EOF')
    if (this.daemon.frozen) throw new GrpcError('DeadlineExceeded', 'context deadline exceeded')
    if (this.settings.disabled) throw new GrpcError('Unimplemented', `unknown service runtime.v1.${service}`)
  }

  version(): { version: string; runtimeName: string; runtimeVersion: string; runtimeApiVersion: string } {
    this.check('RuntimeService')
    return {
      version: '0.1.0',
      runtimeName: 'containerd',
      runtimeVersion: this.state.version,
      runtimeApiVersion: 'v1',
    }
  }

  /** What is installed: of crictl info and ctr version. */
  get installed(): Pick<ContainerdState, 'version' | 'revision' | 'golang'> {
    return this.state
  }

  /** The CNI configuration that was loaded last; undefined when there is none. */
  cniConfig(): LoadedConflist | undefined {
    const host = this.state.host
    return host.has(CNI) ? host.service(CNI).loaded() : undefined
  }

  /** Conditions RuntimeReady and NetworkReady. */
  status(): { networkReason: string; networkMessage: string } {
    this.check('RuntimeService')
    const host = this.state.host
    const problem = host.has(CNI) ? host.service(CNI).status() : 'cni plugin not initialized'
    return problem === undefined
      ? { networkReason: '', networkMessage: '' }
      : { networkReason: 'NetworkPluginNotReady', networkMessage: `Network plugin returns error: ${problem}` }
  }

  *runPodSandbox(config: SandboxConfig): Coro<string> {
    this.check('RuntimeService')
    return yield* sandboxes.runSandbox(this.state, this.log, config, this.settings)
  }

  *stopPodSandbox(id: string): Coro {
    this.check('RuntimeService')
    yield* sandboxes.stopSandbox(this.state, this.log, id)
  }

  *removePodSandbox(id: string): Coro {
    this.check('RuntimeService')
    const { state, log } = this
    yield* sandboxes.removeSandbox(state, log, id, (c) => containers.removeContainer(state, log, c))
  }

  listPodSandbox(): Sandbox[] {
    this.check('RuntimeService')
    return [...this.state.sandboxes.values()]
  }

  /** Sandboxes of a pod, newest first. */
  sandboxesOf(podUid: string): Sandbox[] {
    this.check('RuntimeService')
    return this.state.sandboxesOf(podUid)
  }

  podSandbox(id: string): Sandbox {
    this.check('RuntimeService')
    return sandboxes.findSandbox(this.state, id)
  }

  *createContainer(sandboxId: string, config: ContainerConfig): Coro<string> {
    this.check('RuntimeService')
    let sandbox: Sandbox
    try {
      sandbox = sandboxes.findSandbox(this.state, sandboxId)
    } catch (error) {
      if (!(error instanceof GrpcError)) throw error
      throw new GrpcError(error.code, `failed to find sandbox id ${JSON.stringify(sandboxId)}: ${error.desc}`)
    }
    return yield* containers.createContainer(this.state, this.log, sandbox, config)
  }

  /** Bytes in a container's writable layer, as its statistics show them. */
  writableLayer(id: string): number {
    this.check('RuntimeService')
    const c = this.existing(id)
    return c ? writableLayer(c) : 0
  }

  *startContainer(id: string): Coro {
    this.check('RuntimeService')
    yield* containers.startContainer(this.state, this.log, id)
  }

  *stopContainer(id: string, timeout: number): Coro {
    this.check('RuntimeService')
    const c = this.existing(id)
    if (c) yield* containers.stopContainer(this.state, this.log, c, timeout)
  }

  *removeContainer(id: string): Coro {
    this.check('RuntimeService')
    const c = this.existing(id)
    if (c) yield* containers.removeContainer(this.state, this.log, c)
  }

  /** Stopping or removing what does not exist succeeds. */
  private existing(id: string): Container | undefined {
    try {
      return containers.findContainer(this.state, id)
    } catch (error) {
      if (error instanceof GrpcError && error.code === 'NotFound') return undefined
      throw error
    }
  }

  listContainers(): Container[] {
    this.check('RuntimeService')
    return [...this.state.containers.values()]
  }

  /** Containers of one sandbox, oldest first. */
  containersOf(sandboxId: string): Container[] {
    this.check('RuntimeService')
    return [...(this.state.containersOf.get(sandboxId) ?? [])]
  }

  container(id: string): Container {
    this.check('RuntimeService')
    return containers.findContainer(this.state, id)
  }

  /** Starts a process in a container. */
  exec(id: string, argv: readonly string[], options: ExecOptions): Process {
    this.check('RuntimeService')
    return containers.execIn(this.state, containers.findContainer(this.state, id), argv, options)
  }

  /** The user a container runs as, for status.user. */
  userOf(c: Container): { uid: number; gid: number; supplementalGroups: number[] } {
    const creds = containers.credsOf(c, () => viewOf(this.state, c))
    // As recorded: only what the pod asks for, not what the image's /etc/group adds.
    return { uid: creds.uid, gid: creds.gid, supplementalGroups: [...new Set([creds.gid, ...c.config.groups])] }
  }

  *pullImage(ref: string, credentials = false): Coro<string> {
    this.check('ImageService')
    return (yield* pullImage(this.state, this.daemon, this.log, ref, credentials)).id
  }

  /** Downloads an image into a namespace that is not the CRI's. */
  *pullInto(namespace: string, ref: string): Coro<Image> {
    this.check('ImageService')
    const image = yield* pullImage(this.state, this.daemon, this.log, ref, false, false)
    this.namespaces.addImage(namespace, ref, image)
    return image
  }

  /** Another name for an image of the CRI's. */
  tagImage(ref: string, name: string): void {
    const stored = this.state.images.get(this.state.refs.get(ref) ?? '')
    if (stored) this.state.storeImage(stored.image, name, undefined)
  }

  /** Takes one name from an image of the CRI's; with the last it goes. */
  untagImage(ref: string): boolean {
    const id = this.state.refs.get(ref)
    const stored = id === undefined ? undefined : this.state.images.get(id)
    if (!stored) return false
    this.state.refs.delete(ref)
    stored.tags.delete(ref)
    stored.digests.delete(ref)
    if (stored.tags.size + stored.digests.size === 0) this.state.removeImage(stored)
    return true
  }

  listImages(): StoredImage[] {
    this.check('ImageService')
    return [...this.state.images.values()]
  }

  /** Undefined when the image is not there. */
  imageStatus(ref: string): StoredImage | undefined {
    this.check('ImageService')
    return this.state.findImage(ref)
  }

  removeImage(ref: string): void {
    this.check('ImageService')
    const stored = this.state.findImage(ref)
    if (stored) this.state.removeImage(stored)
  }

  /** Calls back on changes until the returned function is called. */
  subscribe(listener: (event: RuntimeEvent) => void): () => void {
    this.state.listeners.add(listener)
    return () => this.state.listeners.delete(listener)
  }
}
