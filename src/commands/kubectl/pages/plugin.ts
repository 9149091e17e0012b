import type { Page } from './types.ts'

/** Help pages and flags of `kubectl plugin` (1.36). */
export const pages = {
  plugin: {
    use: 'plugin [flags]',
    short: 'Provides utilities for interacting with plugins',
    long: `Provides utilities for interacting with plugins.

 Plugins provide extended functionality that is not part of the major command-line distribution. Please refer to the documentation and examples for more information about how write your own plugins.

 The easiest way to discover and install plugins is via the kubernetes sub-project krew: [krew.sigs.k8s.io]. To install krew, visit https://krew.sigs.k8s.io/docs/user-guide/setup/install`,
    example: `  # List all available plugins
  kubectl plugin list
  
  # List only binary names of available plugins without paths
  kubectl plugin list --name-only`,
    disableFlagsInUseLine: true,
  },
  list: {
    use: 'list [flags]',
    short: "List all visible plugin executables on a user's PATH",
    long: `List all available plugin files on a user's PATH. To see plugins binary names without the full path use --name-only flag.

 Available plugin files are those that are: - executable - anywhere on the user's PATH - begin with "kubectl-"`,
    example: `  # List all available plugins
  kubectl plugin list
  
  # List only binary names of available plugins without paths
  kubectl plugin list --name-only`,
    disableFlagsInUseLine: true,
    flags: [
      {
        name: 'name-only',
        type: 'bool',
        usage: 'If true, display only the binary name of each plugin, rather than its full path',
      },
    ],
  },
} satisfies Record<string, Page>
