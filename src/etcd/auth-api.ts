import type { Api, Header } from './api.ts'
import {
  type AuthChange,
  type AuthState,
  checkAdmin,
  checkPassword,
  type Permission,
  permissionsOf,
  roleNames,
  rolesOf,
  userNames,
} from './auth.ts'
import type { Token } from './caller.ts'

/** Users, roles and tokens (v3rpc/auth.go, apply/apply_auth.go): every request is a proposal, also one that only looks. */
export class AuthApi {
  constructor(private readonly api: Api) {}

  /** Changes users and roles, or switches authentication; only for administrators. */
  change(change: AuthChange): Header {
    this.api.voter()
    const user = this.api.user()
    this.api.member.propose((lineage) => {
      checkAdmin(lineage.auth, user)
      lineage.authorise(change)
    })
    return this.api.header()
  }

  status(): { header: Header; enabled: boolean; revision: number } {
    return this.ask(({ enabled, revision }) => ({ enabled, revision }))
  }

  users(): { header: Header; names: readonly string[] } {
    return this.ask((state) => ({ names: userNames(state) }))
  }

  roles(): { header: Header; names: readonly string[] } {
    return this.ask((state) => ({ names: roleNames(state) }))
  }

  /** Everybody may look at himself. */
  user(name: string): { header: Header; roles: readonly string[] } {
    return this.ask(
      (state) => ({ roles: rolesOf(state, name) }),
      (_, user) => user === name,
    )
  }

  /** Everybody may look at the roles that he has. */
  role(name: string): { header: Header; permissions: readonly Permission[] } {
    return this.ask(
      (state) => ({ permissions: permissionsOf(state, name) }),
      (state, user) => (user !== undefined && state.users.get(user)?.roles.includes(name)) ?? false,
    )
  }

  /** A token for a name and a password. */
  authenticate(name: string, password: string): Token {
    this.api.voter()
    const { member } = this.api
    member.linearizable()
    const generation = checkPassword(member.lineage.auth, name, password, member.log)
    member.propose(() => undefined)
    return { user: name, generation }
  }

  private ask<T extends object>(
    look: (state: AuthState) => T,
    mayAnyway: (state: AuthState, user: string | undefined) => boolean = () => false,
  ): T & { header: Header } {
    this.api.voter()
    const user = this.api.user()
    const found = this.api.member.propose(({ auth }) => {
      if (!mayAnyway(auth, user)) checkAdmin(auth, user)
      return look(auth)
    })
    return { ...found, header: this.api.header() }
  }
}
