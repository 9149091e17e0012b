// Flags that several commands of kubectl 1.36 declare alike.
import type { FlagSpec } from '../../lib/cobra.ts'

/** Shared flags; a number tells apart those that differ in their text. */
export const shared = {
  all: { name: 'all', type: 'bool', usage: 'Select all resources, in the namespace of the specified resource types' },
  all2: { name: 'all', type: 'bool', usage: 'Select all resources in the namespace of the specified resource types' },
  allNamespaces: {
    name: 'all-namespaces',
    short: 'A',
    type: 'bool',
    usage:
      'If present, list the requested object(s) across all namespaces. Namespace in current context is ignored even if specified with --namespace.',
  },
  allNamespaces2: {
    name: 'all-namespaces',
    short: 'A',
    type: 'bool',
    usage: 'If true, check the specified action in all namespaces.',
  },
  allowMissingTemplateKeys: {
    name: 'allow-missing-template-keys',
    type: 'bool',
    default: true,
    usage:
      'If true, ignore any errors in templates when a field or map key is missing in the template. Only applies to golang and jsonpath output formats.',
  },
  appendHash: { name: 'append-hash', type: 'bool', usage: 'Append a hash of the secret to its name.' },
  cascade: {
    name: 'cascade',
    type: 'string',
    default: 'background',
    noOptDefault: 'background',
    usage:
      'Must be "background", "orphan", or "foreground". Selects the deletion cascading strategy for the dependents (e.g. Pods created by a ReplicationController). Defaults to background.',
  },
  chunkSize: {
    name: 'chunk-size',
    type: 'int',
    default: 500,
    usage: 'Return large lists in chunks rather than all at once. Pass 0 to disable.',
  },
  container: {
    name: 'container',
    short: 'c',
    type: 'string',
    usage:
      'Container name. If omitted, use the kubectl.kubernetes.io/default-container annotation for selecting the container to be attached or the first container in the pod will be chosen',
  },
  dryRun: {
    name: 'dry-run',
    type: 'string',
    default: 'none',
    noOptDefault: 'unchanged',
    usage:
      'Must be "none", "server", or "client". If client strategy, only print the object that would be sent, without sending it. If server strategy, submit server-side request without persisting the resource.',
  },
  fieldManager: {
    name: 'field-manager',
    type: 'string',
    default: 'kubectl-create',
    usage: 'Name of the manager used to track field ownership.',
  },
  fieldManager2: {
    name: 'field-manager',
    type: 'string',
    default: 'kubectl-set',
    usage: 'Name of the manager used to track field ownership.',
  },
  fieldManager3: {
    name: 'field-manager',
    type: 'string',
    default: 'kubectl-rollout',
    usage: 'Name of the manager used to track field ownership.',
  },
  fieldManager4: {
    name: 'field-manager',
    type: 'string',
    default: 'kubectl-client-side-apply',
    usage: 'Name of the manager used to track field ownership.',
  },
  fieldSelector: {
    name: 'field-selector',
    type: 'string',
    usage:
      "Selector (field query) to filter on, supports '=', '==', and '!='.(e.g. --field-selector key1=value1,key2=value2). The server only supports a limited number of field queries per type.",
  },
  filename: {
    name: 'filename',
    short: 'f',
    type: 'stringSlice',
    usage: 'Filename, directory, or URL to files identifying the resource to get from a server.',
  },
  filename2: {
    name: 'filename',
    short: 'f',
    type: 'stringSlice',
    usage: 'Filename, directory, or URL to files identifying the resource to update',
  },
  force: {
    name: 'force',
    type: 'bool',
    usage:
      'If true, immediately remove resources from API and bypass graceful deletion. Note that immediate deletion of some resources may result in inconsistency or data loss and requires confirmation.',
  },
  gracePeriod: {
    name: 'grace-period',
    type: 'int',
    default: -1,
    usage:
      'Period of time in seconds given to the resource to terminate gracefully. Ignored if negative. Set to 1 for immediate shutdown. Can only be set to 0 when --force is true (force deletion).',
  },
  kuberc: {
    name: 'kuberc',
    type: 'string',
    usage:
      'Path to the kuberc file to use for preferences. This can be disabled by exporting KUBECTL_KUBERC=false feature gate or turning off the feature KUBERC=off.',
  },
  kustomize: {
    name: 'kustomize',
    short: 'k',
    type: 'string',
    usage: "Process the kustomization directory. This flag can't be used together with -f or -R.",
  },
  kustomize2: {
    name: 'kustomize',
    short: 'k',
    type: 'string',
    usage: "Process a kustomization directory. This flag can't be used together with -f or -R.",
  },
  local: { name: 'local', type: 'bool', usage: 'If true, annotation will NOT contact api-server but run locally.' },
  noHeaders: {
    name: 'no-headers',
    type: 'bool',
    usage: "When using the default or custom-column output format, don't print headers (default print headers).",
  },
  output: {
    name: 'output',
    short: 'o',
    type: 'string',
    usage:
      'Output format. One of: (json, yaml, kyaml, name, go-template, go-template-file, template, templatefile, jsonpath, jsonpath-as-json, jsonpath-file).',
  },
  podRunningTimeout: {
    name: 'pod-running-timeout',
    type: 'duration',
    default: 60000,
    usage: 'The length of time (like 5s, 2m, or 3h, higher than zero) to wait until at least one pod is running',
  },
  recursive: {
    name: 'recursive',
    short: 'R',
    type: 'bool',
    usage:
      'Process the directory used in -f, --filename recursively. Useful when you want to manage related manifests organized within the same directory.',
  },
  saveConfig: {
    name: 'save-config',
    type: 'bool',
    usage:
      'If true, the configuration of current object will be saved in its annotation. Otherwise, the annotation will be unchanged. This flag is useful when you want to perform kubectl apply on this object in the future.',
  },
  selector: {
    name: 'selector',
    short: 'l',
    type: 'string',
    usage:
      "Selector (label query) to filter on, supports '=', '==', '!=', 'in', 'notin'.(e.g. -l key1=value1,key2=value2,key3 in (value3)). Matching objects must satisfy all of the specified label constraints.",
  },
  showManagedFields: {
    name: 'show-managed-fields',
    type: 'bool',
    usage: 'If true, keep the managedFields when printing objects in JSON or YAML format.',
  },
  tcp: { name: 'tcp', type: 'stringSlice', usage: "Port pairs can be specified as '<port>:<targetPort>'." },
  template: {
    name: 'template',
    type: 'string',
    usage:
      'Template string or path to template file to use when -o=go-template, -o=go-template-file. The template format is golang templates [http://golang.org/pkg/text/template/#pkg-overview].',
  },
  timeout: {
    name: 'timeout',
    type: 'duration',
    usage:
      'The length of time to wait before giving up on a delete, zero means determine a timeout from the size of the object',
  },
  validate: {
    name: 'validate',
    type: 'string',
    default: 'strict',
    noOptDefault: 'strict',
    usage:
      'Must be one of: strict (or true), warn, ignore (or false). "true" or "strict" will use a schema to validate the input and fail the request if invalid. It will perform server side validation if ServerSideFieldValidation is enabled on the api-server, but will fall back to less reliable client-side validation if not. "warn" will warn about unknown or duplicate fields without blocking the request if server-side field validation is enabled on the API server, and behave as "ignore" otherwise. "false" or "ignore" will not perform any schema validation, silently dropping any unknown or duplicate fields.',
  },
  wait: {
    name: 'wait',
    type: 'bool',
    usage: 'If true, wait for resources to be gone before returning. This waits for finalizers.',
  },
} satisfies Record<string, FlagSpec>
