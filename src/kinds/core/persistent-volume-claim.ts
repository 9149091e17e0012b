import { accessModes, age, columns } from '../columns.ts'
import { defineKind, ownSubresource } from '../define.ts'
import { storageClassOf } from '../storage/class.ts'
import { validateClaimStatus } from '../validation/claim-status.ts'
import { validateClaim, validateClaimUpdate } from '../validation/storage.ts'
import { persistentVolumeClaimWarnings } from '../warnings/kinds.ts'
import { defaultClaimSpec } from './pod-defaults.ts'

/** dataSourceIsPvcOrSnapshot: what dataSource alone could ever name. */
const isOldSource = ({ apiGroup = '', kind }: any): boolean =>
  apiGroup === ''
    ? kind === 'PersistentVolumeClaim'
    : apiGroup === 'snapshot.storage.k8s.io' && kind === 'VolumeSnapshot'

/** EnforceDataSourceBackwardsCompatibility: anything else in it is dropped unless dataSourceRef says so too. */
function dropStrangeSource(spec: any, old?: any): void {
  if (old?.dataSource || old?.dataSourceRef || spec.dataSourceRef) return
  if (spec.dataSource && !isOldSource(spec.dataSource)) delete spec.dataSource
}

/** dataSource and dataSourceRef are two names of one thing; both are written. */
function normalizeDataSources(spec: any): void {
  if (spec.dataSource && !spec.dataSourceRef) spec.dataSourceRef = { ...spec.dataSource }
  else if (spec.dataSourceRef && !spec.dataSource && !spec.dataSourceRef.namespace) {
    spec.dataSource = { ...spec.dataSourceRef }
  }
}

export const persistentVolumeClaim = defineKind({
  group: '',
  version: 'v1',
  kind: 'PersistentVolumeClaim',
  plural: 'persistentvolumeclaims',
  shortNames: ['pvc'],
  namespaced: true,
  subresources: [ownSubresource('PersistentVolumeClaim', 'status')],
  storageVersionHash: 'QWTyNDq0dC4=',
  warnings: persistentVolumeClaimWarnings,
  status: true,
  columns: columns(
    'Name',
    'Status',
    'Volume',
    'Capacity',
    'Access Modes',
    'StorageClass',
    'VolumeAttributesClass',
    'Age',
    '+VolumeMode',
  ),
  cells: (obj, ctx) => {
    const { volumeName, volumeMode, volumeAttributesClassName } = obj.spec ?? {}
    return [
      obj.metadata.name,
      obj.metadata.deletionTimestamp ? 'Terminating' : (obj.status?.phase ?? ''),
      volumeName ?? '',
      volumeName ? (obj.status?.capacity?.storage ?? '0') : '',
      volumeName ? accessModes(obj.status?.accessModes) : '',
      storageClassOf(obj),
      volumeAttributesClassName ?? '<unset>',
      age(obj, ctx),
      volumeMode ?? '<unset>',
    ]
  },
  defaults(obj) {
    if (obj.spec) defaultClaimSpec(obj.spec)
    obj.status ??= {}
    obj.status.phase ||= 'Pending'
  },
  prepareForCreate(obj) {
    obj.status = { phase: 'Pending' }
    dropStrangeSource(obj.spec)
    normalizeDataSources(obj.spec)
  },
  prepareForUpdate(next, old, subresource) {
    if (subresource === 'status') return
    dropStrangeSource(next.spec, old.spec)
    normalizeDataSources(next.spec)
  },
  validate: (claim) => validateClaim(claim),
  validateUpdate: validateClaimUpdate,
  validateSubresource: validateClaimStatus,
})
