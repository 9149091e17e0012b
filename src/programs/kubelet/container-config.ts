import { File, type Host, type Inode, SysError } from '../../host/index.ts'
import { aside, hash, learn } from '../../kernel/index.ts'
import type { ContainerConfig, Mount, SandboxConfig } from '../containerd/index.ts'
import type { Image } from '../images/index.ts'
import { containerHash } from './actions.ts'
import type { KubeletConfig } from './config.ts'
import { expand, expandStrictly } from './env.ts'
import { cgroupResources } from './resize.ts'
import { amount, cgroupOf, qosClass } from './resources.ts'
import { type ContainerSpec, isStatic, type Pod, type PodRecord, podFormat } from './types.ts'
import { ownDir } from './volumes/host-path.ts'

/** /var/log/pods/<ns>_<name>_<uid> */
const logDirectory = (pod: Pod): string =>
  `/var/log/pods/${pod.metadata.namespace}_${pod.metadata.name}_${pod.metadata.uid}`

/** What `hostname` says in a pod. */
const podHostname = (pod: Pod, nodeName: string): string =>
  pod.spec.hostNetwork ? nodeName : (pod.spec.hostname || pod.metadata.name).slice(0, 63).replace(/[-.]+$/, '')

/** Models network/dns/dns.go: what /etc/resolv.conf holds, by dnsPolicy. */
function dnsConfig(pod: Pod, config: KubeletConfig, host: Host): SandboxConfig['dns'] {
  const servers: string[] = []
  const searches: string[] = []
  const options: string[] = []
  const policy = pod.spec.dnsPolicy ?? 'ClusterFirst'
  const readHost = (): void => {
    const file = host.fs.find(config.resolvConf)
    for (const line of file?.kind === 'file' ? file.read().split('\n') : []) {
      const [key, ...values] = line.trim().split(/\s+/)
      if (key === 'nameserver') servers.push(...values)
      else if (key === 'search') searches.splice(0, searches.length, ...values)
      else if (key === 'options') options.push(...values)
    }
  }
  const cluster = policy === 'ClusterFirstWithHostNet' || (policy === 'ClusterFirst' && !pod.spec.hostNetwork)
  if (cluster && config.clusterDns.length > 0) {
    readHost()
    servers.splice(0, servers.length, ...config.clusterDns)
    if (config.clusterDomain) {
      const { namespace } = pod.metadata
      const domain = config.clusterDomain
      searches.unshift(`${namespace}.svc.${domain}`, `svc.${domain}`, domain)
    }
    // The host's own options belong to the host's resolver.
    options.splice(0, options.length, 'ndots:5')
  } else if (policy !== 'None') readHost()
  const extra = pod.spec.dnsConfig ?? {}
  servers.push(...(extra.nameservers ?? []))
  for (const s of extra.searches ?? []) if (!searches.includes(s)) searches.push(s)
  for (const o of extra.options ?? []) {
    const at = options.findIndex((known) => known.split(':')[0] === o.name)
    if (at >= 0) options.splice(at, 1)
    options.push(o.value === undefined ? o.name : `${o.name}:${o.value}`)
  }
  return { servers: [...new Set(servers)].slice(0, 3), searches, options }
}

/** PodSandboxConfig of a pod (kuberuntime generatePodSandboxConfig). */
export function sandboxConfig(
  pod: Pod,
  attempt: number,
  config: KubeletConfig,
  host: Host,
  nodeName: string,
  systemd: boolean,
): SandboxConfig {
  const portMappings: SandboxConfig['portMappings'][number][] = []
  for (const c of [...(pod.spec.initContainers ?? []), ...pod.spec.containers])
    for (const p of c.ports ?? [])
      if (p.hostPort)
        portMappings.push({
          protocol: p.protocol ?? 'TCP',
          containerPort: p.containerPort,
          hostPort: p.hostPort,
          hostIp: p.hostIP ?? '',
        })
  return {
    name: pod.metadata.name,
    namespace: pod.metadata.namespace!,
    uid: pod.metadata.uid!,
    attempt,
    hostname: podHostname(pod, nodeName),
    logDirectory: logDirectory(pod),
    labels: { ...pod.metadata.labels, ...podLabels(pod) },
    annotations: {
      ...pod.metadata.annotations,
      // The kubelet notes on its own copy of a pod where and when it saw it first.
      ...(pod.metadata.annotations?.['kubernetes.io/config.source'] === undefined
        ? {
            'kubernetes.io/config.seen': `${new Date(host.clock.now()).toISOString().slice(0, -1)}248157Z`,
            'kubernetes.io/config.source': 'api',
          }
        : {}),
    },
    hostNetwork: pod.spec.hostNetwork === true,
    dns: dnsConfig(pod, config, host),
    portMappings: pod.spec.hostNetwork ? [] : portMappings,
    cgroupParent: cgroupOf(pod, systemd),
    runtimeHandler: '',
    sysctls: Object.fromEntries((pod.spec.securityContext?.sysctls ?? []).map((s: any) => [s.name, s.value])),
  }
}

const podLabels = (pod: Pod): Record<string, string> => ({
  'io.kubernetes.pod.name': pod.metadata.name,
  'io.kubernetes.pod.namespace': pod.metadata.namespace!,
  'io.kubernetes.pod.uid': pod.metadata.uid!,
})

/** Text of the pod's /etc/hosts as the kubelet manages it. */
function etcHosts(pod: Pod, host: Host, ip: string, hostname: string, clusterDomain: string): string {
  let text: string
  if (pod.spec.hostNetwork) {
    const file = host.fs.find('/etc/hosts')
    text = `# Kubernetes-managed hosts file (host network).\n${file?.kind === 'file' ? file.read() : ''}`
  } else {
    const domain = pod.spec.subdomain
      ? `${hostname}.${pod.spec.subdomain}.${pod.metadata.namespace}.svc.${clusterDomain}`
      : ''
    text = [
      '# Kubernetes-managed hosts file.',
      '127.0.0.1\tlocalhost',
      '::1\tlocalhost ip6-localhost ip6-loopback',
      'fe00::0\tip6-localnet',
      'fe00::0\tip6-mcastprefix',
      'fe00::1\tip6-allnodes',
      'fe00::2\tip6-allrouters',
      `${ip}\t${domain ? `${domain}\t` : ''}${hostname}`,
      '',
    ].join('\n')
  }
  const aliases = pod.spec.hostAliases ?? []
  if (aliases.length > 0)
    text += `\n# Entries added by HostAliases.\n${aliases.map((a: any) => `${a.ip}\t${a.hostnames.join('\t')}\n`).join('')}`
  return text
}

interface ConfigInput {
  readonly host: Host
  readonly config: KubeletConfig
  readonly nodeName: string
  readonly record: PodRecord
  readonly ip: string
  readonly env: readonly (readonly [string, string])[]
  readonly attempt: number
  readonly image: Image
  readonly dns: SandboxConfig['dns']
}

/** A small file of the host that only this container sees. */
function file(host: Host, text: string, mode = 0o644): File {
  const f = new File(host.rootFs, mode)
  f.write(text)
  f.mtime = host.clock.now()
  return f
}

/** Models kuberuntime generateContainerConfig. Throws Error with the text of CreateContainerConfigError. */
export function containerConfig(spec: ContainerSpec, input: ConfigInput): ContainerConfig {
  const { host, record, env } = input
  const { pod } = record
  const security = { ...pod.spec.securityContext, ...spec.securityContext }
  verifyUser(pod, spec, security, input.image)
  const vars = new Map(env)
  const of = (name: string): string | undefined => vars.get(name)
  const mounts: Mount[] = []
  const add = (containerPath: string, hostPath: string, source: Inode, readOnly: boolean): void => {
    mounts.push({ containerPath, hostPath, source, readOnly })
  }
  const base = `/var/lib/kubelet/pods/${record.uid}`
  const own = (path: string): boolean => (spec.volumeMounts ?? []).some((m: any) => m.mountPath === path)
  for (const [i, m] of (spec.volumeMounts ?? []).entries()) {
    const volume = record.volumes.get(m.name)
    if (!volume) throw new Error(`cannot find volume "${m.name}" to mount into container "${spec.name}"`)
    const sub = m.subPathExpr ? expandStrictly(m.subPathExpr, of) : m.subPath
    const source = sub ? subPath(host, volume.node, sub, m.name, spec.name) : volume.node
    const path = sub ? `${base}/volume-subpaths/${m.name}/${spec.name}/${i}` : volume.path
    add(m.mountPath, path, source, m.readOnly === true || volume.readOnly === true)
  }
  if (!own('/etc/hosts')) {
    const hostname = podHostname(pod, input.nodeName)
    add(
      '/etc/hosts',
      `${base}/etc-hosts`,
      file(host, etcHosts(pod, host, input.ip, hostname, input.config.clusterDomain)),
      false,
    )
  }
  add('/etc/hostname', `${base}/hostname`, file(host, `${podHostname(pod, input.nodeName)}\n`), false)
  const { dns } = input
  const resolv = [
    ...(dns && dns.searches.length > 0 ? [`search ${dns.searches.join(' ')}`] : []),
    ...(dns?.servers ?? []).map((s) => `nameserver ${s}`),
    ...(dns && dns.options.length > 0 ? [`options ${dns.options.join(' ')}`] : []),
  ]
  const resolvConf = aside(() => {
    learn(input.config.why)
    return file(host, `${resolv.join('\n')}\n`)
  })
  add('/etc/resolv.conf', `${base}/resolv.conf`, resolvConf, false)
  add(
    spec.terminationMessagePath ?? '/dev/termination-log',
    `${base}/containers/${spec.name}/${hash(`${record.uid}/${spec.name}/${input.attempt}`).toString(16).padStart(8, '0')}`,
    file(host, '', 0o666),
    false,
  )
  return {
    name: spec.name,
    attempt: input.attempt,
    image: spec.image,
    imageId: input.image.id,
    command: (spec.command ?? []).map((c: string) => expand(c, of)),
    args: (spec.args ?? []).map((c: string) => expand(c, of)),
    workingDir: spec.workingDir ?? '',
    env: input.env,
    mounts,
    labels: { ...podLabels(pod), 'io.kubernetes.container.name': spec.name },
    annotations: {
      'io.kubernetes.container.hash': containerHash(spec),
      ...(spec.ports?.length ? { 'io.kubernetes.container.ports': JSON.stringify(spec.ports) } : {}),
      'io.kubernetes.container.restartCount': String(input.attempt),
      'io.kubernetes.container.terminationMessagePath': spec.terminationMessagePath ?? '/dev/termination-log',
      'io.kubernetes.container.terminationMessagePolicy': spec.terminationMessagePolicy ?? 'File',
      'io.kubernetes.pod.terminationGracePeriod': String(pod.spec.terminationGracePeriodSeconds ?? 30),
    },
    logPath: `${spec.name}/${input.attempt}.log`,
    stdin: spec.stdin === true,
    stdinOnce: spec.stdinOnce === true,
    tty: spec.tty === true,
    resources: cgroupResources(spec),
    oomScoreAdj: oomScoreAdj(pod, spec, input.host.memory),
    uid: security.runAsUser,
    gid: security.runAsGroup,
    groups: [...(security.supplementalGroups ?? []), ...(security.fsGroup !== undefined ? [security.fsGroup] : [])],
    privileged: security.privileged === true,
    capabilities: security.capabilities,
    noNewPrivileges: security.allowPrivilegeEscalation === false,
    seccomp: security.seccompProfile?.type === 'RuntimeDefault',
    readOnlyRootfs: security.readOnlyRootFilesystem === true,
    stopSignal: spec.lifecycle?.stopSignal,
    pidMode: pod.spec.hostPID
      ? 'NODE'
      : pod.spec.shareProcessNamespace
        ? 'POD'
        : spec.targetContainerName
          ? 'TARGET'
          : 'CONTAINER',
    pidTarget: spec.targetContainerName,
  }
}

/** Models qos.GetContainerOOMScoreAdjust. */
function oomScoreAdj(pod: Pod, spec: ContainerSpec, capacity: number): number {
  if (isStatic(pod)) return -997
  const qos = qosClass(pod)
  if (qos === 'Guaranteed') return -997
  if (qos === 'BestEffort') return 1000
  const request = amount(spec.resources?.requests?.memory ?? spec.resources?.limits?.memory)
  return Math.min(999, Math.max(3, 1000 - Math.floor((1000 * request) / capacity)))
}

/** Models verifyRunAsNonRoot. */
function verifyUser(pod: Pod, spec: ContainerSpec, security: any, image: Image): void {
  if (security.runAsNonRoot !== true) return
  const tail = `(pod: "${podFormat(pod)}", container: ${spec.name})`
  if (security.runAsUser !== undefined) {
    if (security.runAsUser === 0) throw new Error(`container's runAsUser breaks non-root policy ${tail}`)
    return
  }
  const user = (image.spec.config.user ?? '').split(':')[0]
  if (user === '' || user === '0' || user === 'root') {
    if (user === 'root')
      throw new Error(
        `container has runAsNonRoot and image has non-numeric user (root), cannot verify user is non-root ${tail}`,
      )
    throw new Error(`container has runAsNonRoot and image will run as root ${tail}`)
  }
  if (!/^\d+$/.test(user))
    throw new Error(
      `container has runAsNonRoot and image has non-numeric user (${user}), cannot verify user is non-root ${tail}`,
    )
}

/** The inode below a volume; missing directories are made, as the kubelet does. */
function subPath(host: Host, root: Inode, path: string, volume: string, container: string): Inode {
  let at = root
  for (const part of path.split('/').filter((p) => p !== '' && p !== '.')) {
    if (part === '..' || at.kind !== 'dir')
      throw new Error(`failed to prepare subPath for volumeMount "${volume}" of container "${container}"`)
    let next = at.entries.get(part)
    // ConfigMap entries are links through ..data.
    while (next?.kind === 'symlink') {
      let target: Inode | undefined = at
      for (const step of next.target.split('/')) {
        target = target?.kind === 'dir' ? target.entries.get(step) : undefined
        if (target?.kind === 'symlink' && at.kind === 'dir') target = at.entries.get(target.target)
      }
      next = target
    }
    if (!next) {
      next = ownDir(host, 0o755, undefined)
      at.entries.set(part, next)
    }
    at = next
  }
  return at
}

/** Links /var/log/containers/<pod>_<ns>_<container>-<id>.log to the log file. */
export function linkLog(host: Host, pod: Pod, container: string, id: string, logFile: string): void {
  try {
    host.fs.mkdir('/var/log/containers', { parents: true })
    host.fs.symlink(
      logFile,
      `/var/log/containers/${pod.metadata.name}_${pod.metadata.namespace}_${container}-${id}.log`,
    )
  } catch (error) {
    if (!(error instanceof SysError)) throw error
  }
}
