import type { Coro } from '../../../kernel/index.ts'
import type { DescribeContext, Describer } from './context.ts'
import { formatLabels, formatSelector, orUnset, Writer } from './writer.ts'

const SHOWN = 3

/** `10.244.1.2:80,10.244.2.3:80 + 1 more...` of the ready endpoints. */
function endpoints(slices: readonly any[], ports: ReadonlySet<string>): string {
  if (slices.length === 0) return '<none>'
  const list: string[] = []
  for (const slice of slices) {
    const ready = (slice.endpoints ?? []).filter((e: any) => e.conditions?.ready !== false)
    if (!slice.ports?.length) list.push(...ready.map((e: any) => e.addresses[0]))
    else
      for (const port of slice.ports)
        if (ports.has(port.name ?? ''))
          list.push(
            ...ready.map((e: any) =>
              e.addresses[0].includes(':') ? `[${e.addresses[0]}]:${port.port}` : `${e.addresses[0]}:${port.port}`,
            ),
          )
  }
  const text = list.slice(0, SHOWN).join(',')
  return list.length > SHOWN ? `${text} + ${list.length - SHOWN} more...` : text
}

const slicesOf = (c: DescribeContext, namespace: string, service: string): Coro<any[]> =>
  c.list('discovery.k8s.io', 'v1', 'endpointslices', namespace, {
    labelSelector: `kubernetes.io/service-name=${service}`,
  })

/** ServiceDescriber: ports with the endpoints behind them. */
export const describeService: Describer = function* (c, s) {
  const w = new Writer(c.now)
  const { spec, status = {} } = s
  const slices = yield* slicesOf(c, s.metadata.namespace, s.metadata.name)
  w.meta(s)
  w.row(0, 'Selector', formatLabels(spec.selector))
  w.row(0, 'Type', spec.type)
  w.optional(0, 'IP Family Policy', spec.ipFamilyPolicy)
  w.row(0, 'IP Families', spec.ipFamilies?.join(',') || '<none>')
  w.row(0, 'IP', spec.clusterIP ?? '')
  w.row(0, 'IPs', spec.clusterIPs?.join(',') || '<none>')
  if (spec.externalIPs?.length) w.row(0, 'External IPs', spec.externalIPs.join(','))
  w.optional(0, 'Desired LoadBalancer IP', spec.loadBalancerIP)
  w.optional(0, 'External Name', spec.externalName)
  const ingress = status.loadBalancer?.ingress ?? []
  if (ingress.length > 0)
    w.row(
      0,
      'LoadBalancer Ingress',
      ingress.map((i: any) => (i.ip ? `${i.ip}${i.ipMode ? ` (${i.ipMode})` : ''}` : i.hostname)).join(', '),
    )
  for (const port of spec.ports ?? []) {
    const name = port.name || '<unset>'
    w.w(0, `Port:\t${name}\t${port.port}/${port.protocol}\n`)
    w.row(0, 'TargetPort', `${port.targetPort}/${port.protocol}`)
    w.optional(0, 'AppProtocol', port.appProtocol)
    if (port.nodePort) w.w(0, `NodePort:\t${name}\t${port.nodePort}/${port.protocol}\n`)
    w.row(0, 'Endpoints', endpoints(slices, new Set([port.name ?? ''])))
  }
  w.row(0, 'Session Affinity', spec.sessionAffinity ?? '')
  w.optional(0, 'External Traffic Policy', spec.externalTrafficPolicy)
  w.optional(0, 'Internal Traffic Policy', spec.internalTrafficPolicy)
  if (spec.healthCheckNodePort) w.row(0, 'HealthCheck NodePort', spec.healthCheckNodePort)
  if (spec.loadBalancerSourceRanges?.length)
    w.row(0, 'LoadBalancer Source Ranges', spec.loadBalancerSourceRanges.join(','))
  w.optional(0, 'Traffic Distribution', spec.trafficDistribution)
  w.events(yield* c.events(s))
  return w.toString()
}

/** EndpointsDescriber: subsets with their addresses and ports. */
export const describeEndpoints: Describer = function* (c, e) {
  const w = new Writer(c.now)
  w.meta(e)
  w.w(0, 'Subsets:\n')
  const ips = (list: any[] | undefined): string => list?.map((a) => a.ip).join(',') || '<none>'
  for (const subset of e.subsets ?? []) {
    w.row(1, 'Addresses', ips(subset.addresses))
    w.row(1, 'NotReadyAddresses', ips(subset.notReadyAddresses))
    if (subset.ports?.length) {
      w.w(1, 'Ports:\n')
      w.w(2, 'Name\tPort\tProtocol\n')
      w.w(2, '----\t----\t--------\n')
      for (const p of subset.ports) w.w(2, `${p.name || '<unset>'}\t${p.port}\t${p.protocol}\n`)
    }
    w.w(0, '\n')
  }
  w.events(yield* c.events(e))
  return w.toString()
}

/** EndpointSliceDescriber: each endpoint with its conditions. */
export const describeEndpointSlice: Describer = function* (c, s) {
  const w = new Writer(c.now)
  w.meta(s)
  w.row(0, 'AddressType', s.addressType)
  if (!s.ports?.length) w.w(0, 'Ports: <unset>\n')
  else {
    w.w(0, 'Ports:\n')
    w.w(1, 'Name\tPort\tProtocol\n')
    w.w(1, '----\t----\t--------\n')
    for (const p of s.ports) w.w(1, `${p.name || '<unset>'}\t${orUnset(p.port)}\t${p.protocol}\n`)
  }
  w.w(0, s.endpoints?.length ? 'Endpoints:\n' : 'Endpoints: <none>\n')
  for (const e of s.endpoints ?? []) {
    w.row(1, '- Addresses', e.addresses?.join(', ') || '<none>')
    w.w(2, 'Conditions:\n')
    w.row(3, 'Ready', orUnset(e.conditions?.ready))
    w.row(2, 'Hostname', orUnset(e.hostname))
    if (e.targetRef) w.row(2, 'TargetRef', `${e.targetRef.kind}/${e.targetRef.name}`)
    w.row(2, 'NodeName', orUnset(e.nodeName))
    w.row(2, 'Zone', orUnset(e.zone))
  }
  w.events(yield* c.events(s))
  return w.toString()
}

function* backend(c: DescribeContext, namespace: string, b: any): Coro<string> {
  if (b.service) {
    const { name, port = {} } = b.service
    const text = `${name}:${port.number ?? port.name ?? ''}`
    const service = yield* c.find('', 'v1', 'services', namespace, name)
    if (service instanceof Error) return `${text} (<error: ${service.message}>)`
    const named = service.spec.ports?.find((p: any) => (port.number ? p.port === port.number : p.name === port.name))
    return `${text} (${endpoints(yield* slicesOf(c, namespace, name), new Set([named?.name ?? '']))})`
  }
  if (b.resource)
    return `APIGroup: ${b.resource.apiGroup ?? '<none>'}, Kind: ${b.resource.kind}, Name: ${b.resource.name}`
  return ''
}

/** IngressDescriber: each path with its backend and what stands behind it. */
export const describeIngress: Describer = function* (c, i) {
  const w = new Writer(c.now)
  const { spec = {}, status = {}, metadata } = i
  w.row(0, 'Name', metadata.name)
  w.labels('Labels', metadata.labels)
  w.row(0, 'Namespace', metadata.namespace)
  const addresses = new Set((status.loadBalancer?.ingress ?? []).map((x: any) => x.ip || x.hostname).filter(Boolean))
  w.row(0, 'Address', [...addresses].sort().join(','))
  w.row(0, 'Ingress Class', spec.ingressClassName ?? '<none>')
  const fallback = spec.defaultBackend ? yield* backend(c, metadata.namespace, spec.defaultBackend) : '<default>'
  w.row(0, 'Default backend', fallback)
  if (spec.tls?.length) {
    w.w(0, 'TLS:\n')
    for (const t of spec.tls)
      w.w(
        1,
        t.secretName
          ? `${t.secretName} terminates ${(t.hosts ?? []).join(',')}\n`
          : `SNI routes ${(t.hosts ?? []).join(',')}\n`,
      )
  }
  w.w(0, 'Rules:\n  Host\tPath\tBackends\n')
  w.w(1, '----\t----\t--------\n')
  const rules = (spec.rules ?? []).filter((rule: any) => rule.http)
  for (const rule of rules) {
    w.w(1, `${rule.host || '*'}\t\n`)
    for (const path of rule.http.paths ?? [])
      w.w(2, `\t${path.path ?? ''} \t${yield* backend(c, metadata.namespace, path.backend)}\n`)
  }
  if (rules.length === 0) w.w(1, `*\t*\t${fallback}\n`)
  w.annotations('Annotations', metadata.annotations)
  w.events(yield* c.events(i))
  return w.toString()
}

/** IngressClassDescriber: the controller and its parameters. */
export const describeIngressClass: Describer = function* (c, i) {
  const w = new Writer(c.now)
  w.meta(i, { namespace: false })
  w.row(0, 'Controller', i.spec?.controller ?? '')
  const p = i.spec?.parameters
  if (p) {
    w.w(0, 'Parameters:\n')
    w.optional(1, 'APIGroup', p.apiGroup)
    w.row(1, 'Kind', p.kind)
    w.row(1, 'Name', p.name)
  }
  w.events(yield* c.events(i))
  return w.toString()
}

const INDENT = '    '

function policyRules(w: Writer, rules: readonly any[], direction: 'ingress' | 'egress'): void {
  const [word, key, who] = direction === 'ingress' ? ['From', 'from', 'source'] : ['To', 'to', 'destination']
  const line = (level: number, text: string): void => w.w(level, `${INDENT}${text}\n`)
  if (rules.length === 0) line(0, `<none> (Selected pods are isolated for ${direction} connectivity)`)
  rules.forEach((rule, i) => {
    if (!rule.ports?.length) line(0, 'To Port: <any> (traffic allowed to all ports)')
    for (const p of rule.ports ?? []) {
      const protocol = p.protocol ?? 'TCP'
      line(
        0,
        p.endPort === undefined
          ? `To Port: ${p.port ?? '<nil>'}/${protocol}`
          : `To Port Range: ${p.port}-${p.endPort}/${protocol}`,
      )
    }
    const peers = rule[key] ?? []
    if (peers.length === 0) line(0, `${word}: <any> (traffic not restricted by ${who})`)
    for (const peer of peers) {
      line(0, `${word}:`)
      if (peer.namespaceSelector) line(1, `NamespaceSelector: ${formatSelector(peer.namespaceSelector)}`)
      if (peer.podSelector) line(1, `PodSelector: ${formatSelector(peer.podSelector)}`)
      if (peer.ipBlock && !peer.podSelector && !peer.namespaceSelector) {
        line(1, 'IPBlock:')
        line(2, `CIDR: ${peer.ipBlock.cidr}`)
        line(2, `Except: ${(peer.ipBlock.except ?? []).join(', ')}`)
      }
    }
    if (i !== rules.length - 1) line(0, '----------')
  })
}

/** NetworkPolicyDescriber: who is selected, what may come in and go out. */
export const describeNetworkPolicy: Describer = function* (c, n) {
  const w = new Writer(c.now)
  const { spec = {} } = n
  w.row(0, 'Name', n.metadata.name)
  w.row(0, 'Namespace', n.metadata.namespace)
  w.row(0, 'Created on', `${n.metadata.creationTimestamp.replace('T', ' ').replace('Z', '')} +0000 UTC`)
  w.labels('Labels', n.metadata.labels)
  w.annotations('Annotations', n.metadata.annotations)
  w.w(0, 'Spec:\n')
  const text = formatSelector(spec.podSelector)
  w.w(1, 'PodSelector: ')
  w.w(2, text === '<none>' ? '<none> (Allowing the specific traffic to all pods in this namespace)\n' : `${text}\n`)
  const types: string[] = spec.policyTypes ?? []
  for (const [type, direction] of [
    ['Ingress', 'ingress'],
    ['Egress', 'egress'],
  ] as const) {
    if (types.includes(type)) {
      w.w(1, `Allowing ${direction} traffic:\n`)
      policyRules(w, spec[direction] ?? [], direction)
    } else w.w(1, `Not affecting ${direction} traffic\n`)
  }
  w.w(1, `Policy Types: ${types.join(', ') || '<none>'}\n`)
  yield* []
  return w.toString()
}
