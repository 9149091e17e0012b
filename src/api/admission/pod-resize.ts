import { podTotal } from '../../kinds/index.ts'
import { quantityOf } from '../../print/index.ts'
import { forbid, lookup } from './lookup.ts'
import type { AdmissionPlugin } from './plugin.ts'

/** How the plug-in counts: CPU in thousandths, memory in bytes. */
const AMOUNT: Readonly<Record<string, (text: string) => number>> = {
  cpu: (text) => quantityOf(text).milliValue(),
  memory: (text) => quantityOf(text).value(),
}

/** Refuses a resize that the pod's node could never hold. Models plugin/pkg/admission/podresize (1.36). */
export const podResizeValidator: AdmissionPlugin = {
  name: 'PodResizeValidator',
  handles: (operation, resource, subresource) =>
    operation === 'UPDATE' && resource === 'pods' && subresource === 'resize',
  validate(a) {
    const { nodeName } = a.object.spec
    const node = nodeName && lookup(a.ctx.server, 'Node', undefined, nodeName)
    if (!node) return
    const wanted = podTotal(a.object.spec, 'requests')
    for (const [resource, amountOf] of Object.entries(AMOUNT)) {
      const requested = wanted[resource] ? amountOf(wanted[resource].toString()) : 0
      const allocatable = amountOf(node.status?.allocatable?.[resource] ?? '0')
      if (requested > allocatable)
        throw forbid(
          a,
          `node didn't have enough allocatable resources: ${resource}, requested: ${requested}, allocatable: ${allocatable}`,
        )
    }
  },
}
