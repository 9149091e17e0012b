import { atPath, type Kind, schemaOf } from '../../kinds/index.ts'
import { clone } from '../clone.ts'
import type { RequestContext } from '../context.ts'
import { badRequest, conflict, invalid, MODIFIED } from '../errors.ts'
import { applyPatch } from '../patch/apply-patch.ts'
import { formatSelector, selectorOf } from '../selector.ts'
import type { Stored } from '../storage/storage.ts'
import type { ApiResponse, KubeObject } from '../types.ts'
import { decodeAs, requireName } from './body.ts'
import { load } from './read.ts'
import { replace } from './update.ts'

type ScalePaths = NonNullable<Kind['scale']>

const SCALE = { group: 'autoscaling', version: 'v1', kind: 'Scale' }

function named(ctx: RequestContext, wanted: KubeObject): KubeObject {
  requireName(ctx, wanted)
  return wanted
}

const USUAL: ScalePaths = { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' }

const pathsOf = ({ stored }: RequestContext): ScalePaths => stored.scale ?? USUAL

function write(object: KubeObject, path: string, value: unknown): KubeObject {
  const next = clone(object)
  const steps = path.split('.').slice(1)
  const last = steps.pop()!
  let at: any = next
  for (const step of steps) at = at[step] ??= {}
  at[last] = value
  return next
}

function scaleOf(ctx: RequestContext, object: KubeObject): KubeObject {
  const paths = pathsOf(ctx)
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata
  const { selector } = object.spec ?? {}
  // ReplicationControllers have a bare map of labels.
  const own = selector && !selector.matchLabels && !selector.matchExpressions ? { matchLabels: selector } : selector
  const text = paths.labelSelectorPath ? atPath(object, paths.labelSelectorPath) : formatSelector(selectorOf(own ?? {}))
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, ...(namespace ? { namespace } : {}), uid, resourceVersion, creationTimestamp },
    spec: { ...(atPath(object, paths.specReplicasPath) ? { replicas: atPath(object, paths.specReplicasPath) } : {}) },
    status: { replicas: atPath(object, paths.statusReplicasPath) ?? 0, ...(text ? { selector: text } : {}) },
  }
}

/** GET, PUT and PATCH of /scale. Main admission plug-ins for the kind do not see it: only the replicas change. */
export function scale(ctx: RequestContext): ApiResponse | undefined {
  const current = load(ctx)
  switch (ctx.request.verb) {
    case 'get':
      return { code: 200, body: scaleOf(ctx, current.object) }
    case 'update':
      return setScale(ctx, current, named(ctx, decodeAs(ctx, SCALE)))
    case 'patch': {
      const schema = schemaOf(SCALE)
      return setScale(ctx, current, applyPatch(ctx, scaleOf(ctx, current.object), schema))
    }
    default:
      return undefined
  }
}

function setScale(ctx: RequestContext, current: Stored, wanted: KubeObject): ApiResponse {
  const { request, kind } = ctx
  const { metadata = { name: '' } } = wanted
  if (metadata.name && metadata.name !== request.name) {
    throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${request.name})`)
  }
  const version = metadata.resourceVersion
  if (version && version !== current.object.metadata.resourceVersion) throw conflict(kind, request.name!, MODIFIED)
  const replicas = wanted.spec?.replicas ?? 0
  if (!Number.isInteger(replicas) || replicas < 0) {
    const body = `Invalid value: ${JSON.stringify(replicas)}: must be greater than or equal to 0`
    throw invalid({ group: 'autoscaling', kind: 'Scale' }, request.name!, [
      { type: 'FieldValueInvalid', field: 'spec.replicas', body },
    ])
  }
  const next = write(current.object, pathsOf(ctx).specReplicasPath, replicas)
  const plain = { ...ctx, request: { ...request, accept: undefined, untyped: false, subresource: undefined } }
  const done = replace(plain, current, next, undefined, 'scale')
  return { code: 200, body: scaleOf(ctx, done.body) }
}
