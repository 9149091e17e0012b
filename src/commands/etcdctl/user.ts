import { type AuthChange, addUser, changePassword, deleteUser, grantRole, revokeRole } from '../../etcd/auth.ts'
import { AuthApi } from '../../etcd/auth-api.ts'
import { type Process, put, readLine } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { type Call, type Command, command } from '../lib/cobra.ts'
import { change } from './auth-change.ts'
import { badArgs } from './errors.ts'
import { clientOf } from './globals.ts'
import { headerOf, MESSAGES } from './messages.ts'
import { display, message } from './output.ts'
import { ask } from './password.ts'
import { roleShown } from './role.ts'

/** The user's name, which is the only argument. */
function nameOf({ args }: Call, verb: string): string {
  if (args.length !== 1) throw badArgs(`user ${verb} command requires user name as its argument`)
  return args[0]
}

/** A new password, asked for twice. */
function* newPassword(p: Process, name: string): Coro<string> {
  const password = yield* ask(p, `Password of ${name}: `)
  if (password === '') throw badArgs('empty password')
  const again = yield* ask(p, `Type password of ${name} again for confirmation: `)
  if (again !== password) throw badArgs('given passwords are different')
  return password
}

/** A word from stdin (fmt.Scanf), which is only read when passwords are not asked for. */
function* scanned(p: Process): Coro<string> {
  return /^[ \t]*(\S*)/.exec((yield* readLine(p.stdin)) ?? '')![1]
}

const passwordFor = ({ p, flags }: Call, name: string): Coro<string> =>
  flags.bool('interactive') ? newPassword(p, name) : scanned(p)

const add = command({
  use: 'add <user name or user:password> [options]',
  short: 'Adds a new user',
  flags: [
    {
      name: 'interactive',
      type: 'bool',
      default: true,
      usage: 'Read password from stdin instead of interactive terminal',
    },
    { name: 'new-user-password', type: 'string', usage: 'Supply password from the command line flag' },
    { name: 'no-password', type: 'bool', usage: 'Create a user without password (CN based auth only)' },
  ],
  *run(call) {
    const text = nameOf(call, 'add')
    const given = call.flags.string('new-user-password')
    const colon = text.indexOf(':')
    let name = text
    let password: string | undefined
    if (!call.flags.bool('no-password')) {
      if (given !== '') password = given
      else if (colon < 0) password = yield* passwordFor(call, text)
      else {
        name = text.slice(0, colon)
        password = text.slice(colon + 1)
        if (name === '') throw badArgs('empty user name is not allowed')
      }
    }
    return yield* change(call, 'UserAdd', addUser(name, password), `User ${name} created`)
  },
})

const remove = command({
  use: 'delete <user name>',
  short: 'Deletes a user',
  *run(call) {
    const name = nameOf(call, 'delete')
    return yield* change(call, 'UserDelete', deleteUser(name), `User ${name} deleted`)
  },
})

const get = command({
  use: 'get <user name> [options]',
  short: 'Gets detailed information of a user',
  flags: [{ name: 'detail', type: 'bool', usage: 'Show permissions of roles granted to the user' }],
  *run(call) {
    const name = nameOf(call, 'get')
    const client = yield* clientOf(call)
    const { header, roles } = yield* client.call('Auth/UserGet', undefined, (api) => new AuthApi(api).user(name))
    if (!call.flags.bool('detail')) {
      yield* display(call, {
        ...message(MESSAGES.roles, { header: headerOf(header), roles }),
        simple: () => `User: ${name}\nRoles:${roles.map((role) => ` ${role}`).join('')}\n`,
      })
      return 0
    }
    yield* put(call.p.stdout, `User: ${name}\n`)
    for (const role of roles) {
      yield* put(call.p.stdout, '\n')
      const found = yield* client.call('Auth/RoleGet', undefined, (api) => new AuthApi(api).role(role))
      yield* display(call, roleShown(role, found))
    }
    return 0
  },
})

const list = command({
  use: 'list',
  short: 'Lists all users',
  *run(call) {
    if (call.args.length !== 0) throw badArgs('user list command requires no arguments')
    const client = yield* clientOf(call)
    const { header, names } = yield* client.call('Auth/UserList', undefined, (api) => new AuthApi(api).users())
    yield* display(call, {
      ...message(MESSAGES.users, { header: headerOf(header), users: names }),
      simple: () => names.map((name) => `${name}\n`).join(''),
    })
    return 0
  },
})

const passwd = command({
  use: 'passwd <user name> [options]',
  short: 'Changes password of user',
  flags: [
    {
      name: 'interactive',
      type: 'bool',
      default: true,
      usage: 'If true, read password from stdin instead of interactive terminal',
    },
  ],
  *run(call) {
    const name = nameOf(call, 'passwd')
    const password = yield* passwordFor(call, name)
    return yield* change(call, 'UserChangePassword', changePassword(name, password), 'Password updated')
  },
})

/** grant-role and revoke-role. */
const withRole = (
  use: string,
  short: string,
  usage: string,
  method: string,
  act: (user: string, role: string) => AuthChange,
  done: (user: string, role: string) => string,
): Command =>
  command({
    use,
    short,
    *run(call) {
      if (call.args.length !== 2) throw badArgs(`${usage} requires user name and role name as its argument`)
      const [user, role] = call.args
      return yield* change(call, method, act(user, role), done(user, role))
    },
  })

/** Models user_command.go. */
export const user = command({
  use: 'user <subcommand>',
  short: 'User related commands',
  commands: [
    add,
    remove,
    get,
    list,
    passwd,
    withRole(
      'grant-role <user name> <role name>',
      'Grants a role to a user',
      'user grant command',
      'UserGrantRole',
      grantRole,
      (name, role) => `Role ${role} is granted to user ${name}`,
    ),
    withRole(
      'revoke-role <user name> <role name>',
      'Revokes a role from a user',
      'user revoke-role',
      'UserRevokeRole',
      revokeRole,
      (name, role) => `Role ${role} is revoked from user ${name}`,
    ),
  ],
})
