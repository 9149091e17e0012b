import { PLUGIN_ORDER } from '../../api/admission/order.ts'
import type { ApiServerFlags } from './flags.ts'

const MODES = ['AlwaysAllow', 'AlwaysDeny', 'ABAC', 'Webhook', 'RBAC', 'Node']
const GROUPS = new Set([
  '',
  'api',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'apps',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'coordination.k8s.io',
  'discovery.k8s.io',
  'events.k8s.io',
  'flowcontrol.apiserver.k8s.io',
  'internal.apiserver.k8s.io',
  'networking.k8s.io',
  'node.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'resource.k8s.io',
  'scheduling.k8s.io',
  'storage.k8s.io',
  'storagemigration.k8s.io',
])

/** What is wrong with --service-cluster-ip-range; found before anything else. */
export function checkServiceRange(flags: ApiServerFlags): string | undefined {
  const ranges = flags.list('service-cluster-ip-range')
  for (const [i, range] of ranges.entries()) {
    const match = /^(\d+\.\d+\.\d+\.\d+)\/(\d+)$/.exec(range)
    const octets = (match?.[1] ?? '').split('.').map(Number)
    const good = match ? Number(match[2]) <= 32 && octets.every((o) => o <= 255) : /^[0-9a-fA-F:]+\/\d+$/.test(range)
    if (!good) return `service-cluster-ip-range[${i}] is not a valid cidr`
  }
  return undefined
}

/** Everything that contradicts itself in the flags, as the server lists it: one text, or several in brackets. */
export function validateFlags(flags: ApiServerFlags): string | undefined {
  const errors = [
    ...(flags.list('etcd-servers').length ? [] : ['--etcd-servers must be specified']),
    ...checkAuthentication(flags),
    ...checkAuthorization(flags),
    ...checkAdmission(flags),
    ...checkRuntimeConfig(flags),
    ...checkSigning(flags),
  ]
  return errors.length > 1 ? `[${errors.join(', ')}]` : errors[0]
}

function checkAuthentication(flags: ApiServerFlags): string[] {
  const errors: string[] = []
  if (!flags.given('service-account-issuer')) errors.push('service-account-issuer is a required flag')
  if (!flags.given('service-account-key-file') && !flags.given('service-account-signing-endpoint')) {
    errors.push('either `--service-account-key-file` or `--service-account-signing-endpoint` must be set')
  }
  return errors
}

function checkSigning(flags: ApiServerFlags): string[] {
  const issuer = flags.given('service-account-issuer')
  const key = flags.given('service-account-signing-key-file')
  if (!issuer && !key) return ['--service-account-signing-key-file and --service-account-issuer are required flags']
  if (issuer !== key) {
    return [
      '--service-account-signing-key-file, --service-account-issuer, and --api-audiences should be specified together',
    ]
  }
  return []
}

function checkAuthorization(flags: ApiServerFlags): string[] {
  const modes = flags.list('authorization-mode', ['AlwaysAllow'])
  const errors: string[] = []
  for (const mode of new Set(modes)) {
    if (!MODES.includes(mode)) errors.push(`authorization-mode ${JSON.stringify(mode)} is not a valid mode`)
    if (mode === 'ABAC' && !flags.given('authorization-policy-file')) {
      errors.push("authorization-mode ABAC's authorization policy file not passed")
    }
  }
  if (new Set(modes).size !== modes.length) {
    const list = `[${modes.map((m) => JSON.stringify(m)).join(' ')}]`
    errors.push(`authorization-mode ${list} has mode specified more than once`)
  }
  return errors
}

function checkAdmission(flags: ApiServerFlags): string[] {
  const errors: string[] = []
  for (const flag of ['enable-admission-plugins', 'disable-admission-plugins']) {
    const unknown = flags.list(flag).filter((name) => !PLUGIN_ORDER.includes(name))
    for (const name of unknown) errors.push(`${flag} plugin ${JSON.stringify(name)} is unknown`)
  }
  const both = flags.list('enable-admission-plugins').filter((n) => flags.list('disable-admission-plugins').includes(n))
  if (both.length)
    errors.push(`[${both.join(' ')}] in enable-admission-plugins and disable-admission-plugins overlapped`)
  return errors
}

function checkRuntimeConfig(flags: ApiServerFlags): string[] {
  const unknown: string[] = []
  for (const entry of flags.list('runtime-config')) {
    const key = entry.split('=')[0]!
    if (key === 'api/all' || key === 'api/legacy' || key === 'api/v1' || /^api\/(ga|beta|alpha)$/.test(key)) continue
    const group = key.includes('/') ? key.slice(0, key.indexOf('/')) : key
    if (!GROUPS.has(group) || group === 'api') unknown.push(key)
  }
  return unknown.length ? [`unknown api groups ${unknown.join(',')}`] : []
}
