import type { UserInfo } from '../context.ts'
import type { ResourceRequest } from '../types.ts'

/** Where a request belongs: the schema that it matches, its level, and whose requests it queues with. */
export interface Flow {
  readonly schema: string
  readonly level: string
  readonly distinguisher: string
}

const any = (list: readonly string[] | undefined, value: string): boolean =>
  list !== undefined && (list.includes('*') || list.includes(value))

function isSubject(subject: any, user: UserInfo): boolean {
  const { kind } = subject
  if (kind === 'Group') return subject.group.name === '*' || user.groups.includes(subject.group.name)
  if (kind === 'User') return subject.user.name === '*' || subject.user.name === user.name
  const { namespace, name } = subject.serviceAccount
  const prefix = `system:serviceaccount:${namespace}:`
  return name === '*' ? user.name.startsWith(prefix) : user.name === prefix + name
}

function isAbout(rule: any, request: ResourceRequest): boolean {
  const resource = request.subresource ? `${request.resource}/${request.subresource}` : request.resource
  return (
    any(rule.verbs, request.verb) &&
    any(rule.apiGroups, request.group) &&
    any(rule.resources, resource) &&
    (request.namespace
      ? any(rule.namespaces, request.namespace)
      : rule.clusterScope === true || any(rule.namespaces, ''))
  )
}

const matches = (schema: any, request: ResourceRequest, user: UserInfo): boolean =>
  (schema.spec?.rules ?? []).some(
    (rule: any) =>
      rule.subjects?.some((subject: any) => isSubject(subject, user)) &&
      rule.resourceRules?.some((one: any) => isAbout(one, request)),
  )

/** FlowSchemas in the order in which they are tried. */
export const inOrder = (schemas: Iterable<any>): any[] =>
  [...schemas].sort(
    (a, b) =>
      (a.spec?.matchingPrecedence ?? 0) - (b.spec?.matchingPrecedence ?? 0) ||
      (a.metadata.name < b.metadata.name ? -1 : 1),
  )

/** The first FlowSchema that a request matches; what none wants is caught by the last. */
export function classify(schemas: readonly any[], request: ResourceRequest, user: UserInfo): Flow {
  const schema = schemas.find((one) => matches(one, request, user))
  const method = schema?.spec.distinguisherMethod?.type
  return {
    schema: schema?.metadata.name ?? 'catch-all',
    level: schema?.spec.priorityLevelConfiguration?.name ?? 'catch-all',
    distinguisher: method === 'ByUser' ? user.name : method === 'ByNamespace' ? (request.namespace ?? '') : '',
  }
}
