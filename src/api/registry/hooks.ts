import { checkEscalation } from '../authz/escalation.ts'
import type { RequestContext } from '../context.ts'
import { forbidden } from '../errors.ts'
import type { KubeObject } from '../types.ts'
import { allocate, release } from './services.ts'

/** What a kind's storage does around a write besides storing (Services: addresses and ports). */
interface WriteHook {
  /** The write did not happen: give back what was taken. */
  undo(): void
  done?(): void
}

type CreateHook = (ctx: RequestContext, object: KubeObject) => WriteHook | undefined
type UpdateHook = (ctx: RequestContext, next: KubeObject, old: KubeObject) => WriteHook | undefined
type CheckHook = (ctx: RequestContext, next: KubeObject, old?: KubeObject) => void
type DeleteHook = (ctx: RequestContext, object: KubeObject) => void

interface Hooks {
  /** Looks at what is to be written before it is validated. */
  readonly check?: CheckHook
  readonly create?: CreateHook
  readonly update?: UpdateHook
  readonly beforeDelete?: DeleteHook
  readonly delete?: DeleteHook
}

/** Roles and bindings: no rights are handed out that the user does not hold. */
const rbac: Hooks = {
  check: checkEscalation,
}

const services: Hooks = {
  create: (ctx, object) => allocate(ctx, object),
  update: (ctx, next, old) => allocate(ctx, next, old),
  delete: release,
}

const SYSTEM_CLASSES = new Set(['system-node-critical', 'system-cluster-critical'])

const priorityClasses: Hooks = {
  beforeDelete: (ctx, { metadata: { name } }) => {
    if (!SYSTEM_CLASSES.has(name)) return
    throw forbidden(ctx.kind, name, 'this is a system priority class and cannot be deleted')
  },
}

const HOOKS: Readonly<Record<string, Hooks>> = {
  services,
  'priorityclasses.scheduling.k8s.io': priorityClasses,
  'roles.rbac.authorization.k8s.io': rbac,
  'clusterroles.rbac.authorization.k8s.io': rbac,
  'rolebindings.rbac.authorization.k8s.io': rbac,
  'clusterrolebindings.rbac.authorization.k8s.io': rbac,
}

/** What a creation goes through besides admission and validation: the rules of its resource. May throw. */
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

/** What a resource checks of an object that is to be written, before its validation. Throws StatusError. */
export const beforeValidate: CheckHook = (ctx, next, old) => HOOKS[ctx.stored.groupResource]?.check?.(ctx, next, old)

/** What a resource checks before an object goes; throws StatusError to keep it. */
export const beforeDelete: DeleteHook = (ctx, object) => HOOKS[ctx.stored.groupResource]?.beforeDelete?.(ctx, object)

/** What a resource does before an update is stored. */
export const beforeUpdate: UpdateHook = (ctx, next, old) => HOOKS[ctx.stored.groupResource]?.update?.(ctx, next, old)

/** What a resource gives back when an object is gone (cluster IPs, node ports). */
export const afterDelete: DeleteHook = (ctx, object) => HOOKS[ctx.stored.groupResource]?.delete?.(ctx, object)
