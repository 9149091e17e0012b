import { age, columns } from '../columns.ts'
import { defineKind } from '../define.ts'
import { validateCSIDriver, validateCSIDriverUpdate } from '../validation/csi.ts'
import { csiDriverWarnings } from '../warnings/kinds.ts'

export const csiDriver = defineKind({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSIDriver',
  plural: 'csidrivers',
  namespaced: false,
  storageVersionHash: 'hL6j/rwBV5w=',
  columns: columns(
    'Name',
    'AttachRequired?',
    'PodInfoOnMount?',
    'StorageCapacity?',
    'TokenRequests',
    'RequiresRepublish?',
    'Modes',
    'Age',
  ),
  cells: (obj, ctx) => [
    obj.metadata.name,
    obj.spec?.attachRequired ?? true,
    obj.spec?.podInfoOnMount ?? false,
    obj.spec?.storageCapacity ?? false,
    obj.spec?.tokenRequests ? obj.spec.tokenRequests.map((t: any) => t.audience).join(',') : '<unset>',
    obj.spec?.requiresRepublish ?? false,
    obj.spec?.volumeLifecycleModes?.join(',') || '<none>',
    age(obj, ctx),
  ],
  generation: true,
  // Generations are counted from the first change on.
  prepareForCreate: ({ metadata }) => void delete metadata.generation,
  warnings: csiDriverWarnings,
  validate: validateCSIDriver,
  validateUpdate: validateCSIDriverUpdate,
  defaults({ spec }) {
    if (!spec) return
    spec.attachRequired ??= true
    spec.podInfoOnMount ??= false
    spec.storageCapacity ??= false
    spec.fsGroupPolicy ??= 'ReadWriteOnceWithFSType'
    if (!spec.volumeLifecycleModes?.length) spec.volumeLifecycleModes = ['Persistent']
    spec.requiresRepublish ??= false
    spec.seLinuxMount ??= false
  },
})
