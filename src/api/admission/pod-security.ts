import { same } from '../../kinds/index.ts'
import { warn } from '../context.ts'
import { invalid } from '../errors.ts'
import type { KubeObject } from '../types.ts'
import { forbid, listOf, lookup } from './lookup.ts'
import type { AdmissionPlugin, Attributes } from './plugin.ts'
import { type Level, type Violation, violations } from './pod-security-checks.ts'

const LEVELS: readonly Level[] = ['privileged', 'baseline', 'restricted']
const VERSION = /^(?:latest|v1\.(?:0|[1-9]\d*))$/
const PREFIX = 'pod-security.kubernetes.io/'

interface Policy {
  readonly level: Level
  readonly version: string
}

type Labels = Readonly<Record<string, string>> | undefined

const policyOf = (labels: Labels, mode: 'enforce' | 'warn'): Policy => {
  const level = labels?.[PREFIX + mode] as Level | undefined
  return {
    level: level && LEVELS.includes(level) ? level : 'privileged',
    version: labels?.[`${PREFIX}${mode}-version`] ?? 'latest',
  }
}

/** Where the pod template of a controller is. */
const TEMPLATES: Readonly<Record<string, (object: KubeObject) => any>> = {
  'deployments.apps': (o) => o.spec?.template,
  'replicasets.apps': (o) => o.spec?.template,
  'statefulsets.apps': (o) => o.spec?.template,
  'daemonsets.apps': (o) => o.spec?.template,
  'jobs.batch': (o) => o.spec?.template,
  'cronjobs.batch': (o) => o.spec?.jobTemplate?.spec?.template,
  replicationcontrollers: (o) => o.spec?.template,
  podtemplates: (o) => o.template,
}

/** Models pod-security-admission. */
export const podSecurity: AdmissionPlugin = {
  name: 'PodSecurity',
  handles: (operation, resource, subresource) =>
    (operation === 'CREATE' || operation === 'UPDATE') &&
    ((resource === 'namespaces' && subresource === '') ||
      (resource === 'pods' &&
        (subresource === '' || subresource === 'ephemeralcontainers' || subresource === 'resize')) ||
      (TEMPLATES[resource] !== undefined && subresource === '')),
  validate(a) {
    const resource = a.kind.groupResource
    if (resource === 'namespaces') return checkNamespace(a)
    const labels = lookup(a.ctx.server, 'Namespace', undefined, a.namespace ?? '')?.metadata.labels
    const enforce = policyOf(labels, 'enforce')
    const warning = policyOf(labels, 'warn')
    if (enforce.level === 'privileged' && warning.level === 'privileged') return
    if (resource === 'pods') {
      if (a.operation === 'UPDATE' && !significant(a.object, a.old!)) return
      const found = violations(enforce.level, a.object as any)
      if (found.length) throw forbid(a, `violates PodSecurity ${named(enforce)}: ${tell(found)}`)
      // What is enforced needs no warning of the same.
      if (same(enforce, warning)) return
      return warnOf(a, warning, a.object)
    }
    const template = TEMPLATES[resource]!(a.object)
    if (template) warnOf(a, warning, { metadata: template.metadata ?? {}, spec: template.spec ?? {} })
  },
}

const named = ({ level, version }: Policy): string => JSON.stringify(`${level}:${version}`)

const tell = (found: readonly Violation[]): string =>
  found.map(({ reason, detail }) => `${reason} (${detail})`).join(', ')

function warnOf(a: Attributes, policy: Policy, pod: any): void {
  const found = violations(policy.level, pod)
  if (found.length) warn(a.ctx, `would violate PodSecurity ${named(policy)}: ${tell(found)}`)
}

/** Only changes of images, annotations and ephemeral containers can matter. */
function significant(next: KubeObject, old: KubeObject): boolean {
  return !same(next.spec, old.spec) || !same(next.metadata.annotations, old.metadata.annotations)
}

function checkNamespace(a: Attributes): void {
  const { labels } = a.object.metadata
  if (a.old && same(labels, a.old.metadata.labels)) return
  const errors = ['enforce', 'audit', 'warn'].flatMap((mode) => {
    const check = (label: string, good: (value: string) => boolean, must: string) => {
      const value = labels?.[PREFIX + label]
      if (value === undefined || good(value)) return []
      const body = `Invalid value: ${JSON.stringify(value)}: must be ${must}`
      return [{ type: 'FieldValueInvalid' as const, field: `metadata.labels[${PREFIX}${label}]`, body }]
    }
    return [
      ...check(mode, (value) => LEVELS.includes(value as Level), 'one of privileged, baseline, restricted'),
      ...check(`${mode}-version`, (value) => VERSION.test(value), '"latest" or "v1.x"'),
    ]
  })
  if (errors.length) throw invalid(a.kind, a.object.metadata.name, errors)
  if (!a.old) return
  const now = policyOf(labels, 'enforce')
  const before = policyOf(a.old.metadata.labels, 'enforce')
  if (same(now, before) || now.level === 'privileged') return
  if (now.version === before.version && LEVELS.indexOf(now.level) <= LEVELS.indexOf(before.level)) return
  warnOfExisting(a, now)
}

/** Tells which pods of the namespace would not be allowed any more, those with the same faults together. */
function warnOfExisting(a: Attributes, policy: Policy): void {
  const { name } = a.object.metadata
  const groups = new Map<string, string[]>()
  const owners = new Set<string>()
  for (const pod of listOf(a.ctx.server, 'Pod', name)) {
    const found = violations(policy.level, pod as any)
    if (found.length === 0) continue
    const owner = pod.metadata.ownerReferences?.find((r) => r.controller)?.uid
    const reasons = found.map((v) => v.reason).join(', ')
    if (owner) {
      if (owners.has(`${owner}${reasons}`)) continue
      owners.add(`${owner}${reasons}`)
    }
    groups.set(reasons, [...(groups.get(reasons) ?? []), pod.metadata.name])
  }
  if (groups.size === 0) return
  warn(
    a.ctx,
    `existing pods in namespace ${JSON.stringify(name)} violate the new PodSecurity enforce level ${named(policy)}`,
  )
  for (const [reasons, pods] of groups) {
    const others = pods.length - 1
    const more = others === 0 ? '' : others === 1 ? ' (and 1 other pod)' : ` (and ${others} other pods)`
    warn(a.ctx, `${pods[0]}${more}: ${reasons}`)
  }
}
