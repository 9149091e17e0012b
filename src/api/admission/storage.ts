import { quantityOf } from '../../print/index.ts'
import type { KubeObject } from '../types.ts'
import { forbid, listOf, lookup } from './lookup.ts'
import type { AdmissionPlugin, Attributes } from './plugin.ts'

// Plug-ins about storage and ingress classes.

/** The newest class with the default mark, by name when of the same age. */
function markedDefault({ ctx }: Attributes, kind: string, annotation: string): KubeObject | undefined {
  const marked = listOf(ctx.server, kind).filter((c) => c.metadata.annotations?.[annotation] === 'true')
  const age = (o: KubeObject) => o.metadata.creationTimestamp ?? ''
  return marked.sort((x, y) => (age(x) < age(y) ? 1 : age(x) > age(y) ? -1 : 0))[0]
}

/** Claims that name no class get the default one. */
export const defaultStorageClass: AdmissionPlugin = {
  name: 'DefaultStorageClass',
  handles: (operation, resource, subresource) =>
    operation === 'CREATE' && resource === 'persistentvolumeclaims' && subresource === '',
  admit(a) {
    const { spec, metadata } = a.object
    if (spec.storageClassName !== undefined) return
    if (metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] !== undefined) return
    const found = markedDefault(a, 'StorageClass', 'storageclass.kubernetes.io/is-default-class')
    if (found) spec.storageClassName = found.metadata.name
  },
}

const PROTECTION: Readonly<Record<string, string>> = {
  persistentvolumeclaims: 'kubernetes.io/pvc-protection',
  persistentvolumes: 'kubernetes.io/pv-protection',
  'volumeattributesclasses.storage.k8s.io': 'kubernetes.io/vac-protection',
}

/** What is in use is not deleted. */
export const storageObjectInUseProtection: AdmissionPlugin = {
  name: 'StorageObjectInUseProtection',
  handles: (operation, resource, subresource) =>
    operation === 'CREATE' && subresource === '' && PROTECTION[resource] !== undefined,
  admit({ object: { metadata }, kind }) {
    const finalizer = PROTECTION[kind.groupResource]!
    if (!metadata.finalizers?.includes(finalizer)) metadata.finalizers = [...(metadata.finalizers ?? []), finalizer]
  },
}

/** Only bound claims of classes that allow it may grow. */
export const persistentVolumeClaimResize: AdmissionPlugin = {
  name: 'PersistentVolumeClaimResize',
  handles: (operation, resource, subresource) =>
    operation === 'UPDATE' && resource === 'persistentvolumeclaims' && subresource === '',
  validate(a) {
    const size = ({ spec }: KubeObject) => quantityOf(spec.resources?.requests?.storage)
    const old = a.old!
    if (size(a.object).compare(size(old)) <= 0) return
    if (old.status?.phase !== 'Bound') throw forbid(a, 'Only bound persistent volume claims can be expanded')
    const name = a.object.spec.storageClassName
    const found =
      name === old.spec.storageClassName && name ? lookup(a.ctx.server, 'StorageClass', undefined, name) : undefined
    if (!found?.allowVolumeExpansion) {
      throw forbid(
        a,
        'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
      )
    }
  },
}

/** Ingresses that name no class get the default one. */
export const defaultIngressClass: AdmissionPlugin = {
  name: 'DefaultIngressClass',
  handles: (operation, resource, subresource) =>
    operation === 'CREATE' && resource === 'ingresses.networking.k8s.io' && subresource === '',
  admit(a) {
    const { spec, metadata } = a.object
    if (spec?.ingressClassName !== undefined || metadata.annotations?.['kubernetes.io/ingress.class'] !== undefined)
      return
    const found = markedDefault(a, 'IngressClass', 'ingressclass.kubernetes.io/is-default-class')
    if (found) a.object.spec = { ...spec, ingressClassName: found.metadata.name }
  },
}
