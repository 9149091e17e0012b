import { addRole, disable, enable, grantRole } from '../../etcd/auth.ts'
import { AuthApi } from '../../etcd/auth-api.ts'
import { EtcdError, errors } from '../../etcd/errors.ts'
import { put } from '../../host/index.ts'
import { command } from '../lib/cobra.ts'
import { badArgs } from './errors.ts'
import { clientOf, timeoutOf } from './globals.ts'
import { headerOf, MESSAGES } from './messages.ts'
import { display, message } from './output.ts'

const status = command({
  use: 'status',
  short: 'Returns authentication status',
  *run(call) {
    if (call.args.length !== 0) throw badArgs('auth status command does not accept any arguments')
    const timeout = timeoutOf(call)
    const client = yield* clientOf(call)
    const found = yield* client.call('Auth/AuthStatus', timeout, (api) => new AuthApi(api).status())
    const { enabled, revision } = found
    yield* display(call, {
      ...message(MESSAGES.authStatus, { header: headerOf(found.header), enabled, authRevision: revision }),
      simple: () => `Authentication Status: ${enabled}\nAuthRevision: ${revision}\n`,
    })
    return 0
  },
})

const enableCommand = command({
  use: 'enable',
  short: 'Enables authentication',
  *run(call) {
    if (call.args.length !== 0) throw badArgs('auth enable command does not accept any arguments')
    const timeout = timeoutOf(call)
    const client = yield* clientOf(call)
    for (;;) {
      try {
        yield* client.call('Auth/AuthEnable', timeout, (api) => new AuthApi(api).change(enable))
        break
      } catch (error) {
        if (!(error instanceof EtcdError) || error.message !== errors.RootRoleNotExist().message) throw error
        // A root user without the role gets it.
        yield* client.call('Auth/RoleAdd', timeout, (api) => new AuthApi(api).change(addRole('root')))
        yield* client.call('Auth/UserGrantRole', timeout, (api) => new AuthApi(api).change(grantRole('root', 'root')))
      }
    }
    yield* put(call.p.stdout, 'Authentication Enabled\n')
    return 0
  },
})

const disableCommand = command({
  use: 'disable',
  short: 'Disables authentication',
  *run(call) {
    if (call.args.length !== 0) throw badArgs('auth disable command does not accept any arguments')
    const timeout = timeoutOf(call)
    const client = yield* clientOf(call)
    yield* client.call('Auth/AuthDisable', timeout, (api) => new AuthApi(api).change(disable))
    yield* put(call.p.stdout, 'Authentication Disabled\n')
    return 0
  },
})

/** Models auth_command.go. */
export const auth = command({
  use: 'auth <enable or disable>',
  short: 'Enable or disable authentication',
  commands: [enableCommand, disableCommand, status],
})
