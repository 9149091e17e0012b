import type { AuthState } from './auth.ts'
import { errors } from './errors.ts'

/** What Authenticate hands out: valid until the user's password changes or authentication is switched off. */
export interface Token {
  readonly user: string
  readonly generation: number
}

/** Who asks a member: a token, else the name in the certificate that a client of --client-cert-auth has shown. */
export interface Caller {
  readonly token?: Token
  readonly commonName?: string
}

/** The user behind a request (AuthInfoFromCtx); undefined when nobody says who it is, or it does not matter. */
export function userOf({ enabled, users }: AuthState, { token, commonName }: Caller): string | undefined {
  if (!enabled) return undefined
  if (!token) return commonName
  if (users.get(token.user)?.generation !== token.generation) throw errors.InvalidAuthToken()
  return token.user
}
