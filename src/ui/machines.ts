import type { World } from '../cluster/index.ts'
import { prefixRange } from '../etcd/range.ts'
import type { Store } from '../etcd/store.ts'
import { type Host, MACHINE } from '../host/index.ts'
import { certificatesOf } from '../pki/index.ts'
import { isClientEndpoint } from '../programs/etcd/endpoints.ts'

/** What the map shows of a machine. */
export interface MachineView {
  readonly name: string
  readonly role: 'control-plane' | 'worker' | 'load-balancer' | 'base'
  /** It answers to a ping. */
  readonly on: boolean
  /** Control planes: does something answer on the API server's port? */
  readonly api?: boolean
  /** The STATUS that `kubectl get nodes` shows; undefined while no API server tells it. */
  readonly node?: string
  /** Further conditions that `kubectl describe node` would show as wrong. */
  readonly conditions: readonly string[]
}

const API_PORT = 6443
const ETCD_PORT = 2379

/**
 * What an operator sees of the machines without going there: who answers to a ping, whether the API server's port is
 * open, and, as long as the API answers, what it says of its nodes. It only reads; looking changes nothing, so a
 * replay needs no record of it.
 */
export function machines(world: World): MachineView[] {
  const nodes = nodesOf(world)
  return world.plan.hosts.map((h) => {
    const host = world.hosts.get(h.name)!
    const on = isOn(host)
    const api = h.role === 'control-plane' ? on && listener(host, API_PORT) !== undefined : undefined
    const node = nodes?.get(h.name)
    return { name: h.name, role: h.role, on, api, node: node && statusOf(node), conditions: node ? wrong(node) : [] }
  })
}

const isOn = (host: Host): boolean => host.service(MACHINE).power === 'running' && host.net.addresses().length > 0

const listener = (host: Host, port: number) => host.net.sockets.find((s) => s.port === port && !s.process?.status)

/** Nodes by name, when an API server could answer for them: it serves, its certificate is good, etcd has a leader. */
function nodesOf(world: World): Map<string, any> | undefined {
  const store = storeOf(world)
  if (!store) return undefined
  const nodes = store.range(prefixRange('/registry/minions/')).map((kv) => kv.value as any)
  return new Map(nodes.map((n) => [n.metadata.name, n]))
}

function storeOf(world: World): Store | undefined {
  for (const { name, role } of world.plan.hosts) {
    const host = world.hosts.get(name)!
    if (role !== 'control-plane' || !isOn(host)) continue
    const service = listener(host, API_PORT)?.service
    if (!service?.http) continue
    const [certificate] = certificatesOf(service.tls?.().certPem ?? '')
    const now = world.home.clock.now()
    if (!certificate || certificate.notAfter < now || certificate.notBefore > now) continue
    const endpoint = listener(host, ETCD_PORT)?.service.custom
    const member = isClientEndpoint(endpoint) ? endpoint.member() : undefined
    if (member?.leaderId !== undefined) return member.lineage.store
  }
  return undefined
}

function statusOf(node: any): string {
  const ready = node.status?.conditions?.find((c: any) => c.type === 'Ready')
  return ready?.status === 'True' ? 'Ready' : 'NotReady'
}

function wrong(node: any): string[] {
  const bad = (node.status?.conditions ?? []).filter((c: any) => c.type !== 'Ready' && c.status === 'True')
  return [...bad.map((c: any) => c.type), ...(node.spec?.unschedulable ? ['SchedulingDisabled'] : [])]
}
