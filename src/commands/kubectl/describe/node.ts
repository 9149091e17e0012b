import { podTotal } from '../../../kinds/index.ts'
import { age, canonicalQuantity, compareBytes, parseQuantity, Quantity } from '../../../print/index.ts'
import type { Describer } from './context.ts'
import { rfc1123, sortedKeys, Writer } from './writer.ts'

const STANDARD = new Set(['cpu', 'memory', 'ephemeral-storage', 'pods'])

/** Models describeNode. */
export const describeNode: Describer = function* (c, node) {
  const w = new Writer(c.now)
  const { spec = {}, status = {}, metadata } = node
  w.row(0, 'Name', metadata.name)
  w.row(0, 'Roles', roles(metadata.labels).join(',') || '<none>')
  w.labels('Labels', metadata.labels)
  w.annotations('Annotations', metadata.annotations)
  w.row(0, 'CreationTimestamp', rfc1123(metadata.creationTimestamp))
  const taints = [...(spec.taints ?? [])].sort((a: any, b: any) =>
    compareBytes(`${a.effect},${a.key}`, `${b.effect},${b.key}`),
  )
  w.multi(
    'Taints',
    taints.map((t: any) => `${t.key}${t.value ? `=${t.value}` : ''}:${t.effect}`),
  )
  w.row(0, 'Unschedulable', spec.unschedulable === true)
  const lease = yield* c.find('coordination.k8s.io', 'v1', 'leases', 'kube-node-lease', metadata.name)
  if (lease instanceof Error) w.row(0, 'Lease', `Failed to get lease: ${lease.message}`)
  else {
    w.w(0, 'Lease:\n')
    w.row(1, 'HolderIdentity', lease.spec?.holderIdentity ?? '<unset>')
    w.row(1, 'AcquireTime', lease.spec?.acquireTime ? rfc1123(lease.spec.acquireTime) : '<unset>')
    w.row(1, 'RenewTime', lease.spec?.renewTime ? rfc1123(lease.spec.renewTime) : '<unset>')
  }
  if (status.conditions?.length) {
    w.w(0, 'Conditions:\n  Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage\n')
    w.w(1, '----\t------\t-----------------\t------------------\t------\t-------\n')
    for (const x of status.conditions)
      w.w(
        1,
        `${x.type} \t${x.status} \t${rfc1123(x.lastHeartbeatTime)} \t${rfc1123(x.lastTransitionTime)} \t${x.reason ?? ''} \t${x.message ?? ''}\n`,
      )
  }
  w.w(0, 'Addresses:\n')
  for (const a of status.addresses ?? []) w.row(1, a.type, a.address)
  for (const [label, list] of [
    ['Capacity', status.capacity],
    ['Allocatable', status.allocatable],
  ]) {
    if (!list || Object.keys(list).length === 0) continue
    w.w(0, `${label}:\n`)
    for (const name of sortedKeys(list)) w.row(1, name, canonicalQuantity(list[name]))
  }
  const info = status.nodeInfo ?? {}
  w.w(0, 'System Info:\n')
  for (const [label, key] of [
    ['Machine ID', 'machineID'],
    ['System UUID', 'systemUUID'],
    ['Boot ID', 'bootID'],
    ['Kernel Version', 'kernelVersion'],
    ['OS Image', 'osImage'],
    ['Operating System', 'operatingSystem'],
    ['Architecture', 'architecture'],
    ['Container Runtime Version', 'containerRuntimeVersion'],
    ['Kubelet Version', 'kubeletVersion'],
  ])
    w.row(1, label, info[key] ?? '')
  w.optional(0, 'PodCIDR', spec.podCIDR)
  if (spec.podCIDRs?.length) w.row(0, 'PodCIDRs', spec.podCIDRs.join(','))
  w.optional(0, 'ProviderID', spec.providerID)
  const pods = yield* podsOn(c, metadata.name)
  if (pods) resources(w, pods, status)
  else w.row(0, 'Pods', 'not authorized')
  const events = yield* c.events(node)
  w.events(events && [...events, ...((yield* c.events(node, metadata.name)) ?? [])])
  return w.toString()
}

function* podsOn(c: Parameters<Describer>[0], node: string) {
  try {
    return yield* c.list('', 'v1', 'pods', undefined, {
      fieldSelector: `spec.nodeName=${node},status.phase!=Failed,status.phase!=Succeeded`,
    })
  } catch (error) {
    if ((error as { reason?: string }).reason === 'Forbidden') return undefined
    throw error
  }
}

const PREFIX = 'node-role.kubernetes.io/'

function roles(labels: Record<string, string> | undefined): string[] {
  const found = new Set<string>()
  for (const [key, value] of Object.entries(labels ?? {})) {
    if (key.startsWith(PREFIX) && key.length > PREFIX.length) found.add(key.slice(PREFIX.length))
    else if (key === 'kubernetes.io/role' && value) found.add(value)
  }
  return [...found].sort(compareBytes)
}

const ZERO = new Quantity(0n)

function resources(w: Writer, pods: readonly any[], status: any): void {
  const allocatable =
    status.allocatable && Object.keys(status.allocatable).length > 0 ? status.allocatable : (status.capacity ?? {})
  const share = (amount: Quantity, name: string): number => {
    const whole = allocatable[name] === undefined ? ZERO : parseQuantity(allocatable[name])
    if (whole.isZero) return 0
    return Math.trunc(
      name === 'cpu' ? (amount.milliValue() / whole.milliValue()) * 100 : (amount.value() / whole.value()) * 100,
    )
  }
  const cell = (list: Record<string, Quantity>, name: string): string =>
    `${list[name] ?? ZERO} (${share(list[name] ?? ZERO, name)}%)`
  w.row(0, 'Non-terminated Pods', `(${pods.length} in total)`)
  w.w(1, 'Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge\n')
  w.w(1, '---------\t----\t\t------------\t----------\t---------------\t-------------\t---\n')
  const requests: Record<string, Quantity> = {}
  const limits: Record<string, Quantity> = {}
  const gather = (into: Record<string, Quantity>, from: Record<string, Quantity>): void => {
    for (const [name, amount] of Object.entries(from)) into[name] = into[name] ? into[name].add(amount) : amount
  }
  for (const pod of pods) {
    const [req, lim] = [podTotal(pod.spec, 'requests'), podTotal(pod.spec, 'limits')]
    gather(requests, req)
    gather(limits, lim)
    w.w(
      1,
      `${pod.metadata.namespace}\t${pod.metadata.name}\t\t${cell(req, 'cpu')}\t${cell(lim, 'cpu')}\t${cell(req, 'memory')}\t${cell(lim, 'memory')}\t${age(pod.metadata.creationTimestamp, w.now)}\n`,
    )
  }
  w.w(0, 'Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)\n')
  w.w(1, 'Resource\tRequests\tLimits\n')
  w.w(1, '--------\t--------\t------\n')
  const names = sortedKeys(allocatable)
  const huge = names.filter((name) => name.startsWith('hugepages-'))
  const others = names.filter((name) => !STANDARD.has(name) && !name.startsWith('hugepages-'))
  for (const name of ['cpu', 'memory', 'ephemeral-storage', ...huge])
    w.w(1, `${name}\t${cell(requests, name)}\t${cell(limits, name)}\n`)
  for (const name of others) w.w(1, `${name}\t${requests[name] ?? ZERO}\t${limits[name] ?? ZERO}\n`)
}
