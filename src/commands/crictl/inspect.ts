import { type Container, type CriServer, GrpcError, type Sandbox } from '../../programs/containerd/index.ts'
import { type Context, Fatal, UsagePage } from './context.ts'
import { json, table, time, yaml } from './format.ts'
import { filterContainers, filterPods, imageJson } from './lists.ts'
import type { Parsed } from './options.ts'
import { linuxConfig, runtimeSpec } from './runtime-spec.ts'

const sorted = (map: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)))

function show(ctx: Context, o: Parsed, value: any): void {
  const output = o.get('output') ?? 'json'
  if (output === 'yaml') return ctx.out(yaml(value))
  if (output === 'table')
    return ctx.out(
      table(
        Object.entries(value.status)
          .filter(([, v]) => typeof v !== 'object')
          .map(([k, v]) => [k, String(v)]),
      ),
    )
  if (output === 'go-template') {
    const template = o.get('template') ?? ''
    return ctx.out(
      `${template.replace(/\{\{\s*\.([\w.]+)\s*\}\}/g, (_, path: string) => String(path.split('.').reduce((v: any, k) => v?.[k], value) ?? '<no value>'))}\n`,
    )
  }
  if (output !== 'json') throw new Fatal(`unsupported output format ${JSON.stringify(output)}`)
  ctx.out(json(value, true))
}

/** One result alone, several as a list; tables one after the other. Models outputStatusData. */
function showAll(ctx: Context, o: Parsed, values: readonly any[]): void {
  if (values.length === 1 || o.get('output') === 'table') for (const value of values) show(ctx, o, value)
  else show(ctx, o, values)
}

const nothing = (): UsagePage => new UsagePage('No IDs provided or nothing found per filter')

/** What the kubelet asked for: hostname and resolv.conf are the runtime's own business. */
const criMounts = (c: Container): Container['config']['mounts'] =>
  c.config.mounts.filter((m) => !/\/pods\/[^/]+\/(hostname|resolv\.conf)$/.test(m.hostPath))

function containerStatus(cri: CriServer, c: Container): any {
  const user = cri.userOf(c)
  const { resources } = c.config
  return {
    annotations: sorted(c.config.annotations),
    createdAt: time(c.createdAt),
    exitCode: c.exitCode,
    finishedAt: time(c.finishedAt),
    id: c.id,
    image: {
      annotations: {},
      image: [...(cri.imageStatus(c.config.imageId)?.tags ?? [])][0] ?? c.config.image,
      imageRef: '',
      runtimeHandler: '',
      userSpecifiedImage: '',
    },
    imageId: '',
    imageRef: c.config.imageId,
    labels: sorted(c.config.labels),
    logPath: c.logFile,
    message: c.message,
    metadata: { attempt: c.config.attempt, name: c.config.name },
    mounts: criMounts(c).map((m) => ({
      containerPath: m.containerPath,
      gidMappings: [],
      hostPath: m.hostPath,
      imageSubPath: '',
      propagation: 'PROPAGATION_PRIVATE',
      readonly: m.readOnly,
      recursiveReadOnly: false,
      selinuxRelabel: false,
      uidMappings: [],
    })),
    reason: c.reason,
    resources: {
      linux: {
        cpuPeriod: '100000',
        cpuQuota: String(resources.cpuLimit * 100),
        cpuShares: String(resources.cpuShares),
        cpusetCpus: '',
        cpusetMems: '',
        hugepageLimits: [],
        memoryLimitInBytes: String(resources.memoryLimit),
        memorySwapLimitInBytes: String(resources.memoryLimit),
        oomScoreAdj: String(c.config.oomScoreAdj),
        unified: {},
      },
    },
    startedAt: time(c.startedAt),
    state: c.state,
    stopSignal: c.config.stopSignal ?? 'RUNTIME_DEFAULT',
    user: {
      linux: { gid: String(user.gid), supplementalGroups: user.supplementalGroups.map(String), uid: String(user.uid) },
    },
  }
}

function containerInfo(cri: CriServer, c: Container): any {
  return {
    config: {
      annotations: sorted(c.config.annotations),
      ...(c.config.command.length > 0 ? { command: c.config.command } : {}),
      ...(c.config.args.length > 0 ? { args: c.config.args } : {}),
      envs: c.config.env.map(([key, value]) => ({ key, value })),
      image: { image: c.config.imageId, user_specified_image: c.config.image },
      labels: sorted(c.config.labels),
      linux: linuxConfig(c),
      log_path: c.config.logPath,
      metadata: { ...(c.config.attempt ? { attempt: c.config.attempt } : {}), name: c.config.name },
      mounts: criMounts(c).map((m) => ({
        container_path: m.containerPath,
        host_path: m.hostPath,
        ...(m.readOnly ? { readonly: true } : {}),
      })),
    },
    pid: c.process?.pid ?? 0,
    removing: false,
    runtimeOptions: cri.settings.systemdCgroup ? { systemd_cgroup: true } : null,
    runtimeSpec: runtimeSpec(cri, c),
    runtimeType: 'io.containerd.runc.v2',
    sandboxID: c.sandbox.id,
    snapshotKey: c.id,
    snapshotter: 'overlayfs',
  }
}

/** `crictl inspect`: status and runtime details of containers. */
export function inspect(ctx: Context, o: Parsed): void {
  const cri = ctx.runtime()
  const list = o.args.length > 0 ? o.args.map((id) => statusOf(ctx, cri, id)) : filterContainers(cri, o, o.has('all'))
  if (list.length === 0) throw nothing()
  showAll(
    ctx,
    o,
    list.map((c) => ({
      ...(o.has('quiet') ? {} : { info: containerInfo(cri, c) }),
      status: containerStatus(cri, c),
    })),
  )
}

function statusOf(ctx: Context, cri: CriServer, id: string): Container {
  try {
    return cri.container(id)
  } catch (error) {
    if (!(error instanceof GrpcError)) throw error
    ctx.klog.error('remote_runtime.go:569', 'ContainerStatus from runtime service failed', error.message, {
      containerID: id,
    })
    throw new Fatal(`get the status of containers: get container status: ${error.message}`)
  }
}

function podStatus(s: Sandbox): any {
  return {
    annotations: sorted(s.config.annotations),
    containersStatuses: [],
    createdAt: time(s.createdAt),
    id: s.id,
    labels: sorted(s.config.labels),
    linux: {
      namespaces: {
        options: {
          ipc: 'POD',
          network: s.config.hostNetwork ? 'NODE' : 'POD',
          pid: 'CONTAINER',
          targetId: '',
          usernsOptions: null,
        },
      },
    },
    metadata: { attempt: s.config.attempt, name: s.config.name, namespace: s.config.namespace, uid: s.config.uid },
    network: { additionalIps: [], ip: s.ip },
    runtimeHandler: s.config.runtimeHandler,
    state: s.state,
    timestamp: '0',
  }
}

/** `crictl inspectp`: status and runtime details of sandboxes. */
export function inspectp(ctx: Context, o: Parsed): void {
  const cri = ctx.runtime()
  const list =
    o.args.length > 0
      ? o.args.map((id) => {
          try {
            return cri.podSandbox(id)
          } catch (error) {
            if (!(error instanceof GrpcError)) throw error
            throw new Fatal(`get the status of pod sandboxes: get pod sandbox status: ${error.message}`)
          }
        })
      : filterPods(cri, o)
  if (list.length === 0) throw nothing()
  const values = list.map((s) => ({
    ...(o.has('quiet')
      ? {}
      : {
          info: {
            config: {
              dns_config: s.config.dns ?? {},
              hostname: s.config.hostname,
              labels: sorted(s.config.labels),
              linux: { cgroup_parent: s.config.cgroupParent },
              log_directory: s.config.logDirectory,
              metadata: { name: s.config.name, namespace: s.config.namespace, uid: s.config.uid },
            },
            pid: s.process?.pid ?? 0,
            processStatus: s.process ? 'running' : 'deleted',
            runtimeHandler: '',
            runtimeType: 'io.containerd.runc.v2',
            snapshotter: 'overlayfs',
          },
        }),
    status: podStatus(s),
  }))
  showAll(ctx, o, values)
}

/** `crictl inspecti`: status of images. */
export function inspecti(ctx: Context, o: Parsed): void {
  const cri = ctx.image()
  const name = o.get('name')
  const all = cri.listImages().filter((s) => !name || s.tags.has(name))
  const ids = o.args.length > 0 ? o.args : all.map((s) => s.image.id)
  if (ids.length === 0) throw nothing()
  const values = ids.map((id) => {
    const s = cri.imageStatus(id)
    if (!s) throw new Fatal(`no such image ${JSON.stringify(id)} present`)
    const { config } = s.image.spec
    const info = {
      chainID: s.image.digest,
      imageSpec: {
        architecture: 'amd64',
        config: {
          ...(config.cmd ? { Cmd: config.cmd } : {}),
          ...(config.entrypoint ? { Entrypoint: config.entrypoint } : {}),
          Env: config.env ?? [],
          ...(config.ports ? { ExposedPorts: Object.fromEntries(config.ports.map((p) => [p, {}])) } : {}),
          ...(config.stopSignal ? { StopSignal: config.stopSignal } : {}),
          ...(config.user ? { User: config.user } : {}),
          WorkingDir: config.workingDir || '/',
        },
        ...(s.image.spec.history
          ? {
              created: s.image.spec.history.created,
              history: [{ created: s.image.spec.history.created, created_by: s.image.spec.history.createdBy }],
            }
          : {}),
        os: 'linux',
        rootfs: { diff_ids: [s.image.digest], type: 'layers' },
      },
    }
    const image: any = imageJson(s)
    return {
      ...(o.has('quiet') ? {} : { info }),
      status: {
        id: image.id,
        pinned: image.pinned,
        repoDigests: image.repoDigests,
        repoTags: image.repoTags,
        size: image.size,
        ...(image.uid ? { uid: image.uid } : {}),
        username: image.username,
      },
    }
  })
  showAll(ctx, o, values)
}
