import { amount } from '../amount.ts'
import { duplicate, forbidden, invalid, notSupported, required } from '../errors.ts'
import { isLabel } from '../names.ts'
import { checkUnion, type Errors } from './checks.ts'
import { checkProjected } from './projected.ts'
import { checkDownwardAPIFile, checkItem, checkMode, checkNoBacksteps, need } from './volume-parts.ts'
import { checkDriverName, checkFibreChannel, checkIscsi } from './volume-sources.ts'
export const ONE_VOLUME_TYPE = 'may not specify more than 1 volume type'

/** ValidateVolumes: returns the sound ones by name, which mounts may use. */
export function checkVolumes(errors: Errors, path: string, volumes: any[] | undefined): Map<string, any> {
  const sound = new Map<string, any>()
  if (!volumes) return sound
  for (let i = 0; i < volumes.length; i++) {
    const volume = volumes[i]
    const at = `${path}[${i}]`
    const found: Errors = []
    checkSource(found, at, volume)
    const name: string = volume.name ?? ''
    if (!name) found.push(required(`${at}.name`))
    else for (const m of isLabel(name)) found.push(invalid(`${at}.name`, name, m))
    if (sound.has(name)) found.push(duplicate(`${at}.name`, name))
    if (found.length) errors.push(...found)
    else sound.set(name, volume)
  }
  return sound
}

function checkSource(errors: Errors, path: string, volume: any): void {
  const count = checkUnion(
    errors,
    path,
    volume,
    [
      ['emptyDir', (source, at) => checkEmptyDir(errors, at, source)],
      ['hostPath', (source, at) => checkHostPath(errors, at, source)],
      ['gitRepo', (source, at) => need(errors, at, source, 'repository')],
      [
        'gcePersistentDisk',
        (source, at) => need(errors, at.replace(/gcePersistentDisk$/, 'persistentDisk'), source, 'pdName'),
      ],
      ['awsElasticBlockStore', (source, at) => need(errors, at, source, 'volumeID')],
      ['secret', (source, at) => checkKeyed(errors, at, source, 'secretName')],
      ['nfs', (source, at) => checkNfs(errors, at, source)],
      ['iscsi', (source, at) => checkIscsi(errors, at, source, false)],
      ['glusterfs', (source, at) => need(errors, at, source, 'endpoints', 'path')],
      ['persistentVolumeClaim', (source, at) => need(errors, at, source, 'claimName')],
      ['rbd', (source, at) => need(errors, at, source, 'monitors', 'image')],
      ['cinder', (source, at) => need(errors, at, source, 'volumeID')],
      ['cephfs', (source, at) => need(errors, at, source, 'monitors')],
      ['downwardAPI', (source, at) => checkDownwardAPI(errors, at, source)],
      ['fc', (source, at) => checkFibreChannel(errors, at, source)],
      ['flexVolume', (source, at) => need(errors, at, source, 'driver')],
      ['configMap', (source, at) => checkKeyed(errors, at, source, 'name')],
      ['azureFile', (source, at) => need(errors, at, source, 'secretName', 'shareName')],
      ['vsphereVolume', (source, at) => need(errors, at, source, 'volumePath')],
      ['portworxVolume', (source, at) => need(errors, at, source, 'volumeID')],
      ['azureDisk', (source, at) => need(errors, at, source, 'diskName', 'diskURI')],
      ['storageos', () => {}],
      ['projected', (source, at) => checkProjected(errors, at, source)],
      ['scaleIO', (source, at) => need(errors, at, source, 'gateway', 'system', 'volumeName')],
      ['csi', (source, at) => checkDriverName(errors, `${at}.driver`, source.driver ?? '')],
      ['ephemeral', (source, at) => checkEphemeral(errors, at, source)],
      ['image', (source, at) => checkImage(errors, at, source)],
    ],
    ONE_VOLUME_TYPE,
  )
  if (!count) errors.push(required(path, 'must specify a volume type'))
}

function checkEmptyDir(errors: Errors, path: string, { sizeLimit }: any): void {
  if (sizeLimit !== undefined && amount(sizeLimit) < 0n) {
    errors.push(forbidden(`${path}.sizeLimit`, 'SizeLimit field must be a valid resource quantity'))
  }
}

const HOST_PATH_TYPES = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
]

/** validateHostPathVolumeSource (pkg/apis/core/validation): no `..`, a known type. */
export function checkHostPath(errors: Errors, path: string, source: any): void {
  if (!source.path) {
    errors.push(required(`${path}.path`))
    return
  }
  checkNoBacksteps(errors, `${path}.path`, source.path)
  if (source.type !== undefined && !HOST_PATH_TYPES.includes(source.type)) {
    errors.push(notSupported(`${path}.type`, source.type, HOST_PATH_TYPES))
  }
}

/** validateNFSVolumeSource. */
export function checkNfs(errors: Errors, path: string, source: any): void {
  need(errors, path, source, 'server', 'path')
  if (!source.path?.startsWith('/')) {
    errors.push(invalid(`${path}.path`, source.path ?? '', 'must be an absolute path'))
  }
}

/** A Secret or ConfigMap volume. */
function checkKeyed(errors: Errors, path: string, source: any, nameField: string): void {
  need(errors, path, source, nameField)
  checkMode(errors, `${path}.defaultMode`, source.defaultMode)
  for (const [i, item] of (source.items ?? []).entries()) checkItem(errors, `${path}.items[${i}]`, item)
}

function checkDownwardAPI(errors: Errors, path: string, source: any): void {
  checkMode(errors, `${path}.defaultMode`, source.defaultMode)
  for (const file of source.items ?? []) checkDownwardAPIFile(errors, path, file)
}

function checkEphemeral(errors: Errors, path: string, source: any): void {
  if (!source.volumeClaimTemplate) errors.push(required(`${path}.volumeClaimTemplate`))
}

function checkImage(errors: Errors, path: string, { reference, pullPolicy }: any): void {
  if (!reference) errors.push(required(`${path}.reference`))
  if (pullPolicy !== undefined && !['Always', 'IfNotPresent', 'Never'].includes(pullPolicy)) {
    errors.push(notSupported(`${path}.pullPolicy`, pullPolicy, ['Always', 'IfNotPresent', 'Never']))
  }
}
