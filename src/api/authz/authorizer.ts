import type { UserInfo } from '../context.ts'

/** What is to be done: authorizer.Attributes. */
export interface Action {
  readonly user: UserInfo
  readonly verb: string
  readonly namespace: string
  readonly group: string
  readonly version: string
  readonly resource: string
  readonly subresource: string
  readonly name: string
  /** For everything that is not a resource request. */
  readonly path?: string
}

export interface Decision {
  readonly allowed: boolean
  /** Why; shown after the denial, and by `kubectl auth can-i`. */
  readonly reason: string
}

export interface Authorizer {
  authorize(action: Action): Decision
}

/** --authorization-mode=AlwaysAllow. */
export const alwaysAllow: Authorizer = { authorize: () => ({ allowed: true, reason: '' }) }
