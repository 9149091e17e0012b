import { age, columns } from '../columns.ts'
import { defineKind } from '../define.ts'
import type { KubeObject } from '../object.ts'
import { validateStorageClass, validateStorageClassUpdate } from '../validation/storage.ts'

/** IsDefaultAnnotation: the current name of the annotation or the beta one. */
const isDefaultClass = ({ metadata: { annotations } }: KubeObject): boolean =>
  annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true' ||
  annotations?.['storageclass.beta.kubernetes.io/is-default-class'] === 'true'

export const storageClass = defineKind({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'StorageClass',
  plural: 'storageclasses',
  shortNames: ['sc'],
  namespaced: false,
  storageVersionHash: 'K+m6uJwbjGY=',
  columns: columns('Name', 'Provisioner', 'ReclaimPolicy', 'VolumeBindingMode', 'AllowVolumeExpansion', 'Age'),
  cells: (obj, ctx) => [
    isDefaultClass(obj) ? `${obj.metadata.name} (default)` : obj.metadata.name,
    obj.provisioner ?? '',
    obj.reclaimPolicy ?? 'Delete',
    obj.volumeBindingMode ?? 'Immediate',
    obj.allowVolumeExpansion ?? false,
    age(obj, ctx),
  ],
  defaults(obj) {
    obj.reclaimPolicy ??= 'Delete'
    obj.volumeBindingMode ??= 'Immediate'
  },
  validate: validateStorageClass,
  validateUpdate: validateStorageClassUpdate,
})
