import { shared } from './shared.ts'
import type { Page } from './types.ts'

/** Help pages and flags of `kubectl apply` (1.36). */
export const pages = {
  apply: {
    use: 'apply (-f FILENAME | -k DIRECTORY)',
    short: 'Apply a configuration to a resource by file name or stdin',
    long: `Apply a configuration to a resource by file name or stdin. The resource name must be specified. This resource will be created if it doesn't exist yet. To use 'apply', always create the resource initially with either 'apply' or 'create --save-config'.

 JSON and YAML formats are accepted.

 Alpha Disclaimer: the --prune functionality is not yet complete. Do not use unless you are aware of what the current state is. See https://issues.k8s.io/34274.`,
    example: `  # Apply the configuration in pod.json to a pod
  kubectl apply -f ./pod.json
  
  # Apply resources from a directory containing kustomization.yaml - e.g. dir/kustomization.yaml
  kubectl apply -k dir/
  
  # Apply the JSON passed into stdin to a pod
  cat pod.json | kubectl apply -f -
  
  # Apply the configuration from all files that end with '.json'
  kubectl apply -f '*.json'
  
  # Note: --prune is still in Alpha
  # Apply the configuration in manifest.yaml that matches label app=nginx and delete all other resources that are not in the file and match label app=nginx
  kubectl apply --prune -f manifest.yaml -l app=nginx
  
  # Apply the configuration in manifest.yaml and delete all the other config maps that are not in the file
  kubectl apply --prune -f manifest.yaml --all --prune-allowlist=core/v1/ConfigMap`,
    disableFlagsInUseLine: true,
    flags: [
      { name: 'all', type: 'bool', usage: 'Select all resources in the namespace of the specified resource types.' },
      shared.allowMissingTemplateKeys,
      shared.cascade,
      shared.dryRun,
      shared.fieldManager4,
      {
        name: 'filename',
        short: 'f',
        type: 'stringSlice',
        usage: 'The files that contain the configurations to apply.',
      },
      shared.force,
      {
        name: 'force-conflicts',
        type: 'bool',
        usage: 'If true, server-side apply will force the changes against conflicts.',
      },
      shared.gracePeriod,
      shared.kustomize2,
      {
        name: 'openapi-patch',
        type: 'bool',
        default: true,
        usage:
          'If true, use openapi to calculate diff when the openapi presents and the resource can be found in the openapi spec. Otherwise, fall back to use baked-in types.',
      },
      shared.output,
      {
        name: 'overwrite',
        type: 'bool',
        default: true,
        usage:
          'Automatically resolve conflicts between the modified and live configuration by using values from the modified configuration',
      },
      {
        name: 'prune',
        type: 'bool',
        usage:
          'Automatically delete resource objects, that do not appear in the configs and are created by either apply or create --save-config. Should be used with either -l or --all.',
      },
      {
        name: 'prune-allowlist',
        type: 'stringArray',
        usage: 'Overwrite the default allowlist with <group/version/kind> for --prune',
      },
      shared.recursive,
      shared.selector,
      { name: 'server-side', type: 'bool', usage: 'If true, apply runs in the server instead of the client.' },
      shared.showManagedFields,
      {
        name: 'subresource',
        type: 'string',
        usage:
          'If specified, apply will operate on the subresource of the requested object.  Only allowed when using --server-side.',
      },
      shared.template,
      shared.timeout,
      shared.validate,
      shared.wait,
    ],
  },
  'edit-last-applied': {
    use: 'edit-last-applied (RESOURCE/NAME | -f FILENAME)',
    short: 'Edit latest last-applied-configuration annotations of a resource/object',
    long: `Edit the latest last-applied-configuration annotations of resources from the default editor.

 The edit-last-applied command allows you to directly edit any API resource you can retrieve via the command-line tools. It will open the editor defined by your KUBE_EDITOR, or EDITOR environment variables, or fall back to 'vi' for Linux or 'notepad' for Windows. You can edit multiple objects, although changes are applied one at a time. The command accepts file names as well as command-line arguments, although the files you point to must be previously saved versions of resources.

 The default format is YAML. To edit in JSON, specify "-o json".

 The flag --windows-line-endings can be used to force Windows line endings, otherwise the default for your operating system will be used.

 In the event an error occurs while updating, a temporary file will be created on disk that contains your unapplied changes. The most common error when updating a resource is another editor changing the resource on the server. When this occurs, you will have to apply your changes to the newer version of the resource, or update your temporary saved copy to include the latest resource version.`,
    example: `  # Edit the last-applied-configuration annotations by type/name in YAML
  kubectl apply edit-last-applied deployment/nginx
  
  # Edit the last-applied-configuration annotations by file in JSON
  kubectl apply edit-last-applied -f deploy.yaml -o json`,
    disableFlagsInUseLine: true,
    flags: [
      shared.allowMissingTemplateKeys,
      shared.fieldManager4,
      {
        name: 'filename',
        short: 'f',
        type: 'stringSlice',
        usage: 'Filename, directory, or URL to files to use to edit the resource',
      },
      shared.kustomize,
      shared.output,
      shared.recursive,
      shared.showManagedFields,
      shared.template,
      shared.validate,
      { name: 'windows-line-endings', type: 'bool', usage: 'Defaults to the line ending native to your platform.' },
    ],
  },
  'set-last-applied': {
    use: 'set-last-applied -f FILENAME',
    short: 'Set the last-applied-configuration annotation on a live object to match the contents of a file',
    long: "Set the latest last-applied-configuration annotations by setting it to match the contents of a file. This results in the last-applied-configuration being updated as though 'kubectl apply -f<file> ' was run, without updating any other parts of the object.",
    example: `  # Set the last-applied-configuration of a resource to match the contents of a file
  kubectl apply set-last-applied -f deploy.yaml
  
  # Execute set-last-applied against each configuration file in a directory
  kubectl apply set-last-applied -f path/
  
  # Set the last-applied-configuration of a resource to match the contents of a file; will create the annotation if it does not already exist
  kubectl apply set-last-applied -f deploy.yaml --create-annotation=true`,
    disableFlagsInUseLine: true,
    flags: [
      shared.allowMissingTemplateKeys,
      {
        name: 'create-annotation',
        type: 'bool',
        usage: "Will create 'last-applied-configuration' annotations if current objects doesn't have one",
      },
      shared.dryRun,
      {
        name: 'filename',
        short: 'f',
        type: 'stringSlice',
        usage: 'Filename, directory, or URL to files that contains the last-applied-configuration annotations',
      },
      shared.output,
      shared.showManagedFields,
      shared.template,
    ],
  },
  'view-last-applied': {
    use: 'view-last-applied (TYPE [NAME | -l label] | TYPE/NAME | -f FILENAME)',
    short: 'View the latest last-applied-configuration annotations of a resource/object',
    long: `View the latest last-applied-configuration annotations by type/name or file.

 The default output will be printed to stdout in YAML format. You can use the -o option to change the output format.`,
    example: `  # View the last-applied-configuration annotations by type/name in YAML
  kubectl apply view-last-applied deployment/nginx
  
  # View the last-applied-configuration annotations by file in JSON
  kubectl apply view-last-applied -f deploy.yaml -o json`,
    disableFlagsInUseLine: true,
    flags: [
      shared.all2,
      {
        name: 'filename',
        short: 'f',
        type: 'stringSlice',
        usage: 'Filename, directory, or URL to files that contains the last-applied-configuration annotations',
      },
      shared.kustomize,
      {
        name: 'output',
        short: 'o',
        type: 'string',
        default: 'yaml',
        usage: 'Output format. Must be one of (yaml, json)',
      },
      shared.recursive,
      shared.selector,
    ],
  },
} satisfies Record<string, Page>

/** Flags of `apply` that the alpha of apply sets adds or describes differently. */
const SETS: NonNullable<Page['flags']> = [
  {
    name: 'applyset',
    type: 'string',
    usage:
      '[alpha] The name of the ApplySet that tracks which resources are being managed, for the purposes of determining what to prune. Live resources that are part of the ApplySet but have been removed from the provided configs will be deleted. Format: [RESOURCE][.GROUP]/NAME. A Secret will be used if no resource or group is specified.',
  },
  {
    name: 'prune',
    type: 'bool',
    usage:
      'Automatically delete previously applied resource objects that do not appear in the provided configs. For alpha1, use with either -l or --all. For alpha2, use with --applyset.',
  },
]

/** The page of `apply` with apply sets. */
export const withSets = (page: Page): Page => ({
  ...page,
  flags: [...(page.flags ?? []).filter(({ name }) => !SETS.some((flag) => flag.name === name)), ...SETS],
})
