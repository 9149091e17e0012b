import type { KubeObject } from '../object.ts'

/** Class of a PersistentVolume or claim: the old annotation wins over spec.storageClassName. */
export const storageClassOf = (obj: KubeObject): string =>
  obj.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? obj.spec?.storageClassName ?? ''
