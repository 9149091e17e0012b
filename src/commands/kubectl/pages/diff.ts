import { shared } from './shared.ts'
import type { Page } from './types.ts'

/** Help pages and flags of `kubectl diff` (1.36). */
export const pages = {
  diff: {
    use: 'diff -f FILENAME',
    short: 'Diff the live version against a would-be applied version',
    long: `Diff configurations specified by file name or stdin between the current online configuration, and the configuration as it would be if applied.

 The output is always YAML.

 KUBECTL_EXTERNAL_DIFF environment variable can be used to select your own diff command. Users can use external commands with params too, example: KUBECTL_EXTERNAL_DIFF="colordiff -N -u"

 By default, the "diff" command available in your path will be run with the "-u" (unified diff) and "-N" (treat absent files as empty) options.

 Exit status: 0 No differences were found. 1 Differences were found. >1 Kubectl or diff failed with an error.

 Note: KUBECTL_EXTERNAL_DIFF, if used, is expected to follow that convention.`,
    example: `  # Diff resources included in pod.json
  kubectl diff -f pod.json
  
  # Diff file read from stdin
  cat service.yaml | kubectl diff -f -`,
    disableFlagsInUseLine: true,
    flags: [
      {
        name: 'concurrency',
        type: 'int',
        default: 1,
        usage:
          'Number of objects to process in parallel when diffing against the live version. Larger number = faster, but more memory, I/O and CPU over that shorter period of time.',
      },
      shared.fieldManager4,
      {
        name: 'filename',
        short: 'f',
        type: 'stringSlice',
        usage: 'Filename, directory, or URL to files contains the configuration to diff',
      },
      {
        name: 'force-conflicts',
        type: 'bool',
        usage: 'If true, server-side apply will force the changes against conflicts.',
      },
      shared.kustomize,
      {
        name: 'prune',
        type: 'bool',
        usage:
          'Include resources that would be deleted by pruning. Can be used with -l and default shows all resources would be pruned',
      },
      {
        name: 'prune-allowlist',
        type: 'stringArray',
        usage: 'Overwrite the default allowlist with <group/version/kind> for --prune',
      },
      shared.recursive,
      shared.selector,
      { name: 'server-side', type: 'bool', usage: 'If true, apply runs in the server instead of the client.' },
      { name: 'show-managed-fields', type: 'bool', usage: 'If true, include managed fields in the diff.' },
      { name: 'show-secrets', type: 'bool', usage: 'If true, do not mask secret values in the diff.' },
    ],
  },
} satisfies Record<string, Page>
