import { age, columns } from '../columns.ts'
import { defineKind, ownSubresource } from '../define.ts'
import { validateFlowStatus, validatePriorityLevel, validatePriorityLevelUpdate } from '../validation/flow-control.ts'

export const priorityLevelConfiguration = defineKind({
  group: 'flowcontrol.apiserver.k8s.io',
  version: 'v1',
  kind: 'PriorityLevelConfiguration',
  plural: 'prioritylevelconfigurations',
  namespaced: false,
  subresources: [ownSubresource('PriorityLevelConfiguration', 'status')],
  storageVersionHash: 'Kir5PVfvNeI=',
  status: true,
  statusKeepsMeta: true,
  columns: columns('Name', 'Type', 'NominalConcurrencyShares', 'Queues', 'HandSize', 'QueueLengthLimit', 'Age'),
  cells: (obj, ctx) => {
    const limited = obj.spec?.limited
    const queuing = limited?.limitResponse?.queuing
    return [
      obj.metadata.name,
      obj.spec?.type ?? '',
      limited?.nominalConcurrencyShares ?? '<none>',
      queuing?.queues ?? '<none>',
      queuing?.handSize ?? '<none>',
      queuing?.queueLengthLimit ?? '<none>',
      age(obj, ctx),
    ]
  },
  generation: true,
  defaults({ spec }) {
    for (const levels of [spec?.exempt, spec?.limited]) {
      if (!levels) continue
      levels.nominalConcurrencyShares ??= levels === spec.limited ? 30 : 0
      levels.lendablePercent ??= 0
    }
    const queuing = spec?.limited?.limitResponse?.queuing
    if (!queuing) return
    queuing.handSize ||= 8
    queuing.queues ||= 64
    queuing.queueLengthLimit ||= 50
  },
  validate: validatePriorityLevel,
  validateUpdate: validatePriorityLevelUpdate,
  validateSubresource: validateFlowStatus,
})
