import { age, columns } from '../columns.ts'
import { defineKind } from '../define.ts'
import { validateIngressClass, validateIngressClassUpdate } from '../validation/network.ts'

export const ingressClass = defineKind({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IngressClass',
  plural: 'ingressclasses',
  namespaced: false,
  storageVersionHash: 'l/iqIbDgFyQ=',
  columns: columns('Name', 'Controller', 'Parameters', 'Age'),
  cells: (obj, ctx) => {
    const isDefault = obj.metadata.annotations?.['ingressclass.kubernetes.io/is-default-class'] === 'true'
    const parameters = obj.spec?.parameters
    return [
      isDefault ? `${obj.metadata.name} (default)` : obj.metadata.name,
      obj.spec?.controller ?? '',
      parameters
        ? `${parameters.kind}${parameters.apiGroup === undefined ? '' : `.${parameters.apiGroup}`}/${parameters.name}`
        : '<none>',
      age(obj, ctx),
    ]
  },
  generation: true,
  defaults({ spec }) {
    if (spec?.parameters) spec.parameters.scope ??= 'Cluster'
  },
  validate: validateIngressClass,
  validateUpdate: validateIngressClassUpdate,
})
