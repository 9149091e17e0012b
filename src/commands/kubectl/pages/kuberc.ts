import { shared } from './shared.ts'
import type { Page } from './types.ts'

/** Help pages and flags of `kubectl kuberc` (1.36). */
export const pages = {
  kuberc: {
    use: 'kuberc SUBCOMMAND',
    short: 'Manage kuberc configuration files',
    long: `Manage user preferences (kuberc) file.

 The kuberc file allows you to customize your kubectl experience.`,
    example: `  # View the current kuberc configuration
  kubectl kuberc view
  
  # Set a default value for a command flag
  kubectl kuberc set --section defaults --command get --option output=wide
  
  # Create an alias for a command
  kubectl kuberc set --section aliases --name getn --command get --prependarg nodes --option output=wide`,
    disableFlagsInUseLine: true,
  },
  set: {
    use: 'set --section (defaults|aliases) --command COMMAND',
    short: 'Set values in the kuberc configuration',
    long: `Set values in the kuberc configuration file.

 Use --section to specify whether to set defaults or aliases.

 For defaults: Sets default flag values for kubectl commands. The --command flag should specify only the command (e.g., "get", "create", "set env"), not resources.

 For aliases: Creates command aliases with optional default flag values and arguments. Use --prependarg and --appendarg to include resources or other arguments.`,
    example: `  # Set default output format for 'get' command
  kubectl kuberc set --section defaults --command get --option output=wide
  
  # Set default output format for a subcommand
  kubectl kuberc set --section defaults --command "set env" --option output=yaml
  
  # Create an alias 'getn' for 'get' command with prepended 'nodes' resource
  kubectl kuberc set --section aliases --name getn --command get --prependarg nodes --option output=wide
  
  # Create an alias 'runx' for 'run' command with appended arguments
  kubectl kuberc set --section aliases --name runx --command run --option image=nginx --appendarg "--" --appendarg custom-arg1
  
  # Overwrite an existing default
  kubectl kuberc set --section defaults --command get --option output=json --overwrite
  
  # Set the credential plugin policy and allowlist
  kubectl kuberc set --section credentialplugin --policy Allowlist --allowlist-entry command=cloud-credential-helper`,
    disableFlagsInUseLine: true,
    flags: [
      {
        name: 'allowlist-entry',
        type: 'stringArray',
        usage: 'Allowlist entry the form field=value (can be specified multiple times)',
      },
      {
        name: 'appendarg',
        type: 'stringArray',
        usage: 'Argument to append to the command (can be specified multiple times, for aliases only)',
      },
      { name: 'command', type: 'string', usage: "Command to configure (e.g., 'get', 'create', 'set env')" },
      shared.kuberc,
      { name: 'name', type: 'string', usage: 'Alias name (required for --section=aliases)' },
      {
        name: 'option',
        type: 'stringArray',
        usage: 'Flag option in the form flag=value (can be specified multiple times)',
      },
      { name: 'overwrite', type: 'bool', usage: 'Allow overwriting existing entries' },
      {
        name: 'policy',
        type: 'string',
        usage: "Plugin policy to use for exec credential plugins, must be one of 'AllowAll', 'DenyAll' or 'Allowlist'",
      },
      {
        name: 'prependarg',
        type: 'stringArray',
        usage: 'Argument to prepend to the command (can be specified multiple times, for aliases only)',
      },
      {
        name: 'section',
        type: 'string',
        required: true,
        usage: "Section to modify: 'defaults', 'aliases', or 'credentialplugin'",
      },
    ],
  },
  view: {
    use: 'view',
    short: 'Display the current kuberc configuration',
    long: 'Display the contents of the kuberc file in the specified output format.',
    example: `  # View kuberc configuration in YAML format (default)
  kubectl kuberc view
  
  # View kuberc configuration in JSON format
  kubectl kuberc view --output json
  
  # View a specific kuberc file
  kubectl kuberc view --kuberc /path/to/kuberc`,
    disableFlagsInUseLine: true,
    flags: [
      shared.allowMissingTemplateKeys,
      shared.kuberc,
      {
        name: 'output',
        short: 'o',
        type: 'string',
        default: 'yaml',
        usage:
          'Output format. One of: (json, yaml, kyaml, name, go-template, go-template-file, template, templatefile, jsonpath, jsonpath-as-json, jsonpath-file).',
      },
      shared.showManagedFields,
      shared.template,
    ],
  },
} satisfies Record<string, Page>
