import { checkEscalation } from '../authz/escalation.ts'
import type { RequestContext } from '../context.ts'
import { forbidden } from '../errors.ts'
import type { KubeObject } from '../types.ts'
import { allocate, release } from './services.ts'

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

/** Roles and bindings: no rights are handed out that the user does not hold. */
const rbac: Hooks = {
  create: (ctx, object) => {
    checkEscalation(ctx, object)
    return undefined
  },
  update: (ctx, next, old) => {
    checkEscalation(ctx, next, old)
    return undefined
  },
}

const services: Hooks = {
  create: (ctx, object) => taken(allocate(ctx, object)),
  update: (ctx, next, old) => taken(allocate(ctx, next, old)),
  delete: release,
}

const taken = (undo: (() => void) | undefined): WriteHook | undefined => (undo ? { undo } : undefined)

const HOOKS: Readonly<Record<string, Hooks>> = {
  services,
  'roles.rbac.authorization.k8s.io': rbac,
  'clusterroles.rbac.authorization.k8s.io': rbac,
  'rolebindings.rbac.authorization.k8s.io': rbac,
  'clusterrolebindings.rbac.authorization.k8s.io': rbac,
}

export const beforeCreate: CreateHook = (ctx, object) => {
  if (ctx.stored.crd?.metadata.deletionTimestamp) {
    throw forbidden(
      ctx.kind,
      object.metadata.name,
      'create not allowed while custom resource definition is terminating',
    )
  }
  return HOOKS[ctx.stored.groupResource]?.create?.(ctx, object)
}
export const beforeUpdate: UpdateHook = (ctx, next, old) => HOOKS[ctx.stored.groupResource]?.update?.(ctx, next, old)
export const afterDelete: DeleteHook = (ctx, object) => HOOKS[ctx.stored.groupResource]?.delete?.(ctx, object)
