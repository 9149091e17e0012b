import { forbidden, invalid, notFound, notSupported, required } from '../errors.ts'
import type { Errors } from './checks.ts'
import { checkLocalDescending } from './volume-parts.ts'

const RECURSIVE = ['Disabled', 'Enabled', 'IfPossible']
const PROPAGATIONS = ['Bidirectional', 'HostToContainer', 'None']

/** ValidateVolumeMounts: note that some paths are of the list, not of the mount, as upstream has them. */
export function checkMounts(errors: Errors, path: string, container: any, volumes: ReadonlyMap<string, any>): void {
  const mounts: any[] | undefined = container.volumeMounts
  if (!mounts) return
  const devices: any[] = container.volumeDevices ?? []
  const paths = new Set<string>()
  for (let i = 0; i < mounts.length; i++) {
    const { name = '', mountPath = '', subPath, subPathExpr, mountPropagation } = mounts[i]
    const at = `${path}[${i}]`
    if (!name) errors.push(required(`${at}.name`))
    if (!volumes.has(name)) errors.push(notFound(`${at}.name`, name))
    if (!mountPath) errors.push(required(`${at}.mountPath`))
    if (paths.has(mountPath)) errors.push(invalid(`${at}.mountPath`, mountPath, 'must be unique'))
    paths.add(mountPath)
    if (devices.some((d) => d.name === name)) {
      errors.push(invalid(`${at}.name`, name, 'must not already exist in volumeDevices'))
    }
    if (devices.some((d) => d.devicePath === mountPath)) {
      errors.push(invalid(`${at}.mountPath`, mountPath, 'must not already exist as a path in volumeDevices'))
    }
    if (subPath) checkLocalDescending(errors, `${path}.subPath`, subPath)
    if (subPathExpr) {
      if (subPath) {
        errors.push(invalid(`${at}.subPathExpr`, subPathExpr, 'subPathExpr and subPath are mutually exclusive'))
      }
      checkLocalDescending(errors, `${path}.subPathExpr`, subPathExpr)
    }
    if (mountPropagation !== undefined) {
      const field = `${path}.mountPropagation`
      if (!PROPAGATIONS.includes(mountPropagation)) errors.push(notSupported(field, mountPropagation, PROPAGATIONS))
      if (mountPropagation === 'Bidirectional' && !container.securityContext?.privileged) {
        errors.push(forbidden(field, 'Bidirectional mount propagation is available only to privileged containers'))
      }
    }
    checkRecursive(errors, `${path}.recursiveReadOnly`, mounts[i])
  }
}

/** validateMountRecursiveReadOnly */
function checkRecursive(errors: Errors, path: string, { recursiveReadOnly, readOnly, mountPropagation }: any): void {
  if (recursiveReadOnly === undefined || recursiveReadOnly === 'Disabled') return
  if (!RECURSIVE.includes(recursiveReadOnly)) {
    errors.push(notSupported(path, recursiveReadOnly, RECURSIVE))
    return
  }
  if (!readOnly) errors.push(forbidden(path, 'may only be specified when readOnly is true'))
  if (mountPropagation !== undefined && mountPropagation !== 'None') {
    errors.push(forbidden(path, 'may only be specified when mountPropagation is None or not specified'))
  }
}

/** ValidateVolumeDevices: block volumes of claims, each name and path once. */
export function checkDevices(errors: Errors, path: string, container: any, volumes: ReadonlyMap<string, any>): void {
  const devices: any[] | undefined = container.volumeDevices
  if (!devices) return
  const names = new Set<string>()
  const paths = new Set<string>()
  for (const [i, { name = '', devicePath = '' }] of devices.entries()) {
    const at = `${path}[${i}]`
    const volume = volumes.get(name)
    if (!name) errors.push(required(`${at}.name`))
    if (names.has(name)) errors.push(invalid(`${at}.name`, name, 'must be unique'))
    if (volume && !volume.persistentVolumeClaim && !volume.ephemeral) {
      const sentence = 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode'
      errors.push(invalid(`${at}.name`, name, sentence))
    }
    if (!volume) errors.push(notFound(`${at}.name`, name))
    if (!devicePath) errors.push(required(`${at}.devicePath`))
    if (paths.has(devicePath)) errors.push(invalid(`${at}.devicePath`, devicePath, 'must be unique'))
    if (devicePath.split('/').includes('..')) {
      errors.push(invalid(`${at}.devicePath`, devicePath, "can not contain backsteps ('..')"))
    } else paths.add(devicePath)
    if (container.volumeMounts?.some((m: any) => m.name === name)) {
      errors.push(invalid(`${at}.name`, name, 'must not already exist in volumeMounts'))
    }
    if (container.volumeMounts?.some((m: any) => m.mountPath === devicePath)) {
      errors.push(invalid(`${at}.devicePath`, devicePath, 'must not already exist as a path in volumeMounts'))
    }
    if (name) names.add(name)
  }
}
