import type { Page } from './page.ts'

/** Pages of the smaller commands. */
export const OTHERS: readonly Page[] = [
  {
    path: 'completion',
    positional: 'SHELL',
    short: 'Output shell completion code for the specified shell (bash or zsh)',
    long: `
Output shell completion code for the specified shell (bash or zsh).
The shell code must be evaluated to provide interactive
completion of kubeadm commands. This can be done by sourcing it from
the .bash_profile.

Note: this requires the bash-completion framework.

To install it on Mac use homebrew:
    $ brew install bash-completion
Once installed, bash_completion must be evaluated. This can be done by adding the
following line to the .bash_profile
    $ source $(brew --prefix)/etc/bash_completion

If bash-completion is not installed on Linux, please install the 'bash-completion' package
via your distribution's package manager.

Note for zsh users: [1] zsh completions are only supported in versions of zsh >= 5.2`,
    example: `
# Install bash completion on a Mac using homebrew
brew install bash-completion
printf "\\n# Bash completion support\\nsource $(brew --prefix)/etc/bash_completion\\n" >> $HOME/.bash_profile
source $HOME/.bash_profile

# Load the kubeadm completion code for bash into the current shell
source <(kubeadm completion bash)

# Write bash completion code to a file and source it from .bash_profile
kubeadm completion bash > ~/.kube/kubeadm_completion.bash.inc
printf "\\n# Kubeadm shell completion\\nsource '$HOME/.kube/kubeadm_completion.bash.inc'\\n" >> $HOME/.bash_profile
source $HOME/.bash_profile

# Load the kubeadm completion code for zsh[1] into the current shell
source <(kubeadm completion zsh)`,
    args: 'any',
  },
  {
    path: 'config',
    short: 'Manage configuration for a kubeadm cluster persisted in a ConfigMap in the cluster',
    long: `
There is a ConfigMap in the kube-system namespace called "kubeadm-config" that kubeadm uses to store internal configuration about the
cluster. kubeadm CLI v1.8.0+ automatically creates this ConfigMap with the config used with 'kubeadm init', but if you
initialized your cluster using kubeadm v1.7.x or lower, you must use the 'kubeadm init phase upload-config' command to
create this ConfigMap. This is required so that 'kubeadm upgrade' can configure your upgraded cluster correctly.`,
    persistent: 'kubeconfig',
    group: true,
  },
  { path: 'config images', short: 'Interact with container images used by kubeadm', group: true },
  {
    path: 'config images list',
    short:
      'Print a list of images kubeadm will use. The configuration file is used in case any images or image repositories are customized',
    flags:
      'allow-missing-template-keys config feature-gates image-repository kubernetes-version output show-managed-fields',
  },
  {
    path: 'config images pull',
    short: 'Pull images used by kubeadm',
    flags: 'config cri-socket feature-gates image-repository kubernetes-version',
  },
  {
    path: 'config migrate',
    short:
      'Read an older version of the kubeadm configuration API types from a file, and output the similar config object for the newer version',
    long: `
This command lets you convert configuration objects of older versions to the latest supported version,
locally in the CLI tool without ever touching anything in the cluster.
In this version of kubeadm, the following API versions are supported:
- kubeadm.k8s.io/v1beta4

Further, kubeadm can only write out config of version "kubeadm.k8s.io/v1beta4", but read both types.
So regardless of what version you pass to the --old-config parameter here, the API object will be
read, deserialized, defaulted, converted, validated, and re-serialized when written to stdout or
--new-config if specified.

In other words, the output of this command is what kubeadm actually would read internally if you
submitted this file to "kubeadm init"`,
    flags: 'allow-experimental-api new-config old-config',
  },
  {
    path: 'config print',
    short: 'Print configuration',
    long: `
This command prints configurations for subcommands provided.
For details, see: https://pkg.go.dev/k8s.io/kubernetes/cmd/kubeadm/app/apis/kubeadm#section-directories`,
    group: true,
  },
  {
    path: 'config print init-defaults',
    short: "Print default init configuration, that can be used for 'kubeadm init'",
    long: `
This command prints objects such as the default init configuration that is used for 'kubeadm init'.

Note that sensitive values like the Bootstrap Token fields are replaced with placeholder values like "abcdef.0123456789abcdef" in order to pass validation but
not perform the real computation for creating a token.`,
    flags: 'component-configs',
  },
  {
    path: 'config print join-defaults',
    short: "Print default join configuration, that can be used for 'kubeadm join'",
    long: `
This command prints objects such as the default join configuration that is used for 'kubeadm join'.

Note that sensitive values like the Bootstrap Token fields are replaced with placeholder values like "abcdef.0123456789abcdef" in order to pass validation but
not perform the real computation for creating a token.`,
  },
  {
    path: 'config print reset-defaults',
    short: "Print default reset configuration, that can be used for 'kubeadm reset'",
    long: `
This command prints objects such as the default reset configuration that is used for 'kubeadm reset'.

Note that sensitive values like the Bootstrap Token fields are replaced with placeholder values like "abcdef.0123456789abcdef" in order to pass validation but
not perform the real computation for creating a token.`,
  },
  {
    path: 'config print upgrade-defaults',
    short: "Print default upgrade configuration, that can be used for 'kubeadm upgrade'",
    long: `
This command prints objects such as the default upgrade configuration that is used for 'kubeadm upgrade'.

Note that sensitive values like the Bootstrap Token fields are replaced with placeholder values like "abcdef.0123456789abcdef" in order to pass validation but
not perform the real computation for creating a token.`,
  },
  {
    path: 'config validate',
    short: 'Read a file containing the kubeadm configuration API and report any validation problems',
    long: `
This command lets you validate a kubeadm configuration API file and report any warnings and errors.
If there are no errors the exit status will be zero, otherwise it will be non-zero.
Any unmarshaling problems such as unknown API fields will trigger errors. Unknown API versions and
fields with invalid values will also trigger errors. Any other errors or warnings may be reported
depending on contents of the input file.

In this version of kubeadm, the following API versions are supported:
- kubeadm.k8s.io/v1beta4`,
    flags: 'allow-deprecated-api allow-experimental-api.config config',
  },
  {
    path: 'kubeconfig',
    runnable: false,
    short: 'Kubeconfig file utilities',
    long: 'Kubeconfig file utilities.',
    args: 'any',
  },
  {
    path: 'kubeconfig user',
    short: 'Output a kubeconfig file for an additional user',
    long: 'Output a kubeconfig file for an additional user.',
    example: `  # Output a kubeconfig file for an additional user named foo
  kubeadm kubeconfig user --client-name=foo
  
  # Output a kubeconfig file for an additional user named foo using a kubeadm config file bar
  kubeadm kubeconfig user --client-name=foo --config=bar`,
    flags: 'client-name config org token.kubeconfig validity-period',
  },
  {
    path: 'reset',
    short: "Performs a best effort revert of changes made to this host by 'kubeadm init' or 'kubeadm join'",
    long: `Performs a best effort revert of changes made to this host by 'kubeadm init' or 'kubeadm join'

The "reset" command executes the following phases:
\`\`\`
preflight           Run reset pre-flight checks
remove-etcd-member  Remove a local etcd member.
cleanup-node        Run cleanup node.
\`\`\``,
    flags:
      'cert-dir.reset cleanup-tmp-dir config cri-socket dry-run force ignore-preflight-errors kubeconfig skip-phases',
    args: 'any',
  },
  { path: 'reset phase', short: 'Use this command to invoke single phase of the "reset" workflow', group: true },
  {
    path: 'reset phase cleanup-node',
    short: 'Run cleanup node.',
    aliases: ['cleanupnode'],
    flags: 'cert-dir.reset cleanup-tmp-dir cri-socket dry-run',
    args: 'any',
  },
  {
    path: 'reset phase preflight',
    short: 'Run reset pre-flight checks',
    long: 'Run pre-flight checks for kubeadm reset.',
    aliases: ['pre-flight'],
    flags: 'dry-run force ignore-preflight-errors',
    args: 'any',
  },
  {
    path: 'reset phase remove-etcd-member',
    short: 'Remove a local etcd member.',
    long: 'Remove a local etcd member for a control plane node.',
    flags: 'dry-run kubeconfig',
    args: 'any',
  },
  {
    path: 'token',
    short: 'Manage bootstrap tokens',
    long: `
This command manages bootstrap tokens. It is optional and needed only for advanced use cases.

In short, bootstrap tokens are used for establishing bidirectional trust between a client and a server.
A bootstrap token can be used when a client (for example a node that is about to join the cluster) needs
to trust the server it is talking to. Then a bootstrap token with the "signing" usage can be used.
bootstrap tokens can also function as a way to allow short-lived authentication to the API Server
(the token serves as a way for the API Server to trust the client), for example for doing the TLS Bootstrap.

What is a bootstrap token more exactly?
 - It is a Secret in the kube-system namespace of type "bootstrap.kubernetes.io/token".
 - A bootstrap token must be of the form "[a-z0-9]{6}.[a-z0-9]{16}". The former part is the public token ID,
   while the latter is the Token Secret and it must be kept private at all circumstances!
 - The name of the Secret must be named "bootstrap-token-(token-id)".

You can read more about bootstrap tokens here:
  https://kubernetes.io/docs/admin/bootstrap-tokens/`,
    persistent: 'dry-run.token kubeconfig',
    group: true,
  },
  {
    path: 'token create',
    positional: '[token]',
    bare: true,
    short: 'Create bootstrap tokens on the server',
    long: `
This command will create a bootstrap token for you.
You can specify the usages for this token, the "time to live" and an optional human friendly description.

The [token] is the actual token to write.
This should be a securely generated random token of the form "[a-z0-9]{6}.[a-z0-9]{16}".
If no [token] is given, kubeadm will generate a random token instead.`,
    flags: 'certificate-key.token config description groups print-join-command ttl usages',
    args: 'any',
  },
  {
    path: 'token delete',
    positional: '[token-value] ...',
    bare: true,
    short: 'Delete bootstrap tokens on the server',
    long: `
This command will delete a list of bootstrap tokens for you.

The [token-value] is the full Token of the form "[a-z0-9]{6}.[a-z0-9]{16}" or the
Token ID of the form "[a-z0-9]{6}" to delete.`,
    args: 'any',
  },
  {
    path: 'token generate',
    short: 'Generate and print a bootstrap token, but do not create it on the server',
    long: `
This command will print out a randomly-generated bootstrap token that can be used with
the "init" and "join" commands.

You don't have to use this command in order to generate a token. You can do so
yourself as long as it is in the format "[a-z0-9]{6}.[a-z0-9]{16}". This
command is provided for convenience to generate tokens in the given format.

You can also use "kubeadm init" without specifying a token and it will
generate and print one for you.`,
  },
  {
    path: 'token list',
    short: 'List bootstrap tokens on the server',
    long: `
This command will list all bootstrap tokens for you.`,
    flags: 'allow-missing-template-keys output show-managed-fields',
  },
  { path: 'version', short: 'Print the version of kubeadm', flags: 'output.version' },
]
