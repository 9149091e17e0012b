import { compareBytes } from '../../print/index.ts'
import { age, columns } from '../columns.ts'
import { defineKind, ownSubresource } from '../define.ts'
import type { KubeObject } from '../object.ts'
import { validateNode, validateNodeUpdate } from '../validation/cluster.ts'

function statusText(node: KubeObject): string {
  const ready = node.status?.conditions?.find((c: any) => c.type === 'Ready')
  const status = !ready ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady'
  return node.spec?.unschedulable ? `${status},SchedulingDisabled` : status
}

const ROLE_PREFIX = 'node-role.kubernetes.io/'

function roles(node: KubeObject): string {
  const found = new Set<string>()
  for (const [key, value] of Object.entries(node.metadata.labels ?? {})) {
    if (key.startsWith(ROLE_PREFIX) && key.length > ROLE_PREFIX.length) found.add(key.slice(ROLE_PREFIX.length))
    else if (key === 'kubernetes.io/role' && value) found.add(value)
  }
  return [...found].sort(compareBytes).join(',') || '<none>'
}

export const node = defineKind({
  group: '',
  version: 'v1',
  kind: 'Node',
  plural: 'nodes',
  shortNames: ['no'],
  namespaced: false,
  subresources: [
    { name: 'proxy', kind: 'NodeProxyOptions', verbs: ['create', 'delete', 'get', 'patch', 'update'] },
    ownSubresource('Node', 'status'),
  ],
  storageVersionHash: 'XwShjMxG9Fs=',
  status: true,
  columns: columns(
    'Name',
    'Status',
    'Roles',
    'Age',
    'Version',
    '+Internal-IP',
    '+External-IP',
    '+OS-Image',
    '+Kernel-Version',
    '+Container-Runtime',
  ),
  cells: (obj, ctx) => {
    const info = obj.status?.nodeInfo ?? {}
    const address = (type: string): string =>
      obj.status?.addresses?.find((a: any) => a.type === type)?.address ?? '<none>'
    const kernel = info.kernelVersion || '<unknown>'
    return [
      obj.metadata.name,
      statusText(obj),
      roles(obj),
      age(obj, ctx),
      info.kubeletVersion ?? '',
      address('InternalIP'),
      address('ExternalIP'),
      info.osImage || '<unknown>',
      info.architecture ? `${kernel} (${info.architecture})` : kernel,
      info.containerRuntimeVersion || '<unknown>',
    ]
  },
  defaults({ spec, status }) {
    if (status?.capacity && !status.allocatable) status.allocatable = { ...status.capacity }
    // podCIDR is the first of podCIDRs; where they differ, it wins.
    if (spec?.podCIDR && spec.podCIDR !== spec.podCIDRs?.[0]) spec.podCIDRs = [spec.podCIDR]
    else if (spec?.podCIDRs?.length) spec.podCIDR = spec.podCIDRs[0]
  },
  // Unlike elsewhere a kubelet may register with a status.
  statusOnCreate: true,
  fields: { 'spec.unschedulable': (node) => String(node.spec?.unschedulable ?? false) },
  validate: validateNode,
  validateUpdate: validateNodeUpdate,
  validateSubresource: validateNodeUpdate,
})
