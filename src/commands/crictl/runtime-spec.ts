import type { Container, CriServer } from '../../programs/containerd/index.ts'

const MASKED = [
  '/proc/asound',
  '/proc/acpi',
  '/proc/interrupts',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/sys/firmware',
  '/sys/devices/virtual/powercap',
]
const READ_ONLY = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger']
const CAPABILITIES = [
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_FSETID',
  'CAP_FOWNER',
  'CAP_MKNOD',
  'CAP_NET_RAW',
  'CAP_SETGID',
  'CAP_SETUID',
  'CAP_SETFCAP',
  'CAP_SETPCAP',
  'CAP_NET_BIND_SERVICE',
  'CAP_SYS_CHROOT',
  'CAP_KILL',
  'CAP_AUDIT_WRITE',
]

const mount = (destination: string, type: string, source: string, options: readonly string[]): unknown => ({
  destination,
  options,
  source,
  type,
})

/** The kernel's file systems in every container, and containerd's own files for the sandbox. */
function mounts(c: Container): unknown[] {
  const bind = (destination: string, source: string, readOnly = false): unknown =>
    mount(destination, 'bind', source, ['rbind', 'rprivate', readOnly ? 'ro' : 'rw'])
  const sandbox = `/var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes/${c.sandbox.id}`
  const asked = c.config.mounts.filter((m) => !/\/pods\/[^/]+\/(hostname|resolv\.conf)$/.test(m.hostPath))
  const files = asked.filter((m) => /^\/(etc|dev)\//.test(m.containerPath))
  const others = asked.filter((m) => !files.includes(m))
  return [
    mount('/proc', 'proc', 'proc', ['nosuid', 'noexec', 'nodev']),
    mount('/dev', 'tmpfs', 'tmpfs', ['nosuid', 'strictatime', 'mode=755', 'size=65536k']),
    mount('/dev/pts', 'devpts', 'devpts', ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5']),
    mount('/dev/mqueue', 'mqueue', 'mqueue', ['nosuid', 'noexec', 'nodev']),
    mount('/sys', 'sysfs', 'sysfs', ['nosuid', 'noexec', 'nodev', 'ro']),
    mount('/sys/fs/cgroup', 'cgroup', 'cgroup', ['nosuid', 'noexec', 'nodev', 'relatime', 'ro']),
    ...files.map((m) => bind(m.containerPath, m.hostPath, m.readOnly)),
    bind('/etc/hostname', `${sandbox}/hostname`),
    bind('/etc/resolv.conf', `${sandbox}/resolv.conf`),
    bind('/dev/shm', `/run/containerd/io.containerd.grpc.v1.cri/sandboxes/${c.sandbox.id}/shm`),
    ...others.map((m) => bind(m.containerPath, m.hostPath, m.readOnly)),
  ]
}

/** CPU and memory as runc gets them. */
const resources = (c: Container): unknown => {
  const { cpuLimit, cpuShares, memoryLimit } = c.config.resources
  return {
    cpu: { period: 100_000, ...(cpuLimit ? { quota: cpuLimit * 100 } : {}), shares: cpuShares },
    devices: [{ access: 'rwm', allow: false }],
    memory: memoryLimit ? { limit: memoryLimit, swap: memoryLimit } : {},
  }
}

/** What `crictl inspect` shows below info.config.linux. */
export const linuxConfig = (c: Container): unknown => ({
  resources: {
    cpu_period: 100_000,
    ...(c.config.resources.cpuLimit ? { cpu_quota: c.config.resources.cpuLimit * 100 } : {}),
    cpu_shares: c.config.resources.cpuShares,
    hugepage_limits: [{ page_size: '2MB' }, { page_size: '1GB' }],
    ...(c.config.resources.memoryLimit
      ? {
          memory_limit_in_bytes: c.config.resources.memoryLimit,
          memory_swap_limit_in_bytes: c.config.resources.memoryLimit,
        }
      : {}),
    oom_score_adj: c.config.oomScoreAdj,
  },
  security_context: {
    ...(c.config.privileged ? { privileged: true } : { masked_paths: MASKED }),
    namespace_options: { pid: 1, userns_options: { mode: 2 } },
    ...(c.config.privileged ? {} : { readonly_paths: READ_ONLY }),
    run_as_user: c.config.uid === undefined ? {} : { value: c.config.uid },
    seccomp: { profile_type: 1 },
  },
})

/** The OCI specification that a container was started with, shortened to what runc's config.json has here. */
export function runtimeSpec(cri: CriServer, c: Container): unknown {
  const pause = c.sandbox.process?.pid ?? 0
  const user = cri.userOf(c)
  const { config } = c.image.spec
  const [command, args] = [c.config.command, c.config.args]
  const capabilities = c.config.privileged
    ? undefined
    : { bounding: CAPABILITIES, effective: CAPABILITIES, permitted: CAPABILITIES }
  return {
    annotations: {
      'io.kubernetes.cri.container-name': c.config.name,
      'io.kubernetes.cri.container-type': 'container',
      'io.kubernetes.cri.image-name': c.config.image,
      'io.kubernetes.cri.sandbox-id': c.sandbox.id,
      'io.kubernetes.cri.sandbox-name': c.sandbox.config.name,
      'io.kubernetes.cri.sandbox-namespace': c.sandbox.config.namespace,
      'io.kubernetes.cri.sandbox-uid': c.sandbox.config.uid,
    },
    linux: {
      cgroupsPath: cgroupsPath(c, cri.settings.systemdCgroup),
      ...(c.config.privileged ? {} : { maskedPaths: MASKED }),
      namespaces: [
        { type: 'pid' },
        { path: `/proc/${pause}/ns/ipc`, type: 'ipc' },
        { path: `/proc/${pause}/ns/uts`, type: 'uts' },
        { type: 'mount' },
        { path: `/proc/${pause}/ns/net`, type: 'network' },
      ],
      ...(c.config.privileged ? {} : { readonlyPaths: READ_ONLY }),
      resources: resources(c),
    },
    mounts: mounts(c),
    ociVersion: '1.2.1',
    process: {
      args:
        command.length > 0
          ? [...command, ...args]
          : [...(config.entrypoint ?? []), ...(args.length > 0 ? args : (config.cmd ?? []))],
      ...(capabilities ? { capabilities } : {}),
      cwd: c.config.workingDir || config.workingDir || '/',
      env: [
        ...(config.env ?? ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin']),
        `HOSTNAME=${c.sandbox.config.hostname}`,
        ...c.config.env.map(([k, v]) => `${k}=${v}`),
      ],
      oomScoreAdj: c.config.oomScoreAdj,
      user: { additionalGids: user.supplementalGroups, gid: user.gid, uid: user.uid },
    },
    root: { path: 'rootfs' },
  }
}

/** Slice, prefix and ID with the systemd driver; a plain path without it. */
function cgroupsPath(c: Container, systemd: boolean): string {
  const parent = c.sandbox.config.cgroupParent
  if (!systemd) return `${parent}/${c.id}`
  return `${parent.split('/').at(-1)}:cri-containerd:${c.id}`
}
