import { forbidden, invalid, notSupported, required } from '../errors.ts'
import { internalJson } from '../internal.ts'
import { checkLabelSelector, type Errors } from './checks.ts'
import { checkSignerName } from './signer.ts'
import { checkDownwardAPIFile, checkItem, checkLocalNonReserved, checkMode, need } from './volume-parts.ts'

const KEY_TYPES = ['RSA3072', 'RSA4096', 'ECDSAP256', 'ECDSAP384', 'ECDSAP521', 'ED25519']
const HOUR = 3600
const DAY = 24 * HOUR

/** What the sources of one projected volume share. */
interface Projection {
  readonly errors: Errors
  /** Path of the volume source, which is where upstream reports some problems of its parts. */
  readonly path: string
  /** Files that sources before have claimed. */
  readonly taken: Set<string>
}

/** A second source for the same file; `shown` is what upstream prints of it. */
function claim({ errors, path, taken }: Projection, file: string | undefined, shown = file): void {
  if (!file) return
  if (taken.has(file)) errors.push(invalid(path, shown ?? '', 'conflicting duplicate paths'))
  taken.add(file)
}

const SOURCES: Readonly<Record<string, (volume: Projection, path: string, source: any) => void>> = {
  secret: checkKeys,
  configMap: checkKeys,
  downwardAPI(volume, path, { items }) {
    for (const file of items ?? []) {
      checkDownwardAPIFile(volume.errors, path, file)
      claim(volume, file.path)
    }
  },
  serviceAccountToken({ errors, path: above }, path, { expirationSeconds, path: file }) {
    const refuse = (sentence: string) => {
      errors.push(invalid(`${path}.expirationSeconds`, expirationSeconds, sentence))
    }
    if (expirationSeconds < 600) refuse('may not specify a duration less than 10 minutes')
    if (expirationSeconds > 2 ** 32) refuse('may not specify a duration larger than 2^32 seconds')
    if (!file) errors.push(required(`${above}.path`))
    else checkLocalNonReserved(errors, `${above}.path`, file)
  },
  clusterTrustBundle: checkTrustBundle,
  podCertificate: checkCertificate,
}

function checkKeys(volume: Projection, path: string, source: any): void {
  need(volume.errors, path, source, 'name')
  for (const [i, item] of (source.items ?? []).entries()) {
    checkItem(volume.errors, `${path}.items[${i}]`, item)
    claim(volume, item.path, source.name ?? '')
  }
}

function checkTrustBundle(volume: Projection, path: string, source: any): void {
  const { errors } = volume
  const { name, signerName, labelSelector, path: file = '' } = source
  if (name !== undefined && signerName !== undefined) {
    const value = internalJson('ClusterTrustBundleProjection', source)
    errors.push(invalid(path, value, 'only one of name and signerName may be used'))
  } else if (name !== undefined) {
    if (!name) errors.push(required(`${path}.name`, 'must be a valid object name'))
    if (labelSelector) {
      const sentence = 'labelSelector must be unset if name is specified'
      errors.push(invalid(`${path}.labelSelector`, labelSelector, sentence))
    }
  } else if (signerName !== undefined) {
    if (!signerName) errors.push(required(`${path}.signerName`, 'must be a valid signer name'))
    checkSignerName(errors, `${path}.signerName`, signerName)
    checkLabelSelector(errors, `${path}.labelSelector`, labelSelector)
  } else errors.push(required(path, 'either name or signerName must be specified'))
  if (!file) errors.push(required(`${path}.path`))
  checkLocalNonReserved(errors, `${path}.path`, file)
  claim(volume, file)
}

function checkCertificate(volume: Projection, path: string, source: any): void {
  const { errors } = volume
  const { signerName = '', keyType = '', maxExpirationSeconds: seconds } = source
  checkSignerName(errors, `${path}.signerName`, signerName)
  if (!KEY_TYPES.includes(keyType)) errors.push(notSupported(`${path}.keyType`, keyType, KEY_TYPES))
  const most = signerName.startsWith('kubernetes.io/') ? DAY : 91 * DAY
  if (seconds < HOUR || seconds > most) {
    const bound = seconds < HOUR ? `>= ${HOUR}` : `<= ${most}`
    const sentence = `if provided, maxExpirationSeconds must be ${bound}`
    errors.push(invalid(`${path}.maxExpirationSeconds`, seconds, sentence))
  }
  const files = ['credentialBundlePath', 'keyPath', 'certificateChainPath'].filter((field) => source[field])
  for (const field of files) {
    checkLocalNonReserved(errors, `${path}.${field}`, source[field])
    claim(volume, source[field])
  }
  if (!files.length) {
    const sentence = 'specify at least one of credentialBundlePath, keyPath, and certificateChainPath'
    errors.push(required(path, sentence))
  }
}

/** validateProjectedVolumeSource */
export function checkProjected(errors: Errors, path: string, { defaultMode, sources }: any): void {
  checkMode(errors, `${path}.defaultMode`, defaultMode)
  const volume: Projection = { errors, path, taken: new Set() }
  for (const [i, projection] of (sources ?? []).entries()) {
    const at = `${path}.sources[${i}]`
    let count = 0
    for (const name in SOURCES) {
      if (!projection[name]) continue
      count++
      SOURCES[name]!(volume, `${at}.${name}`, projection[name])
    }
    if (count > 1) errors.push(forbidden(at, 'may not specify more than 1 volume type per source'))
  }
}
