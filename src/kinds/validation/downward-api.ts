import { canonicalQuantity } from '../../print/index.ts'
import { amount } from '../amount.ts'
import { invalid, notSupported, required } from '../errors.ts'
import { isQualifiedName } from '../names.ts'
import { addInvalid, type Errors } from './checks.ts'

/** Fields an environment variable may refer to, besides labels and annotations by key. */
export const ENV_FIELDS = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
]
/** Fields a downward API volume may show. */
export const VOLUME_FIELDS = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
]
/** What ConvertDownwardAPIFieldLabel knows at all. */
const KNOWN = new Set([...ENV_FIELDS, ...VOLUME_FIELDS, 'spec.restartPolicy', 'status.phase'])

const RESOURCES = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
]

/** A fieldRef of the downward API; `allowed` depends on where it stands. */
export function checkFieldRef(errors: Errors, path: string, ref: any, allowed: readonly string[]): void {
  if (!ref.fieldPath) {
    errors.push(required(`${path}.fieldPath`))
    return
  }
  if (ref.apiVersion !== 'v1') {
    const problem = `error converting fieldPath: unsupported pod version: ${ref.apiVersion}`
    errors.push(invalid(`${path}.fieldPath`, ref.fieldPath, problem))
    return
  }
  const subscripted = /^(.*)\['(.*)'\]$/.exec(ref.fieldPath)
  const field = subscripted ? subscripted[1]! : ref.fieldPath
  if (subscripted && field !== 'metadata.annotations' && field !== 'metadata.labels') {
    const problem = `error converting fieldPath: field label does not support subscript: ${ref.fieldPath}`
    errors.push(invalid(`${path}.fieldPath`, ref.fieldPath, problem))
  } else if (subscripted) {
    const key = field === 'metadata.annotations' ? subscripted[2]!.toLowerCase() : subscripted[2]!
    addInvalid(errors, path, key, isQualifiedName(key))
  } else if (!KNOWN.has(field)) {
    const problem = `error converting fieldPath: field label not supported: ${field}`
    errors.push(invalid(`${path}.fieldPath`, field, problem))
  } else if (!allowed.includes(field)) errors.push(notSupported(`${path}.fieldPath`, field, allowed))
}

/** How a divisor's message calls the resource; undefined for one that is none. */
function divided(resource: string): string | undefined {
  if (/^(requests|limits)\.hugepages-/.test(resource)) return 'hugepages'
  if (!RESOURCES.includes(resource)) return undefined
  const name = resource.slice(resource.indexOf('.') + 1)
  return name === 'ephemeral-storage' ? 'local ephemeral storage' : name
}

const SIZES = '1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei'

/** A resourceFieldRef of the downward API; volumes must name the container. */
export function checkResourceFieldRef(errors: Errors, path: string, ref: any, inVolume: boolean): void {
  const { containerName, resource = '', divisor } = ref
  if (inVolume && !containerName) errors.push(required(`${path}.containerName`))
  else if (!resource) errors.push(required(`${path}.resource`))
  else if (!RESOURCES.includes(resource) && !/^(requests|limits)\.hugepages-/.test(resource)) {
    errors.push(notSupported(`${path}.resource`, resource, RESOURCES))
  }
  if (!amount(divisor)) return
  const text = canonicalQuantity(divisor)
  const what = divided(resource)
  if (!what) return
  const [allowed, shown] = what === 'cpu' ? [['1m', '1'], '1m and 1'] : [SIZES.split(', '), SIZES]
  if (allowed.includes(text)) return
  const sentence = `only divisor's values ${shown} are supported with the ${what} resource`
  errors.push(invalid(`${path}.divisor`, resource, sentence))
}
