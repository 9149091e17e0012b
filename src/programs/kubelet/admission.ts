import type { KubeletConfig } from './config.ts'
import { amount, milli, podRequest, qosClass } from './resources.ts'
import { containers, type Pod } from './types.ts'

interface NodeView {
  readonly labels: Readonly<Record<string, string>>
  readonly taints: readonly any[]
  readonly allocatable: Readonly<Record<string, string>>
  readonly name: string
  /** Pressure conditions that keep pods out. */
  readonly pressure: readonly string[]
}

type Rejection = { readonly reason: string; readonly message: string }

const short = (resource: string, requested: number, used: number, capacity: number): Rejection => ({
  reason: `OutOf${resource}`,
  message: `Node didn't have enough resource: ${resource}, requested: ${requested}, used: ${used}, capacity: ${capacity}`,
})

function matchesExpression(e: any, labels: Readonly<Record<string, string>>): boolean {
  const value = labels[e.key]
  switch (e.operator) {
    case 'In':
      return value !== undefined && (e.values ?? []).includes(value)
    case 'NotIn':
      return value === undefined || !(e.values ?? []).includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    case 'Gt':
      return value !== undefined && Number(value) > Number(e.values?.[0])
    case 'Lt':
      return value !== undefined && Number(value) < Number(e.values?.[0])
    default:
      return false
  }
}

/** Models nodeaffinity.GetRequiredNodeAffinity(pod).Match. */
function matchesNode(pod: Pod, labels: Readonly<Record<string, string>>, nodeName: string): boolean {
  for (const [key, value] of Object.entries(pod.spec.nodeSelector ?? {})) if (labels[key] !== value) return false
  const terms = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
  if (!terms) return true
  return terms.some(
    (t: any) =>
      (t.matchExpressions ?? []).every((e: any) => matchesExpression(e, labels)) &&
      (t.matchFields ?? []).every((e: any) => matchesExpression(e, { 'metadata.name': nodeName })) &&
      (t.matchExpressions?.length || t.matchFields?.length),
  )
}

const tolerates = (pod: Pod, taint: any): boolean =>
  (pod.spec.tolerations ?? []).some(
    (t: any) =>
      (!t.effect || t.effect === taint.effect) &&
      (t.key ? t.key === taint.key : t.operator === 'Exists') &&
      (t.operator === 'Exists' || (t.value ?? '') === (taint.value ?? '')),
  )

const hostPorts = (pod: Pod): string[] =>
  containers(pod).flatMap((c) =>
    (c.ports ?? [])
      .filter((p: any) => p.hostPort)
      .map((p: any) => `${p.protocol ?? 'TCP'}/${p.hostIP || '0.0.0.0'}/${p.hostPort}`),
  )

/** Sysctls that a pod may set everywhere: they are its own and nobody else's. Models sysctl/safe_sysctls.go for a kernel of today. */
const SAFE_SYSCTLS = new Set([
  'kernel.shm_rmid_forced',
  ...['ip_local_port_range', 'tcp_syncookies', 'ping_group_range', 'ip_unprivileged_port_start'].map(ipv4),
  ...['ip_local_reserved_ports', 'tcp_keepalive_time', 'tcp_fin_timeout', 'tcp_keepalive_intvl'].map(ipv4),
  ...['tcp_keepalive_probes', 'tcp_rmem', 'tcp_wmem'].map(ipv4),
])

function ipv4(name: string): string {
  return `net.ipv4.${name}`
}

/** Models sysctl/allowlist.go. `unsafe`: names and beginnings of names (`net.core.*`) that the node allows besides. */
function forbiddenSysctl({ spec }: Pod, unsafe: readonly string[]): Rejection | undefined {
  for (const { name } of spec.securityContext?.sysctls ?? []) {
    const key = name.includes('/') && !name.split('/')[0].includes('.') ? name.replaceAll('/', '.') : name
    const listed = unsafe.some((u) => (u.endsWith('*') ? key.startsWith(u.slice(0, -1)) : u === key))
    const host =
      spec.hostIPC && key.startsWith('kernel.') ? 'ipc' : spec.hostNetwork && key.startsWith('net.') ? 'net' : ''
    const why = !listed && !SAFE_SYSCTLS.has(key) ? 'not allowlisted' : host && `not allowed with host ${host} enabled`
    if (why) return { reason: 'SysctlForbidden', message: `forbidden sysctl: "${key}" ${why}` }
  }
  return undefined
}

/** Models lifecycle/predicate.go: may the pod run here beside `others`? */
export function admit(
  pod: Pod,
  others: readonly Pod[],
  node: NodeView,
  { maxPods, allowedUnsafeSysctls }: Pick<KubeletConfig, 'maxPods' | 'allowedUnsafeSysctls'>,
): Rejection | undefined {
  if (node.pressure.length > 0 && pod.metadata.annotations?.['kubernetes.io/config.source'] !== 'file') {
    const critical = pod.spec.priority !== undefined && pod.spec.priority >= 2_000_000_000
    const onlyMemory = node.pressure.length === 1 && node.pressure[0] === 'MemoryPressure'
    const spared =
      onlyMemory &&
      (qosClass(pod) !== 'BestEffort' ||
        tolerates(pod, { key: 'node.kubernetes.io/memory-pressure', effect: 'NoSchedule' }))
    if (!critical && !spared)
      return { reason: 'Evicted', message: `The node had condition: [${node.pressure.join(' ')}]. ` }
  }
  const sysctl = forbiddenSysctl(pod, allowedUnsafeSysctls)
  if (sysctl) return sysctl
  if (others.length + 1 > maxPods) return short('pods', 1, others.length, maxPods)
  const cpu = podRequest(pod, 'cpu')
  const memory = podRequest(pod, 'memory')
  const usedCpu = others.reduce((s, p) => s + podRequest(p, 'cpu'), 0)
  const usedMemory = others.reduce((s, p) => s + podRequest(p, 'memory'), 0)
  const capCpu = milli(node.allocatable.cpu)
  const capMemory = amount(node.allocatable.memory)
  if (cpu > 0 && cpu > capCpu - usedCpu) return short('cpu', cpu, usedCpu, capCpu)
  if (memory > 0 && memory > capMemory - usedMemory) return short('memory', memory, usedMemory, capMemory)
  if (!matchesNode(pod, node.labels, node.name))
    return {
      reason: 'NodeAffinity',
      message: "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
    }
  const ports = hostPorts(pod)
  if (ports.length > 0 && others.some((o) => hostPorts(o).some((p) => ports.includes(p))))
    return {
      reason: 'NodePorts',
      message: "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports",
    }
  const taint = node.taints.find((t) => t.effect === 'NoExecute' && !tolerates(pod, t))
  if (taint)
    return {
      reason: 'TaintToleration',
      message: `Predicate TaintToleration failed: node(s) had taints that the pod didn't tolerate`,
    }
  return undefined
}
