import { invalid, required, tooLong } from '../errors.ts'
import { between, isLabel, isSubdomain } from '../names.ts'
import { addInvalid, type Errors } from './checks.ts'
import { need } from './volume-parts.ts'

const LUNS = between(0, 255)

/** The three forms of an iSCSI name. */
const ISCSI_NAMES: readonly RegExp[] = [
  /^iqn\.\d{4}-\d{2}\.[A-Za-z0-9.-]+:[^,;*&$|\s]+$/,
  /^eui.[A-Za-z0-9]{16}$/,
  /^naa.[A-Za-z0-9]{32}$/,
]

function checkIscsiName(errors: Errors, path: string, name: string, unknown: string): void {
  if (!/^(iqn|eui|naa)/.test(name)) errors.push(invalid(path, name, unknown))
  else if (!ISCSI_NAMES.some((form) => form.test(name))) errors.push(invalid(path, name, 'must be valid format'))
}

/** validateISCSIVolumeSource, and of a PersistentVolume, which has its own words for a name of an unknown form. */
export function checkIscsi(errors: Errors, path: string, source: any, inVolume: boolean): void {
  const { iqn, lun = 0, chapAuthDiscovery, chapAuthSession, secretRef, initiatorName } = source
  const unknown = inVolume ? 'must be valid format' : 'must be valid format starting with iqn, eui, or naa'
  need(errors, path, source, 'targetPortal', 'iqn')
  if (iqn) checkIscsiName(errors, `${path}.iqn`, iqn, unknown)
  if (lun < 0 || lun > 255) errors.push(invalid(`${path}.lun`, lun, LUNS))
  if ((chapAuthDiscovery || chapAuthSession) && !secretRef) errors.push(required(`${path}.secretRef`))
  if (inVolume && secretRef && !secretRef.name) errors.push(required(`${path}.secretRef.name`))
  if (initiatorName !== undefined) checkIscsiName(errors, `${path}.initiatorname`, initiatorName, unknown)
}

/** validateFCVolumeSource */
export function checkFibreChannel(errors: Errors, path: string, { targetWWNs, wwids, lun }: any): void {
  const at = `${path}.targetWWNs`
  if (!targetWWNs?.length && !wwids?.length) {
    errors.push(required(at, 'must specify either targetWWNs or wwids, but not both'))
  }
  if (!targetWWNs?.length) return
  if (wwids?.length) {
    errors.push(invalid(at, targetWWNs, 'targetWWNs and wwids can not be specified simultaneously'))
  }
  if (lun === undefined) errors.push(required(`${path}.lun`, 'lun is required if targetWWNs is specified'))
  else if (lun < 0 || lun > 255) errors.push(invalid(`${path}.lun`, lun, LUNS))
}

/** ValidateCSIDriverName */
export function checkDriverName(errors: Errors, path: string, name: string): void {
  if (!name) errors.push(required(path))
  if (name.length > 63) errors.push(tooLong(path, 63))
  if (name) addInvalid(errors, path, name, isSubdomain(name.toLowerCase()))
}

const CSI_SECRETS = [
  'controllerPublishSecretRef',
  'controllerExpandSecretRef',
  'nodePublishSecretRef',
  'nodeExpandSecretRef',
]

/** validateCSIPersistentVolumeSource */
export function checkCsiVolume(errors: Errors, path: string, source: any): void {
  checkDriverName(errors, `${path}.driver`, source.driver ?? '')
  need(errors, path, source, 'volumeHandle')
  for (const field of CSI_SECRETS) {
    const ref = source[field]
    if (!ref) continue
    need(errors, `${path}.${field}`, ref, 'name')
    if (ref.name) addInvalid(errors, `${path}.${field}.name`, ref.name, isSubdomain(ref.name))
    need(errors, `${path}.${field}`, ref, 'namespace')
    if (ref.namespace) addInvalid(errors, `${path}.${field}.namespace`, ref.namespace, isLabel(ref.namespace))
  }
}
