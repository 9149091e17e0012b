import { type Plugin, unresolvable } from '../framework.ts'

/** Models plugins/dynamicresources as far as claims go whose requests name a class that nobody has defined. */
export const dynamicResources: Plugin = {
  name: 'DynamicResources',
  wakes: (_pod, change) => change.kind === 'DeviceClass' || change.kind === 'ResourceClaim',
  preFilter(pod, snapshot) {
    for (const { resourceClaimName } of pod.spec.resourceClaims ?? []) {
      const claim =
        resourceClaimName && snapshot.informer('ResourceClaim').get(pod.metadata.namespace, resourceClaimName)
      for (const { name, exactly } of claim?.spec.devices?.requests ?? []) {
        const wanted = exactly?.deviceClassName
        if (wanted && !snapshot.informer('DeviceClass').get(undefined, wanted))
          return { reject: unresolvable(`request ${name}: device class ${wanted} does not exist`) }
      }
    }
    return undefined
  },
}
