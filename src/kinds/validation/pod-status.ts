import { duplicate, type FieldError, forbidden, invalid, notSupported, required, tooLong } from '../errors.ts'
import { between, IMMUTABLE, isQualifiedName, isSubdomain } from '../names.ts'
import type { KubeObject } from '../object.ts'
import { addInvalid, type Errors } from './checks.ts'
import { checkIP, isIP, isIPv6 } from './ip.ts'
import { checkMirror } from './pod-update.ts'

// ValidatePodStatusUpdate (pkg/apis/core/validation) without the metadata.

const SYSTEM = new Set(['PodScheduled', 'Ready', 'Initialized'])
const HEALTH = ['Healthy', 'Unhealthy', 'Unknown']
const MAX_MESSAGE = 1024
const MAX_ID = 2147483647
const WHOLE = 'must be a non-negative integer'

/** What a kubelet, or someone in its place, may write into a pod's status. */
export function validatePodStatus(next: KubeObject, old: KubeObject): FieldError[] {
  const errors: Errors = []
  const [is, was] = [next.status ?? {}, old.status ?? {}]
  checkMirror(errors, next, old)
  checkPodConditions(errors, is.conditions)
  checkNomination(errors, is.nominatedNodeName ?? '', was.nominatedNodeName ?? '', old.spec.nodeName)
  if (is.observedGeneration < 0) errors.push(invalid('status.observedGeneration', is.observedGeneration, WHOLE))
  if ((is.qosClass ?? '') !== (was.qosClass ?? ''))
    errors.push(invalid('status.qosClass', is.qosClass ?? '', IMMUTABLE))
  const { spec } = old
  checkTransitions(errors, 'containerStatuses', is, was, (name, code) => restarts(spec, spec.containers, name, code))
  checkTransitions(errors, 'initContainerStatuses', is, was, (name, code) =>
    restarts(spec, spec.initContainers, name, code),
  )
  checkTransitions(errors, 'ephemeralContainerStatuses', is, was, () => false)
  checkClaims(errors, is.resourceClaimStatuses, spec.resourceClaims)
  checkAddresses(errors, 'status.podIPs', is.podIPs, was.podIPs)
  checkHostAddresses(errors, is, was)
  for (const list of ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses'])
    for (const [i, status] of (is[list] ?? []).entries())
      if (status.user) checkUser(errors, `status.${list}[${i}].user.linux`, status.user.linux, spec.os?.name)
  for (const [list, containers] of [
    ['containerStatuses', spec.containers],
    ['initContainerStatuses', spec.initContainers],
  ])
    for (const [i, status] of (is[list] ?? []).entries())
      if (status.allocatedResourcesStatus) checkDevices(errors, `status.${list}[${i}]`, status, containers)
  for (const [i, status] of (is.ephemeralContainerStatuses ?? []).entries())
    if (status.allocatedResourcesStatus?.length) {
      const at = `status.ephemeralContainerStatuses[${i}].allocatedResourcesStatus`
      errors.push(forbidden(at, 'must not be specified in container status'))
    }
  return errors
}

function checkPodConditions(errors: Errors, conditions: readonly any[] | undefined): void {
  if (!conditions) return
  for (let i = 0; i < conditions.length; i++) {
    const { type = '', observedGeneration = 0 } = conditions[i]
    if (observedGeneration < 0)
      errors.push(invalid(`status.conditions[${i}].observedGeneration`, observedGeneration, WHOLE))
    if (SYSTEM.has(type)) continue
    addInvalid(errors, `status.conditions[${i}].Type`, type, isQualifiedName(type))
  }
}

function checkNomination(errors: Errors, is: string, was: string, bound: string | undefined): void {
  if (is === was || !is) return
  addInvalid(errors, 'status.nominatedNodeName', is, isSubdomain(is))
  if (bound)
    errors.push(forbidden('status.nominatedNodeName', 'may not be set on pods that are already bound to a node'))
}

/** What has ended stays so, unless `mayRestart` says that a container starts again after that exit code. */
function checkTransitions(
  errors: Errors,
  list: string,
  is: any,
  was: any,
  mayRestart: (name: string, exitCode: number) => boolean,
): void {
  if (is[list] === was[list]) return
  for (const [i, { name, state }] of (was[list] ?? []).entries()) {
    const ended = state?.terminated
    if (!ended) continue
    const now = is[list]?.find((status: any) => status.name === name)
    if (!now || now.state?.terminated || mayRestart(name, ended.exitCode)) continue
    errors.push(forbidden(`status.${list}[${i}].state`, 'may not be transitioned to non-terminated state'))
  }
}

/** Models ContainerShouldRestart of pkg/api/v1/pod. */
function restarts(spec: any, containers: any[] | undefined, name: string, exitCode: number): boolean {
  const all = [...(spec.initContainers ?? []), ...(spec.containers ?? [])]
  const rulesOf = (c: any): any[] => c.restartPolicyRules ?? []
  if (all.some((c) => rulesOf(c).some((rule) => rule.action === 'RestartAllContainers'))) return true
  const container = containers?.find((c) => c.name === name)
  if (!container) return false
  const rule = rulesOf(container).find(
    ({ exitCodes }) => exitCodes && (exitCodes.operator === 'In') === (exitCodes.values ?? []).includes(exitCode),
  )
  if (container.restartPolicy && rule?.action === 'Restart') return true
  const policy = container.restartPolicy ?? spec.restartPolicy
  return policy === 'OnFailure' ? exitCode !== 0 : policy !== 'Never'
}

function checkClaims(errors: Errors, statuses: any[] | undefined, claims: any[] | undefined): void {
  const seen = new Set<string>()
  for (const [i, { name = '', resourceClaimName }] of (statuses ?? []).entries()) {
    const at = `status.resourceClaimStatuses[${i}]`
    if (!claims?.some((claim) => claim.name === name))
      errors.push(invalid(`${at}.name`, name, 'must match the name of an entry in `spec.resourceClaims`'))
    if (seen.has(name)) errors.push(duplicate(`${at}.name`, name))
    seen.add(name)
    if (resourceClaimName !== undefined)
      addInvalid(errors, `${at}.resourceClaimName`, resourceClaimName, isSubdomain(resourceClaimName))
  }
}

/** What was there may stay wrong. Two addresses are one of each family. */
function checkAddresses(errors: Errors, path: string, is: any[] | undefined, was: any[] | undefined): void {
  if (!is || is === was) return
  const ips = is.map(({ ip = '' }) => ip as string)
  for (const [i, ip] of ips.entries()) if (!was?.some((old) => old.ip === ip)) checkIP(errors, `${path}[${i}]`, ip)
  if (ips.length < 2) return
  const bad = ips.find((ip) => !isIP(ip))
  if (bad !== undefined) {
    const why = `failed to check for dual stack with error:invalid IP: ${bad}`
    errors.push({ type: 'InternalError', field: path, body: `Internal error: ${why}` })
  }
  const dual = bad === undefined && ips.some(isIPv6) && !ips.every(isIPv6)
  if (!dual || ips.length > 2) {
    const value = is.map(({ ip = '' }) => ({ IP: ip }))
    errors.push(invalid(path, value, 'may specify no more than one IP for each IP family'))
  }
}

function checkHostAddresses(errors: Errors, is: any, was: any): void {
  if (!is.hostIPs?.length) return
  const first = is.hostIPs[0].ip ?? ''
  if ((is.hostIP ?? '') !== first) errors.push(invalid('status.hostIPs[0].ip', first, 'must be equal to `hostIP`'))
  checkAddresses(errors, 'status.hostIPs', is.hostIPs, was.hostIPs)
}

function checkUser(errors: Errors, path: string, user: any, os: string | undefined): void {
  if (!user) return
  if (os === 'windows') return void errors.push(forbidden(path, 'cannot be set for a windows pod'))
  const check = (field: string, id: number): void => {
    if (id < 0 || id > MAX_ID) errors.push(invalid(`${path}.${field}`, id, between(0, MAX_ID)))
  }
  check('uid', user.uid ?? 0)
  check('gid', user.gid ?? 0)
  for (const [i, gid] of (user.supplementalGroups ?? []).entries()) check(`supplementalGroups[${i}]`, gid)
}

/** validateContainerStatusAllocatedResourcesStatus. */
function checkDevices(errors: Errors, path: string, status: any, containers: any[] | undefined): void {
  const container = containers?.find((c) => c.name === status.name)
  for (const [j, { name = '', resources }] of status.allocatedResourcesStatus.entries()) {
    const at = `${path}.allocatedResourcesStatus[${j}]`
    if (container && !allotted(container, name)) {
      const sentence = name.startsWith('claim:')
        ? "must match one of the container's resource claims in a format 'claim:<claimName>/<request>' or 'claim:<claimName>' if request is empty"
        : "must match one of the container's resource requests"
      errors.push(invalid(`${at}.name`, name, sentence))
    }
    const seen = new Set<string>()
    for (const [k, { resourceID = '', health = '', message }] of (resources ?? []).entries()) {
      const here = `${at}.resources[${k}]`
      if (!HEALTH.includes(health)) errors.push(notSupported(`${here}.health`, health, HEALTH))
      if (message === '') errors.push(required(`${here}.message`, 'must be non-empty if specified'))
      else if (message?.length > MAX_MESSAGE) errors.push(tooLong(`${here}.message`, MAX_MESSAGE))
      if (seen.has(resourceID)) errors.push(duplicate(`${here}.resourceID`, resourceID))
      seen.add(resourceID)
    }
  }
}

function allotted({ resources }: any, name: string): boolean {
  if (!name.startsWith('claim:')) return name in (resources?.requests ?? {})
  return (resources?.claims ?? []).some((c: any) => `claim:${c.name}${c.request ? `/${c.request}` : ''}` === name)
}
