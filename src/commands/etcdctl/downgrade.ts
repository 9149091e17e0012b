import type { Api } from '../../etcd/api.ts'
import { cancelDowngrade, type Downgrade, enableDowngrade, validateDowngrade } from '../../etcd/maintenance.ts'
import type { Coro } from '../../kernel/index.ts'
import { type Call, type Command, command } from '../lib/cobra.ts'
import { badArgs } from './errors.ts'
import { clientOf, timeoutOf } from './globals.ts'
import { headerOf, MESSAGES } from './messages.ts'
import { display, message } from './output.ts'

function* ask(call: Call, what: string, act: (api: Api) => Downgrade): Coro<number> {
  const timeout = timeoutOf(call)
  const client = yield* clientOf(call)
  const { header, version } = yield* client.call('Maintenance/Downgrade', timeout, act)
  yield* display(call, {
    ...message(MESSAGES.downgrade, { header: headerOf(header), version }),
    simple: () => `Downgrade ${what} success, cluster version ${version}\n`,
  })
  return 0
}

/** A step that wants to know to which version. */
const toVersion = (name: string, short: string, act: (api: Api, target: string) => Downgrade): Command =>
  command({
    use: `${name} <TARGET_VERSION>`,
    short,
    *run(call) {
      const { args } = call
      if (args.length < 1) throw badArgs('TARGET_VERSION not provided')
      if (args.length > 1) throw badArgs('too many arguments')
      if (args[0] === '') throw badArgs('target version not provided')
      return yield* ask(call, name, (api) => act(api, args[0]))
    },
  })

/** Models downgrade_command.go. */
export const downgrade = command({
  use: 'downgrade <TARGET_VERSION>',
  short: 'Downgrade related commands',
  commands: [
    toVersion('validate', 'Validate downgrade capability before starting downgrade', validateDowngrade),
    toVersion('enable', 'Start a downgrade action to cluster', enableDowngrade),
    command({
      use: 'cancel',
      short: 'Cancel the ongoing downgrade action to cluster',
      run: (call) => ask(call, 'cancel', cancelDowngrade),
    }),
  ],
})
