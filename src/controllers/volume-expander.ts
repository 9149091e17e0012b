import { quantityOf } from '../print/index.ts'
import { defineController, itself, splitKey, type Tools } from './controller.ts'

/** What each claim asked for when it was last looked at, by loop. */
const asked = new WeakMap<Tools, Map<string, bigint>>()

/**
 * Models pkg/controller/volume/expand/expand_controller.go: a bound claim that asks for more than it has. No volume of
 * this simulation has a plug-in in the controller manager that expands it, so all wait for somebody outside.
 */
export const volumeExpander = defineController({
  name: 'persistentvolume-expander-controller',
  component: 'volume_expand',
  watches: { PersistentVolumeClaim: itself },

  reconcile(key, tools) {
    const sizes = asked.get(tools) ?? new Map<string, bigint>()
    asked.set(tools, sizes)
    const claim = tools.informer('PersistentVolumeClaim').get(...(splitKey(key) as [string, string]))
    if (!claim) {
      sizes.delete(key)
      return undefined
    }
    const { nano: wanted } = quantityOf(claim.spec.resources?.requests?.storage)
    const before = sizes.get(key) ?? 0n
    sizes.set(key, wanted)
    if (claim.status?.phase !== 'Bound' || wanted <= before) return undefined
    if (wanted <= quantityOf(claim.status.capacity?.storage).nano) return undefined
    const volume = tools.informer('PersistentVolume').get(undefined, claim.spec.volumeName)
    if (volume?.spec.claimRef?.uid !== claim.metadata.uid) return undefined
    tools.recorder.normal(claim, 'ExternalExpanding', 'waiting for an external controller to expand this PVC')
    return undefined
  },
})
