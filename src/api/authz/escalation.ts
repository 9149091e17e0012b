import { same } from '../../kinds/index.ts'
import type { RequestContext } from '../context.ts'
import { forbidden, notFound } from '../errors.ts'
import { type KubeObject, StatusError } from '../types.ts'
import { missingRules, type PolicyRule, ruleText } from './rules.ts'

/** Nobody hands out rights that he does not hold. Models pkg/registry/rbac/…/policybased. */
export function checkEscalation(ctx: RequestContext, object: KubeObject, old?: KubeObject): void {
  const { server, user, stored, request } = ctx
  const { rbac } = server
  if (!rbac || user.groups.includes('system:masters')) return
  if (old && same(object.rules, old.rules) && same(object.roleRef, old.roleRef) && same(object.subjects, old.subjects))
    return
  const namespace = request.namespace ?? ''
  const isBinding = stored.kind.endsWith('Binding')
  if (!isBinding && object.aggregationRule && !same(object.aggregationRule, old?.aggregationRule)) {
    return confirm(ctx, object, [
      { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
      { verbs: ['*'], nonResourceURLs: ['*'] },
    ])
  }
  const { roleRef } = object
  if (isBinding && roleRef?.kind !== 'Role' && roleRef?.kind !== 'ClusterRole') {
    throw new StatusError(500, '', `unsupported role reference kind: ${JSON.stringify(roleRef?.kind ?? '')}`)
  }
  const resource = isBinding ? (roleRef.kind === 'Role' ? 'roles' : 'clusterroles') : stored.plural
  const { allowed } = server.authorizer.authorize(
    {
      user,
      verb: isBinding ? 'bind' : 'escalate',
      namespace,
      group: stored.group,
      version: stored.version,
      resource,
      subresource: '',
      name: isBinding ? roleRef.name : (request.name ?? ''),
    },
    server,
  )
  if (allowed) return
  if (!isBinding) return confirm(ctx, object, object.rules ?? [])
  const rules = rbac.roleRules(roleRef, namespace, server)
  if (!rules) throw missingRole(roleRef)
  confirm(ctx, object, rules)
}

function confirm(
  { server, user, stored, request }: RequestContext,
  object: KubeObject,
  wanted: readonly PolicyRule[],
): void {
  const { rules } = server.rbac!.rulesFor(user, request.namespace ?? '', server)
  const missing = missingRules(rules, wanted)
  if (missing.length === 0) return
  const groups = user.groups.map((g) => JSON.stringify(g)).join(' ')
  const texts = missing.map(ruleText).sort()
  throw forbidden(
    stored,
    object.metadata.name,
    `user ${JSON.stringify(user.name)} (groups=[${groups}]) is attempting to grant RBAC permissions not currently held:\n${texts.join('\n')}`,
  )
}

const missingRole = ({ kind, name }: { kind: string; name: string }) =>
  notFound({ group: 'rbac.authorization.k8s.io', plural: kind === 'Role' ? 'roles' : 'clusterroles' }, name)
