import { shared } from './shared.ts'
import type { Page } from './types.ts'

/** Help pages and flags of `kubectl scale` (1.36). */
export const pages = {
  scale: {
    use: 'scale [--resource-version=version] [--current-replicas=count] --replicas=COUNT (-f FILENAME | TYPE NAME)',
    short: 'Set a new size for a deployment, replica set, or replication controller',
    long: `Set a new size for a deployment, replica set, replication controller, or stateful set.

 Scale also allows users to specify one or more preconditions for the scale action.

 If --current-replicas or --resource-version is specified, it is validated before the scale is attempted, and it is guaranteed that the precondition holds true when the scale is sent to the server.`,
    example: `  # Scale a replica set named 'foo' to 3
  kubectl scale --replicas=3 rs/foo
  
  # Scale a resource identified by type and name specified in "foo.yaml" to 3
  kubectl scale --replicas=3 -f foo.yaml
  
  # If the deployment named mysql's current size is 2, scale mysql to 3
  kubectl scale --current-replicas=2 --replicas=3 deployment/mysql
  
  # Scale multiple replication controllers
  kubectl scale --replicas=5 rc/example1 rc/example2 rc/example3
  
  # Scale stateful set named 'web' to 3
  kubectl scale --replicas=3 statefulset/web`,
    disableFlagsInUseLine: true,
    flags: [
      shared.all2,
      shared.allowMissingTemplateKeys,
      {
        name: 'current-replicas',
        type: 'int',
        default: -1,
        usage:
          'Precondition for current size. Requires that the current size of the resource match this value in order to scale. -1 (default) for no condition.',
      },
      shared.dryRun,
      {
        name: 'filename',
        short: 'f',
        type: 'stringSlice',
        usage: 'Filename, directory, or URL to files identifying the resource to set a new size',
      },
      shared.kustomize,
      shared.output,
      shared.recursive,
      { name: 'replicas', type: 'int', required: true, usage: 'The new desired number of replicas. Required.' },
      {
        name: 'resource-version',
        type: 'string',
        usage:
          'Precondition for resource version. Requires that the current resource version match this value in order to scale.',
      },
      shared.selector,
      shared.showManagedFields,
      shared.template,
      {
        name: 'timeout',
        type: 'duration',
        usage:
          "The length of time to wait before giving up on a scale operation, zero means don't wait. Any other values should contain a corresponding time unit (e.g. 1s, 2m, 3h).",
      },
    ],
  },
} satisfies Record<string, Page>
