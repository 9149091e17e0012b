import type { Kind } from '../kinds/index.ts'
import type { ApiServer } from './server.ts'
import type { ResourceRequest } from './types.ts'

/** user.Info: who asks. */
export interface UserInfo {
  readonly name: string
  readonly uid?: string
  readonly groups: readonly string[]
  readonly extra?: Readonly<Record<string, readonly string[]>>
}

/** One authorised resource request on its way through the pipeline. */
export interface RequestContext {
  readonly server: ApiServer
  readonly user: UserInfo
  readonly request: ResourceRequest
  /** As asked for in the URL. */
  readonly kind: Kind
  /** Under which the objects are kept; `kind` itself unless that is a view of another. */
  readonly stored: Kind
  /** Field manager: the query parameter, or the first part of the user agent. */
  readonly manager: string
  readonly warnings: string[]
}

/** Adds a Warning header once. */
export function warn(ctx: RequestContext, text: string): void {
  if (!ctx.warnings.includes(text)) ctx.warnings.push(text)
}
