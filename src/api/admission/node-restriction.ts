import { same } from '../../kinds/index.ts'
import { nodeName } from '../authz/node.ts'
import { forbid, lookup } from './lookup.ts'
import type { AdmissionPlugin, Attributes } from './plugin.ts'

const MIRROR = 'kubernetes.io/config.mirror'
const HANDLED = new Set(['nodes', 'pods', 'serviceaccounts', 'leases.coordination.k8s.io', 'csinodes.storage.k8s.io'])

/** A kubelet changes its own node and pods only. */
export const nodeRestriction: AdmissionPlugin = {
  name: 'NodeRestriction',
  handles: (_operation, resource) => HANDLED.has(resource),
  admit(a) {
    const node = nodeName(a.ctx.user)
    if (node === undefined) return
    if (node === '') throw forbid(a, `could not determine node from user ${JSON.stringify(a.ctx.user.name)}`)
    CHECKS[a.kind.groupResource]?.(a, node)
  },
}

const q = JSON.stringify

const CHECKS: Readonly<Record<string, (a: Attributes, node: string) => void>> = {
  nodes: checkNode,
  pods: checkPod,
  serviceaccounts: checkToken,
  'leases.coordination.k8s.io'(a, node) {
    if (a.namespace !== 'kube-node-lease')
      throw forbid(a, 'can only access leases in the "kube-node-lease" system namespace')
    if ((a.name || a.object?.metadata.name) !== node) {
      throw forbid(a, 'can only access node lease with the same name as the requesting node')
    }
  },
  'csinodes.storage.k8s.io'(a, node) {
    if ((a.name || a.object?.metadata.name) !== node) {
      throw forbid(a, 'can only access CSINode with the same name as the requesting node')
    }
  },
}

/** Labels of the kubernetes.io domains that a kubelet may set on itself. */
const OWN_LABELS = new Set([
  'kubernetes.io/hostname',
  'kubernetes.io/arch',
  'kubernetes.io/os',
  'beta.kubernetes.io/arch',
  'beta.kubernetes.io/os',
  'node.kubernetes.io/instance-type',
  'beta.kubernetes.io/instance-type',
  'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
])

function isForbiddenLabel(label: string): boolean {
  const domain = label.includes('/') ? label.split('/')[0]! : ''
  if (domain === 'node-restriction.kubernetes.io' || domain.endsWith('.node-restriction.kubernetes.io')) return true
  if (OWN_LABELS.has(label)) return false
  if (/(^|\.)(kubelet|node)\.kubernetes\.io$/.test(domain)) return false
  return /(^|\.)(kubernetes|k8s)\.io$/.test(domain)
}

function checkNode(a: Attributes, node: string): void {
  const name = a.name || a.object?.metadata.name
  if (name !== node) throw forbid(a, `node ${q(node)} is not allowed to modify node ${q(name)}`)
  const labels = a.object?.metadata.labels ?? {}
  if (a.operation === 'CREATE') {
    const bad = Object.keys(labels).filter(isForbiddenLabel).sort()
    if (bad.length) throw forbid(a, `node ${q(node)} is not allowed to set the following labels: ${bad.join(', ')}`)
  }
  if (a.operation !== 'UPDATE') return
  const old = a.old!
  if (!same(a.object.spec?.taints, old.spec?.taints) && a.subresource !== 'status') {
    throw forbid(a, `node ${q(node)} is not allowed to modify taints`)
  }
  if (!same(a.object.metadata.ownerReferences, old.metadata.ownerReferences)) {
    throw forbid(a, `node ${q(node)} is not allowed to modify ownerReferences`)
  }
  const before = old.metadata.labels ?? {}
  const changed = Object.keys({ ...before, ...labels }).filter((l) => before[l] !== labels[l] && isForbiddenLabel(l))
  if (changed.length) throw forbid(a, `is not allowed to modify labels: ${changed.sort().join(', ')}`)
}

function checkPod(a: Attributes, node: string): void {
  if (a.subresource === 'status') {
    if (a.old?.spec.nodeName !== node) {
      throw forbid(a, `node ${q(node)} can only update pod status for pods with spec.nodeName set to itself`)
    }
    if (!same(a.object.metadata.labels, a.old.metadata.labels)) {
      throw forbid(a, `node ${q(node)} cannot update labels through pod status`)
    }
    return
  }
  if (a.subresource === 'eviction') {
    const pod = lookup(a.ctx.server, 'Pod', a.namespace, a.name)
    if (pod?.spec.nodeName !== node)
      throw forbid(a, `node ${node} can only evict pods with spec.nodeName set to itself`)
    return
  }
  if (a.subresource) {
    throw forbid(a, `unexpected pod subresource ${q(a.subresource)}, only 'status' and 'eviction' are allowed`)
  }
  if (a.operation === 'DELETE') {
    if (a.old?.spec.nodeName !== node) {
      throw forbid(a, `node ${q(node)} can only delete pods with spec.nodeName set to itself`)
    }
    return
  }
  if (a.operation !== 'CREATE') {
    throw forbid(a, `unexpected operation ${q(a.operation)}, node ${q(node)} can only create and delete mirror pods`)
  }
  const { metadata, spec } = a.object
  if (metadata.annotations?.[MIRROR] === undefined) {
    throw forbid(a, `pod does not have ${q(MIRROR)} annotation, node ${q(node)} can only create mirror pods`)
  }
  if (spec.nodeName !== node) throw forbid(a, `node ${q(node)} can only create pods with spec.nodeName set to itself`)
  const owners = metadata.ownerReferences ?? []
  if (owners.length > 1) {
    throw forbid(a, `node ${q(node)} can only create pods with a single owner reference set to itself`)
  }
  if (owners.length === 1 && (owners[0]!.kind !== 'Node' || owners[0]!.name !== node)) {
    throw forbid(a, `node ${q(node)} can only create pods with an owner reference set to itself`)
  }
}

function checkToken(a: Attributes, node: string): void {
  if (a.subresource !== 'token') return
  const ref = a.object.spec?.boundObjectRef
  if (ref?.kind !== 'Pod') throw forbid(a, 'node requested token not bound to a pod')
  if (!ref.uid) throw forbid(a, 'node requested token with a pod binding without a uid')
  const pod = lookup(a.ctx.server, 'Pod', a.namespace, ref.name)
  if (!pod) throw forbid(a, `pod ${q(ref.name)} not found`)
  if (pod.metadata.uid !== ref.uid) {
    throw forbid(
      a,
      `the UID in the bound object reference (${ref.uid}) does not match the UID in record. The object might have been deleted and then recreated`,
    )
  }
  if (pod.spec.nodeName !== node) throw forbid(a, 'node requested token bound to a pod scheduled on a different node')
}
