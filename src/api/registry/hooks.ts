import type { RequestContext } from '../context.ts'
import type { KubeObject } from '../types.ts'

/** What a kind's storage does around a write besides storing (Services: addresses and ports). */
export interface WriteHook {
  /** The write did not happen: give back what was taken. */
  undo(): void
  done?(): void
}

type CreateHook = (ctx: RequestContext, object: KubeObject) => WriteHook | undefined
type UpdateHook = (ctx: RequestContext, next: KubeObject, old: KubeObject) => WriteHook | undefined
type DeleteHook = (ctx: RequestContext, object: KubeObject) => void

interface Hooks {
  readonly create?: CreateHook
  readonly update?: UpdateHook
  readonly delete?: DeleteHook
}

const HOOKS: Readonly<Record<string, Hooks>> = {}

export const beforeCreate: CreateHook = (ctx, object) => HOOKS[ctx.stored.groupResource]?.create?.(ctx, object)
export const beforeUpdate: UpdateHook = (ctx, next, old) => HOOKS[ctx.stored.groupResource]?.update?.(ctx, next, old)
export const afterDelete: DeleteHook = (ctx, object) => HOOKS[ctx.stored.groupResource]?.delete?.(ctx, object)
