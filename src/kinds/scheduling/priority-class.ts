import { age, columns } from '../columns.ts'
import { defineKind } from '../define.ts'
import { validatePriorityClass, validatePriorityClassUpdate } from '../validation/policy.ts'

export const priorityClass = defineKind({
  group: 'scheduling.k8s.io',
  version: 'v1',
  kind: 'PriorityClass',
  plural: 'priorityclasses',
  shortNames: ['pc'],
  namespaced: false,
  storageVersionHash: '1QwjyaZjj3Y=',
  columns: columns('Name', 'Value#', 'Global-Default?', 'Age', 'PreemptionPolicy'),
  cells: (obj, ctx) => [
    obj.metadata.name,
    obj.value ?? 0,
    obj.globalDefault ?? false,
    age(obj, ctx),
    obj.preemptionPolicy ?? '',
  ],
  prepareForCreate: ({ metadata }) => {
    metadata.generation = 1
  },
  defaults(obj) {
    obj.preemptionPolicy ??= 'PreemptLowerPriority'
  },
  validate: validatePriorityClass,
  validateUpdate: validatePriorityClassUpdate,
})
