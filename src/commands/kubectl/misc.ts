import { toYaml } from '../../print/index.ts'
import { DIRECTIVE } from '../lib/cobra.ts'
import { kubectlFlags } from '../lib/cobra-help-kubectl.ts'
import { buildKustomization } from './kustomize/build.ts'
import type { Definition } from './lib/define.ts'
import { CliError, PlainError } from './lib/errors.ts'
import { pages as completionPages } from './pages/completion.ts'
import { globalFlags } from './pages/global.ts'
import { pages as kustomizePages } from './pages/kustomize.ts'

export const options: Definition = {
  page: {
    use: 'options',
    short: 'Print the list of flags inherited by all commands',
    long: 'Print the list of flags inherited by all commands',
    example: '  # Print flags inherited by all commands\n  kubectl options',
  },
  *run(k) {
    yield* k.out(`The following options can be passed to any command:\n\n${kubectlFlags(globalFlags)}`)
    return 0
  },
}

export const alpha: Definition = {
  page: {
    use: 'alpha',
    short: 'Commands for features in alpha',
    long: 'These commands correspond to alpha features that are not enabled in Kubernetes clusters by default.',
  },
  *run(k) {
    yield* []
    k.err('No alpha commands are available in this version of kubectl\n')
    return 0
  },
}

const SHELLS = ['bash', 'zsh', 'fish', 'powershell']

/** Models kubectl/pkg/cmd/completion/completion.go; the shells of the world complete kubectl by themselves. */
export const completion: Definition = {
  page: completionPages.completion,
  *complete(k, prefix) {
    yield* []
    const words = k.args.length > 0 ? [] : SHELLS.filter((shell) => shell.startsWith(prefix))
    return { words, directive: DIRECTIVE.noFileComp }
  },
  *run(k) {
    const [shell, ...rest] = k.args
    if (shell === undefined) throw k.usage('Shell not specified.')
    if (rest.length > 0) throw k.usage('Too many arguments. Expected only the shell type.')
    if (!SHELLS.includes(shell)) throw k.usage(`Unsupported shell type ${JSON.stringify(shell)}.`)
    if (!(shell in SCRIPTS)) throw new PlainError(`kubectl: completion ${shell} not simulated`, 127)
    yield* k.out(SCRIPTS[shell as keyof typeof SCRIPTS])
    return 0
  },
}

const LICENSE = `
# Copyright 2016 The Kubernetes Authors.
#
# Licensed under the Apache License, Version 2.0 (the "License");
# you may not use this file except in compliance with the License.
# You may obtain a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS,
# WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
# See the License for the specific language governing permissions and
# limitations under the License.
`

/** Enough for `source <(kubectl completion bash)` and `complete -o default -F __start_kubectl k`. */
const BASH = `# bash completion V2 for kubectl                              -*- shell-script -*-

__kubectl_debug()
{
    if [[ -n \${BASH_COMP_DEBUG_FILE-} ]]; then
        echo "$*" >> "\${BASH_COMP_DEBUG_FILE}"
    fi
}

# Macs have bash3 for which the bash-completion package doesn't include
# _init_completion. This is a minimal version of that function.
__kubectl_init_completion()
{
    COMPREPLY=()
    _get_comp_words_by_ref "$@" cur prev words cword
}

__start_kubectl()
{
    local IFS=$'\\n' out
    out=$(\${COMP_WORDS[0]} __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
    COMPREPLY=($(compgen -W "\${out%:*}" -- "\${COMP_WORDS[COMP_CWORD]}"))
}

if [[ $(type -t compopt) = "builtin" ]]; then
    complete -o default -F __start_kubectl kubectl
else
    complete -o default -o nospace -F __start_kubectl kubectl
fi

# ex: ts=4 sw=4 et filetype=sh
`

const ZSH = `_kubectl()
{
    local -a out
    out=("\${(@f)$(\${words[1]} __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
    compadd -- \${out[1,-2]}
}

compdef _kubectl kubectl
`

/** The scripts do what the real ones do, in fewer words. */
const SCRIPTS = {
  bash: LICENSE + BASH,
  zsh: `#compdef kubectl\ncompdef _kubectl kubectl\n${LICENSE}${ZSH}`,
}

/** Models kustomize/kustomize/commands/build. */
export const kustomize: Definition = {
  page: kustomizePages.kustomize,
  *run(k) {
    if (k.args.length > 1) throw new CliError('specify one path to kustomization.yaml')
    const objects = buildKustomization(k, k.args[0] ?? '.')
    const text = objects.map((object) => toYaml(object)).join('---\n')
    const output = k.flags.string('output')
    if (output === '') yield* k.out(text)
    else k.p.fs.writeFile(output, text, { cwd: k.p.cwd, creds: k.p.creds })
    return 0
  },
}
