import { selectorOf } from '../../api/selector.ts'
import type { KubeObject } from '../../api/types.ts'
import { formatIp, inCidr, type Packet, parseCidr } from '../../host/index.ts'

/** What is known of an address that belongs to a pod. */
export interface Peer {
  readonly pod: KubeObject
  readonly namespaceLabels: Readonly<Record<string, string>> | undefined
}

type Direction = 'Ingress' | 'Egress'

const PROTOCOLS: Record<string, string> = { tcp: 'TCP', udp: 'UDP' }

/** Does the policy select this pod? */
export const selects = (policy: KubeObject, pod: KubeObject): boolean =>
  policy.metadata.namespace === pod.metadata.namespace &&
  selectorOf(policy.spec.podSelector ?? {}).matches(pod.metadata.labels ?? {})

/**
 * May a connection's first packet pass? First what its sender may send, then what its receiver may receive. Models
 * kube-network-policies' pkg/networkpolicy.
 */
export function allows(
  policies: readonly KubeObject[],
  p: Packet,
  from: Peer | undefined,
  to: Peer | undefined,
): boolean {
  return (
    side('Egress', policies, p, from, to, formatIp(p.dst)) && side('Ingress', policies, p, to, from, formatIp(p.src))
  )
}

/** One direction: `own` is the isolated pod, `other` the pod at the other end (none outside the cluster and for nodes). */
function side(
  direction: Direction,
  policies: readonly KubeObject[],
  p: Packet,
  own: Peer | undefined,
  other: Peer | undefined,
  otherIp: string,
): boolean {
  if (!own) return true
  const mine = policies.filter(
    (policy) => (policy.spec.policyTypes ?? ['Ingress']).includes(direction) && selects(policy, own.pod),
  )
  if (mine.length === 0) return true
  // Ports are always those of the connection's receiver.
  const receiver = direction === 'Ingress' ? own : other
  return mine.some((policy) =>
    (policy.spec[direction.toLowerCase()] ?? []).some(
      (rule: any) =>
        portMatches(rule.ports, p, receiver) &&
        peerMatches(rule.from ?? rule.to, policy.metadata.namespace!, other, otherIp),
    ),
  )
}

function portMatches(ports: readonly any[] | undefined, p: Packet, receiver: Peer | undefined): boolean {
  if (!ports?.length) return true
  return ports.some((entry) => {
    if ((entry.protocol ?? 'TCP') !== PROTOCOLS[p.proto]) return false
    const { port, endPort } = entry
    if (port === undefined) return true
    if (typeof port === 'number') return p.dport >= port && p.dport <= (endPort ?? port)
    return containerPorts(receiver).some((c) => c.name === port && c.containerPort === p.dport)
  })
}

const containerPorts = (peer: Peer | undefined): any[] =>
  peer ? peer.pod.spec.containers.flatMap((c: any) => c.ports ?? []) : []

function peerMatches(
  peers: readonly any[] | undefined,
  namespace: string,
  other: Peer | undefined,
  otherIp: string,
): boolean {
  if (!peers?.length) return true
  return peers.some((peer) => {
    if (peer.ipBlock) return inBlock(peer.ipBlock, otherIp)
    if (!other) return false
    const { podSelector, namespaceSelector } = peer
    if (podSelector && !selectorOf(podSelector).matches(other.pod.metadata.labels ?? {})) return false
    return namespaceSelector
      ? selectorOf(namespaceSelector).matches(other.namespaceLabels ?? {})
      : other.pod.metadata.namespace === namespace
  })
}

function inBlock(block: { cidr: string; except?: readonly string[] }, ip: string): boolean {
  const inside = (cidr: string): boolean => {
    const range = parseCidr(cidr)
    const address = parseCidr(`${ip}/32`)
    return range !== undefined && address !== undefined && inCidr(address.base, range)
  }
  return inside(block.cidr) && !block.except?.some(inside)
}
