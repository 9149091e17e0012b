import type { UserInfo } from '../context.ts'
import type { ApiServer } from '../server.ts'
import type { KubeObject } from '../types.ts'
import type { Action, Authorizer, Decision } from './authorizer.ts'
import { type PolicyRule, ruleAllows } from './rules.ts'

/** Where a rule comes from, for the reason of a decision. */
interface Granted {
  readonly rule: PolicyRule
  readonly source: string
}

interface Grants {
  readonly rules: readonly Granted[]
  /** Bindings to roles that do not exist. */
  readonly errors: readonly string[]
}

/** system:masters may do everything, whatever the rules say. */
const SUPERUSERS = 'system:masters'

/** RBAC out of the server's own caches. Models plugin/pkg/auth/authorizer/rbac. */
export class RbacAuthorizer implements Authorizer {
  private epoch = -1
  private readonly grants = new Map<string, Grants>()
  private readonly decisions = new Map<string, Decision>()

  authorize(action: Action, server: ApiServer): Decision {
    if (action.user.groups.includes(SUPERUSERS)) return { allowed: true, reason: '' }
    this.refresh(server)
    const { user, verb, namespace, group, resource, subresource, name, path } = action
    const key = `${identity(user)}|${verb}|${path ?? `${namespace}|${group}|${resource}|${subresource}|${name}`}`
    let decision = this.decisions.get(key)
    if (!decision) {
      decision = this.decide(action, server)
      if (this.decisions.size > 20_000) this.decisions.clear()
      this.decisions.set(key, decision)
    }
    return decision
  }

  /** Every rule that applies to a user in a namespace ('' for the cluster). */
  rulesFor(user: UserInfo, namespace: string, server: ApiServer): { rules: PolicyRule[]; errors: readonly string[] } {
    this.refresh(server)
    const cluster = this.clusterGrants(user, server)
    const local = namespace ? this.namespaceGrants(user, namespace, server) : NOTHING
    return {
      rules: [...cluster.rules, ...local.rules].map((g) => g.rule),
      errors: [...cluster.errors, ...local.errors],
    }
  }

  /** Rules of the role that a binding in `namespace` refers to; undefined when there is no such role. */
  roleRules(ref: { kind: string; name: string }, namespace: string, server: ApiServer): PolicyRule[] | undefined {
    const role = roleOf(server, ref, namespace)
    return role && (role.rules ?? [])
  }

  private decide(action: Action, server: ApiServer): Decision {
    const grants = [this.clusterGrants(action.user, server)]
    if (action.namespace) grants.push(this.namespaceGrants(action.user, action.namespace, server))
    for (const { rules } of grants) {
      for (const { rule, source } of rules) {
        if (ruleAllows(rule, action)) return { allowed: true, reason: `RBAC: allowed by ${source}` }
      }
    }
    const errors = [...new Set(grants.flatMap((g) => g.errors))]
    const said = errors.length > 1 ? `[${errors.join(', ')}]` : errors[0]
    return { allowed: false, reason: said ? `RBAC: ${said}` : '' }
  }

  private refresh(server: ApiServer): void {
    let epoch = 0
    for (const kind of KINDS) epoch += server.known(server.kinds.named(kind)!).revision
    if (epoch === this.epoch) return
    this.epoch = epoch
    this.grants.clear()
    this.decisions.clear()
  }

  private clusterGrants(user: UserInfo, server: ApiServer): Grants {
    return this.collect(
      user,
      '',
      server,
      'ClusterRoleBinding',
      server.known(server.kinds.named('ClusterRoleBinding')!).ordered(undefined),
    )
  }

  private namespaceGrants(user: UserInfo, namespace: string, server: ApiServer): Grants {
    return this.collect(
      user,
      namespace,
      server,
      'RoleBinding',
      server.known(server.kinds.named('RoleBinding')!).ordered(namespace),
    )
  }

  private collect(
    user: UserInfo,
    namespace: string,
    server: ApiServer,
    kind: string,
    bindings: readonly KubeObject[],
  ): Grants {
    const key = `${kind}|${namespace}|${identity(user)}`
    let grants = this.grants.get(key)
    if (grants) return grants
    const rules: Granted[] = []
    const errors: string[] = []
    for (const binding of bindings) {
      const subject = (binding.subjects ?? []).find((s: any) => applies(s, user, namespace))
      if (!subject) continue
      const { roleRef, metadata } = binding
      const role = roleOf(server, roleRef, namespace)
      if (!role) {
        const resource = roleRef.kind === 'Role' ? 'role' : 'clusterrole'
        errors.push(`${resource}.rbac.authorization.k8s.io ${JSON.stringify(roleRef.name)} not found`)
        continue
      }
      const where = namespace ? `${metadata.name}/${namespace}` : metadata.name
      const source = `${kind} ${JSON.stringify(where)} of ${roleRef.kind} ${JSON.stringify(roleRef.name)} to ${subjectText(subject, namespace)}`
      for (const rule of role.rules ?? []) rules.push({ rule, source })
    }
    this.grants.set(key, (grants = { rules, errors }))
    return grants
  }
}

const identities = new WeakMap<UserInfo, string>()

/** Name and groups: what rules can depend on. */
function identity(user: UserInfo): string {
  let text = identities.get(user)
  if (text === undefined) identities.set(user, (text = `${user.name}|${user.groups.join()}`))
  return text
}

const KINDS = ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding']
const NOTHING: Grants = { rules: [], errors: [] }

function roleOf(server: ApiServer, ref: { kind: string; name: string }, namespace: string): KubeObject | undefined {
  const kind = server.kinds.named(ref.kind === 'Role' ? 'Role' : 'ClusterRole')!
  const { objects, prefix } = server.known(kind)
  return objects.get(ref.kind === 'Role' ? `${prefix}${namespace}/${ref.name}` : prefix + ref.name)
}

function applies(subject: any, user: UserInfo, namespace: string): boolean {
  switch (subject.kind) {
    case 'User':
      return user.name === subject.name
    case 'Group':
      return user.groups.includes(subject.name)
    case 'ServiceAccount':
      return user.name === `system:serviceaccount:${subject.namespace || namespace}:${subject.name}`
    default:
      return false
  }
}

function subjectText(subject: any, namespace: string): string {
  const name = subject.kind === 'ServiceAccount' ? `${subject.name}/${subject.namespace || namespace}` : subject.name
  return `${subject.kind} ${JSON.stringify(name)}`
}
