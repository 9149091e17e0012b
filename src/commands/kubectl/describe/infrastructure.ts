import type { Describer } from './context.ts'
import { rfc1123, Writer } from './writer.ts'

/** Models ServiceCIDRDescriber. */
export const describeServiceCidr: Describer = function* (c, cidr) {
  const w = new Writer(c.now)
  w.meta(cidr, { namespace: false })
  w.row(0, 'CIDRs', (cidr.spec.cidrs ?? []).join(', '))
  const conditions: any[] = cidr.status?.conditions ?? []
  if (conditions.length > 0) {
    w.w(0, 'Status:\nConditions:\n')
    w.w(1, 'Type\tStatus\tLastTransitionTime\tReason\tMessage\n')
    w.w(1, '----\t------\t------------------\t------\t-------\n')
    for (const { type, status, lastTransitionTime, reason, message } of conditions)
      w.w(1, `${type}\t${status}\t${rfc1123(lastTransitionTime)}\t${reason ?? ''}\t${message ?? ''}\n`)
  }
  w.events(yield* c.events(cidr))
  return w.toString()
}

/** Models IPAddressDescriber. */
export const describeIpAddress: Describer = function* (c, address) {
  const w = new Writer(c.now)
  w.meta(address, { namespace: false })
  const { parentRef } = address.spec
  if (parentRef) {
    w.w(0, 'Parent Reference:\n')
    w.row(1, 'Group', parentRef.group ?? '')
    w.row(1, 'Resource', parentRef.resource ?? '')
    w.row(1, 'Namespace', parentRef.namespace ?? '')
    w.row(1, 'Name', parentRef.name ?? '')
  }
  w.events(yield* c.events(address))
  return w.toString()
}

/** Models CSINodeDescriber. */
export const describeCsiNode: Describer = function* (c, node) {
  const w = new Writer(c.now)
  w.meta(node, { namespace: false })
  w.row(0, 'CreationTimestamp', rfc1123(node.metadata.creationTimestamp))
  w.w(0, 'Spec:\n')
  const drivers: any[] = node.spec.drivers ?? []
  if (drivers.length > 0) w.w(1, 'Drivers:\n')
  for (const { name, nodeID, allocatable, topologyKeys } of drivers) {
    w.w(2, `${name}:\n`)
    w.row(3, 'Node ID', nodeID)
    if (allocatable?.count !== undefined) {
      w.w(3, 'Allocatables:\n')
      w.row(4, 'Count', allocatable.count)
    }
    if (topologyKeys) w.row(3, 'Topology Keys', `[${topologyKeys.join(' ')}]`)
  }
  w.events(yield* c.events(node))
  return w.toString()
}
