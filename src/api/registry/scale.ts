import { atPath, type Column, type Kind, schemaOf } from '../../kinds/index.ts'
import { age } from '../../print/index.ts'
import { clone } from '../clone.ts'
import type { RequestContext } from '../context.ts'
import { badRequest, conflict, invalid, MODIFIED } from '../errors.ts'
import { partial } from '../http/representations.ts'
import { applyPatch } from '../patch/apply-patch.ts'
import { formatSelector, selectorOf } from '../selector.ts'
import type { Stored } from '../storage/storage.ts'
import type { ApiResponse, KubeObject } from '../types.ts'
import { configurationOf, serverSideApply } from './apply.ts'
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

const COLUMNS: readonly Column[] = [
  { name: 'Name', type: 'string', format: 'name' },
  { name: 'Desired', type: 'integer', format: '' },
  { name: 'Available', type: 'integer', format: '' },
  { name: 'Age', type: 'string', format: '' },
].map((column) => ({ ...column, description: '', priority: 0 }) as Column)

/** A Scale as it was asked for: whole, as a row of a table, or its metadata. */
function shown({ request, server }: RequestContext, scale: KubeObject): ApiResponse {
  if (request.accept === 'metadata') return { code: 200, body: partial(scale) }
  if (request.accept !== 'table') return { code: 200, body: scale }
  const { name, resourceVersion, creationTimestamp } = scale.metadata
  const cells = [name, scale.spec.replicas ?? 0, scale.status.replicas, age(creationTimestamp, server.now())]
  const { includeObject } = request
  const object =
    includeObject === undefined ? { object: scale } : includeObject === 'None' ? {} : { object: partial(scale) }
  const body = {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: { resourceVersion },
    columnDefinitions: COLUMNS,
    rows: [{ cells, ...object }],
  }
  return { code: 200, body }
}

/** GET, PUT and PATCH of /scale. Main admission plug-ins for the kind do not see it: only the replicas change. */
export function scale(ctx: RequestContext): ApiResponse | undefined {
  const current = load(ctx)
  switch (ctx.request.verb) {
    case 'get':
      return shown(ctx, scaleOf(ctx, current.object))
    case 'update':
      return setScale(ctx, current, named(ctx, decodeAs(ctx, SCALE)))
    case 'patch': {
      if (ctx.request.patchType === 'application/apply-patch+yaml') return applyScale(ctx, current)
      const schema = schemaOf(SCALE)
      return setScale(ctx, current, applyPatch(ctx, scaleOf(ctx, current.object), schema))
    }
    default:
      return undefined
  }
}

/** An apply of a Scale is one of the parent's replicas, by a manager of the subresource. */
function applyScale(ctx: RequestContext, current: Stored): ApiResponse {
  const { request, kind } = ctx
  const { config } = configurationOf(ctx, { ...SCALE, apiVersion: 'autoscaling/v1' }, schemaOf(SCALE))
  const { metadata = { name: '' }, spec } = config
  if (metadata.name && metadata.name !== request.name) throw otherName(metadata.name, request.name!)
  checkReplicas(request.name!, spec?.replicas ?? 0)
  const { name, resourceVersion } = current.object.metadata
  const blank = { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name } }
  const path = pathsOf(ctx).specReplicasPath
  const body = spec?.replicas === undefined ? blank : write(blank as KubeObject, path, spec.replicas)
  if (metadata.resourceVersion && metadata.resourceVersion !== resourceVersion)
    throw conflict(kind, request.name!, MODIFIED)
  const plain = { ...ctx, request: { ...request, body, accept: undefined, subresource: undefined } }
  const done = serverSideApply(plain, 'scale')
  return shown(ctx, scaleOf(ctx, done.body))
}

const otherName = (name: string, wanted: string): Error =>
  badRequest(`the name of the object (${name}) does not match the name on the URL (${wanted})`)

function checkReplicas(name: string, replicas: number): void {
  if (Number.isInteger(replicas) && replicas >= 0) return
  const body = `Invalid value: ${JSON.stringify(replicas)}: must be greater than or equal to 0`
  throw invalid({ group: 'autoscaling', kind: 'Scale' }, name, [
    { type: 'FieldValueInvalid', field: 'spec.replicas', body },
  ])
}

function setScale(ctx: RequestContext, current: Stored, wanted: KubeObject): ApiResponse {
  const { request, kind } = ctx
  const { metadata = { name: '' } } = wanted
  if (metadata.name && metadata.name !== request.name) throw otherName(metadata.name, request.name!)
  const version = metadata.resourceVersion
  if (version && version !== current.object.metadata.resourceVersion) throw conflict(kind, request.name!, MODIFIED)
  const replicas = wanted.spec?.replicas ?? 0
  checkReplicas(request.name!, replicas)
  const next = write(current.object, pathsOf(ctx).specReplicasPath, replicas)
  const plain = { ...ctx, request: { ...request, accept: undefined, untyped: false, subresource: undefined } }
  const done = replace(plain, current, next, undefined, 'scale')
  return shown(ctx, scaleOf(ctx, done.body))
}
