import { checkClusterIPs, type FieldError, invalid as invalidField, same } from '../../kinds/index.ts'
import type { RequestContext } from '../context.ts'
import { invalid } from '../errors.ts'
import type { KubeObject } from '../types.ts'

/** Families of which this cluster has a range of Service addresses: the simulated clusters have one. */
const CONFIGURED = ['IPv4']

const other = (family: string): string => (family === 'IPv4' ? 'IPv6' : 'IPv4')

/**
 * Gives a Service its families and their policy, or refuses those that cannot be had. Models initIPFamilyFields of
 * pkg/registry/core/service/storage/alloc.go. Throws StatusError.
 */
export function initFamilies(ctx: RequestContext, { spec, metadata }: KubeObject, old?: KubeObject): void {
  const before = old?.spec
  if (spec.type === 'ExternalName' || keepsPreference(spec, before)) return
  const headlessForAnything = spec.clusterIP === 'None' && Object.keys(spec.selector ?? {}).length === 0
  spec.ipFamilyPolicy ??= before?.ipFamilyPolicy ?? (headlessForAnything ? 'RequireDualStack' : 'SingleStack')
  const refuse = (errors: readonly FieldError[]): void => {
    if (errors.length > 0) throw invalid(ctx.stored, metadata.name, errors)
  }
  const errors: FieldError[] = []
  checkClusterIPs(errors, spec)
  refuse(errors)
  if (before) releaseSecond(errors, spec, before)
  if (spec.ipFamilyPolicy === 'SingleStack') {
    const sentence = (what: string): string =>
      `must be 'RequireDualStack' or 'PreferDualStack' when multiple ${what} are specified`
    if (spec.clusterIPs?.length === 2)
      errors.push(invalidField('spec.ipFamilyPolicy', spec.ipFamilyPolicy, sentence('cluster IPs')))
    if (spec.ipFamilies?.length === 2)
      errors.push(invalidField('spec.ipFamilyPolicy', spec.ipFamilyPolicy, sentence('IP families')))
  }
  inferFamilies(errors, spec)
  refuse(errors)
  spec.ipFamilies ??= []
  if (headlessForAnything) {
    if (spec.ipFamilies.length === 0) spec.ipFamilies = [CONFIGURED[0]]
    if (spec.ipFamilies.length < 2 && spec.ipFamilyPolicy !== 'SingleStack')
      spec.ipFamilies = [...spec.ipFamilies, other(spec.ipFamilies[0])]
    return
  }
  if (spec.ipFamilyPolicy === 'RequireDualStack' && CONFIGURED.length < 2)
    errors.push(
      invalidField(
        'spec.ipFamilyPolicy',
        spec.ipFamilyPolicy,
        'this cluster is not configured for dual-stack services',
      ),
    )
  for (const [i, family] of spec.ipFamilies.entries())
    if (!CONFIGURED.includes(family))
      errors.push(invalidField(`spec.ipFamilies[${i}]`, family, 'not configured on this cluster'))
  refuse(errors)
  if (spec.ipFamilies.length === 0) spec.ipFamilies = [CONFIGURED[0]]
}

/** A Service that prefers two families is left as it is while nobody touches them. */
const keepsPreference = (spec: any, before: any): boolean =>
  before?.type === spec.type &&
  spec.ipFamilyPolicy === 'PreferDualStack' &&
  before.ipFamilyPolicy === 'PreferDualStack' &&
  ['clusterIP', 'clusterIPs', 'ipFamilies'].every((field) => same(spec[field], before[field]))

/** The second address and family go with the policy alone, and not without it. */
function releaseSecond(errors: FieldError[], spec: any, before: any): void {
  for (const [field, what] of [
    ['clusterIPs', 'cluster IP'],
    ['ipFamilies', 'IP family'],
  ] as const) {
    const now: string[] = spec[field] ?? []
    if (spec.ipFamilyPolicy === 'SingleStack') {
      if (now.length > 1 && same(now, before[field])) spec[field] = now.slice(0, 1)
    } else if (now.length === 1 && before[field]?.length === 2)
      errors.push(
        invalidField(
          'spec.ipFamilyPolicy',
          spec.ipFamilyPolicy,
          `must be 'SingleStack' to release the secondary ${what}`,
        ),
      )
  }
}

/** An address tells its family. */
function inferFamilies(errors: FieldError[], spec: any): void {
  for (const [i, ip] of (spec.clusterIPs ?? []).entries()) {
    if (ip === 'None') return
    if (i < (spec.ipFamilies?.length ?? 0)) continue
    const family = ip.includes(':') ? 'IPv6' : 'IPv4'
    if (CONFIGURED.includes(family)) spec.ipFamilies = [...(spec.ipFamilies ?? []), family]
    else
      errors.push(invalidField(`spec.clusterIPs[${i}]`, spec.clusterIPs, `${family} is not configured on this cluster`))
  }
}
