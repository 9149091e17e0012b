import { errors } from './errors.ts'
import type { Log } from './log.ts'

/** What a permission lets one do. */
export type PermissionType = 'READ' | 'WRITE' | 'READWRITE'

/** Leave to read or write a key, or the keys of a range; an end of `\0` is no end, '' none at all. */
export interface Permission {
  readonly type: PermissionType
  readonly key: string
  readonly end: string
}

interface User {
  /** Undefined: the user is known by a certificate alone. */
  readonly password: string | undefined
  /** Sorted. */
  readonly roles: readonly string[]
  /** Tokens of other generations are not valid any more: the password has changed. */
  readonly generation: number
}

/** Users, roles and whether they matter (server/auth/store.go), as one replicated value. */
export interface AuthState {
  readonly enabled: boolean
  /** Counts changes. */
  readonly revision: number
  readonly users: ReadonlyMap<string, User>
  readonly roles: ReadonlyMap<string, readonly Permission[]>
}

/** Of a new cluster. */
export const NO_AUTH: AuthState = { enabled: false, revision: 1, users: new Map(), roles: new Map() }

const ROOT = 'root'

const ALL: Permission = { type: 'READWRITE', key: '', end: '\0' }

const isRoot = (user: User | undefined): boolean => user?.roles.includes(ROOT) ?? false

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const sortedKeys = (map: ReadonlyMap<string, unknown>): string[] => [...map.keys()].sort(byText)

/** A user's roles. */
export function rolesOf(state: AuthState, name: string): readonly string[] {
  return userOf(state, name).roles
}

/** A role's permissions, by key; root may do everything. */
export function permissionsOf(state: AuthState, role: string): readonly Permission[] {
  const permissions = roleOf(state, role)
  return role === ROOT ? [ALL] : permissions
}

/** Names of all users, in order. */
export const userNames = ({ users }: AuthState): string[] => sortedKeys(users)

/** Names of all roles, in order. */
export const roleNames = ({ roles }: AuthState): string[] => sortedKeys(roles)

function userOf({ users }: AuthState, name: string): User {
  const user = users.get(name)
  if (!user) throw errors.UserNotFound()
  return user
}

function roleOf({ roles }: AuthState, name: string): readonly Permission[] {
  const role = roles.get(name)
  if (!role) throw errors.RoleNotFound()
  return role
}

/** Throws unless the user has the role root. Undefined: nobody has said who asks. */
export function checkAdmin({ enabled, users }: AuthState, name: string | undefined): void {
  if (!enabled) return
  if (!name) throw errors.UserEmpty()
  const user = users.get(name)
  if (!user) throw errors.UserNotFound()
  if (!isRoot(user)) throw errors.PermissionDenied()
}

/** Whether the user has the role root. */
export const isAdmin = ({ users }: AuthState, name: string | undefined): boolean => isRoot(users.get(name ?? ''))

/** Throws unless somebody has said who asks (requireAuthInfo). */
export function checkKnown({ enabled }: AuthState, name: string | undefined): void {
  if (enabled && name === undefined) throw errors.UserEmpty()
}

/** Throws unless the user may read or write the keys. */
export function checkKeys(
  state: AuthState,
  name: string | undefined,
  kind: 'READ' | 'WRITE',
  { key, end }: { readonly key: string; readonly end?: string },
  log: Log,
): void {
  if (!state.enabled) return
  if (name === undefined) throw errors.UserEmpty()
  const user = state.users.get(name)
  if (!user) {
    log('error', 'auth/store.go:885', 'cannot find a user for permission check', { 'user-name': name })
    throw errors.PermissionDenied()
  }
  if (isRoot(user)) return
  const mine = user.roles
    .flatMap((role) => state.roles.get(role) ?? [])
    .filter((p) => p.type === kind || p.type === 'READWRITE')
  if (!covers(mine, key, end)) throw errors.PermissionDenied()
}

const isOpen = (end: string): boolean => end === '\0'

/** Whether permissions together hold a key or a whole range. */
function covers(permissions: readonly Permission[], key: string, end: string | undefined): boolean {
  const before = (a: string, b: string): boolean => a < b
  const holds = (p: Permission, k: string): boolean =>
    p.end === '' ? p.key === k : !before(k, p.key) && (isOpen(p.end) || before(k, p.end))
  if (!end) return permissions.some((p) => holds(p, key))
  // From the beginning on, as far as the next permission reaches.
  for (let at = key; ; ) {
    const next = permissions.filter((p) => p.end !== '' && holds(p, at))
    if (next.length === 0) return false
    if (next.some((p) => isOpen(p.end))) return true
    at = next.map((p) => p.end).reduce((a, b) => (before(a, b) ? b : a))
    if (!isOpen(end) && !before(at, end)) return true
  }
}

/** A valid token of a user, or what is wrong with the name and the password. */
export function checkPassword(state: AuthState, name: string, password: string, log: Log): number {
  if (!state.enabled) throw errors.AuthNotEnabled()
  const user = state.users.get(name)
  const fail = (why: string): never => {
    log('warn', 'etcdserver/v3_server.go:630', 'invalid authentication was requested', { user: name, error: why })
    throw errors.AuthFailed()
  }
  if (!user) return fail('auth: authentication failed, invalid user ID or password')
  if (user.password === undefined) return fail('auth: authentication failed, password was given for no password user')
  if (user.password !== password) {
    log('info', 'auth/store.go:390', 'invalid password', { 'user-name': name })
    return fail('auth: authentication failed, invalid user ID or password')
  }
  return user.generation
}

/** A change of the users and roles: the new value, and what every member logs of it. */
export type AuthChange = (state: AuthState, log: Log) => AuthState

const changed = (state: AuthState, parts: Partial<AuthState>): AuthState => ({
  ...state,
  ...parts,
  revision: state.revision + 1,
})

const withUser = (state: AuthState, name: string, user: User): AuthState =>
  changed(state, { users: new Map(state.users).set(name, user) })

const withRole = (state: AuthState, name: string, permissions: readonly Permission[]): AuthState =>
  changed(state, { roles: new Map(state.roles).set(name, permissions) })

const without = <V>(map: ReadonlyMap<string, V>, name: string): ReadonlyMap<string, V> => {
  const copy = new Map(map)
  copy.delete(name)
  return copy
}

/** Switches authentication on; root has to be there, with the role root. */
export const enable: AuthChange = (state, log) => {
  if (state.enabled) {
    log('info', 'auth/store.go:270', 'authentication is already enabled; ignored auth enable request')
    return state
  }
  const root = state.users.get(ROOT)
  if (!root) throw errors.RootUserNotExist()
  if (!isRoot(root)) throw errors.RootRoleNotExist()
  log('info', 'auth/store.go:297', 'enabled authentication')
  return { ...state, enabled: true }
}

/** Switches authentication off. */
export const disable: AuthChange = (state, log) => {
  if (!state.enabled) return state
  log('info', 'auth/store.go:320', 'disabled authentication')
  return changed(state, { enabled: false })
}

/** A new user; without a password it is known by a certificate alone. */
export const addUser =
  (name: string, password: string | undefined): AuthChange =>
  (state, log) => {
    if (name === '') throw errors.UserEmpty()
    if (state.users.has(name)) throw errors.UserAlreadyExist()
    log('info', 'auth/store.go:464', 'added a user', { 'user-name': name })
    return withUser(state, name, { password, roles: [], generation: state.revision })
  }

/** A user goes. */
export const deleteUser =
  (name: string): AuthChange =>
  (state, log) => {
    if (state.enabled && name === ROOT) {
      log('error', 'auth/store.go:470', "cannot delete 'root' user", { 'user-name': name })
      throw errors.InvalidAuthMgmt()
    }
    const { roles } = userOf(state, name)
    log('info', 'auth/store.go:489', 'deleted a user', { 'user-name': name, 'user-roles': roles })
    return changed(state, { users: without(state.users, name) })
  }

/** Another password; tokens got with the old one are not valid any more. */
export const changePassword =
  (name: string, password: string): AuthChange =>
  (state, log) => {
    const user = userOf(state, name)
    log('info', 'auth/store.go:531', 'changed a password of a user', { 'user-name': name, 'user-roles': user.roles })
    return withUser(state, name, {
      ...user,
      password: user.password === undefined ? undefined : password,
      generation: state.revision,
    })
  }

/** A user gets a role. */
export const grantRole =
  (name: string, role: string): AuthChange =>
  (state, log) => {
    const user = userOf(state, name)
    if (role !== ROOT) roleOf(state, role)
    if (user.roles.includes(role)) {
      log('warn', 'auth/store.go:558', 'ignored grant role request to a user', {
        'user-name': name,
        'user-roles': user.roles,
        'duplicate-role-name': role,
      })
      return state
    }
    const roles = [...user.roles, role].sort(byText)
    log('info', 'auth/store.go:575', 'granted a role to a user', {
      'user-name': name,
      'user-roles': roles,
      'added-role-name': role,
    })
    return withUser(state, name, { ...user, roles })
  }

/** A user loses a role. */
export const revokeRole =
  (name: string, role: string): AuthChange =>
  (state, log) => {
    if (state.enabled && name === ROOT && role === ROOT) {
      log('error', 'auth/store.go:608', "'root' user cannot revoke 'root' role", {
        'user-name': name,
        'role-name': role,
      })
      throw errors.InvalidAuthMgmt()
    }
    const user = userOf(state, name)
    const roles = user.roles.filter((r) => r !== role)
    if (roles.length === user.roles.length) throw errors.RoleNotGranted()
    log('info', 'auth/store.go:646', 'revoked a role from a user', {
      'user-name': name,
      'old-user-roles': user.roles,
      'new-user-roles': roles,
      'revoked-role-name': role,
    })
    return withUser(state, name, { ...user, roles })
  }

/** A new role, which may do nothing. */
export const addRole =
  (name: string): AuthChange =>
  (state, log) => {
    if (name === '') throw errors.RoleEmpty()
    if (state.roles.has(name)) throw errors.RoleAlreadyExist()
    log('info', 'auth/store.go:786', 'created a role', { 'role-name': name })
    return withRole(state, name, [])
  }

/** A role goes, from users too. */
export const deleteRole =
  (name: string): AuthChange =>
  (state, log) => {
    if (state.enabled && name === ROOT) {
      log('error', 'auth/store.go:721', "cannot delete 'root' role", { 'role-name': name })
      throw errors.InvalidAuthMgmt()
    }
    roleOf(state, name)
    const users = new Map(
      [...state.users].map(([n, user]) => [n, { ...user, roles: user.roles.filter((r) => r !== name) }]),
    )
    log('info', 'auth/store.go:760', 'deleted a role', { 'role-name': name })
    return changed(state, { roles: without(state.roles, name), users })
  }

const sameKeys = (a: Permission, b: Pick<Permission, 'key' | 'end'>): boolean => a.key === b.key && a.end === b.end

/** isValidPermissionRange. */
const isValid = ({ key, end }: Permission): boolean => key !== '' && (end === '' || isOpen(end) || key < end)

/** A role may do something with keys; what it might do with the same ones before is replaced. */
export const grantPermission =
  (role: string, permission: Permission): AuthChange =>
  (state, log) => {
    if (!isValid(permission)) throw errors.InvalidAuthMgmt()
    const old = roleOf(state, role)
    const at = old.findIndex((p) => sameKeys(p, permission))
    const permissions =
      at < 0
        ? [...old, permission].sort((a, b) => byText(a.key, b.key))
        : old.map((p, i) => (i === at ? permission : p))
    log('info', 'auth/store.go:849', 'granted/updated a permission to a user', {
      'user-name': role,
      'permission-name': permission.type,
      key: permission.key,
      'range-end': permission.end,
    })
    return withRole(state, role, permissions)
  }

/** A role loses what it might do with just these keys. */
export const revokePermission =
  (role: string, key: string, end: string): AuthChange =>
  (state, log) => {
    const old = roleOf(state, role)
    const permissions = old.filter((p) => !sameKeys(p, { key, end }))
    if (permissions.length === old.length) throw errors.PermissionNotGranted()
    log('info', 'auth/store.go:710', 'revoked a permission on range', { 'role-name': role, key, 'range-end': end })
    return withRole(state, role, permissions)
  }
