import { selectorMatches } from '../../../api/match.ts'
import { StatusError, TransportError } from '../../../api/types.ts'
import type { Kubelet } from '../kubelet.ts'
import type { ClaimLookup } from './manager.ts'
import { MountError } from './mount-error.ts'

/** Finds the volume behind a claim, as the desired state populator does: the claim must be bound both ways. */
export const claimLookup =
  (k: Kubelet): ClaimLookup =>
  (pod, claim) => {
    const ns = pod.metadata.namespace!
    try {
      const pvc = k.client?.find('PersistentVolumeClaim', ns, claim)
      if (!pvc)
        throw new Error(
          `error processing PVC ${ns}/${claim}: failed to fetch PVC from API server: persistentvolumeclaims "${claim}" not found`,
        )
      if (pvc.status?.phase !== 'Bound' || !pvc.spec.volumeName)
        throw new Error(`error processing PVC ${ns}/${claim}: PVC is not bound`)
      const pv = k.client!.find('PersistentVolume', undefined, pvc.spec.volumeName)
      if (!pv)
        throw new Error(
          `error processing PVC ${ns}/${claim}: failed to fetch PV ${pvc.spec.volumeName} from API server: persistentvolumes "${pvc.spec.volumeName}" not found`,
        )
      const { name } = pv.metadata
      const { hostPath, local, nfs, csi, nodeAffinity } = pv.spec
      const plugin = hostPath ? 'host-path' : local ? 'local-volume' : nfs ? 'nfs' : 'csi'
      const node = k.nodeObject()
      if (nodeAffinity?.required && node && !selectorMatches(nodeAffinity.required, node))
        throw new MountError('MountVolume.NodeAffinity check', plugin, name, 'no matching NodeSelectorTerms')
      if (hostPath) return { kind: 'hostPath', path: hostPath.path, name }
      if (local) return { kind: 'local', path: local.path, name }
      if (nfs) return { kind: 'nfs', nfs: { ...nfs, mountOptions: pv.spec.mountOptions }, name }
      throw new MountError(
        'MountVolume.MountDevice',
        plugin,
        name,
        `kubernetes.io/csi: attacher.MountDevice failed to create newCsiDriverClient: driver name ${csi?.driver ?? ''} not found in the list of registered CSI drivers`,
      )
    } catch (error) {
      if (error instanceof StatusError || error instanceof TransportError)
        throw new Error(`error processing PVC ${ns}/${claim}: failed to fetch PVC from API server: ${error.message}`)
      throw error
    }
  }
