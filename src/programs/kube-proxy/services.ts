import type { KubeObject } from '../../api/types.ts'

/** One endpoint of a service port. */
export interface Endpoint {
  readonly ip: string
  readonly port: number
  readonly local: boolean
}

/** One port of one service with what traffic to it becomes: models proxy.ServicePort with its endpoints. */
export interface ServicePort {
  /** `ns/name` or `ns/name:port`. */
  readonly name: string
  readonly namespace: string
  readonly service: string
  readonly portName: string
  readonly protocol: 'tcp' | 'udp' | 'sctp'
  readonly clusterIp: string
  readonly port: number
  readonly nodePort: number
  readonly externalIps: readonly string[]
  readonly loadBalancerIps: readonly string[]
  /** Seconds of client affinity; 0 is none. */
  readonly affinity: number
  readonly externalLocal: boolean
  readonly internalLocal: boolean
  /** All that may be used from inside the cluster. */
  readonly endpoints: readonly Endpoint[]
}

/** Ready endpoints, or terminating ones that still serve when there are no ready ones. */
function usable(slices: readonly KubeObject[], portName: string, protocol: string, nodeName: string): Endpoint[] {
  const ready = new Map<string, Endpoint>()
  const serving = new Map<string, Endpoint>()
  for (const slice of slices) {
    if (slice.addressType !== 'IPv4') continue
    const port = (slice.ports ?? []).find((p: any) => (p.name ?? '') === portName && (p.protocol ?? 'TCP') === protocol)
    if (!port?.port) continue
    for (const e of slice.endpoints ?? []) {
      const [ip] = e.addresses
      const endpoint = { ip, port: port.port, local: e.nodeName === nodeName }
      const key = `${ip}:${port.port}`
      if (e.conditions?.ready !== false) ready.set(key, endpoint)
      else if (e.conditions?.serving && e.conditions?.terminating) serving.set(key, endpoint)
    }
  }
  const chosen = ready.size > 0 ? ready : serving
  return [...chosen.values()].sort((a, b) => (`${a.ip}:${a.port}` < `${b.ip}:${b.port}` ? -1 : 1))
}

/** Everything to be proxied, by name. */
export function servicePorts(
  services: readonly KubeObject[],
  slicesOf: (service: KubeObject) => KubeObject[],
  nodeName: string,
): ServicePort[] {
  const out: ServicePort[] = []
  for (const s of services) {
    const { spec, metadata, status } = s
    if (!spec.clusterIP || spec.clusterIP === 'None' || spec.type === 'ExternalName') continue
    const slices = slicesOf(s)
    for (const p of spec.ports ?? []) {
      const protocol = (p.protocol ?? 'TCP') as string
      out.push({
        name: `${metadata.namespace}/${metadata.name}${p.name ? `:${p.name}` : ''}`,
        namespace: metadata.namespace!,
        service: metadata.name,
        portName: p.name ?? '',
        protocol: protocol.toLowerCase() as ServicePort['protocol'],
        clusterIp: spec.clusterIP,
        port: p.port,
        nodePort: p.nodePort ?? 0,
        externalIps: spec.externalIPs ?? [],
        loadBalancerIps: (status?.loadBalancer?.ingress ?? []).map((i: any) => i.ip).filter(Boolean),
        affinity:
          spec.sessionAffinity === 'ClientIP' ? (spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10_800) : 0,
        externalLocal: spec.externalTrafficPolicy === 'Local',
        internalLocal: spec.internalTrafficPolicy === 'Local',
        endpoints: usable(slices, p.name ?? '', protocol, nodeName),
      })
    }
  }
  return out.sort((a, b) => (a.name + a.protocol < b.name + b.protocol ? -1 : 1))
}
