import type { Conflist } from '../../programs/cni/index.ts'
import type { CriServer } from '../../programs/containerd/index.ts'
import { type Context, Fatal } from './context.ts'
import { json } from './format.ts'
import type { Parsed } from './options.ts'

const LOOPBACK = `{
"cniVersion": "0.3.1",
"name": "cni-loopback",
"plugins": [{
  "type": "loopback"
}]
}`

/** encoding/json of a map: sorted keys, at every depth. */
function goMap(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goMap).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${goMap(v)}`).join(',')}}`
}

/** A network configuration as go-cni shows it in the runtime's status. */
const network = (list: Conflist, source: string, ifName: string): unknown => ({
  Config: {
    CNIVersion: list.cniVersion,
    Name: list.name,
    Plugins: list.plugins.map((p) => ({
      Network: {
        ...(p.capabilities ? { capabilities: p.capabilities } : {}),
        ipam: p.ipam?.type ? { type: p.ipam.type } : {},
        type: p.type,
      },
      Source: goMap(p),
    })),
    Source: source,
  },
  IFName: ifName,
})

/** `crictl info`: conditions, and with them the CRI plugin's configuration. Models status.go of containerd's CRI plugin. */
export function info(ctx: Context, o: Parsed): void {
  const cri = ctx.runtime()
  const s = cri.status()
  const condition = (type: string, reason: string, message: string): unknown => ({
    message,
    reason,
    status: reason === '',
    type,
  })
  const status = {
    conditions: [
      condition('RuntimeReady', '', ''),
      condition('NetworkReady', s.networkReason, s.networkMessage),
      condition('ContainerdHasNoDeprecationWarnings', '', ''),
    ],
  }
  const output = o.get('output') ?? 'json'
  if (!['json', 'yaml', 'go-template'].includes(output))
    throw new Fatal(`getting status of runtime: unsupported format: ${JSON.stringify(output)}`)
  ctx.out(json(o.has('quiet') ? { status } : { ...verbose(cri, s.networkReason), status }, true))
}

function verbose(cri: CriServer, networkReason: string): Record<string, unknown> {
  const { settings } = cri
  const loaded = cri.cniConfig()
  const loopback: Conflist = { cniVersion: '0.3.1', name: 'cni-loopback', plugins: [{ type: 'loopback' }] }
  const load = networkReason
    ? `cni config load failed: no network config found in ${settings.confDir}: cni plugin not initialized: failed to load cni config`
    : 'OK'
  const features = { recursive_read_only_mounts: true, user_namespaces: true }
  return {
    cniconfig: {
      Networks: [network(loopback, LOOPBACK, 'lo'), ...(loaded ? [network(loaded.list, loaded.source, 'eth0')] : [])],
      PluginConfDir: settings.confDir,
      PluginDirs: settings.binDirs,
      PluginMaxConfNum: 1,
      Prefix: 'eth',
    },
    config: criConfig(cri),
    features: { supplemental_groups_policy: true },
    golang: cri.installed.golang,
    lastCNILoadStatus: load,
    'lastCNILoadStatus.default': load,
    runtimeHandlers: [{ features }, { features, name: 'runc' }],
  }
}

function criConfig({ settings }: CriServer): unknown {
  return {
    cdiSpecDirs: ['/etc/cdi', '/var/run/cdi'],
    cni: {
      binDir: '',
      binDirs: settings.binDirs,
      confDir: settings.confDir,
      confTemplate: '',
      ipPref: '',
      maxConfNum: 1,
      setupSerially: false,
      useInternalLoopback: false,
    },
    containerd: {
      defaultRuntimeName: 'runc',
      ignoreBlockIONotEnabledErrors: false,
      ignoreRdtNotEnabledErrors: false,
      runtimes: {
        runc: {
          ContainerAnnotations: [],
          PodAnnotations: [],
          baseRuntimeSpec: '',
          cgroupWritable: false,
          cniConfDir: '',
          cniMaxConfNum: 0,
          io_type: '',
          options: {
            BinaryName: '',
            CriuImagePath: '',
            CriuWorkPath: '',
            IoGid: 0,
            IoUid: 0,
            NoNewKeyring: false,
            Root: '',
            ShimCgroup: '',
            SystemdCgroup: settings.systemdCgroup,
          },
          privileged_without_host_devices: false,
          privileged_without_host_devices_all_devices_allowed: false,
          runtimePath: '',
          runtimeType: 'io.containerd.runc.v2',
          sandboxer: 'podsandbox',
          snapshotter: '',
        },
      },
    },
    containerdEndpoint: '/run/containerd/containerd.sock',
    containerdRootDir: '/var/lib/containerd',
    device_ownership_from_security_context: false,
    disableApparmor: false,
    disableHugetlbController: true,
    disableProcMount: false,
    drainExecSyncIOTimeout: '0s',
    enableCDI: true,
    enableSelinux: false,
    enableUnprivilegedICMP: true,
    enableUnprivilegedPorts: true,
    ignoreDeprecationWarnings: [],
    ignoreImageDefinedVolumes: false,
    maxContainerLogLineSize: 16384,
    netnsMountsUnderStateDir: false,
    restrictOOMScoreAdj: settings.restrictOomScoreAdj,
    rootDir: '/var/lib/containerd/io.containerd.grpc.v1.cri',
    selinuxCategoryRange: 1024,
    stateDir: '/run/containerd/io.containerd.grpc.v1.cri',
    tolerateMissingHugetlbController: true,
    unsetSeccompProfile: '',
  }
}
