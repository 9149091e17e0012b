import { shared } from './shared.ts'
import type { Page } from './types.ts'

/** Help pages and flags of `kubectl patch` (1.36). */
export const pages = {
  patch: {
    use: 'patch (-f FILENAME | TYPE NAME) [-p PATCH|--patch-file FILE]',
    short: 'Update fields of a resource',
    long: `Update fields of a resource using strategic merge patch, a JSON merge patch, or a JSON patch.

 JSON and YAML formats are accepted.

 Note: Strategic merge patch is not supported for custom resources.`,
    example: `  # Partially update a node using a strategic merge patch, specifying the patch as JSON
  kubectl patch node k8s-node-1 -p '{"spec":{"unschedulable":true}}'
  
  # Partially update a node using a strategic merge patch, specifying the patch as YAML
  kubectl patch node k8s-node-1 -p $'spec:\\n unschedulable: true'
  
  # Partially update a node identified by the type and name specified in "node.json" using strategic merge patch
  kubectl patch -f node.json -p '{"spec":{"unschedulable":true}}'
  
  # Update a container's image; spec.containers[*].name is required because it's a merge key
  kubectl patch pod valid-pod -p '{"spec":{"containers":[{"name":"kubernetes-serve-hostname","image":"new image"}]}}'
  
  # Update a container's image using a JSON patch with positional arrays
  kubectl patch pod valid-pod --type='json' -p='[{"op": "replace", "path": "/spec/containers/0/image", "value":"new image"}]'
  
  # Update a deployment's replicas through the 'scale' subresource using a merge patch
  kubectl patch deployment nginx-deployment --subresource='scale' --type='merge' -p '{"spec":{"replicas":2}}'`,
    disableFlagsInUseLine: true,
    flags: [
      shared.allowMissingTemplateKeys,
      shared.dryRun,
      {
        name: 'field-manager',
        type: 'string',
        default: 'kubectl-patch',
        usage: 'Name of the manager used to track field ownership.',
      },
      shared.filename2,
      shared.kustomize,
      {
        name: 'local',
        type: 'bool',
        usage: 'If true, patch will operate on the content of the file, not the server-side resource.',
      },
      shared.output,
      { name: 'patch', short: 'p', type: 'string', usage: 'The patch to be applied to the resource JSON file.' },
      { name: 'patch-file', type: 'string', usage: 'A file containing a patch to be applied to the resource.' },
      shared.recursive,
      shared.showManagedFields,
      {
        name: 'subresource',
        type: 'string',
        usage: 'If specified, patch will operate on the subresource of the requested object.',
      },
      shared.template,
      {
        name: 'type',
        type: 'string',
        default: 'strategic',
        usage: 'The type of patch being provided; one of [json merge strategic]',
      },
    ],
  },
} satisfies Record<string, Page>
