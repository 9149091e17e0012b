import type { PolicyRule } from './rules.ts'

const READ = ['get', 'list', 'watch']
const rule = (verbs: string[], apiGroups: string[], ...resources: string[]): PolicyRule => ({
  verbs,
  apiGroups,
  resources,
})

/** What every node may do besides what the node authorizer decides object by object. */
export const NODE_RULES: readonly PolicyRule[] = [
  rule(['create'], ['authentication.k8s.io'], 'tokenreviews'),
  rule(['create'], ['authorization.k8s.io'], 'subjectaccessreviews', 'localsubjectaccessreviews'),
  rule(READ, [''], 'services'),
  rule(['create', 'update', 'patch'], ['', 'events.k8s.io'], 'events'),
  rule(['get'], [''], 'endpoints'),
  rule(['create', ...READ], ['certificates.k8s.io'], 'certificatesigningrequests'),
  rule(READ, ['storage.k8s.io'], 'csidrivers'),
  rule(READ, ['node.k8s.io'], 'runtimeclasses'),
  rule(['get'], ['resource.k8s.io'], 'resourceclaims'),
  rule(['create', ...READ, 'update', 'patch', 'delete', 'deletecollection'], ['resource.k8s.io'], 'resourceslices'),
]
