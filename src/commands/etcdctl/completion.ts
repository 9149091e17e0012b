import { put } from '../../host/index.ts'
import { command, exactlyOneOf } from '../lib/cobra.ts'

const COMPLETION_HELP = `To load completions:

Bash:

  $ source <(etcdctl completion bash)

  # To load completions for each session, execute once:
  # Linux:
  $ etcdctl completion bash > /etc/bash_completion.d/etcdctl
  # macOS:
  $ etcdctl completion bash > /usr/local/etc/bash_completion.d/etcdctl

Zsh:

  # If shell completion is not already enabled in your environment,
  # you will need to enable it.  You can execute the following once:

  $ echo "autoload -U compinit; compinit" >> ~/.zshrc

  # To load completions for each session, execute once:
  $ etcdctl completion zsh > "\${fpath[1]}/_etcdctl"

  # You will need to start a new shell for this setup to take effect.

fish:

  $ etcdctl completion fish | source

  # To load completions for each session, execute once:
  $ etcdctl completion fish > ~/.config/fish/completions/etcdctl.fish

PowerShell:

  PS> etcdctl completion powershell | Out-String | Invoke-Expression

  # To load completions for every new session, run:
  PS> etcdctl completion powershell > etcdctl.ps1
  # and source this file from your PowerShell profile.
`

/** The head of cobra's script; the shell completes etcdctl by itself. */
const BASH_COMPLETION = `# bash completion for etcdctl                              -*- shell-script -*-

__etcdctl_debug()
{
    if [[ -n \${BASH_COMP_DEBUG_FILE:-} ]]; then
        echo "$*" >> "\${BASH_COMP_DEBUG_FILE}"
    fi
}
`

export const completion = command({
  use: 'completion [bash|zsh|fish|powershell]',
  short: 'Generate completion script',
  long: COMPLETION_HELP,
  disableFlagsInUseLine: true,
  args: exactlyOneOf('bash', 'zsh', 'fish', 'powershell'),
  *run({ p, args }) {
    if (args[0] === 'bash') {
      yield* put(p.stdout, BASH_COMPLETION)
      return 0
    }
    yield* put(p.stderr, `etcdctl completion ${args.join(' ')}: not simulated\n`)
    return 127
  },
})
