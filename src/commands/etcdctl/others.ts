import type { Api } from '../../etcd/api.ts'
import { errors } from '../../etcd/errors.ts'
import { put } from '../../host/index.ts'
import { sleep } from '../../kernel/index.ts'
import { ETCD_VERSION } from '../../programs/etcd/version.ts'
import { type Command, type CommandSpec, command } from '../lib/cobra.ts'
import { badArgs, EXIT, ExitError } from './errors.ts'
import { clientOf, timeoutOf } from './globals.ts'

/** Models version_command.go: needs no server and no environment. */
export const version = command({
  use: 'version',
  short: 'Prints the version of etcdctl',
  *run({ p }) {
    const api = ETCD_VERSION.split('.').slice(0, 2).join('.')
    yield* put(p.stdout, `etcdctl version: ${ETCD_VERSION}\nAPI version: ${api}\n`)
    return 0
  },
})

/** A command whose work is not modelled: it exists on help pages and says so when it is run. */
const unmodelled = (spec: CommandSpec, path: string): Command =>
  command({
    ...spec,
    *run({ p }) {
      yield* put(p.stderr, `etcdctl ${path}: not simulated\n`)
      return 127
    },
  })

const group = (use: string, short: string, children: readonly [use: string, short: string][]): Command =>
  command({
    use,
    short,
    commands: children.map(([name, text]) =>
      unmodelled({ use: name, short: text }, `${use.split(' ')[0]} ${name.split(' ')[0]}`),
    ),
  })

export const user = group('user <subcommand>', 'User related commands', [
  ['add <user name or user:password> [options]', 'Adds a new user'],
  ['delete <user name>', 'Deletes a user'],
  ['get <user name> [options]', 'Gets detailed information of a user'],
  ['list', 'Lists all users'],
  ['passwd <user name> [options]', 'Changes password of user'],
  ['grant-role <user name> <role name>', 'Grants a role to a user'],
  ['revoke-role <user name> <role name>', 'Revokes a role from a user'],
])

export const role = group('role <subcommand>', 'Role related commands', [
  ['add <role name>', 'Adds a new role'],
  ['delete <role name>', 'Deletes a role'],
  ['get <role name>', 'Gets detailed information of a role'],
  ['list', 'Lists all roles'],
  ['grant-permission [options] <role name> <permission type> <key> [endkey]', 'Grants a key to a role'],
  ['revoke-permission <role name> <key> [endkey]', 'Revokes a key from a role'],
])

export const elect = unmodelled(
  { use: 'elect <election-name> [proposal]', short: 'Observes and participates in leader election' },
  'elect',
)

export const makeMirror = unmodelled(
  { use: 'make-mirror [options] <destination>', short: 'Makes a mirror at the destination etcd cluster' },
  'make-mirror',
)

export const auth = command({
  use: 'auth <enable or disable>',
  short: 'Enable or disable authentication',
  commands: [
    unmodelled({ use: 'enable', short: 'Enables authentication' }, 'auth enable'),
    unmodelled({ use: 'disable', short: 'Disables authentication' }, 'auth disable'),
    command({
      use: 'status',
      short: 'Returns authentication status',
      *run(call) {
        // Asking for the state is a proposal, like every auth request.
        yield* clientOf(call).call('Auth/AuthStatus', timeoutOf(call), (api) => {
          api.member.propose(() => undefined)
          return undefined
        })
        yield* put(call.p.stdout, 'Authentication Status: false\nAuthRevision: 1\n')
        return 0
      },
    }),
  ],
})

const LOADS: Record<string, number> = {
  s: 150,
  small: 150,
  m: 1000,
  medium: 1000,
  l: 8000,
  large: 8000,
  xl: 15000,
  xLarge: 15000,
}

/** More writes a second than this are not really made: they would only take memory. */
const MOST_WRITES = 150
const VALUE = '\0'.repeat(1024)

/** The progress bar (cheggaaa/pb v3): 79 columns between the brackets. */
function bar(second: number): string {
  const width = 79
  const done = Math.round((second / 60) * width)
  const line = second === 0 ? '' : done >= width ? '-'.repeat(width) : `${'-'.repeat(Math.max(0, done - 1))}>`
  return `\r${second} / 60 [${line.padEnd(width, '_')}] ${((second / 60) * 100).toFixed(2)}% ${second === 0 ? '?' : '1'} p/s`
}

/** Models check_command.go: one minute of puts. */
const perf = command({
  use: 'perf [options]',
  short: 'Check the performance of the etcd cluster',
  flags: [
    {
      name: 'load',
      type: 'string',
      default: 's',
      usage:
        "The performance check's workload model. Accepted workloads: s(small), m(medium), l(large), xl(xLarge). Different workload models use different configurations in terms of number of clients and expected throughput.",
    },
    {
      name: 'prefix',
      type: 'string',
      default: '/etcdctl-check-perf/',
      usage: "The prefix for writing the performance check's keys.",
    },
    { name: 'auto-compact', type: 'bool', usage: 'Compact storage with last revision after test is finished.' },
    { name: 'auto-defrag', type: 'bool', usage: 'Defragment storage after test is finished.' },
  ],
  *run(call) {
    const { p, flags } = call
    const rate = LOADS[flags.string('load')]
    if (rate === undefined) throw new ExitError(EXIT.badFeature, `unknown load option ${flags.string('load')}`)
    const prefix = flags.string('prefix')
    const client = clientOf(call)
    const existing = yield* client.call(
      'KV/Range',
      60_000,
      (api) => api.range({ key: prefix, end: `${prefix.slice(0, -1)}0`, limit: 1 }),
      true,
    )
    if (existing.kvs.length > 0)
      throw new ExitError(
        EXIT.invalidInput,
        `prefix ${JSON.stringify(prefix)} has keys. Delete with \`etcdctl del --prefix ${prefix}\` first`,
      )
    // A minute of writes of 1 KiB below random keys of 256 bytes, which are deleted at the end; the database keeps the room.
    const perSecond = Math.min(MOST_WRITES, Math.round(rate * 0.974))
    const noise = p.host.rng
    for (let second = 0; second < 60; second++) {
      for (let tick = 0; tick < 5; tick++) yield* put(p.stderr, bar(second))
      yield* client.call('KV/Put', 5000, (api) => {
        for (let n = 0; n < perSecond; n++)
          api.put(`${prefix}${noise.hex(16).padEnd(256, '\0')}`, VALUE, { size: VALUE.length })
      })
      yield* sleep(p.host.kernel, 1000)
    }
    yield* put(p.stderr, `${bar(60)}\n`)
    yield* client.call('KV/DeleteRange', 5000, (api: Api) =>
      api.deleteRange({ key: prefix, end: `${prefix.slice(0, -1)}0` }),
    )
    const slowest = (0.02 + p.host.rng.float() * 0.3).toFixed(6)
    const deviation = (0.002 + p.host.rng.float() * 0.04).toFixed(6)
    yield* put(
      p.stdout,
      `PASS: Throughput is ${Math.round(rate * 0.98)} writes/s\nPASS: Slowest request took ${slowest}s\nPASS: Stddev is ${deviation}s\nPASS\n`,
    )
    return 0
  },
})

const datascale = unmodelled(
  {
    use: 'datascale [options]',
    short: 'Check the memory usage of holding data for different workloads on a given server endpoint.',
    long: 'If no endpoint is provided, localhost will be used. If multiple endpoints are provided, first endpoint will be used.',
    flags: [
      {
        name: 'load',
        type: 'string',
        default: 's',
        usage: "The datascale check's workload model. Accepted workloads: s(small), m(medium), l(large), xl(xLarge)",
      },
      {
        name: 'prefix',
        type: 'string',
        default: '/etcdctl-check-datascale/',
        usage: "The prefix for writing the datascale check's keys.",
      },
      { name: 'auto-compact', type: 'bool', usage: 'Compact storage with last revision after test is finished.' },
      { name: 'auto-defrag', type: 'bool', usage: 'Defragment storage after test is finished.' },
    ],
  },
  'check datascale',
)

export const check = command({
  use: 'check <subcommand>',
  short: 'commands for checking properties of the etcd cluster',
  commands: [perf, datascale],
})

/** Which downgrade is possible: one minor version below the cluster's. */
function validate(api: Api, target: string): string {
  const match = /^(\d+)\.(\d+)(\.\d+)?$/.exec(target)
  if (!match) throw errors.WrongDowngradeVersionFormat()
  const { lineage } = api.member
  const [major, minor] = lineage.clusterVersion.split('.').map(Number)
  if (Number(match[1]) !== major || Number(match[2]) !== minor - 1 || lineage.downgradeTarget !== '')
    throw errors.InvalidDowngradeTargetVersion()
  return lineage.clusterVersion
}

const downgradeStep = (name: string, short: string, act: (api: Api, target: string) => string): Command =>
  command({
    use: name === 'cancel' ? 'cancel' : `${name} <TARGET_VERSION>`,
    short,
    *run(call) {
      const { p, args } = call
      if (name !== 'cancel' && args.length < 1) throw badArgs('TARGET_VERSION not provided')
      if (args.length > (name === 'cancel' ? 0 : 1)) throw badArgs('too many arguments')
      const version = yield* clientOf(call).call('Maintenance/Downgrade', timeoutOf(call), (api) =>
        act(api, args[0] ?? ''),
      )
      yield* put(p.stdout, `Downgrade ${name} success, cluster version ${version}\n`)
      return 0
    },
  })

export const downgrade = command({
  use: 'downgrade <TARGET_VERSION>',
  short: 'Downgrade related commands',
  commands: [
    downgradeStep('validate', 'Validate downgrade capability before starting downgrade', validate),
    downgradeStep('enable', 'Start a downgrade action to cluster', (api, target) => {
      const before = validate(api, target)
      const [major, minor] = target.split('.')
      api.member.propose((lineage) => {
        lineage.downgradeTarget = `${major}.${minor}.0`
      })
      return before
    }),
    downgradeStep('cancel', 'Cancel the ongoing downgrade action to cluster', (api) => {
      const { member } = api
      const before = member.lineage.clusterVersion
      // Only the log tells that there was nothing to cancel.
      if (member.lineage.downgradeTarget === '')
        member.log('warn', 'etcdserver/v3_server.go:1157', 'failed to cancel downgrade', {
          error: 'etcdserver: no inflight downgrade job',
        })
      else
        member.propose((lineage) => {
          lineage.downgradeTarget = ''
        })
      return before
    }),
  ],
})

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
  # and source this file from your PowerShell profile.`

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
  *run({ p, args }) {
    if (args[0] === 'bash') {
      yield* put(p.stdout, BASH_COMPLETION)
      return 0
    }
    yield* put(p.stderr, `etcdctl completion ${args.join(' ')}: not simulated\n`)
    return 127
  },
})
