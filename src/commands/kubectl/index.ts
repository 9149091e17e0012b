import { StatusError } from '../../api/types.ts'
import { type Program, put } from '../../host/index.ts'
import { sleep } from '../../kernel/index.ts'
import { toGoJson } from '../../print/index.ts'
import { type CobraOptions, Command, completeFlag, execute, helpPage, UsageError, words } from '../lib/cobra.ts'
import { apply, applyWithSets } from './apply.ts'
import { commands } from './commands.ts'
import { contextNames, namespaceNames, outputFormats } from './complete-flags.ts'
import { withPreferences } from './kuberc.ts'
import { type Connect, connectApi } from './lib/connect.ts'
import { build, type Definition } from './lib/define.ts'
import { isExpected, PlainError, renderError, UrlError } from './lib/errors.ts'
import { Kube } from './lib/kube.ts'
import { globalFlags } from './pages/global.ts'
import { runPlugin } from './plugin.ts'

const GROUPS = [
  { title: 'Basic Commands (Beginner):', commands: ['create', 'expose', 'run', 'set'] },
  { title: 'Basic Commands (Intermediate):', commands: ['explain', 'get', 'edit', 'delete'] },
  { title: 'Deploy Commands:', commands: ['rollout', 'scale', 'autoscale'] },
  {
    title: 'Cluster Management Commands:',
    commands: ['certificate', 'cluster-info', 'top', 'cordon', 'uncordon', 'drain', 'taint'],
  },
  {
    title: 'Troubleshooting and Debugging Commands:',
    commands: ['describe', 'logs', 'attach', 'exec', 'port-forward', 'proxy', 'cp', 'auth', 'debug', 'events'],
  },
  { title: 'Advanced Commands:', commands: ['diff', 'apply', 'patch', 'replace', 'wait', 'kustomize'] },
  { title: 'Settings Commands:', commands: ['label', 'annotate', 'completion'] },
  { title: 'Subcommands provided by plugins:', commands: [] },
]

const LONG = `kubectl controls the Kubernetes cluster manager.

 Find more information at: https://kubernetes.io/docs/reference/kubectl/`

const MISMATCH = 'tls: private key does not match public key'

/** Virtual time that starting the binary, reading its configuration and the round trips take, ms. */
const STARTUP = 80

/** The Status that an error was, as the server sent it. */
const statusOf = ({ reason, message, details, code }: StatusError): unknown => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message,
  ...(reason ? { reason } : {}),
  ...(details ? { details: { name: details.name, group: details.group, kind: details.kind, ...details } } : {}),
  code,
})

/** kubectl 1.36. `connect` is the way to the API server. */
export function kubectlProgram(connect: Connect = connectApi): Program {
  const usual = programOf(commands, connect)
  let alpha: Program | undefined
  const withSets = (): Program => {
    alpha ??= programOf(
      commands.map((definition) => (definition === apply ? applyWithSets : definition)),
      connect,
    )
    return alpha
  }
  return { ...usual, main: (p) => (p.env.KUBECTL_APPLYSET?.toLowerCase() === 'true' ? withSets() : usual).main(p) }
}

function programOf(definitions: readonly Definition[], connect: Connect): Program {
  const root: Command = new Command({
    use: 'kubectl',
    short: 'kubectl controls the Kubernetes cluster manager',
    long: LONG,
    persistentFlags: globalFlags,
    groups: GROUPS,
    filtered: ['options', 'alpha'],
    commands: definitions.map((definition) => build(definition, connect)),
    *run({ p }) {
      yield* put(p.stdout, helpPage(p, root, 'kubectl'))
      return 0
    },
  })
  completeFlag(root, 'namespace', namespaceNames(connect))
  completeFlag(root, 'output', outputFormats)
  completeFlag(root, 'context', contextNames('contexts'))
  completeFlag(root, 'cluster', contextNames('clusters'))
  completeFlag(root, 'user', contextNames('users'))
  const options: CobraOptions = {
    style: 'kubectl',
    normalize: (name) => name.replaceAll('_', '-'),
    flagError: (command, message) =>
      command.name === 'options'
        ? `${message}\nRun '${command.path}' without flags.`
        : `${message}\nSee '${command.path} --help' for usage.`,
    *unknownCommand(p, command, rest) {
      if (command !== root || words(root, rest).length === 0) return undefined
      if (rest[0].startsWith('-')) throw new PlainError(`Error: flags cannot be placed before plugin name: ${rest[0]}`)
      return yield* runPlugin(p, rest)
    },
    *onError({ p, command, flags }, error) {
      if (!isExpected(error) && !(error instanceof UsageError)) throw error
      if (flags && error instanceof StatusError && flags.int('v') >= 4)
        new Kube({ p, command, flags, args: [] }, connect).log(
          'I',
          4,
          'helpers.go:246',
          `server response object: %s[${toGoJson(statusOf(error), { sortKeys: false, indent: '  ' })}]`,
        )
      // client-go's watcher of the key pair says so when it loads it and when it dials.
      if (flags && error instanceof UrlError && error.reason === MISMATCH)
        for (const _ of ['load', 'dial'])
          new Kube({ p, command, flags, args: [] }, connect).log(
            'E',
            0,
            'cert_rotation.go:172',
            `"Loading client cert failed" err=${JSON.stringify(MISMATCH)} key="key"`,
          )
      const { text, code } = renderError(error)
      if (text) yield* put(p.stderr, text)
      return code
    },
  }
  return {
    name: 'kubectl',
    *main(p) {
      yield* sleep(p.host.kernel, STARTUP)
      const typed = p.argv.slice(1)
      let argv: readonly string[]
      try {
        argv = withPreferences(p, root, typed)
      } catch (error) {
        if (!(error instanceof PlainError)) throw error
        yield* put(p.stderr, `${error.message}\n`)
        return error.code
      }
      return yield* execute(root, p, argv, options)
    },
  }
}
