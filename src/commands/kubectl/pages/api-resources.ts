import { shared } from './shared.ts'
import type { Page } from './types.ts'

/** Help pages and flags of `kubectl api-resources` (1.36). */
export const pages = {
  'api-resources': {
    use: 'api-resources [flags]',
    short: 'Print the supported API resources on the server',
    long: 'Print the supported API resources on the server.',
    example: `  # Print the supported API resources
  kubectl api-resources
  
  # Print the supported API resources with more information
  kubectl api-resources -o wide
  
  # Print the supported API resources sorted by a column
  kubectl api-resources --sort-by=name
  
  # Print the supported namespaced resources
  kubectl api-resources --namespaced=true
  
  # Print the supported non-namespaced resources
  kubectl api-resources --namespaced=false
  
  # Print the supported API resources with a specific APIGroup
  kubectl api-resources --api-group=rbac.authorization.k8s.io`,
    disableFlagsInUseLine: true,
    flags: [
      { name: 'api-group', type: 'string', usage: 'Limit to resources in the specified API group.' },
      { name: 'cached', type: 'bool', usage: 'Use the cached list of resources if available.' },
      { name: 'categories', type: 'stringSlice', usage: 'Limit to resources that belong to the specified categories.' },
      {
        name: 'namespaced',
        type: 'bool',
        default: true,
        usage:
          'If false, non-namespaced resources will be returned, otherwise returning namespaced resources by default.',
      },
      shared.noHeaders,
      { name: 'output', short: 'o', type: 'string', usage: 'Output format. One of: (json, yaml, kyaml, name, wide).' },
      shared.showManagedFields,
      {
        name: 'sort-by',
        type: 'string',
        usage: "If non-empty, sort list of resources using specified field. The field can be either 'name' or 'kind'.",
      },
      { name: 'verbs', type: 'stringSlice', usage: 'Limit to resources that support the specified verbs.' },
    ],
  },
} satisfies Record<string, Page>
