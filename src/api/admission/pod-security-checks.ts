import type { KubeObject } from '../types.ts'
import { allContainers } from './lookup.ts'

/** One violation: `privileged (container "c" must not set securityContext.privileged=true)`. */
export interface Violation {
  readonly reason: string
  readonly detail: string
}

/** Undefined when the pod is fine. */
type Check = (pod: PodLike) => Violation | undefined

interface PodLike {
  readonly metadata: Partial<KubeObject['metadata']>
  readonly spec: any
}

const quoteAll = (names: readonly string[]) => names.map((n) => JSON.stringify(n)).join(', ')
const plural = (word: string, n: number) => (n === 1 ? word : `${word}s`)
const named = (names: readonly string[]) => `${plural('container', names.length)} ${quoteAll(names)}`
const sortedSet = (values: readonly string[]) => [...new Set(values)].sort()

/** Containers for which `bad` holds. */
const which = (spec: any, bad: (c: any) => boolean): string[] =>
  allContainers(spec)
    .filter(bad)
    .map((c) => c.name)

const violation = (reason: string, detail: string): Violation => ({ reason, detail })

const DEFAULT_CAPABILITIES = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
])

const SAFE_SYSCTLS = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_wmem',
])

const capabilitiesBaseline: Check = ({ spec }) => {
  const added = (c: any): string[] =>
    (c.securityContext?.capabilities?.add ?? []).filter((x: string) => !DEFAULT_CAPABILITIES.has(x))
  const bad = which(spec, (c) => added(c).length > 0)
  if (bad.length === 0) return undefined
  const list = sortedSet(allContainers(spec).flatMap(added))
  return violation(
    'non-default capabilities',
    `${named(bad)} must not include ${quoteAll(list)} in securityContext.capabilities.add`,
  )
}

const hostNamespaces: Check = ({ spec }) => {
  const bad = ['hostNetwork', 'hostPID', 'hostIPC'].filter((f) => spec[f]).map((f) => `${f}=true`)
  return bad.length ? violation('host namespaces', bad.join(', ')) : undefined
}

const hostPathVolumes: Check = ({ spec }) => {
  const bad = (spec.volumes ?? []).filter((v: any) => v.hostPath).map((v: any) => v.name)
  return bad.length ? violation('hostPath volumes', `${plural('volume', bad.length)} ${quoteAll(bad)}`) : undefined
}

const hostPorts: Check = ({ spec }) => {
  const ports = (c: any): number[] => (c.ports ?? []).map((p: any) => p.hostPort).filter((p: number) => p)
  const bad = which(spec, (c) => ports(c).length > 0)
  if (bad.length === 0) return undefined
  const list = sortedSet(allContainers(spec).flatMap(ports).map(String))
  const uses = bad.length === 1 ? 'uses' : 'use'
  return violation('hostPort', `${named(bad)} ${uses} ${plural('hostPort', list.length)} ${list.join(', ')}`)
}

const privileged: Check = ({ spec }) => {
  const bad = which(spec, (c) => c.securityContext?.privileged === true)
  return bad.length ? violation('privileged', `${named(bad)} must not set securityContext.privileged=true`) : undefined
}

const procMount: Check = ({ spec }) => {
  const type = (c: any) => c.securityContext?.procMount
  const bad = which(spec, (c) => type(c) !== undefined && type(c) !== 'Default')
  if (bad.length === 0) return undefined
  const list = sortedSet(
    allContainers(spec)
      .map(type)
      .filter((t) => t && t !== 'Default'),
  )
  return violation('procMount', `${named(bad)} must not set securityContext.procMount to ${quoteAll(list)}`)
}

const seccompType = (holder: any): string | undefined => holder?.securityContext?.seccompProfile?.type

/** `pod and container "c"`, of those that set something bad. */
function setters(podIsBad: boolean, bad: readonly string[]): string | undefined {
  const parts = [...(podIsBad ? ['pod'] : []), ...(bad.length ? [named(bad)] : [])]
  return parts.length ? parts.join(' and ') : undefined
}

const seccompBaseline: Check = ({ spec }) => {
  const bad = (t: string | undefined) => t !== undefined && t !== 'RuntimeDefault' && t !== 'Localhost'
  const who = setters(
    bad(seccompType(spec)),
    which(spec, (c) => bad(seccompType(c))),
  )
  if (!who) return undefined
  const list = sortedSet([spec, ...allContainers(spec)].map(seccompType).filter(bad) as string[])
  return violation('seccompProfile', `${who} must not set securityContext.seccompProfile.type to ${quoteAll(list)}`)
}

const SELINUX_TYPES = new Set(['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t'])

const seLinuxOptions: Check = ({ spec }) => {
  const options = (holder: any) => holder?.securityContext?.seLinuxOptions ?? {}
  const bad = (holder: any) => {
    const { type = '', user, role } = options(holder)
    return !SELINUX_TYPES.has(type) || Boolean(user) || Boolean(role)
  }
  const who = setters(bad(spec), which(spec, bad))
  if (!who) return undefined
  const all = [spec, ...allContainers(spec)].map(options)
  const types = sortedSet(all.map((o) => o.type ?? '').filter((t) => !SELINUX_TYPES.has(t)))
  const data = [
    ...(types.length ? [`${plural('type', types.length)} ${quoteAll(types)}`] : []),
    ...(all.some((o) => o.user) ? ['user may not be set'] : []),
    ...(all.some((o) => o.role) ? ['role may not be set'] : []),
  ]
  return violation('seLinuxOptions', `${who} set forbidden securityContext.seLinuxOptions: ${data.join('; ')}`)
}

const sysctls: Check = ({ spec }) => {
  const bad = (spec.securityContext?.sysctls ?? []).map((s: any) => s.name).filter((n: string) => !SAFE_SYSCTLS.has(n))
  return bad.length ? violation('forbidden sysctls', bad.join(', ')) : undefined
}

const allowPrivilegeEscalation: Check = ({ spec }) => {
  const bad = which(spec, (c) => c.securityContext?.allowPrivilegeEscalation !== false)
  return bad.length
    ? violation(
        'allowPrivilegeEscalation != false',
        `${named(bad)} must set securityContext.allowPrivilegeEscalation=false`,
      )
    : undefined
}

const capabilitiesRestricted: Check = ({ spec }) => {
  const caps = (c: any) => c.securityContext?.capabilities ?? {}
  const extra = (c: any): string[] => (caps(c).add ?? []).filter((x: string) => x !== 'NET_BIND_SERVICE')
  const kept = which(spec, (c) => !(caps(c).drop ?? []).includes('ALL'))
  const adding = which(spec, (c) => extra(c).length > 0)
  const details: string[] = []
  if (kept.length) details.push(`${named(kept)} must set securityContext.capabilities.drop=["ALL"]`)
  if (adding.length) {
    const list = sortedSet(allContainers(spec).flatMap(extra))
    details.push(`${named(adding)} must not include ${quoteAll(list)} in securityContext.capabilities.add`)
  }
  return details.length ? violation('unrestricted capabilities', details.join('; ')) : undefined
}

const VOLUMES = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
])

const restrictedVolumes: Check = ({ spec }) => {
  const type = (v: any) => Object.keys(v).find((k) => k !== 'name') ?? 'unknown'
  const bad = (spec.volumes ?? []).filter((v: any) => !VOLUMES.has(type(v)))
  if (bad.length === 0) return undefined
  const types = sortedSet(bad.map(type))
  const uses = bad.length === 1 ? 'uses' : 'use'
  return violation(
    'restricted volume types',
    `${plural('volume', bad.length)} ${quoteAll(bad.map((v: any) => v.name))} ${uses} ${plural('restricted volume type', types.length)} ${quoteAll(types)}`,
  )
}

const runAsNonRoot: Check = ({ spec }) => {
  if (spec.hostUsers === false) return undefined
  const value = (holder: any) => holder?.securityContext?.runAsNonRoot
  const explicit = setters(
    value(spec) === false,
    which(spec, (c) => value(c) === false),
  )
  if (explicit) return violation('runAsNonRoot != true', `${explicit} must not set securityContext.runAsNonRoot=false`)
  const open = value(spec) === true ? [] : which(spec, (c) => value(c) === undefined)
  return open.length
    ? violation('runAsNonRoot != true', `pod or ${named(open)} must set securityContext.runAsNonRoot=true`)
    : undefined
}

const runAsUser: Check = ({ spec }) => {
  if (spec.hostUsers === false) return undefined
  const root = (holder: any) => holder?.securityContext?.runAsUser === 0
  const who = setters(root(spec), which(spec, root))
  return who ? violation('runAsUser=0', `${who} must not set runAsUser=0`) : undefined
}

const seccompRestricted: Check = (pod) => {
  const explicit = seccompBaseline(pod)
  if (explicit) return explicit
  const { spec } = pod
  const open = seccompType(spec) ? [] : which(spec, (c) => !seccompType(c))
  return open.length
    ? violation(
        'seccompProfile',
        `pod or ${named(open)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`,
      )
    : undefined
}

/** In the order of their IDs. */
const BASELINE: readonly Check[] = [
  capabilitiesBaseline,
  hostNamespaces,
  hostPathVolumes,
  hostPorts,
  privileged,
  procMount,
  seLinuxOptions,
  seccompBaseline,
  sysctls,
]
/** Those of the baseline that `restricted` does not sharpen, then its own. */
const RESTRICTED: readonly Check[] = [
  hostNamespaces,
  hostPorts,
  privileged,
  procMount,
  seLinuxOptions,
  sysctls,
  allowPrivilegeEscalation,
  capabilitiesRestricted,
  restrictedVolumes,
  runAsNonRoot,
  runAsUser,
  seccompRestricted,
]

/** How much a pod may do, from everything to little: the Pod Security Standards. */
export type Level = 'privileged' | 'baseline' | 'restricted'

/** What a pod does that a level forbids, in the order in which it is told. */
export function violations(level: Level, pod: PodLike): Violation[] {
  if (level === 'privileged') return []
  return (level === 'baseline' ? BASELINE : RESTRICTED).flatMap((check) => check(pod) ?? [])
}
