import { duplicate, type FieldError, invalid, required, tooMany } from '../errors.ts'
import { isLabel, isLabelValue, isQualifiedName, isSubdomain } from '../names.ts'
import type { KubeObject } from '../object.ts'
import { same } from '../same.ts'
import { addInvalid, checkDnsLabel, checkSupported, type Errors } from './checks.ts'
import { checkEndpointIP, checkIP, isIPv4, isIPv6 } from './ip.ts'

const MAX_ENDPOINTS = 1000
const MAX_ADDRESSES = 100
const MAX_PORTS = 20000
const MAX_HINTS = 8

/** Models pkg/apis/discovery/validation. */
export function validateEndpointSlice(slice: KubeObject): FieldError[] {
  const errors = checkFrame(slice)
  checkEndpoints(errors, slice)
  return errors
}

/** Endpoints that were valid once need not be looked at again: slices are large. */
export function validateEndpointSliceUpdate(next: KubeObject, old: KubeObject): FieldError[] {
  const errors = checkFrame(next)
  if (!same(next.endpoints, old.endpoints)) checkEndpoints(errors, next)
  if (next.addressType !== old.addressType) {
    errors.push(invalid('addressType', next.addressType ?? '', 'field is immutable'))
  }
  return errors
}

function checkFrame({ addressType, ports = [] }: KubeObject): Errors {
  const errors: Errors = []
  if (!addressType) errors.push(required('addressType'))
  else checkSupported(errors, 'addressType', addressType, ['FQDN', 'IPv4', 'IPv6'])
  if (ports?.length > MAX_PORTS) errors.push(tooMany('ports', ports.length, MAX_PORTS))
  const names = new Set<string>()
  ports?.forEach(({ name = '', protocol, appProtocol }: any, i: number) => {
    const path = `ports[${i}]`
    if (name) checkDnsLabel(errors, `${path}.name`, name)
    if (names.has(name)) errors.push(duplicate(`${path}.name`, name))
    names.add(name)
    if (protocol === undefined) errors.push(required(`${path}.protocol`))
    else checkSupported(errors, `${path}.protocol`, protocol, ['SCTP', 'TCP', 'UDP'])
    if (appProtocol !== undefined) addInvalid(errors, `${path}.appProtocol`, appProtocol, isQualifiedName(appProtocol))
  })
  return errors
}

function checkEndpoints(errors: Errors, { endpoints = [], addressType }: KubeObject): void {
  if (endpoints?.length > MAX_ENDPOINTS) {
    errors.push(tooMany('endpoints', endpoints.length, MAX_ENDPOINTS))
    return
  }
  endpoints?.forEach((endpoint: any, i: number) => {
    const path = `endpoints[${i}]`
    const addresses: string[] = endpoint.addresses ?? []
    if (addresses.length === 0) errors.push(required(`${path}.addresses`, 'must contain at least 1 address'))
    else if (addresses.length > MAX_ADDRESSES) {
      errors.push(tooMany(`${path}.addresses`, addresses.length, MAX_ADDRESSES))
    }
    addresses.forEach((address, j) => void checkAddress(errors, address, `${path}.addresses`, j, addressType))
    const { nodeName, hostname, hints, deprecatedTopology } = endpoint
    if (nodeName !== undefined) addInvalid(errors, `${path}.nodeName`, nodeName, isSubdomain(nodeName))
    if (Object.keys(deprecatedTopology ?? {}).length > 16) {
      errors.push(tooMany(`${path}.deprecatedTopology`, Object.keys(deprecatedTopology).length, 16))
    }
    if (hostname !== undefined) addInvalid(errors, `${path}.hostname`, hostname, isLabel(hostname))
    if (!hints) return
    checkHints(errors, hints.forZones ?? [], `${path}.hints.forZones`, isLabelValue)
    checkHints(errors, hints.forNodes ?? [], `${path}.hints.forNodes`, isSubdomain)
  })
}

function checkAddress(errors: Errors, address: string, path: string, index: number, type: string): void {
  const at = `${path}[${index}]`
  if (type === 'FQDN') {
    const name = address.replace(/\.$/, '')
    addInvalid(errors, at, address, isSubdomain(name))
    if (name.split('.').length < 2) {
      errors.push(invalid(at, address, 'should be a domain with at least two segments separated by dots'))
    }
    return
  }
  if ((type !== 'IPv4' && type !== 'IPv6') || !checkIP(errors, at, address)) return
  const fits = type === 'IPv4' ? isIPv4(address) : isIPv6(address)
  if (!fits) errors.push(invalid(path, address, `must be an ${type} address`))
  checkEndpointIP(errors, at, address)
}

function checkHints(
  errors: Errors,
  hints: readonly any[],
  path: string,
  check: (value: string) => readonly string[],
): void {
  if (hints.length > MAX_HINTS) {
    errors.push(tooMany(path, hints.length, MAX_HINTS))
    return
  }
  const seen = new Set<string>()
  hints.forEach(({ name = '' }, i) => {
    if (seen.has(name)) errors.push(duplicate(`${path}[${i}].name`, name))
    seen.add(name)
    addInvalid(errors, `${path}[${i}].name`, name, check(name))
  })
}
