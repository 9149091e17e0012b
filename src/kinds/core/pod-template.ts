import { formatLabels } from '../../print/index.ts'
import { columns, containerCells } from '../columns.ts'
import { defaultPodSpec } from '../core/pod-defaults.ts'
import { defineKind } from '../define.ts'
import { validatePodTemplate } from '../validation/workloads.ts'
import { podTemplateWarnings } from '../warnings/kinds.ts'

export const podTemplate = defineKind({
  group: '',
  version: 'v1',
  kind: 'PodTemplate',
  plural: 'podtemplates',
  namespaced: true,
  storageVersionHash: 'LIXB2x4IFpk=',
  columns: columns('Name', 'Containers', 'Images', 'Pod Labels'),
  cells: (obj) => [obj.metadata.name, ...containerCells(obj.template), formatLabels(obj.template?.metadata?.labels)],
  generation: true,
  defaults({ template }) {
    if (template?.spec) defaultPodSpec(template.spec)
  },
  validate: validatePodTemplate,
  warnings: podTemplateWarnings,
})
