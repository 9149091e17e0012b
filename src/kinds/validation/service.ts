import { duplicate, type FieldError, forbidden, invalid, notSupported, required } from '../errors.ts'
import { internalJson } from '../internal.ts'
import { validateLabels } from '../meta.ts'
import { isLabel, isPort, isQualifiedName, isSubdomain } from '../names.ts'
import type { KubeObject } from '../object.ts'
import { addInvalid, checkOneOf, checkPortOrName, type Errors } from './checks.ts'
import { checkCIDR, checkEndpointIP, checkIP, isIPv6 } from './ip.ts'

const PROTOCOLS = ['SCTP', 'TCP', 'UDP']
const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']
const DISTRIBUTIONS = ['PreferClose', 'PreferSameZone', 'PreferSameNode']

const isHeadless = (spec: any): boolean => spec.clusterIPs?.length === 1 && spec.clusterIPs[0] === 'None'
const isExternal = (spec: any): boolean =>
  spec.type === 'LoadBalancer' ||
  spec.type === 'NodePort' ||
  (spec.type === 'ClusterIP' && spec.externalIPs?.length > 0)

/** validateService. Addresses and node ports have been allocated before, so only what clients gave can be wrong. */
export function validateService(svc: KubeObject): FieldError[] {
  const errors: Errors = []
  const { spec } = svc
  const ports: any[] = spec.ports ?? []
  const headless = isHeadless(spec)
  if (!ports.length && !headless && spec.type !== 'ExternalName') errors.push(required('spec.ports'))
  checkTypeBasics(errors, spec, headless)
  const names = new Set<string>()
  for (const [i, port] of ports.entries()) checkPort(errors, `spec.ports[${i}]`, port, ports.length > 1, names)
  if (spec.selector) errors.push(...validateLabels(spec.selector, 'spec.selector'))
  checkAffinity(errors, spec)
  checkClusterIPs(errors, spec)
  for (const [i, ip] of (spec.externalIPs ?? []).entries()) {
    const path = `spec.externalIPs[${i}]`
    if (checkIP(errors, path, ip)) checkEndpointIP(errors, path, ip)
  }
  checkOneOf(errors, 'spec.type', spec.type, TYPES)
  checkPortUse(errors, spec, ports)
  checkLoadBalancer(errors, spec)
  checkTraffic(errors, spec)
  return errors
}

function checkTypeBasics(errors: Errors, spec: any, headless: boolean): void {
  if ((spec.type === 'LoadBalancer' || spec.type === 'NodePort') && headless) {
    errors.push(invalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${spec.type} services`))
  }
  if (spec.type !== 'ExternalName') return
  for (const field of ['clusterIPs', 'ipFamilies', 'ipFamilyPolicy']) {
    if (spec[field]?.length) errors.push(forbidden(`spec.${field}`, 'may not be set for ExternalName services'))
  }
  const name = (spec.externalName ?? '').replace(/\.$/, '')
  if (!name) errors.push(required('spec.externalName'))
  else addInvalid(errors, 'spec.externalName', name, isSubdomain(name))
}

function checkPort(errors: Errors, path: string, port: any, needName: boolean, names: Set<string>): void {
  const { name, protocol, targetPort, appProtocol } = port
  if (!name) {
    if (needName) errors.push(required(`${path}.name`))
  } else {
    addInvalid(errors, `${path}.name`, name, isLabel(name))
    if (names.has(name)) errors.push(duplicate(`${path}.name`, name))
    names.add(name)
  }
  addInvalid(errors, `${path}.port`, port.port ?? 0, isPort(port.port ?? 0))
  checkOneOf(errors, `${path}.protocol`, protocol, PROTOCOLS)
  checkPortOrName(errors, `${path}.targetPort`, targetPort)
  if (appProtocol !== undefined) addInvalid(errors, `${path}.appProtocol`, appProtocol, isQualifiedName(appProtocol))
}

function checkAffinity(errors: Errors, { sessionAffinity, sessionAffinityConfig }: any): void {
  checkOneOf(errors, 'spec.sessionAffinity', sessionAffinity, ['ClientIP', 'None'])
  if (sessionAffinity === 'ClientIP') checkClientIP(errors, 'spec.sessionAffinityConfig', sessionAffinityConfig)
  else if (sessionAffinity === 'None' && sessionAffinityConfig) {
    errors.push(forbidden('spec.sessionAffinityConfig', 'must not be set when session affinity is None'))
  }
}

/** validateClientIPAffinityConfig: how long a client stays with its pod must be said, and be at most a day. */
function checkClientIP(errors: Errors, path: string, config: any): void {
  const missing = 'when session affinity type is ClientIP'
  const timeout = config?.clientIP?.timeoutSeconds
  if (!config) errors.push(required(path, missing))
  else if (!config.clientIP) errors.push(required(`${path}.clientIP`, missing))
  else if (timeout === undefined) errors.push(required(`${path}.clientIP.timeoutSeconds`, missing))
  else if (timeout <= 0 || timeout > 86400) {
    errors.push(invalid(`${path}.clientIP.timeoutSeconds`, timeout, 'must be greater than 0 and less than 86400'))
  }
}

/** ValidateServiceClusterIPsRelatedFields: addresses and families by themselves, whatever the cluster has of them. */
export function checkClusterIPs(errors: Errors, spec: any): void {
  if (spec.type === 'ExternalName') return
  // clusterIP and clusterIPs are two views; the registry fills in the one a client left out.
  const given: string[] = spec.clusterIPs ?? (spec.clusterIP ? [spec.clusterIP] : [])
  if (spec.clusterIP && spec.clusterIPs?.length && spec.clusterIPs[0] !== spec.clusterIP) {
    errors.push(invalid('spec.clusterIPs', given, 'first value must match `clusterIP`'))
  }
  const families: string[] = spec.ipFamilies ?? []
  for (const [i, family] of families.entries()) {
    if (family !== 'IPv4' && family !== 'IPv6') {
      errors.push(notSupported(`spec.ipFamilies[${i}]`, family, ['IPv4', 'IPv6']))
    }
    if (families.indexOf(family) < i) errors.push(duplicate(`spec.ipFamilies[${i}]`, family))
  }
  const policies = ['PreferDualStack', 'RequireDualStack', 'SingleStack']
  if (spec.ipFamilyPolicy !== undefined && !policies.includes(spec.ipFamilyPolicy)) {
    errors.push(notSupported('spec.ipFamilyPolicy', spec.ipFamilyPolicy, policies))
  }
  let sound = true
  for (const [i, ip] of given.entries()) {
    if (i === 0 && ip === 'None') {
      if (given.length === 1) continue
      errors.push(invalid('spec.clusterIPs', given, "'None' must be the first and only value"))
      sound = false
    } else if (!checkIP(errors, `spec.clusterIPs[${i}]`, ip)) sound = false
  }
  if (given.length > 2) errors.push(invalid('spec.clusterIPs', given, 'may only hold up to 2 values'))
  if (!sound) return
  if (given.length > 1 && !(given.some(isIPv6) && given.some((ip) => !isIPv6(ip))))
    errors.push(invalid('spec.clusterIPs', given, 'may specify no more than one IP for each IP family'))
  if (isHeadless(spec)) return
  for (const [i, ip] of given.entries()) {
    const family = families[i]
    if (family && (family === 'IPv6') !== isIPv6(ip)) {
      const sentence = `expected an ${family} value as indicated by \`ipFamilies[${i}]\``
      errors.push(invalid(`spec.clusterIPs[${i}]`, ip, sentence))
    }
  }
}

function checkPortUse(errors: Errors, spec: any, ports: any[]): void {
  const nodePorts = new Set<string>()
  const used = new Set<string>()
  if (spec.type === 'ClusterIP') {
    for (const [i, { nodePort }] of ports.entries()) {
      if (nodePort) errors.push(forbidden(`spec.ports[${i}].nodePort`, "may not be used when `type` is 'ClusterIP'"))
    }
  }
  for (const [i, { nodePort, protocol }] of ports.entries()) {
    if (!nodePort) continue
    if (nodePorts.has(`${protocol}/${nodePort}`)) errors.push(duplicate(`spec.ports[${i}].nodePort`, nodePort))
    nodePorts.add(`${protocol}/${nodePort}`)
  }
  for (const [i, { port, protocol }] of ports.entries()) {
    const key = `${protocol}/${port}`
    if (used.has(key)) errors.push(duplicate(`spec.ports[${i}]`, internalJson('ServicePort', { port, protocol })))
    used.add(key)
  }
}

function checkLoadBalancer(errors: Errors, spec: any): void {
  const only = "may only be used when `type` is 'LoadBalancer'"
  const ranges: string[] = spec.loadBalancerSourceRanges ?? []
  if (ranges.length) {
    const path = 'spec.LoadBalancerSourceRanges'
    if (spec.type !== 'LoadBalancer') errors.push(forbidden(path, only))
    for (const [i, range] of ranges.entries()) checkCIDR(errors, `${path}[${i}]`, range.trim())
  }
  if (spec.type !== 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== undefined) {
    errors.push(forbidden('spec.allocateLoadBalancerNodePorts', only))
  }
  checkLoadBalancerClass(errors, spec)
}

function checkLoadBalancerClass(errors: Errors, { type, loadBalancerClass: name }: any): void {
  const path = 'spec.loadBalancerClass'
  if (name === undefined) return
  if (type === 'LoadBalancer') addInvalid(errors, path, name, isQualifiedName(name))
  else errors.push(forbidden(path, "may only be used when `type` is 'LoadBalancer'"))
}

function checkTraffic(errors: Errors, spec: any): void {
  const policy = spec.externalTrafficPolicy
  if (!isExternal(spec)) {
    if (policy) {
      const sentence = 'may only be set for externally-accessible services'
      errors.push(invalid('spec.externalTrafficPolicy', policy, sentence))
    }
  } else checkOneOf(errors, 'spec.externalTrafficPolicy', policy, ['Cluster', 'Local'])
  if (spec.healthCheckNodePort && !(spec.type === 'LoadBalancer' && policy === 'Local')) {
    const sentence = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"
    errors.push(invalid('spec.healthCheckNodePort', spec.healthCheckNodePort, sentence))
  }
  const internal = spec.internalTrafficPolicy
  if (internal !== undefined && internal !== 'Cluster' && internal !== 'Local') {
    errors.push(notSupported('spec.internalTrafficPolicy', internal, ['Cluster', 'Local']))
  }
  const distribution = spec.trafficDistribution
  if (distribution !== undefined && !DISTRIBUTIONS.includes(distribution)) {
    errors.push(notSupported('spec.trafficDistribution', distribution, DISTRIBUTIONS))
  }
}

/** ValidateServiceUpdate (pkg/apis/core/validation): cluster IPs stay unless the type changes. */
export function validateServiceUpdate(next: KubeObject, old: KubeObject): FieldError[] {
  const errors: Errors = []
  const [spec, before] = [next.spec, old.spec]
  if (spec.type !== 'ExternalName' && before.type !== 'ExternalName' && !(isHeadless(spec) && isHeadless(before))) {
    const ips: string[] = spec.clusterIPs ?? []
    const oldIPs: string[] = before.clusterIPs ?? []
    if (!ips.length && oldIPs.length) {
      errors.push(invalid('spec.clusterIPs[0]', null, 'primary clusterIP can not be unset'))
    }
    for (const [i, ip] of oldIPs.entries()) {
      if (ips.length && ips[i] !== undefined && ips[i] !== ip) {
        errors.push(invalid(`spec.clusterIPs[${i}]`, ips, 'may not change once set'))
      }
    }
    if (isHeadless(spec) === isHeadless(before)) {
      for (const [i, family] of (before.ipFamilies ?? []).entries()) {
        const now = spec.ipFamilies?.[i]
        if (now !== undefined && now !== family)
          errors.push(invalid('spec.ipFamilies[0]', spec.ipFamilies, 'may not change once set'))
      }
    }
  }
  const balanced = spec.type === 'LoadBalancer' && before.type === 'LoadBalancer'
  if (balanced && spec.loadBalancerClass !== before.loadBalancerClass)
    errors.push(invalid('spec.loadBalancerClass', spec.loadBalancerClass ?? null, 'may not change once set'))
  checkLoadBalancerClass(errors, spec)
  const local = spec.externalTrafficPolicy === 'Local' && before.externalTrafficPolicy === 'Local'
  if (balanced && local && spec.healthCheckNodePort !== before.healthCheckNodePort)
    errors.push(forbidden('spec.healthCheckNodePort', 'field is immutable'))
  return errors.concat(validateService(next))
}

/** ValidateEndpoints without the metadata. */
export function validateEndpoints(obj: KubeObject): FieldError[] {
  const errors: Errors = []
  for (const [i, subset] of (obj.subsets ?? []).entries()) {
    const path = `subsets[${i}]`
    const { addresses = [], notReadyAddresses = [], ports = [] } = subset
    if (!addresses.length && !notReadyAddresses.length) {
      errors.push(required(path, 'must specify `addresses` or `notReadyAddresses`'))
    }
    for (const [list, all] of Object.entries({ addresses, notReadyAddresses })) {
      for (const [j, { ip = '', hostname, nodeName }] of (all as any[]).entries()) {
        const at = `${path}.${list}[${j}]`
        checkIP(errors, `${at}.ip`, ip)
        if (hostname) addInvalid(errors, `${at}.hostname`, hostname, isLabel(hostname))
        if (nodeName !== undefined) addInvalid(errors, `${at}.nodeName`, nodeName, isSubdomain(nodeName))
        checkEndpointIP(errors, `${at}.ip`, ip)
      }
    }
    for (const [j, { name, port = 0, protocol }] of ports.entries()) {
      const at = `${path}.ports[${j}]`
      if (!name) {
        if (ports.length > 1) errors.push(required(`${at}.name`))
      } else addInvalid(errors, `${at}.name`, name, isLabel(name))
      addInvalid(errors, `${at}.port`, port, isPort(port))
      checkOneOf(errors, `${at}.protocol`, protocol, PROTOCOLS)
    }
  }
  return errors
}
