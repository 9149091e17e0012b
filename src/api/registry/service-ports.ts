import { invalid as invalidField } from '../../kinds/index.ts'
import { listOf } from '../admission/lookup.ts'
import type { RequestContext } from '../context.ts'
import { internal, invalid } from '../errors.ts'
import type { KubeObject } from '../types.ts'

const PORTS_DEFAULT = '30000-32767'

const TAKEN = 'provided port is already allocated'

/** Does the load balancer ask a port of its own whether a node has endpoints? Models apiservice.NeedsHealthCheck. */
const needsHealthCheck = (spec: any): boolean => spec?.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local'

/** The node ports of the cluster, taken by number whatever the protocol. */
class NodePorts {
  private readonly low: number
  private readonly high: number
  private readonly used = new Set<number>()

  constructor(
    private readonly ctx: RequestContext,
    { metadata: { name, namespace } }: KubeObject,
  ) {
    const { server } = ctx
    const [low = 0, high = 0] = (server.options.nodePortRange ?? PORTS_DEFAULT).split('-').map(Number)
    this.low = low
    this.high = high
    for (const { metadata, spec } of listOf(server, 'Service')) {
      if (metadata.name === name && metadata.namespace === namespace) continue
      for (const { nodePort } of spec?.ports ?? []) if (nodePort) this.used.add(nodePort)
      if (spec?.healthCheckNodePort) this.used.add(spec.healthCheckNodePort)
    }
  }

  /** Why it cannot be had. */
  take(port: number): string | undefined {
    // A dry run only asks whether another has it.
    if (!this.ctx.request.dryRun && (port < this.low || port > this.high))
      return `provided port is not in the valid range. The range of valid ports is ${this.low}-${this.high}`
    if (this.used.has(port)) return TAKEN
    this.used.add(port)
    return undefined
  }

  /** Any that is free; those below belong to who chooses by hand. */
  next(): number {
    const { low, high } = this
    const reserved = Math.min(Math.max(16, Math.floor((high - low + 1) / 32)), 128)
    let n = low + reserved + this.ctx.server.rng.int(high - low + 1 - reserved)
    while (this.used.has(n)) n = n >= high ? low + reserved : n + 1
    this.used.add(n)
    return n
  }
}

/** Gives a Service its node ports. Models initNodePorts, updateNodePorts and allocHealthCheckNodePort. Throws StatusError. */
export function allocatePorts(ctx: RequestContext, service: KubeObject, old?: KubeObject): void {
  const { spec, metadata } = service
  if (spec.type !== 'NodePort' && spec.type !== 'LoadBalancer') return
  // Who asked for ports did not ask for these numbers: managedFields go by the ports as they were.
  spec.ports = spec.ports?.map((port: any) => ({ ...port }))
  const ports = new NodePorts(ctx, service)
  const chooses = spec.type === 'NodePort' || spec.allocateLoadBalancerNodePorts !== false
  const hadPorts = new Set<number>((old?.spec.ports ?? []).flatMap((p: any) => (p.nodePort ? [p.nodePort] : [])))
  // Before new ones are chosen: what the Service has already stays its own.
  for (const { nodePort } of spec.ports ?? []) if (hadPorts.has(nodePort)) ports.take(nodePort)
  const reserve = (i: number, wanted: number): void => {
    const why = ports.take(wanted)
    if (why === undefined) return
    throw invalid(ctx.stored, metadata.name, [invalidField(`spec.ports[${i}].nodePort`, wanted, why)])
  }
  // A new Service's ports of one number share a node port, whatever their protocols.
  const shared = new Map<number, number>()
  const taken = new Set<number>()
  for (const [i, port] of (spec.ports ?? []).entries()) {
    if (!port.nodePort && !chooses) continue
    if (old) {
      if (!port.nodePort) port.nodePort = ports.next()
      else if (!hadPorts.has(port.nodePort) && !taken.has(port.nodePort)) {
        reserve(i, port.nodePort)
        taken.add(port.nodePort)
      }
      continue
    }
    const known = shared.get(port.port)
    if (known === undefined) {
      const wanted = spec.ports.find((p: any) => p.port === port.port && p.nodePort)?.nodePort
      if (wanted) reserve(i, wanted)
      port.nodePort = wanted ?? ports.next()
      shared.set(port.port, port.nodePort)
    } else if (!port.nodePort) port.nodePort = known
    else if (port.nodePort !== known) reserve(i, port.nodePort)
  }
  if (!needsHealthCheck(spec) || needsHealthCheck(old?.spec)) return
  const why = spec.healthCheckNodePort ? ports.take(spec.healthCheckNodePort) : undefined
  if (why !== undefined)
    throw internal(`failed to allocate requested HealthCheck NodePort ${spec.healthCheckNodePort}: ${why}`)
  spec.healthCheckNodePort ??= ports.next()
}
