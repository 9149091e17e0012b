import type { Header } from '../../etcd/api.ts'
import {
  addRole,
  deleteRole,
  grantPermission,
  type Permission,
  type PermissionType,
  revokePermission,
} from '../../etcd/auth.ts'
import { AuthApi } from '../../etcd/auth-api.ts'
import { prefixEnd } from '../../etcd/range.ts'
import { goQuote } from '../../print/index.ts'
import { command, type FlagSpec, type Flags } from '../lib/cobra.ts'
import { change } from './auth-change.ts'
import { badArgs } from './errors.ts'
import { clientOf } from './globals.ts'
import { headerOf, MESSAGES } from './messages.ts'
import { display, headerFields, message, type Shown, textField } from './output.ts'

const TYPES: readonly PermissionType[] = ['READ', 'WRITE', 'READWRITE']

/** What a role may do, in all formats. */
export const roleShown = (
  role: string,
  { header, permissions }: { readonly header: Header; readonly permissions: readonly Permission[] },
): Shown => ({
  ...message(MESSAGES.role, {
    header: headerOf(header),
    perm: permissions.map((p) => ({ permType: TYPES.indexOf(p.type), key: p.key, range_end: p.end })),
  }),
  simple: () => `Role ${role}\nKV Read:\n${rangesOf(permissions, 'READ')}KV Write:\n${rangesOf(permissions, 'WRITE')}`,
  fields: (hex) =>
    headerFields(header, hex) +
    permissions
      .map((p) => `"PermType" :  ${p.type}\n${textField('Key', p.key)}${textField('RangeEnd', p.end)}`)
      .join(''),
})

const rangesOf = (permissions: readonly Permission[], kind: PermissionType): string =>
  permissions
    .filter((p) => p.type === kind || p.type === 'READWRITE')
    .map((p) => `\t${p.end === '' ? p.key : rangeText(p)}\n`)
    .join('')

function rangeText({ key, end }: Permission): string {
  const range = end === '\0' ? `[${key}, <open ended>` : `[${key}, ${end})`
  return key !== '' && prefixEnd(key) === end ? `${range} (prefix ${key})` : range
}

const rangeFlags = (verb: string): readonly FlagSpec[] => [
  { name: 'prefix', type: 'bool', usage: `${verb} a prefix permission` },
  {
    name: 'from-key',
    type: 'bool',
    usage: `${verb} a permission of keys that are greater than or equal to the given key using byte compare`,
  },
]

/** The keys that arguments and flags name (permRange); '' as an end is none. */
function permissionRange(flags: Flags, args: readonly string[]): { key: string; end: string } {
  const [prefix, fromKey] = [flags.bool('prefix'), flags.bool('from-key')]
  const [key, end] = args
  if (prefix && fromKey && (key === '' || args.length === 1))
    throw badArgs('--from-key and --prefix flags are mutually exclusive')
  // Nothing is the least key; what is asked for is all of them.
  if (key === '') return { key: '\0', end: prefix || fromKey ? '\0' : '' }
  if (args.length > 1) {
    if (prefix) throw badArgs('unexpected endkey argument with --prefix flag')
    if (fromKey) throw badArgs('unexpected endkey argument with --from-key flag')
    return { key, end }
  }
  return { key, end: prefix ? prefixEnd(key) : fromKey ? '\0' : '' }
}

const add = command({
  use: 'add <role name>',
  short: 'Adds a new role',
  *run(call) {
    if (call.args.length !== 1) throw badArgs('role add command requires role name as its argument')
    const [name] = call.args
    return yield* change(call, 'RoleAdd', addRole(name), `Role ${name} created`)
  },
})

const remove = command({
  use: 'delete <role name>',
  short: 'Deletes a role',
  *run(call) {
    if (call.args.length !== 1) throw badArgs('role delete command requires role name as its argument')
    const [name] = call.args
    return yield* change(call, 'RoleDelete', deleteRole(name), `Role ${name} deleted`)
  },
})

const get = command({
  use: 'get <role name>',
  short: 'Gets detailed information of a role',
  *run(call) {
    if (call.args.length !== 1) throw badArgs('role get command requires role name as its argument')
    const [name] = call.args
    const client = yield* clientOf(call)
    yield* display(
      call,
      roleShown(name, yield* client.call('Auth/RoleGet', undefined, (api) => new AuthApi(api).role(name))),
    )
    return 0
  },
})

const list = command({
  use: 'list',
  short: 'Lists all roles',
  *run(call) {
    if (call.args.length !== 0) throw badArgs('role list command requires no arguments')
    const client = yield* clientOf(call)
    const { header, names } = yield* client.call('Auth/RoleList', undefined, (api) => new AuthApi(api).roles())
    yield* display(call, {
      ...message(MESSAGES.roles, { header: headerOf(header), roles: names }),
      simple: () => names.map((name) => `${name}\n`).join(''),
      fields: (hex) => `${headerFields(header, hex)}"Roles" :${names.map((name) => ` ${goQuote(name)}`).join('')}\n`,
    })
    return 0
  },
})

const grant = command({
  use: 'grant-permission [options] <role name> <permission type> <key> [endkey]',
  short: 'Grants a key to a role',
  flags: rangeFlags('grant'),
  *run(call) {
    const { args, flags } = call
    if (args.length < 3)
      throw badArgs('role grant command requires role name, permission type, and key [endkey] as its argument')
    const [role, kind] = args
    const type = TYPES.find((t) => t === kind.toUpperCase())
    if (!type) throw badArgs(`invalid permission type: ${kind}`)
    const range = permissionRange(flags, args.slice(2))
    return yield* change(call, 'RoleGrantPermission', grantPermission(role, { type, ...range }), `Role ${role} updated`)
  },
})

const revoke = command({
  use: 'revoke-permission <role name> <key> [endkey]',
  short: 'Revokes a key from a role',
  flags: rangeFlags('revoke'),
  *run(call) {
    const { args, flags } = call
    if (args.length < 2)
      throw badArgs('role revoke-permission command requires role name and key [endkey] as its argument')
    const [role, typed] = args
    const { key, end } = permissionRange(flags, args.slice(1))
    const range = end === '\0' ? `[${typed}, <open ended>` : `[${typed}, ${end})`
    return yield* change(
      call,
      'RoleRevokePermission',
      revokePermission(role, key, end),
      `Permission of ${end === '' ? `key ${typed}` : `range ${range}`} is revoked from role ${role}`,
    )
  },
})

/** Models role_command.go. */
export const role = command({
  use: 'role <subcommand>',
  short: 'Role related commands',
  commands: [add, remove, get, list, grant, revoke],
})
