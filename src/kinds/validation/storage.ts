import { amount } from '../amount.ts'
import { specDiff } from '../diff.ts'
import { duplicate, type FieldError, forbidden, invalid, notSupported, required, sorted } from '../errors.ts'
import { internalJson, toInternal } from '../internal.ts'
import { IMMUTABLE, isQualifiedName, isSubdomain } from '../names.ts'
import type { KubeObject } from '../object.ts'
import { same } from '../same.ts'
import { copyKnowing } from '../schema/decode.ts'
import { addInvalid, checkLabelName, checkLabelSelector, checkUnion, type Errors, shownMap } from './checks.ts'
import { checkNodeSelector } from './scheduling.ts'
import { checkNoBacksteps, need } from './volume-parts.ts'
import { checkCsiVolume, checkDriverName, checkFibreChannel, checkIscsi } from './volume-sources.ts'
import { checkHostPath, checkNfs, ONE_VOLUME_TYPE } from './volumes.ts'

const MODES = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod']
const VOLUME_MODES = ['Block', 'Filesystem']
const RECLAIM = ['Delete', 'Recycle', 'Retain']

function checkAccessModes(errors: Errors, path: string, modes: readonly string[]): void {
  for (const mode of modes) if (!MODES.includes(mode)) errors.push(notSupported(path, mode, MODES))
  if (modes.includes('ReadWriteOncePod') && modes.some((m) => m !== 'ReadWriteOncePod' && MODES.includes(m))) {
    errors.push(forbidden(path, 'may not use ReadWriteOncePod with other access modes'))
  }
}

/** ValidatePersistentVolumeClaimSpec */
export function checkClaimSpec(errors: Errors, path: string, spec: any, old?: any): void {
  // What was there before its group was looked at may stay wrong.
  const anyGroup = ['dataSource', 'dataSourceRef'].some((field) => (old?.[field]?.apiGroup ?? null) !== null)
  const modes: string[] = spec.accessModes ?? []
  if (!modes.length) errors.push(required(`${path}.accessModes`, 'at least 1 access mode is required'))
  checkLabelSelector(errors, `${path}.selector`, spec.selector)
  checkAccessModes(errors, `${path}.accessModes`, modes)
  const storage = spec.resources?.requests?.storage
  if (storage === undefined) errors.push(required(`${path}.resources[storage]`))
  else if (amount(storage) <= 0n) {
    errors.push(invalid(`${path}.resources[storage]`, storage, 'must be greater than zero'))
  }
  const { storageClassName, volumeMode, volumeAttributesClassName } = spec
  if (storageClassName) {
    addInvalid(errors, `${path}.storageClassName`, storageClassName, isSubdomain(storageClassName))
  }
  if (volumeMode !== undefined && !VOLUME_MODES.includes(volumeMode)) {
    errors.push(notSupported(`${path}.volumeMode`, volumeMode, VOLUME_MODES))
  }
  for (const field of ['dataSource', 'dataSourceRef']) {
    const source = spec[field]
    if (!source) continue
    need(errors, `${path}.${field}`, source, 'name', 'kind')
    if (!source.apiGroup && source.kind !== 'PersistentVolumeClaim') {
      const sentence = "must be 'PersistentVolumeClaim' when referencing the default apiGroup"
      errors.push(invalid(`${path}.${field}`, source.kind ?? '', sentence))
    }
    if (source.apiGroup && !anyGroup)
      addInvalid(errors, `${path}.${field}.apiGroup`, source.apiGroup, isSubdomain(source.apiGroup))
  }
  const { dataSource, dataSourceRef } = spec
  if (dataSource && dataSourceRef) {
    // What is shown is a path of Go, which JSON makes nothing of.
    const refuse = (sentence: string) => errors.push(invalid(path, {}, sentence))
    if (dataSourceRef.namespace) refuse('may not be specified when dataSourceRef.namespace is specified')
    else if (['apiGroup', 'kind', 'name'].some((field) => dataSource[field] !== dataSourceRef[field])) {
      refuse('must match dataSourceRef')
    }
  }
  if (volumeAttributesClassName) {
    addInvalid(
      errors,
      `${path}.volumeAttributesClassName`,
      volumeAttributesClassName,
      isSubdomain(volumeAttributesClassName),
    )
  }
}

/** ValidatePersistentVolumeClaim (pkg/apis/core/validation). */
export function validateClaim({ spec }: KubeObject, old?: KubeObject): FieldError[] {
  const errors: Errors = []
  checkClaimSpec(errors, 'spec', spec, old?.spec)
  return errors
}

/** ValidatePersistentVolumeClaimUpdate: the controller may set the volume once, and bound claims may grow. */
export function validateClaimUpdate(next: KubeObject, old: KubeObject): FieldError[] {
  const errors = validateClaim(next, old)
  const [oldSpec, newSpec] = [{ ...old.spec }, copyKnowing(next.spec)]
  if (!oldSpec.volumeName) oldSpec.volumeName = newSpec.volumeName
  if (oldSpec.storageClassName === undefined) oldSpec.storageClassName = newSpec.storageClassName
  const oldSize = old.spec.resources?.requests?.storage
  if (next.status?.phase === 'Bound') {
    newSpec.volumeAttributesClassName = oldSpec.volumeAttributesClassName
    if (newSpec.resources?.requests) {
      newSpec.resources = { ...newSpec.resources, requests: { ...newSpec.resources.requests, storage: oldSize } }
    }
  }
  if (!same(newSpec, oldSpec)) {
    const struct = 'PersistentVolumeClaimSpec'
    const diff = specDiff(toInternal(struct, oldSpec), toInternal(struct, newSpec))
    const sentence =
      'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims'
    errors.push(forbidden('spec', `${sentence}\n${diff}`))
  }
  const newSize = amount(next.spec.resources?.requests?.storage)
  if (newSize < amount(oldSize) && newSize <= amount(old.status?.capacity?.storage)) {
    errors.push(forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity'))
  }
  if (next.spec.volumeMode !== old.spec.volumeMode) {
    errors.push(invalid('volumeMode', next.spec.volumeMode ?? null, IMMUTABLE))
  }
  return errors
}

/** ValidatePersistentVolume. */
export function validateVolume({ spec }: KubeObject): FieldError[] {
  const errors: Errors = []
  const modes: string[] = spec.accessModes ?? []
  if (!modes.length) errors.push(required('spec.accessModes'))
  checkAccessModes(errors, 'spec.accessModes', modes)
  const capacity = spec.capacity ?? {}
  const names = Object.keys(capacity)
  if (!names.length) errors.push(required('spec.capacity'))
  if (names.length !== 1 || names[0] !== 'storage') {
    errors.push(notSupported('spec.capacity', shownMap(spec, 'capacity'), ['storage']))
  }
  for (const name of names) {
    if (amount(capacity[name]) <= 0n) {
      errors.push(invalid(`spec.capacity[${name}]`, capacity[name], 'must be greater than zero'))
    }
  }
  const policy = spec.persistentVolumeReclaimPolicy
  if (policy && !RECLAIM.includes(policy)) {
    errors.push(notSupported('spec.persistentVolumeReclaimPolicy', policy, RECLAIM))
  }
  if (spec.nodeAffinity) {
    if (spec.nodeAffinity.required) checkNodeSelector(errors, 'spec.nodeAffinity.required', spec.nodeAffinity.required)
    else errors.push(required('spec.nodeAffinity.required', 'must specify required node constraints'))
  }
  const count = checkUnion(errors, 'spec', spec, sources(errors, spec), ONE_VOLUME_TYPE)
  if (!count) errors.push(required('spec', 'must specify a volume type'))
  if (spec.hostPath?.path === '/' && policy === 'Recycle') {
    const sentence = "may not be 'recycle' for a hostPath mount of '/'"
    errors.push(forbidden('spec.persistentVolumeReclaimPolicy', sentence))
  }
  if (spec.storageClassName) {
    addInvalid(errors, 'spec.storageClassName', spec.storageClassName, isSubdomain(spec.storageClassName))
  }
  if (spec.volumeMode !== undefined && !VOLUME_MODES.includes(spec.volumeMode)) {
    errors.push(notSupported('spec.volumeMode', spec.volumeMode, VOLUME_MODES))
  }
  const { volumeAttributesClassName: attributes } = spec
  if (attributes !== undefined) {
    if (!attributes) errors.push(required('spec.volumeAttributesClassName', 'an empty string is disallowed'))
    else addInvalid(errors, 'spec.volumeAttributesClassName', attributes, isSubdomain(attributes))
    if (!spec.csi) errors.push(required('spec.csi', 'has to be specified when using volumeAttributesClassName'))
  }
  return errors
}

function sources(errors: Errors, spec: any): (readonly [string, (value: any, path: string) => void])[] {
  const needs =
    (...fields: string[]) =>
    (source: any, path: string) =>
      need(errors, path, source, ...fields)
  return [
    ['hostPath', (source, path) => checkHostPath(errors, path, source)],
    ['gcePersistentDisk', needs('pdName')],
    ['awsElasticBlockStore', needs('volumeID')],
    ['glusterfs', needs('endpoints', 'path')],
    ['nfs', (source, path) => checkNfs(errors, path, source)],
    ['rbd', needs('monitors', 'image')],
    ['cephfs', needs('monitors')],
    ['iscsi', (source, path) => checkIscsi(errors, path, source, true)],
    ['cinder', needs('volumeID')],
    ['fc', (source, path) => checkFibreChannel(errors, path, source)],
    ['flexVolume', needs('driver')],
    ['azureFile', needs('secretName', 'shareName')],
    ['vsphereVolume', needs('volumePath')],
    ['azureDisk', needs('diskName', 'diskURI')],
    ['portworxVolume', needs('volumeID')],
    ['scaleIO', needs('gateway', 'system', 'volumeName')],
    [
      'local',
      ({ path: target }, path) => {
        if (!target) errors.push(required(`${path}.path`))
        else checkNoBacksteps(errors, `${path}.path`, target)
        if (!spec.nodeAffinity) errors.push(required('spec.nodeAffinity', 'Local volume requires node affinity'))
      },
    ],
    ['storageos', () => {}],
    ['csi', (source, path) => checkCsiVolume(errors, path, source)],
  ]
}

const SOURCES = sources([], {}).map(([name]) => name)

/** ValidatePersistentVolumeUpdate: the source stays. */
export function validateVolumeUpdate(next: KubeObject, old: KubeObject): FieldError[] {
  // The strategy validates the whole, and so does its own function for updates.
  const errors = [...validateVolume(next), ...validateVolume(next)]
  if (SOURCES.some((name) => !same(next.spec[name], old.spec[name]))) {
    const struct = 'PersistentVolumeSource'
    const diff = specDiff(toInternal(struct, old.spec), toInternal(struct, next.spec))
    const sentence = 'spec.persistentvolumesource is immutable after creation'
    errors.push(forbidden('spec.persistentvolumesource', `${sentence}\n${diff}`))
  }
  if (next.spec.volumeMode !== old.spec.volumeMode) {
    errors.push(invalid('volumeMode', next.spec.volumeMode ?? null, IMMUTABLE))
  }
  if (old.spec.nodeAffinity && !same(next.spec.nodeAffinity, old.spec.nodeAffinity)) {
    const { nodeAffinity } = next.spec
    const shown = nodeAffinity ? internalJson('VolumeNodeAffinity', nodeAffinity) : null
    errors.push(invalid('nodeAffinity', shown, `${IMMUTABLE}, except for updating from beta label to GA`))
  }
  return errors
}

/** ValidateStorageClass (pkg/apis/storage/validation). */
export function validateStorageClass(obj: KubeObject): FieldError[] {
  const errors: Errors = []
  const { provisioner, reclaimPolicy, volumeBindingMode } = obj
  if (!provisioner) errors.push(required('provisioner'))
  else addInvalid(errors, 'provisioner', provisioner, isQualifiedName(provisioner.toLowerCase()))
  if (reclaimPolicy && !['Delete', 'Retain'].includes(reclaimPolicy)) {
    errors.push(notSupported('reclaimPolicy', reclaimPolicy, ['Delete', 'Retain']))
  }
  if ('' in (obj.parameters ?? {})) errors.push(invalid('parameters', '', 'field can not be empty.'))
  const bindingModes = ['Immediate', 'WaitForFirstConsumer']
  if (!bindingModes.includes(volumeBindingMode)) {
    errors.push(notSupported('volumeBindingMode', volumeBindingMode, bindingModes))
  }
  const terms: any[] = obj.allowedTopologies ?? []
  // Upstream compares with as many terms without expressions as there are terms, too.
  const seen = terms.map(() => '{}')
  for (const [i, term] of terms.entries()) {
    const path = `allowedTopologies[${i}].matchLabelExpressions`
    const topology = checkTopology(errors, path, term.matchLabelExpressions ?? [])
    for (const other of seen) if (topology === other) errors.push(duplicate(path, ''))
    seen.push(topology)
  }
  return errors
}

/** ValidateTopologySelectorTerm. Returns the values by key, the same text however they were ordered. */
function checkTopology(errors: Errors, path: string, expressions: any[]): string {
  const topology: Record<string, string[]> = {}
  for (const [i, { key = '', values }] of expressions.entries()) {
    const at = `${path}[${i}]`
    const given: string[] = values ?? []
    if (!given.length) errors.push(required(`${at}.values`))
    for (const [j, value] of given.entries()) {
      if (given.indexOf(value) < j) errors.push(duplicate(`${at}.values[${j}]`, value))
    }
    checkLabelName(errors, `${at}.key`, key)
    if (key in topology) errors.push(duplicate(`${at}.key`, key))
    topology[key] = [...new Set(given)].sort()
  }
  return JSON.stringify(sorted(topology))
}

/** ValidateVolumeAttachment, of volumes that are not in line. */
export function validateVolumeAttachment({ spec = {} }: KubeObject): FieldError[] {
  const errors: Errors = []
  checkDriverName(errors, 'spec.attacher', spec.attacher ?? '')
  const { inlineVolumeSpec, persistentVolumeName: name } = spec.source ?? {}
  const one = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName'
  if (!inlineVolumeSpec && name === undefined) errors.push(required('spec.source', one))
  else if (inlineVolumeSpec && name !== undefined) errors.push(forbidden('spec.source', one))
  else if (name === '') {
    errors.push(required('spec.source.persistentVolumeName', 'must specify non empty persistentVolumeName'))
  }
  addInvalid(errors, 'spec.nodeName', spec.nodeName ?? '', isSubdomain(spec.nodeName ?? ''))
  return errors
}

/** ValidateStorageClassUpdate: what volumes were made by stays. */
export function validateStorageClassUpdate(next: KubeObject, old: KubeObject): FieldError[] {
  const errors = validateStorageClass(next)
  for (const field of ['parameters', 'provisioner', 'reclaimPolicy', 'volumeBindingMode']) {
    if (same(next[field], old[field])) continue
    const value = field === 'parameters' ? sorted(next[field]) : next[field]
    errors.push(invalid(field, value ?? null, IMMUTABLE))
  }
  return errors
}
