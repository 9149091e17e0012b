import { type FieldError, invalid as fieldInvalid, internalJson } from '../../kinds/index.ts'
import type { Action } from '../authz/authorizer.ts'
import { nodeName } from '../authz/node.ts'
import { clone } from '../clone.ts'
import type { RequestContext, UserInfo } from '../context.ts'
import { badRequest, invalid } from '../errors.ts'
import { rfc3339 } from '../time.ts'
import type { ApiResponse, KubeObject } from '../types.ts'
import { decode } from './body.ts'

/** Kinds that are only questions: created, answered, never stored. */
export const REVIEWS: Readonly<Record<string, (ctx: RequestContext) => ApiResponse>> = {
  'selfsubjectaccessreviews.authorization.k8s.io': (ctx) => answer(ctx, (o) => accessStatus(ctx, o, ctx.user)),
  'subjectaccessreviews.authorization.k8s.io': (ctx) => answer(ctx, (o) => accessStatus(ctx, o, subjectOf(o))),
  'localsubjectaccessreviews.authorization.k8s.io': (ctx) =>
    answer(ctx, (o) => {
      const { namespace } = o.spec.resourceAttributes ?? {}
      if (namespace !== ctx.request.namespace) {
        throw badRequest(
          `spec.resourceAttributes.namespace must match namespace: ${namespace ?? ''} != ${ctx.request.namespace}`,
        )
      }
      return accessStatus(ctx, o, subjectOf(o))
    }),
  'selfsubjectrulesreviews.authorization.k8s.io': (ctx) => answer(ctx, (o) => rulesStatus(ctx, o)),
  'selfsubjectreviews.authentication.k8s.io': (ctx) =>
    answer(ctx, (o) => {
      o.metadata.creationTimestamp = rfc3339(ctx.server.now())
      return { userInfo: userInfo(ctx.user) }
    }),
  'tokenreviews.authentication.k8s.io': (ctx) => answer(ctx, (o) => tokenStatus(ctx, o)),
}

function answer(ctx: RequestContext, status: (object: KubeObject) => object): ApiResponse {
  const object = decode(ctx, clone)
  object.metadata ??= { name: '' }
  object.spec ??= {}
  object.status = status(object)
  return { code: 201, body: object }
}

const userInfo = ({ name, uid, groups, extra }: UserInfo) => ({
  username: name,
  ...(uid ? { uid } : {}),
  ...(groups.length ? { groups } : {}),
  ...(extra && Object.keys(extra).length ? { extra } : {}),
})

const subjectOf = ({ spec }: KubeObject): UserInfo => ({
  name: spec.user ?? '',
  groups: spec.groups ?? [],
  uid: spec.uid,
})

/** Models pkg/apis/authorization/validation: what is asked must be one thing, of somebody. */
function checkAccess(ctx: RequestContext, { kind, metadata, spec }: KubeObject): void {
  const { resourceAttributes: resource, nonResourceAttributes: path } = spec
  const errors: FieldError[] = []
  if (resource && path) {
    const value = internalJson('NonResourceAttributes', path)
    const sentence = 'cannot be specified in combination with resourceAttributes'
    errors.push(fieldInvalid('spec.nonResourceAttributes', value, sentence))
  }
  if (!resource && !path) {
    const sentence = 'exactly one of nonResourceAttributes or resourceAttributes must be specified'
    errors.push(fieldInvalid('spec.resourceAttributes', null, sentence))
  }
  if (!kind.startsWith('Self') && !spec.user && !spec.groups?.length) {
    errors.push(fieldInvalid('spec.user', '', 'at least one of user or group must be specified'))
  }
  const { namespace: _, ...rest } = metadata
  if (Object.values(rest).some(Boolean)) errors.push(fieldInvalid('metadata', metadata, 'must be empty'))
  if (errors.length) throw invalid({ group: ctx.kind.group, kind }, '', errors)
}

function accessStatus(ctx: RequestContext, review: KubeObject, user: UserInfo): object {
  const { resourceAttributes: r, nonResourceAttributes: n } = review.spec
  checkAccess(ctx, review)
  const action: Action = {
    user,
    verb: (r ?? n).verb ?? '',
    namespace: r?.namespace ?? '',
    group: r?.group ?? '',
    version: r?.version ?? '',
    resource: r?.resource ?? '',
    subresource: r?.subresource ?? '',
    name: r?.name ?? '',
    ...(n ? { path: n.path ?? '' } : {}),
  }
  const { allowed, reason } = ctx.server.authorizer.authorize(action, ctx.server)
  return { allowed, ...(reason ? { reason } : {}) }
}

function rulesStatus(ctx: RequestContext, { spec }: KubeObject): object {
  const { server, user } = ctx
  const namespace = spec.namespace ?? ''
  if (!namespace) throw badRequest('no namespace on request')
  const rbac = server.rbac
  const node = nodeName(user) !== undefined
  const { rules, errors } = rbac ? rbac.rulesFor(user, namespace, server) : { rules: [], errors: [] }
  const evaluationError = [...(node ? ['node authorizer does not support user rule resolution'] : []), ...errors].join(
    ', ',
  )
  return {
    incomplete: node || errors.length > 0,
    ...(evaluationError ? { evaluationError } : {}),
    resourceRules: rules
      .filter((r) => r.resources?.length)
      .map(({ verbs, apiGroups, resources, resourceNames }) => ({
        verbs,
        ...(apiGroups?.length ? { apiGroups } : {}),
        resources,
        ...(resourceNames?.length ? { resourceNames } : {}),
      })),
    nonResourceRules: rules
      .filter((r) => r.nonResourceURLs?.length)
      .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
  }
}

function tokenStatus(ctx: RequestContext, { spec }: KubeObject): object {
  const token = spec.token ?? ''
  if (!token) throw badRequest('token is required for TokenReview in authentication')
  try {
    for (const authenticator of ctx.server.options.authenticators ?? []) {
      const user = authenticator({ bearerToken: token, userAgent: '', ip: '' })
      if (user) {
        const audiences = spec.audiences ?? ctx.server.options.audiences
        return { authenticated: true, user: userInfo(user), ...(audiences ? { audiences } : {}) }
      }
    }
  } catch {
    // A bad token is an answer, not a failure.
  }
  return { user: {}, error: '[invalid bearer token]' }
}
