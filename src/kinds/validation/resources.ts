import { amount } from '../amount.ts'
import { forbidden, invalid, required } from '../errors.ts'
import { isQualifiedName, NEGATIVE } from '../names.ts'
import { addInvalid, type Errors } from './checks.ts'

const CONTAINER = new Set(['cpu', 'memory', 'ephemeral-storage'])
const OBJECT_COUNTS = ['pods', 'services', 'replicationcontrollers', 'resourcequotas', 'secrets', 'configmaps']
const SERVICE_COUNTS = ['persistentvolumeclaims', 'services.nodeports', 'services.loadbalancers']
const REQUESTS = ['requests.cpu', 'requests.memory', 'requests.storage', 'requests.ephemeral-storage']
const LIMITS = ['limits.cpu', 'limits.memory', 'limits.ephemeral-storage']

/** IsStandardQuotaResourceName */
const QUOTA = new Set([...CONTAINER, ...REQUESTS, ...LIMITS, ...OBJECT_COUNTS, ...SERVICE_COUNTS])
/** IsStandardResourceName */
const STANDARD = new Set([...QUOTA, 'storage'])

const hugePages = (name: string): boolean => isHugePages(name) || name.startsWith('requests.hugepages-')
/** IsHugePageResourceName */
export const isHugePages = (name: string): boolean => name.startsWith('hugepages-')

const isNative = (name: string): boolean => !name.includes('/') || name.includes('kubernetes.io/')
const isExtended = (name: string): boolean => !isNative(name) && !name.startsWith('requests.')
const isIntegerResource = (name: string): boolean => isExtended(name) || SERVICE_AND_OBJECTS.has(name)
const SERVICE_AND_OBJECTS = new Set([...OBJECT_COUNTS, ...SERVICE_COUNTS])

/** Resources that may be promised more than once: not hugepages or devices. */
export const isOvercommitAllowed = (name: string): boolean => isNative(name) && !name.startsWith('hugepages-')

/** validateResourceName; true when it found nothing. */
export function checkResourceName(errors: Errors, path: string, name: string): boolean {
  const messages = isQualifiedName(name)
  addInvalid(errors, path, name, messages)
  if (messages.length) return false
  if (name.includes('/') || STANDARD.has(name) || hugePages(name)) return true
  errors.push(invalid(path, name, 'must be a standard resource type or fully qualified'))
  return false
}

/** validateContainerResourceName: says twice what is wrong with an unknown short name, as upstream does. */
function checkContainerResourceName(errors: Errors, path: string, name: string): void {
  checkResourceName(errors, path, name)
  if (!name.includes('/')) {
    if (!CONTAINER.has(name) && !name.startsWith('hugepages-')) {
      errors.push(invalid(path, name, 'must be a standard resource for containers'))
    }
  } else if (!isNative(name) && !isExtended(name)) {
    errors.push(invalid(path, name, "doesn't follow extended resource name standard"))
  }
}

/** validateLimitRangeResourceName: containers' resources are stricter than others. */
export function checkLimitRangeResourceName(errors: Errors, type: string, path: string, name: string): void {
  if (type === 'Pod' || type === 'Container') checkContainerResourceName(errors, path, name)
  else checkResourceName(errors, path, name)
}

/** IsStandardQuotaResourceName */
export const isQuotaResource = (name: string): boolean => QUOTA.has(name) || hugePages(name)

/** count/<resource>.<group> is fully qualified and therefore fine. */
export function checkQuotaResourceName(errors: Errors, path: string, name: string): void {
  checkResourceName(errors, path, name)
  if (!name.includes('/') && !isQuotaResource(name)) {
    errors.push(invalid(path, name, 'must be a standard resource for quota'))
  }
}

/** ValidateResourceQuantityValue */
export function checkAmount(errors: Errors, path: string, name: string, quantity: string): void {
  const value = amount(quantity)
  if (value < 0n) errors.push(invalid(path, quantity, NEGATIVE))
  if (isIntegerResource(name) && value % 1_000_000_000n !== 0n) {
    errors.push(invalid(path, quantity, 'must be an integer'))
  }
}

/** ValidateContainerResourceRequirements */
export const checkResources = (errors: Errors, path: string, resources: any): void =>
  checkRequirements(errors, path, resources, checkContainerResourceName)

/** validateResourceRequirements; `checkName` says which resources there may be. */
export function checkRequirements(
  errors: Errors,
  path: string,
  resources: any,
  checkName: (errors: Errors, path: string, name: string) => void,
): void {
  if (!resources) return
  const { limits, requests } = resources
  const limitPath = `${path}.limits`
  const requestPath = `${path}.requests`
  let hugePagesOnly = false
  let cpuOrMemory = false
  const check = (at: string, name: string, quantity: string): void => {
    checkName(errors, at, name)
    checkAmount(errors, at, name, quantity)
    if (name === 'cpu' || name === 'memory') cpuOrMemory = true
  }
  const checkPages = (at: string, name: string, quantity: string): void => {
    if (!isHugePages(name)) return
    hugePagesOnly = true
    const size = amount(name.slice('hugepages-'.length))
    if (size > 0n && amount(quantity) % size !== 0n) {
      errors.push(invalid(at, quantity, `${quantity} is not positive integer multiple of ${name}`))
    }
  }
  for (const name in limits) {
    const at = `${limitPath}[${name}]`
    check(at, name, limits[name])
    checkPages(at, name, limits[name])
  }
  for (const name in requests) {
    check(`${requestPath}[${name}]`, name, requests[name])
    const limit = limits?.[name]
    if (limit !== undefined) {
      if (amount(requests[name]) !== amount(limit) && !isOvercommitAllowed(name)) {
        errors.push(invalid(requestPath, requests[name], `must be equal to ${name} limit of ${limit}`))
      } else if (amount(requests[name]) > amount(limit)) {
        errors.push(invalid(requestPath, requests[name], `must be less than or equal to ${name} limit of ${limit}`))
      }
    } else if (!isOvercommitAllowed(name)) {
      errors.push(required(limitPath, 'Limit must be set for non overcommitable resources'))
    }
    checkPages(`${requestPath}[${name}]`, name, requests[name])
  }
  if (hugePagesOnly && !cpuOrMemory) errors.push(forbidden(path, 'HugePages require cpu or memory'))
}
