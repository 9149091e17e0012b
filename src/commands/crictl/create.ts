import { parse } from 'yaml'
import { SysError } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { goYamlError } from '../../print/index.ts'
import {
  type ContainerConfig,
  type CriServer,
  GrpcError,
  type Mount,
  type SandboxConfig,
} from '../../programs/containerd/index.ts'
import { start } from './actions.ts'
import { type Context, Fatal } from './context.ts'
import type { Parsed } from './options.ts'

/** What containerd gives a sandbox that names no parent, by its cgroup driver. */
const parentCgroup = (cri: CriServer, parent: string): string =>
  parent || (cri.settings.systemdCgroup ? '/system.slice' : '/k8s.io')

/** A message of the CRI in JSON or YAML. Throws Fatal. */
function load(ctx: Context, path: string): any {
  let text: string
  try {
    text = ctx.p.fs.readFile(path, ctx.p.cwd, ctx.p.creds)
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    throw new Fatal(error.code === 'ENOENT' ? `config at ${path} not found` : error.goMessage)
  }
  const problem = goYamlError(text)
  if (problem) throw new Fatal(`error converting YAML to JSON: ${problem}`)
  const config = parse(text) ?? {}
  if (typeof config !== 'object' || !config.metadata) throw new Fatal('metadata is not set')
  return config
}

/** Models loadPodSandboxConfig. Throws Fatal. */
function sandboxConfig(ctx: Context, path: string, runtimeHandler = ''): (cri: CriServer) => SandboxConfig {
  const config = load(ctx, path)
  const { metadata, linux } = config
  const uid = metadata.uid || ctx.p.host.rng.fork(`crictl/${ctx.p.pid}`).uuid()
  if (!metadata.name || !metadata.namespace)
    throw new Fatal(
      `name or namespace is not in metadata ${JSON.stringify(`&PodSandboxMetadata{Name:${metadata.name ?? ''},Uid:${uid},Namespace:${metadata.namespace ?? ''},Attempt:${metadata.attempt ?? 0},}`)}`,
    )
  if (linux && !linux.cgroup_parent)
    ctx.log('warning', 'cgroup_parent is not set. Use `runtime-config` to get the runtime cgroup driver')
  const dns = config.dns_config
  // NamespaceMode_NODE is 2.
  const hostNetwork = linux?.security_context?.namespace_options?.network === 2
  return (cri) => ({
    name: metadata.name,
    namespace: metadata.namespace,
    uid,
    attempt: metadata.attempt ?? 0,
    hostname: config.hostname || (hostNetwork ? ctx.p.hostname : ''),
    logDirectory: config.log_directory ?? '',
    labels: config.labels ?? {},
    annotations: config.annotations ?? {},
    hostNetwork,
    dns: dns && { servers: dns.servers ?? [], searches: dns.searches ?? [], options: dns.options ?? [] },
    portMappings: (config.port_mappings ?? []).map((m: any) => ({
      protocol: ['TCP', 'UDP', 'SCTP'][m.protocol ?? 0] ?? 'TCP',
      containerPort: m.container_port ?? 0,
      hostPort: m.host_port ?? 0,
      hostIp: m.host_ip ?? '',
    })),
    cgroupParent: parentCgroup(cri, linux?.cgroup_parent ?? ''),
    runtimeHandler,
    sysctls: linux?.sysctls,
  })
}

/** Models loadContainerConfig; its image is looked for when it is made. Throws Fatal. */
function containerConfig(ctx: Context, path: string): Omit<ContainerConfig, 'imageId'> {
  const config = load(ctx, path)
  const { metadata, linux } = config
  if (!metadata.name)
    throw new Fatal(
      `name is not in metadata ${JSON.stringify(`&ContainerMetadata{Name:,Attempt:${metadata.attempt ?? 0},}`)}`,
    )
  if (!config.image) throw new Fatal('image is not set')
  if (!config.image.image)
    throw new Fatal(
      'image field is not set in image "&ImageSpec{Image:,Annotations:map[string]string{},UserSpecifiedImage:,RuntimeHandler:,ImageRef:,}"',
    )
  const security = linux?.security_context ?? {}
  const resources = linux?.resources ?? {}
  return {
    name: metadata.name,
    attempt: metadata.attempt ?? 0,
    image: config.image.image,
    command: config.command ?? [],
    args: config.args ?? [],
    workingDir: config.working_dir ?? '',
    env: (config.envs ?? []).map((e: any) => [e.key, String(e.value ?? '')] as const),
    mounts: (config.mounts ?? []).map((m: any) => mount(ctx, m)),
    labels: config.labels ?? {},
    annotations: config.annotations ?? {},
    logPath: config.log_path ?? '',
    stdin: config.stdin === true,
    stdinOnce: config.stdin_once === true,
    tty: config.tty === true,
    resources: {
      memoryLimit: Number(resources.memory_limit_in_bytes ?? 0),
      cpuLimit:
        resources.cpu_quota > 0 ? Math.round((resources.cpu_quota / (resources.cpu_period || 100_000)) * 1000) : 0,
      cpuShares: Number(resources.cpu_shares ?? 0),
    },
    oomScoreAdj: Number(resources.oom_score_adj ?? 0),
    uid: security.run_as_user?.value,
    gid: security.run_as_group?.value,
    groups: security.supplemental_groups ?? [],
    privileged: security.privileged === true,
    capabilities: security.capabilities && {
      add: security.capabilities.add_capabilities,
      drop: security.capabilities.drop_capabilities,
    },
    noNewPrivileges: security.no_new_privs === true,
    readOnlyRootfs: security.readonly_rootfs === true,
    stopSignal: undefined,
    // POD is 0, CONTAINER 1, NODE 2, TARGET 3.
    pidMode: (['POD', 'CONTAINER', 'NODE', 'TARGET'] as const)[security.namespace_options?.pid ?? 0] ?? 'POD',
  }
}

function mount(ctx: Context, m: any): Mount {
  const { fs } = ctx.p.host
  // The runtime makes a directory of what is not there.
  const source = fs.find(m.host_path) ?? fs.mkdir(m.host_path, { parents: true })
  return { containerPath: m.container_path, hostPath: m.host_path, source, readOnly: m.readonly === true }
}

/** `crictl runp FILE`: makes and starts a sandbox, prints its ID. */
export function* runp(ctx: Context, o: Parsed): Coro {
  const cri = ctx.runtime()
  ctx.out(`${yield* runSandbox(ctx, cri, o.args[0], o.get('runtime'))}\n`)
}

function* runSandbox(ctx: Context, cri: CriServer, path: string, handler: string | undefined): Coro<string> {
  const config = prefixed('load podSandboxConfig', () => sandboxConfig(ctx, path, handler))
  try {
    return yield* cri.runPodSandbox(config(cri))
  } catch (error) {
    if (!(error instanceof GrpcError)) throw error
    ctx.klog.error('remote_runtime.go:237', 'RunPodSandbox from runtime service failed', error.message, {})
    throw new Fatal(`run pod sandbox: ${error.message}`)
  }
}

/** Says before a mistake in a file what was being done. */
function prefixed<T>(what: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (error instanceof Fatal) throw new Fatal(`${what}: ${error.message}`)
    throw error
  }
}

/** `crictl create POD CONTAINER-FILE SANDBOX-FILE`: makes a container in a sandbox, prints its ID. */
export function* create(ctx: Context, o: Parsed): Coro {
  checkPull(o)
  const [pod, container, sandbox] = o.args
  const pulls = (!o.has('no-pull') && ctx.config['pull-image-on-create']) || o.has('with-pull')
  ctx.out(`${yield* createIn(ctx, ctx.runtime(), pod, [container, sandbox], pulls, 'creating container')}\n`)
}

function checkPull(o: Parsed): void {
  if (o.has('no-pull') && o.has('with-pull')) throw new Fatal('conflict: no-pull and with-pull are both set')
}

function* createIn(
  ctx: Context,
  cri: CriServer,
  pod: string,
  [containerPath, sandboxPath]: readonly string[],
  pulls: boolean,
  doing: string,
): Coro<string> {
  const config = prefixed(doing, () => containerConfig(ctx, containerPath))
  prefixed(doing, () => sandboxConfig(ctx, sandboxPath))
  try {
    if (pulls) {
      ctx.log('info', `Pulling container image: ${config.image}`)
      yield* ctx.image().pullImage(config.image)
    }
  } catch (error) {
    if (!(error instanceof GrpcError)) throw error
    ctx.klog.error('remote_image.go:250', 'PullImage from image service failed', error.message, { image: config.image })
    throw new Fatal(`${doing}: ${error.message}`)
  }
  try {
    const stored = cri.imageStatus(config.image)
    const imageId = stored?.image.id ?? config.image
    return yield* cri.createContainer(pod, { ...config, imageId })
  } catch (error) {
    if (!(error instanceof GrpcError)) throw error
    ctx.klog.error('remote_runtime.go:410', 'CreateContainer in sandbox from runtime service failed', error.message, {
      podSandboxID: pod,
    })
    throw new Fatal(`${doing}: ${error.message}`)
  }
}

/** A sandbox, a container in it, and its start. */
export function* run(ctx: Context, o: Parsed): Coro {
  checkPull(o)
  const [container, sandbox] = o.args
  const cri = ctx.runtime()
  const pulls = (!o.has('no-pull') && !ctx.config['disable-pull-on-run']) || o.has('with-pull')
  const doing = 'running container'
  let id: string
  try {
    const pod = yield* runSandbox(ctx, cri, sandbox, o.get('runtime'))
    id = yield* createIn(ctx, cri, pod, [container, sandbox], pulls, 'creating container failed')
    yield* start(ctx, [id])
  } catch (error) {
    if (error instanceof Fatal) throw new Fatal(`${doing}: ${error.message}`)
    throw error
  }
}
