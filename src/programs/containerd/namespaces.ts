import { type Process, type Sink, type Source, Stack, shellStatus, TextSource } from '../../host/index.ts'
import { type Coro, sleep, waitFor } from '../../kernel/index.ts'
import type { Image } from '../images/index.ts'
import { viewOf } from './container-view.ts'
import { argvOf, borrowed, credsOf, environment, execIn, START } from './containers.ts'
import { GrpcError, unknown } from './errors.ts'
import { findExecutable } from './exec.ts'
import type { Logger } from './logger.ts'
import { newContainer } from './new-container.ts'
import { pidsOf } from './pids.ts'
import { startShim } from './shim.ts'
import type { ContainerdState } from './store.ts'
import type { Container, ContainerConfig, ExecOptions, Sandbox } from './types.ts'

/** A container that containerd's own client made: nobody's pod, unknown to the CRI. */
export interface PlainContainer {
  readonly ref: string
  readonly container: Container
  /** Its task; undefined once deleted. */
  task: 'running' | 'stopped' | undefined
}

/** What is asked for with `ctr run`. */
interface PlainSpec {
  readonly id: string
  readonly ref: string
  readonly config: Omit<ContainerConfig, 'name' | 'image' | 'imageId'>
  readonly hostNetwork: boolean
  readonly hostname: string
}

/** What one of containerd's namespaces holds, by name and by ID. */
export interface NamespaceContents {
  readonly images: Map<string, Image>
  readonly containers: Map<string, PlainContainer>
}

const missing = (what: string, name: string): GrpcError =>
  new GrpcError('NotFound', `${what} ${JSON.stringify(name)}: not found`)

/** What containerd keeps beside the CRI's namespace `k8s.io`: images and containers of others, and what was made in it by hand. */
export class Namespaces {
  private readonly all: Map<string, NamespaceContents>

  constructor(
    private readonly state: ContainerdState,
    private readonly log: Logger,
    private readonly address: string,
  ) {
    this.all = state.plain
  }

  /** Namespaces in which there is something. */
  names(): string[] {
    return [...new Set(['k8s.io', ...this.all.keys()])].sort()
  }

  private of(namespace: string): NamespaceContents {
    let found = this.all.get(namespace)
    if (!found) this.all.set(namespace, (found = { images: new Map(), containers: new Map() }))
    return found
  }

  images(namespace: string): ReadonlyMap<string, Image> {
    return this.all.get(namespace)?.images ?? new Map()
  }

  containers(namespace: string): readonly PlainContainer[] {
    return [...(this.all.get(namespace)?.containers.values() ?? [])]
  }

  addImage(namespace: string, ref: string, image: Image): void {
    this.of(namespace).images.set(ref, image)
  }

  removeImage(namespace: string, ref: string): boolean {
    return this.all.get(namespace)?.images.delete(ref) ?? false
  }

  /** An image by its full name, as ctr wants it. Throws GrpcError. */
  image(namespace: string, ref: string): Image {
    const cri = namespace === 'k8s.io' ? this.state.refs.get(ref) : undefined
    const image = this.images(namespace).get(ref) ?? (cri && this.state.images.get(cri)?.image)
    if (!image) throw missing('image', ref)
    return image
  }

  find(namespace: string, id: string): PlainContainer | undefined {
    return this.all.get(namespace)?.containers.get(id)
  }

  /** Makes a container and starts its task. Throws GrpcError in containerd's words. */
  *run(
    namespace: string,
    spec: PlainSpec,
    streams: { readonly stdin?: Source; readonly stdout: Sink; readonly stderr: Sink },
  ): Coro<PlainContainer> {
    const { state, log } = this
    const { host } = state
    const image = this.image(namespace, spec.ref)
    if (this.find(namespace, spec.id))
      throw new GrpcError('AlreadyExists', `snapshot ${JSON.stringify(spec.id)}: already exists`)
    const { network } = host.net as Stack
    const net = spec.hostNetwork ? host.net : network.namespace(host.net as Stack, spec.id)
    const sandbox = sandboxOf(namespace, spec, net, host.clock.now())
    const container = newContainer(state, sandbox, image, {
      id: spec.id,
      config: { ...spec.config, name: spec.id, image: spec.ref, imageId: image.id },
      logFile: '',
      cgroup: `/${namespace}/${spec.id}`,
    })
    const made: PlainContainer = { ref: spec.ref, container, task: undefined }
    this.of(namespace).containers.set(spec.id, made)
    yield* sleep(host.kernel, state.rng.between(60, 120))
    const view = viewOf(state, container)
    const creds = credsOf(container, () => view)
    const { HOSTNAME: _, ...env } = environment(container)
    const cwd = container.config.workingDir || image.spec.config.workingDir || '/'
    const argv = argvOf(container)
    const found = findExecutable(host, view, argv, env, cwd, creds)
    if (typeof found === 'string')
      throw unknown(
        `${START.replace('failed to create containerd task: ', '')}exec: ${JSON.stringify(argv[0])}: ${found}`,
      )
    const pid = host.takePid()
    startShim(state, log, sandbox, this.address, pid, namespace)
    const pids = pidsOf(state, container)
    const process = host.start({
      program: found.program,
      pid,
      argv: found.argv,
      env,
      cwd,
      creds,
      stdin: streams.stdin ?? new TextSource(),
      stdout: borrowed(streams.stdout),
      stderr: borrowed(streams.stderr),
      fs: view,
      net,
      hostname: spec.hostname,
      cgroup: container.cgroup,
      exe: found.path,
      keeper: sandbox.shim,
      containerPid: pids.first,
      pidNamespace: pids.namespace,
    })
    container.process = process
    container.state = 'CONTAINER_RUNNING'
    made.task = 'running'
    process.defer(() => {
      container.state = 'CONTAINER_EXITED'
      container.exitCode = shellStatus(process.status!)
      container.process = undefined
      made.task = 'stopped'
      for (const other of container.execs) other.kill('SIGKILL')
    })
    return made
  }

  /** Starts another process in a container of any kind. Throws GrpcError. */
  exec(found: Container, argv: readonly string[], options: ExecOptions): Process {
    return execIn(this.state, found, argv, options)
  }

  /** Deletes a stopped task, with its shim. */
  deleteTask(found: PlainContainer): void {
    found.container.sandbox.shim?.exit(0)
    found.task = undefined
  }

  delete(namespace: string, found: PlainContainer): void {
    this.deleteTask(found)
    const { net } = found.container.sandbox
    if (net instanceof Stack && net !== this.state.host.net) net.destroy()
    this.all.get(namespace)?.containers.delete(found.container.id)
  }
}

/** Waits for the end of a container's process; its status. */
export function* ended(process: Process): Coro<number> {
  while (!process.status) yield* waitFor(process.exited)
  return shellStatus(process.status)
}

/** Stands for the pod that there is none: who keeps the namespaces is the container itself. */
function sandboxOf(namespace: string, spec: PlainSpec, net: Sandbox['net'], createdAt: number): Sandbox {
  return {
    id: spec.id,
    config: {
      name: spec.id,
      namespace,
      uid: '',
      attempt: 0,
      hostname: spec.hostname,
      logDirectory: '',
      labels: {},
      annotations: {},
      hostNetwork: spec.hostNetwork,
      portMappings: [],
      cgroupParent: `/${namespace}`,
      runtimeHandler: '',
    },
    image: spec.ref,
    snapshot: 0,
    state: 'SANDBOX_READY',
    createdAt,
    ip: '',
    net,
    shim: undefined,
    process: undefined,
  }
}
