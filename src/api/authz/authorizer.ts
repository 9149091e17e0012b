import type { UserInfo } from '../context.ts'
import type { ApiServer } from '../server.ts'

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
  /** The field selector of a list or watch. */
  readonly fields?: string
  /** For everything that is not a resource request. */
  readonly path?: string
}

/** What the authorizers say of an action. */
export interface Decision {
  readonly allowed: boolean
  /** Why; shown after the denial, and by `kubectl auth can-i`. */
  readonly reason: string
}

/** One mode of --authorization-mode: allows, denies, or has no opinion and leaves it to the next. */
export interface Authorizer {
  authorize(action: Action, server: ApiServer): Decision
}

/** --authorization-mode=AlwaysAllow. */
export const alwaysAllow: Authorizer = { authorize: () => ({ allowed: true, reason: '' }) }

/** Several modes in the order of --authorization-mode: the first that allows wins. */
export const union = (...modes: readonly Authorizer[]): Authorizer => ({
  authorize(action, server) {
    const reasons: string[] = []
    for (const mode of modes) {
      const decision = mode.authorize(action, server)
      if (decision.allowed) return decision
      if (decision.reason) reasons.push(decision.reason)
    }
    return { allowed: false, reason: reasons.join('\n') }
  },
})
