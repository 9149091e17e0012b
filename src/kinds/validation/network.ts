import { type FieldError, forbidden, invalid, notSupported, required } from '../errors.ts'
import { IMMUTABLE, isLabel, isPathSegment, isPort, isPortName, isSubdomain, isWildcardSubdomain } from '../names.ts'
import type { KubeObject } from '../object.ts'
import { addInvalid, checkLabelSelector, checkSupported, type Errors } from './checks.ts'
import { checkCIDR, isIP } from './ip.ts'

const CLASS_ANNOTATION = 'kubernetes.io/ingress.class'

/** ValidateIngressCreate (pkg/apis/networking/validation): the class by field or by annotation, not by both. */
export function validateIngress(obj: KubeObject): FieldError[] {
  const errors = checkIngress(obj)
  const annotation = obj.metadata.annotations?.[CLASS_ANNOTATION]
  const name = obj.spec.ingressClassName
  if (annotation !== undefined && name !== undefined && annotation !== name) {
    const sentence = 'must match `ingressClassName` when both are specified'
    errors.push(invalid(`annotations.${CLASS_ANNOTATION}`, annotation, sentence))
  }
  return errors
}

/** ValidateIngressUpdate. */
export const validateIngressUpdate = (next: KubeObject): FieldError[] => checkIngress(next)

function checkIngress({ spec }: KubeObject): FieldError[] {
  const errors: Errors = []
  const rules: any[] = spec.rules ?? []
  if (!rules.length && !spec.defaultBackend) {
    errors.push(invalid('spec', null, 'either `defaultBackend` or `rules` must be specified'))
  }
  if (spec.defaultBackend) checkBackend(errors, 'spec.defaultBackend', spec.defaultBackend)
  for (const [i, { host, http }] of rules.entries()) {
    const path = `spec.rules[${i}]`
    if (host) checkHost(errors, `${path}.host`, host)
    if (!http) continue
    if (!http.paths?.length) errors.push(required(`${path}.http.paths`))
    for (const [j, rule] of (http.paths ?? []).entries()) checkPath(errors, `${path}.http.paths[${j}]`, rule)
  }
  for (const [i, { hosts, secretName }] of (spec.tls ?? []).entries()) {
    const path = `spec.tls[${i}]`
    for (const [j, host] of (hosts ?? []).entries()) {
      addInvalid(
        errors,
        `${path}.hosts[${j}]`,
        host,
        host.includes('*') ? isWildcardSubdomain(host) : isSubdomain(host),
      )
    }
    if (secretName) addInvalid(errors, `${path}.secretName`, secretName, isSubdomain(secretName))
  }
  if (spec.ingressClassName !== undefined) {
    addInvalid(errors, 'spec.ingressClassName', spec.ingressClassName, isSubdomain(spec.ingressClassName))
  }
  return errors
}

function checkHost(errors: Errors, path: string, host: string): void {
  if (isIP(host)) errors.push(invalid(path, host, 'must be a DNS name, not an IP address'))
  addInvalid(errors, path, host, host.includes('*') ? isWildcardSubdomain(host) : isSubdomain(host))
}

const BAD_SEQUENCES = ['//', '/./', '/../', '%2f', '%2F']
const BAD_SUFFIXES = ['/..', '/.']

function checkPath(errors: Errors, path: string, { pathType, path: target = '', backend = {} }: any): void {
  if (pathType === undefined || pathType === null) {
    errors.push(required(`${path}.pathType`, 'pathType must be specified'))
    return
  }
  const relative = (): void => {
    if (!target.startsWith('/')) errors.push(invalid(`${path}.path`, target, 'must be an absolute path'))
  }
  if (pathType === 'Exact' || pathType === 'Prefix') {
    relative()
    for (const bad of BAD_SEQUENCES) {
      if (target.includes(bad)) errors.push(invalid(`${path}.path`, target, `must not contain '${bad}'`))
    }
    for (const bad of BAD_SUFFIXES) {
      if (target.endsWith(bad)) errors.push(invalid(`${path}.path`, target, `cannot end with '${bad}'`))
    }
  } else if (pathType === 'ImplementationSpecific') {
    if (target) relative()
  } else {
    errors.push(notSupported(`${path}.pathType`, pathType, ['Exact', 'ImplementationSpecific', 'Prefix']))
  }
  checkBackend(errors, `${path}.backend`, backend)
}

function checkBackend(errors: Errors, path: string, { service, resource }: any): void {
  if (service && resource) {
    errors.push(invalid(path, '', 'cannot set both resource and service backends'))
    return
  }
  if (resource) {
    for (const field of ['kind', 'name']) {
      if (!resource[field]) errors.push(required(`${path}.resource.${field}`))
      else addInvalid(errors, `${path}.resource.${field}`, resource[field], isPathSegment(resource[field]))
    }
    return
  }
  if (!service) {
    errors.push(invalid(path, '', 'resource or service backend is required'))
    return
  }
  if (!service.name) errors.push(required(`${path}.service.name`))
  else addInvalid(errors, `${path}.service.name`, service.name, isLabel(service.name))
  const { name, number } = service.port ?? {}
  if (name && number) errors.push(invalid(path, '', 'cannot set both port name & port number'))
  else if (name) addInvalid(errors, `${path}.service.port.name`, name, isPortName(name))
  else if (number) addInvalid(errors, `${path}.service.port.number`, number, isPort(number))
  else errors.push(required(path, 'port name or number is required'))
}

/** ValidateIngressClass: the controller is a domain with a path. */
export function validateIngressClass({ spec = {} }: KubeObject): FieldError[] {
  const errors: Errors = []
  const controller: string = spec.controller ?? ''
  if (!controller) errors.push(required('spec.controller'))
  else {
    const [host, ...rest] = controller.split('/')
    if (!host || !rest.join('/')) {
      const sentence = 'must be a domain-prefixed path (such as "acme.io/foo")'
      errors.push(invalid('spec.controller', controller, sentence))
    } else addInvalid(errors, 'spec.controller', host, isSubdomain(host))
  }
  if (spec.parameters) {
    checkParameters(errors, 'spec.parameters', spec.parameters)
  }
  return errors
}

/** validateIngressClassParametersReference */
function checkParameters(errors: Errors, path: string, { apiGroup, kind, name, scope, namespace }: any): void {
  if (apiGroup !== undefined) addInvalid(errors, `${path}.apiGroup`, apiGroup, isSubdomain(apiGroup))
  for (const [field, value] of Object.entries({ kind, name })) {
    if (!value) errors.push(required(`${path}.${field}`))
    else addInvalid(errors, `${path}.${field}`, value, isPathSegment(value))
  }
  checkSupported(errors, `${path}.scope`, scope, ['Cluster', 'Namespace'])
  if (scope === 'Namespace') {
    if (namespace === undefined) {
      errors.push(required(`${path}.namespace`, "`parameters.scope` is set to 'Namespace'"))
    } else addInvalid(errors, `${path}.namespace`, namespace, isLabel(namespace))
  } else if (scope === 'Cluster' && namespace !== undefined) {
    errors.push(forbidden(`${path}.namespace`, "`parameters.scope` is set to 'Cluster'"))
  }
}

/** ValidateIngressClassUpdate: the controller stays. */
export function validateIngressClassUpdate(next: KubeObject, old: KubeObject): FieldError[] {
  const errors: Errors = []
  if (next.spec?.controller !== old.spec?.controller) {
    errors.push(invalid('spec.controller', next.spec?.controller ?? '', IMMUTABLE))
  }
  return errors.concat(validateIngressClass(next))
}

/** ValidateNetworkPolicy (pkg/apis/networking/validation). */
export function validateNetworkPolicy({ spec }: KubeObject): FieldError[] {
  const errors: Errors = []
  checkLabelSelector(errors, 'spec.podSelector', spec.podSelector)
  for (const [direction, peers] of [
    ['ingress', 'from'],
    ['egress', 'to'],
  ] as const) {
    for (const [i, rule] of (spec[direction] ?? []).entries()) {
      const path = `spec.${direction}[${i}]`
      for (const [j, port] of (rule.ports ?? []).entries()) checkPolicyPort(errors, `${path}.ports[${j}]`, port)
      for (const [j, peer] of (rule[peers] ?? []).entries()) checkPeer(errors, `${path}.${peers}[${j}]`, peer)
    }
  }
  const types: string[] = spec.policyTypes ?? []
  if (types.length > 2) {
    errors.push(invalid('spec.policyTypes', types, 'may not specify more than two policyTypes'))
    return errors
  }
  for (const [i, type] of types.entries()) {
    if (type !== 'Ingress' && type !== 'Egress') {
      errors.push(notSupported(`spec.policyTypes[${i}]`, type, ['Ingress', 'Egress']))
    }
  }
  return errors
}

function checkPolicyPort(errors: Errors, path: string, { protocol, port, endPort }: any): void {
  const protocols = ['TCP', 'UDP', 'SCTP']
  if (protocol !== undefined && !protocols.includes(protocol)) {
    errors.push(notSupported(`${path}.protocol`, protocol, protocols))
  }
  if (port === undefined) {
    if (endPort !== undefined) {
      errors.push(invalid(`${path}.endPort`, endPort, 'may not be specified when `port` is not specified'))
    }
  } else if (typeof port === 'number') {
    addInvalid(errors, `${path}.port`, port, isPort(port))
    if (endPort === undefined) return
    if (endPort < port) errors.push(invalid(`${path}.endPort`, port, 'must be greater than or equal to `port`'))
    addInvalid(errors, `${path}.endPort`, endPort, isPort(endPort))
  } else {
    if (endPort !== undefined) {
      errors.push(invalid(`${path}.endPort`, endPort, 'may not be specified when `port` is non-numeric'))
    }
    addInvalid(errors, `${path}.port`, port, isPortName(port))
  }
}

function checkPeer(errors: Errors, path: string, { podSelector, namespaceSelector, ipBlock }: any): void {
  checkLabelSelector(errors, `${path}.podSelector`, podSelector)
  checkLabelSelector(errors, `${path}.namespaceSelector`, namespaceSelector)
  if (ipBlock) {
    if (!ipBlock.cidr) errors.push(required(`${path}.ipBlock.cidr`))
    else checkCIDR(errors, `${path}.ipBlock.cidr`, ipBlock.cidr)
    for (const [i, except] of (ipBlock.except ?? []).entries()) {
      const at = `${path}.ipBlock.except[${i}]`
      if (checkCIDR(errors, at, except) && ipBlock.cidr && !isStrictSubset(except, ipBlock.cidr)) {
        errors.push(invalid(at, except, 'must be a strict subset of `cidr`'))
      }
    }
  }
  if (!podSelector && !namespaceSelector && !ipBlock) errors.push(required(path, 'must specify a peer'))
  else if (ipBlock && (podSelector || namespaceSelector)) {
    errors.push(forbidden(path, 'may not specify both ipBlock and another peer'))
  }
}

/** Of IPv4 ranges; others are taken to be. */
function isStrictSubset(inner: string, outer: string): boolean {
  const parse = (cidr: string): [number, number] | undefined => {
    const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(cidr)
    if (!match) return undefined
    const [a, b, c, d, bits] = match.slice(1).map(Number) as [number, number, number, number, number]
    return [a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d, bits]
  }
  const [small, big] = [parse(inner), parse(outer)]
  if (!small || !big) return true
  const size = 2 ** (32 - big[1])
  return small[1] > big[1] && Math.floor(small[0] / size) === Math.floor(big[0] / size)
}
