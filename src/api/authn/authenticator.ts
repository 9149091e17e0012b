import type { UserInfo } from '../context.ts'
import type { Credentials } from '../types.ts'

/** Turns credentials into a user. Undefined: these are none that it knows. Throws StatusError 401 for bad ones. */
export type Authenticator = (credentials: Credentials) => UserInfo | undefined

export const ANONYMOUS: UserInfo = { name: 'system:anonymous', groups: ['system:unauthenticated'] }
