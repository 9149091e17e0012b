/** Defaults that validating and mutating webhooks share. */
export function defaultWebhooks(webhooks: any[] | undefined): void {
  for (const webhook of webhooks ?? []) {
    webhook.failurePolicy ??= 'Fail'
    webhook.matchPolicy ??= 'Equivalent'
    webhook.namespaceSelector ??= {}
    webhook.objectSelector ??= {}
    webhook.timeoutSeconds ??= 10
    for (const rule of webhook.rules ?? []) rule.scope ??= '*'
    if (webhook.clientConfig?.service) webhook.clientConfig.service.port ??= 443
  }
}

/** Defaults of the matchConstraints of a policy or the matchResources of its binding. */
export function defaultMatchResources(match: any): void {
  if (!match) return
  match.matchPolicy ??= 'Equivalent'
  match.namespaceSelector ??= {}
  match.objectSelector ??= {}
  for (const rule of [...(match.resourceRules ?? []), ...(match.excludeResourceRules ?? [])]) rule.scope ??= '*'
}
