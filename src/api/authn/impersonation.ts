import type { UserInfo } from '../context.ts'
import type { ApiServer } from '../server.ts'
import type { Credentials } from '../types.ts'

/** Applies Impersonate-User and its relatives. Throws 403 unless the real user may impersonate each part. */
export function impersonated(server: ApiServer, user: UserInfo, { impersonate }: Credentials): UserInfo {
  if (!impersonate) return user
  const may = (resource: string, name: string, namespace = '', group = '', subresource = '') =>
    server.authorize({
      user,
      verb: 'impersonate',
      namespace,
      group,
      version: 'v1',
      resource,
      subresource,
      name,
    })
  const name = impersonate.user ?? ''
  const groups = [...(impersonate.groups ?? [])]
  const serviceAccount = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name)
  if (serviceAccount) {
    may('serviceaccounts', serviceAccount[2]!, serviceAccount[1]!)
    if (groups.length === 0) {
      groups.push('system:serviceaccounts', `system:serviceaccounts:${serviceAccount[1]}`)
    }
  } else may('users', name)
  for (const group of impersonate.groups ?? []) may('groups', group)
  for (const [key, values] of Object.entries(impersonate.extra ?? {})) {
    for (const value of values) may('userextras', value, '', 'authentication.k8s.io', key)
  }
  if (impersonate.uid) may('uids', impersonate.uid, '', 'authentication.k8s.io')
  const implied = name === 'system:anonymous' ? 'system:unauthenticated' : 'system:authenticated'
  if (!groups.includes(implied)) groups.push(implied)
  return { name, uid: impersonate.uid, groups, extra: impersonate.extra }
}
