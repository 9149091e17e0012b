import { age, columns } from '../columns.ts'
import { defineKind } from '../define.ts'
import { validateWebhooks } from '../validation/webhooks.ts'
import { defaultWebhooks } from './defaults.ts'

export const mutatingWebhookConfiguration = defineKind({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingWebhookConfiguration',
  plural: 'mutatingwebhookconfigurations',
  categories: ['api-extensions'],
  namespaced: false,
  storageVersionHash: 'Sqi0GUgDaX0=',
  validate: validateWebhooks,
  columns: columns('Name', 'Webhooks#', 'Age'),
  cells: (obj, ctx) => [obj.metadata.name, obj.webhooks?.length ?? 0, age(obj, ctx)],
  generation: true,
  defaults({ webhooks }) {
    defaultWebhooks(webhooks)
    for (const webhook of webhooks ?? []) webhook.reinvocationPolicy ??= 'Never'
  },
})
