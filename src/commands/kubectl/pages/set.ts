import { shared } from './shared.ts'
import type { Page } from './types.ts'

/** Help pages and flags of `kubectl set` (1.36). */
export const pages = {
  set: {
    use: 'set SUBCOMMAND',
    short: 'Set specific features on objects',
    long: `Configure application resources.

 These commands help you make changes to existing application resources.`,
    disableFlagsInUseLine: true,
  },
  env: {
    use: 'env RESOURCE/NAME KEY_1=VAL_1 ... KEY_N=VAL_N',
    short: 'Update environment variables on a pod template',
    long: `Update environment variables on a pod template.

 List environment variable definitions in one or more pods, pod templates. Add, update, or remove container environment variable definitions in one or more pod templates (within replication controllers or deployment configurations). View or modify the environment variable definitions on all containers in the specified pods or pod templates, or just those that match a wildcard.

 If "--env -" is passed, environment variables can be read from STDIN using the standard env syntax.

 Possible resources include (case insensitive):

        pod (po), replicationcontroller (rc), deployment (deploy), daemonset (ds), statefulset (sts), cronjob (cj), replicaset (rs)`,
    example: `  # Update deployment 'registry' with a new environment variable
  kubectl set env deployment/registry STORAGE_DIR=/local
  
  # List the environment variables defined on a deployments 'sample-build'
  kubectl set env deployment/sample-build --list
  
  # List the environment variables defined on all pods
  kubectl set env pods --all --list
  
  # Output modified deployment in YAML, and does not alter the object on the server
  kubectl set env deployment/sample-build STORAGE_DIR=/data -o yaml
  
  # Update all containers in all replication controllers in the project to have ENV=prod
  kubectl set env rc --all ENV=prod
  
  # Import environment from a secret
  kubectl set env --from=secret/mysecret deployment/myapp
  
  # Import environment from a config map with a prefix
  kubectl set env --from=configmap/myconfigmap --prefix=MYSQL_ deployment/myapp
  
  # Import specific keys from a config map
  kubectl set env --keys=my-example-key --from=configmap/myconfigmap deployment/myapp
  
  # Remove the environment variable ENV from container 'c1' in all deployment configs
  kubectl set env deployments --all --containers="c1" ENV-
  
  # Remove the environment variable ENV from a deployment definition on disk and
  # update the deployment config on the server
  kubectl set env -f deploy.json ENV-
  
  # Set some of the local shell environment into a deployment config on the server
  env | grep RAILS_ | kubectl set env -e - deployment/registry`,
    disableFlagsInUseLine: true,
    flags: [
      {
        name: 'all',
        type: 'bool',
        usage: 'If true, select all resources in the namespace of the specified resource types',
      },
      shared.allowMissingTemplateKeys,
      {
        name: 'containers',
        short: 'c',
        type: 'string',
        default: '*',
        usage: 'The names of containers in the selected pod templates to change - may use wildcards',
      },
      shared.dryRun,
      {
        name: 'env',
        short: 'e',
        type: 'stringArray',
        usage: 'Specify a key-value pair for an environment variable to set into each container.',
      },
      shared.fieldManager2,
      {
        name: 'filename',
        short: 'f',
        type: 'stringSlice',
        usage: 'Filename, directory, or URL to files the resource to update the env',
      },
      { name: 'from', type: 'string', usage: 'The name of a resource from which to inject environment variables' },
      { name: 'keys', type: 'stringSlice', usage: 'Comma-separated list of keys to import from specified resource' },
      shared.kustomize,
      {
        name: 'list',
        type: 'bool',
        usage:
          'If true, display the environment and any changes in the standard format. this flag will removed when we have kubectl view env.',
      },
      { name: 'local', type: 'bool', usage: 'If true, set env will NOT contact api-server but run locally.' },
      shared.output,
      {
        name: 'overwrite',
        type: 'bool',
        default: true,
        usage:
          'If true, allow environment to be overwritten, otherwise reject updates that overwrite existing environment.',
      },
      { name: 'prefix', type: 'string', usage: 'Prefix to append to variable names' },
      shared.recursive,
      { name: 'resolve', type: 'bool', usage: 'If true, show secret or configmap references when listing variables' },
      shared.selector,
      shared.showManagedFields,
      shared.template,
    ],
  },
  image: {
    use: 'image (-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ... CONTAINER_NAME_N=CONTAINER_IMAGE_N',
    short: 'Update the image of a pod template',
    long: `Update existing container image(s) of resources.

 Possible resources include (case insensitive):

        pod (po), replicationcontroller (rc), deployment (deploy), daemonset (ds), statefulset (sts), cronjob (cj), replicaset (rs)`,
    example: `  # Set a deployment's nginx container image to 'nginx:1.9.1', and its busybox container image to 'busybox'
  kubectl set image deployment/nginx busybox=busybox nginx=nginx:1.9.1
  
  # Update all deployments' and rc's nginx container's image to 'nginx:1.9.1'
  kubectl set image deployments,rc nginx=nginx:1.9.1 --all
  
  # Update image of all containers of daemonset abc to 'nginx:1.9.1'
  kubectl set image daemonset abc *=nginx:1.9.1
  
  # Print result (in yaml format) of updating nginx container image from local file, without hitting the server
  kubectl set image -f path/to/file.yaml nginx=nginx:1.9.1 --local -o yaml`,
    disableFlagsInUseLine: true,
    flags: [
      shared.all,
      shared.allowMissingTemplateKeys,
      shared.dryRun,
      shared.fieldManager2,
      shared.filename,
      shared.kustomize,
      { name: 'local', type: 'bool', usage: 'If true, set image will NOT contact api-server but run locally.' },
      shared.output,
      shared.recursive,
      shared.selector,
      shared.showManagedFields,
      shared.template,
    ],
  },
  resources: {
    use: 'resources (-f FILENAME | TYPE NAME)  ([--limits=LIMITS & --requests=REQUESTS]',
    short: 'Update resource requests/limits on objects with pod templates',
    long: `Specify compute resource requirements (CPU, memory) for any resource that defines a pod template.  If a pod is successfully scheduled, it is guaranteed the amount of resource requested, but may burst up to its specified limits.

 For each compute resource, if a limit is specified and a request is omitted, the request will default to the limit.

 Possible resources include (case insensitive): Use "kubectl api-resources" for a complete list of supported resources..`,
    example: `  # Set a deployments nginx container cpu limits to "200m" and memory to "512Mi"
  kubectl set resources deployment nginx -c=nginx --limits=cpu=200m,memory=512Mi
  
  # Set the resource request and limits for all containers in nginx
  kubectl set resources deployment nginx --limits=cpu=200m,memory=512Mi --requests=cpu=100m,memory=256Mi
  
  # Remove the resource requests for resources on containers in nginx
  kubectl set resources deployment nginx --limits=cpu=0,memory=0 --requests=cpu=0,memory=0
  
  # Print the result (in yaml format) of updating nginx container limits from a local, without hitting the server
  kubectl set resources -f path/to/file.yaml --limits=cpu=200m,memory=512Mi --local -o yaml`,
    disableFlagsInUseLine: true,
    flags: [
      shared.all,
      shared.allowMissingTemplateKeys,
      {
        name: 'containers',
        short: 'c',
        type: 'string',
        default: '*',
        usage:
          'The names of containers in the selected pod templates to change, all containers are selected by default - may use wildcards',
      },
      shared.dryRun,
      shared.fieldManager2,
      shared.filename,
      shared.kustomize,
      {
        name: 'limits',
        type: 'string',
        usage:
          "The resource requirement requests for this container.  For example, 'cpu=100m,memory=256Mi'.  Note that server side components may assign requests depending on the server configuration, such as limit ranges.",
      },
      { name: 'local', type: 'bool', usage: 'If true, set resources will NOT contact api-server but run locally.' },
      shared.output,
      shared.recursive,
      {
        name: 'requests',
        type: 'string',
        usage:
          "The resource requirement requests for this container.  For example, 'cpu=100m,memory=256Mi'.  Note that server side components may assign requests depending on the server configuration, such as limit ranges.",
      },
      shared.selector,
      shared.showManagedFields,
      shared.template,
    ],
  },
  selector: {
    use: 'selector (-f FILENAME | TYPE NAME) EXPRESSIONS [--resource-version=version]',
    short: 'Set the selector on a resource',
    long: `Set the selector on a resource. Note that the new selector will overwrite the old selector if the resource had one prior to the invocation of 'set selector'.

 A selector must begin with a letter or number, and may contain letters, numbers, hyphens, dots, and underscores, up to 63 characters. If --resource-version is specified, then updates will use this resource version, otherwise the existing resource-version will be used. Note: currently selectors can only be set on Service objects.`,
    example: `  # Set the labels and selector before creating a deployment/service pair
  kubectl create service clusterip my-svc --clusterip="None" -o yaml --dry-run=client | kubectl set selector --local -f - 'environment=qa' -o yaml | kubectl create -f -
  kubectl create deployment my-dep --image=nginx -o yaml --dry-run=client | kubectl label --local -f - environment=qa -o yaml | kubectl create -f -`,
    disableFlagsInUseLine: true,
    flags: [
      shared.all2,
      shared.allowMissingTemplateKeys,
      shared.dryRun,
      shared.fieldManager2,
      { name: 'filename', short: 'f', type: 'stringSlice', usage: 'identifying the resource.' },
      shared.local,
      shared.output,
      {
        name: 'recursive',
        short: 'R',
        type: 'bool',
        default: true,
        usage:
          'Process the directory used in -f, --filename recursively. Useful when you want to manage related manifests organized within the same directory.',
      },
      {
        name: 'resource-version',
        type: 'string',
        usage:
          'If non-empty, the selectors update will only succeed if this is the current resource-version for the object. Only valid when specifying a single resource.',
      },
      shared.showManagedFields,
      shared.template,
    ],
  },
  serviceaccount: {
    use: 'serviceaccount (-f FILENAME | TYPE NAME) SERVICE_ACCOUNT',
    aliases: ['sa'],
    short: 'Update the service account of a resource',
    long: `Update the service account of pod template resources.

 Possible resources (case insensitive) can be:

 replicationcontroller (rc), deployment (deploy), daemonset (ds), job, replicaset (rs), statefulset`,
    example: `  # Set deployment nginx-deployment's service account to serviceaccount1
  kubectl set serviceaccount deployment nginx-deployment serviceaccount1
  
  # Print the result (in YAML format) of updated nginx deployment with the service account from local file, without hitting the API server
  kubectl set sa -f nginx-deployment.yaml serviceaccount1 --local --dry-run=client -o yaml`,
    disableFlagsInUseLine: true,
    flags: [
      shared.all,
      shared.allowMissingTemplateKeys,
      shared.dryRun,
      shared.fieldManager2,
      shared.filename,
      shared.kustomize,
      {
        name: 'local',
        type: 'bool',
        usage: 'If true, set serviceaccount will NOT contact api-server but run locally.',
      },
      shared.output,
      shared.recursive,
      shared.showManagedFields,
      shared.template,
    ],
  },
  subject: {
    use: 'subject (-f FILENAME | TYPE NAME) [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]',
    short: 'Update the user, group, or service account in a role binding or cluster role binding',
    long: 'Update the user, group, or service account in a role binding or cluster role binding.',
    example: `  # Update a cluster role binding for serviceaccount1
  kubectl set subject clusterrolebinding admin --serviceaccount=namespace:serviceaccount1
  
  # Update a role binding for user1, user2, and group1
  kubectl set subject rolebinding admin --user=user1 --user=user2 --group=group1
  
  # Print the result (in YAML format) of updating rolebinding subjects from a local, without hitting the server
  kubectl create rolebinding admin --role=admin --user=admin -o yaml --dry-run=client | kubectl set subject --local -f - --user=foo -o yaml`,
    disableFlagsInUseLine: true,
    flags: [
      shared.all,
      shared.allowMissingTemplateKeys,
      shared.dryRun,
      shared.fieldManager2,
      {
        name: 'filename',
        short: 'f',
        type: 'stringSlice',
        usage: 'Filename, directory, or URL to files the resource to update the subjects',
      },
      { name: 'group', type: 'stringArray', usage: 'Groups to bind to the role' },
      shared.kustomize,
      { name: 'local', type: 'bool', usage: 'If true, set subject will NOT contact api-server but run locally.' },
      shared.output,
      shared.recursive,
      shared.selector,
      { name: 'serviceaccount', type: 'stringArray', usage: 'Service accounts to bind to the role' },
      shared.showManagedFields,
      shared.template,
      { name: 'user', type: 'stringArray', usage: 'Usernames to bind to the role' },
    ],
  },
} satisfies Record<string, Page>
