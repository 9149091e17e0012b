import { amount } from '../amount.ts'
import { isLabel } from '../names.ts'
import type { KubeObject } from '../object.ts'
import { same } from '../same.ts'
import { claimWarnings } from './claim.ts'
import { templateWarnings } from './template.ts'

/** The name becomes part of host names, which are labels. */
function nameWarnings(obj: KubeObject, use: string): string[] {
  const problems = isLabel(obj.metadata.name)
  if (problems.length === 0) return []
  const consequence = 'which can result in surprising behavior; a DNS label is recommended'
  return [`metadata.name: this is used in ${use}, ${consequence}: [${problems.join(' ')}]`]
}

const PODS = 'Pod names and hostnames'

/** Nothing on updates, which happen too often to pay for it. */
export const podWarnings = (next: KubeObject, old?: KubeObject): string[] =>
  old ? [] : [...nameWarnings(next, "the Pod's hostname"), ...templateWarnings(next)]

const sameGeneration = (next: KubeObject, old?: KubeObject) => old?.metadata.generation === next.metadata.generation

/** Deployments, replica sets and replication controllers; daemon sets leave their name out. */
export const workloadWarnings = (next: KubeObject, old?: KubeObject): string[] => {
  if (old && sameGeneration(next, old)) return []
  const name = old || next.kind === 'DaemonSet' ? [] : nameWarnings(next, PODS)
  return [...name, ...templateWarnings(next.spec.template, 'spec.template')]
}

/** Of podTemplateStrategy (pkg/registry/core/podtemplate). */
export const podTemplateWarnings = (next: KubeObject): string[] => templateWarnings(next.template, 'template')

/** Of statefulSetStrategy (pkg/registry/apps/statefulset). */
export function statefulSetWarnings(next: KubeObject, old?: KubeObject): string[] {
  const warnings = old && sameGeneration(next, old) ? [] : templateWarnings(next.spec.template, 'spec.template')
  next.spec.volumeClaimTemplates?.forEach((claim: any, i: number) => {
    claimWarnings(warnings, `spec.volumeClaimTemplates[${i}]${old ? '.Spec' : ''}`, claim.spec)
  })
  if (next.spec.revisionHistoryLimit < 0) {
    const text = 'a negative value retains all historical revisions; a value >= 0 is recommended'
    warnings.push(`spec.revisionHistoryLimit: ${text}`)
  }
  return warnings
}

function jobSpecWarnings(spec: any, path: string): string[] {
  const warnings: string[] = []
  if (spec.completionMode === 'Indexed' && spec.completions > 100_000 && spec.parallelism > 10_000) {
    const head = 'In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4'
    const tail = 'Kubernetes might not be able to track completedIndexes when a big number of indexes fail'
    warnings.push(`${path}: ${head}, ${tail}`)
  }
  return [...warnings, ...templateWarnings(spec.template, `${path}.template`)]
}

/** Of jobStrategy (pkg/registry/batch/job). */
export const jobWarnings = (next: KubeObject, old?: KubeObject): string[] => {
  if (old && sameGeneration(next, old)) return []
  return [...(old ? [] : nameWarnings(next, PODS)), ...jobSpecWarnings(next.spec, 'spec')]
}

/** Of cronJobStrategy (pkg/registry/batch/cronjob). */
export function cronJobWarnings(next: KubeObject, old?: KubeObject): string[] {
  const warnings = old ? [] : nameWarnings(next, PODS)
  if (!old || !sameGeneration(next, old)) {
    warnings.push(...jobSpecWarnings(next.spec.jobTemplate.spec, 'spec.jobTemplate.spec'))
  }
  if (old && next.spec.schedule.includes('TZ')) {
    const more = 'see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details'
    warnings.push(`cannot use TZ or CRON_TZ in spec.spec.schedule, use timeZone instead, ${more}`)
  }
  return warnings
}

/** GetWarningsForService (pkg/api/service). */
export function serviceWarnings({ metadata, spec }: KubeObject): string[] {
  const warnings: string[] = []
  if (metadata.annotations?.['service.kubernetes.io/topology-aware-hints'] !== undefined) {
    const instead = 'service.kubernetes.io/topology-mode'
    warnings.push(`annotation service.kubernetes.io/topology-aware-hints is deprecated, please use ${instead} instead`)
  }
  const external = spec.type === 'ExternalName'
  const headless = spec.type === 'ClusterIP' && spec.clusterIP === 'None'
  if (headless) {
    if (spec.loadBalancerIP) warnings.push('spec.loadBalancerIP is ignored for headless services')
    if (spec.externalIPs?.length) warnings.push('spec.externalIPs is ignored for headless services')
    if (spec.sessionAffinity !== 'None') warnings.push('spec.SessionAffinity is ignored for headless services')
  }
  if (spec.externalIPs?.length && !headless && !external) {
    warnings.push('spec.externalIPs is deprecated and may no longer be implemented in some clusters')
  }
  if (external && spec.externalIPs?.length)
    warnings.push('spec.externalIPs is ignored when spec.type is "ExternalName"')
  if (!external && spec.externalName) {
    warnings.push('spec.externalName is ignored when spec.type is not "ExternalName"')
  }
  if (spec.trafficDistribution === 'PreferClose') {
    warnings.push('spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"')
  }
  return warnings
}

/** Of csiDriverStrategy (pkg/registry/storage/csidriver): tokens among the volume's attributes. */
export function csiDriverWarnings({ spec }: KubeObject, old?: KubeObject): string[] {
  const requests = spec?.tokenRequests
  if (!requests?.length || spec.serviceAccountTokenInSecrets !== undefined) return []
  if (old && same(old.spec?.tokenRequests, requests)) return []
  const reason = 'set to true to prevent possible logging of tokens in volume attributes'
  return [`spec.serviceAccountTokenInSecrets is unset; if supported by this CSI driver, ${reason}`]
}

const QUOTA_RESOURCES = ['cpu', 'memory', 'ephemeral-storage'] as const

/** Of resourcequotaStrategy (pkg/registry/core/resourcequota): amounts that nobody counts by that name. */
export function quotaWarnings(next: KubeObject, old?: KubeObject): string[] {
  if (old) return []
  const hard = next.spec?.hard ?? {}
  const warnings: string[] = []
  for (const resource of QUOTA_RESOURCES) {
    const bare = resource !== 'ephemeral-storage' && hard[`requests.${resource}`] === undefined
    const request = bare ? resource : `requests.${resource}`
    const limit = `limits.${resource}`
    if (hard[request] === undefined || hard[limit] === undefined || amount(hard[request]) <= amount(hard[limit]))
      continue
    warnings.push(`ResourceQuota ${request} (${hard[request]}) should be less than ${limit} (${hard[limit]})`)
  }
  return warnings
}

/** GetWarningsForPersistentVolumeClaim (pkg/api/persistentvolumeclaim). */
export function persistentVolumeClaimWarnings(next: KubeObject): string[] {
  const warnings: string[] = []
  const key = 'volume.beta.kubernetes.io/storage-class'
  if (next.metadata.annotations?.[key] !== undefined) {
    const text = 'deprecated since v1.8; use "storageClassName" attribute instead'
    warnings.push(`metadata.annotations[${key}]: ${text}`)
  }
  claimWarnings(warnings, 'spec', next.spec)
  return warnings
}
