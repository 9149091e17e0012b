import { StatusError } from '../types.ts'
import type { Action } from './authorizer.ts'

/** 403 for a denied action, worded as responsewriters.ForbiddenStatusError does. */
export function denied(action: Action, reason: string): StatusError {
  const { group, name, resource } = action
  const message = sentence(action) + (reason ? `: ${reason}` : '')
  const text = action.path !== undefined ? `forbidden: ${message}` : `${subject(action)} is forbidden: ${message}`
  return new StatusError(
    403,
    'Forbidden',
    text,
    action.path !== undefined ? {} : { ...(name ? { name } : {}), ...(group ? { group } : {}), kind: resource },
  )
}

function subject({ group, resource, name }: Action): string {
  const what = group ? `${resource}.${group}` : resource
  return name ? `${what} "${name}"` : what
}

function sentence({ user, verb, group, resource, subresource, namespace, path }: Action): string {
  const who = `User ${JSON.stringify(user.name)} cannot ${verb}`
  if (path !== undefined) return `${who} path ${JSON.stringify(path)}`
  const what = subresource ? `${resource}/${subresource}` : resource
  const where = namespace ? `in the namespace ${JSON.stringify(namespace)}` : 'at the cluster scope'
  return `${who} resource ${JSON.stringify(what)} in API group ${JSON.stringify(group)} ${where}`
}
