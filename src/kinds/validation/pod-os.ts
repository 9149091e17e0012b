import { forbidden, invalid, notSupported, required } from '../errors.ts'
import type { Errors } from './checks.ts'

/** Fields of a pod, and of its security context, that Windows has nothing like; in upstream's order. */
const POD = [
  'securityContext.appArmorProfile',
  'securityContext.seLinuxOptions',
  'hostUsers',
  'hostPID',
  'hostIPC',
  'securityContext.seccompProfile',
  'securityContext.fsGroup',
  'securityContext.fsGroupChangePolicy',
  'securityContext.sysctls',
  'shareProcessNamespace',
  'securityContext.runAsUser',
  'securityContext.runAsGroup',
  'securityContext.supplementalGroups',
  'securityContext.supplementalGroupsPolicy',
  'securityContext.seLinuxChangePolicy',
]
const CONTAINER = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'runAsUser',
  'runAsGroup',
]
const LISTS = ['initContainers', 'containers', 'ephemeralContainers']

/** validateOS, validateLinux, validateWindows. */
export function checkOs(errors: Errors, path: string, spec: any): void {
  const name: string = spec.os.name ?? ''
  if (!name) errors.push(required(`${path}.os.name`))
  else if (name === 'windows') checkWindows(errors, path, spec)
  else if (name !== 'linux') errors.push(notSupported(`${path}.os`, name, ['linux', 'windows']))
  else {
    const refuse = (at: string, context: any): void => {
      if (!context?.windowsOptions) return
      errors.push(forbidden(`${at}.securityContext.windowsOptions`, 'windows options cannot be set for a linux pod'))
    }
    refuse(path, spec.securityContext)
    visit(path, spec, (at, { securityContext }) => refuse(at, securityContext))
  }
}

function checkWindows(errors: Errors, path: string, spec: any): void {
  const sentence = 'cannot be set for a windows pod'
  for (const field of POD) {
    const value = field.split('.').reduce((object, name) => object?.[name], spec)
    const set = field === 'hostPID' || field === 'hostIPC' ? value : value !== undefined
    if (set) errors.push(forbidden(`${path}.${field}`, sentence))
  }
  visit(path, spec, (at, { securityContext }) => {
    for (const field of CONTAINER) {
      if (securityContext?.[field] !== undefined) errors.push(forbidden(`${at}.securityContext.${field}`, sentence))
    }
  })
}

/** validateWindowsHostProcessPod: all containers run as processes of the host, or none. */
export function checkHostProcess(errors: Errors, path: string, spec: any): void {
  const whole: boolean | undefined = spec.securityContext?.windowsOptions?.hostProcess
  let count = 0
  let onHost = 0
  visit(path, spec, (at, { securityContext }) => {
    count++
    const own: boolean | undefined = securityContext?.windowsOptions?.hostProcess
    if (whole !== undefined && own !== undefined && own !== whole) {
      const sentence = `pod hostProcess value must be identical if both are specified, was ${whole}`
      errors.push(invalid(`${at}.securityContext.windowsOptions.hostProcess`, own, sentence))
    }
    if (own ?? whole) onHost++
  })
  if (!onHost) return
  if (onHost !== count) {
    const sentence = 'If pod contains any hostProcess containers then all containers must be HostProcess containers'
    errors.push(invalid(path, '', sentence))
  }
  if (!spec.hostNetwork) {
    const sentence = 'hostNetwork must be true if pod contains any hostProcess containers'
    errors.push(invalid(`${path}.hostNetwork`, false, sentence))
  }
}

/** Every container with its path: init containers, ordinary ones, ephemeral ones. */
export function visit(path: string, spec: any, see: (at: string, container: any) => void): void {
  for (const list of LISTS) {
    const containers: any[] | undefined = spec[list]
    if (!containers) continue
    for (let i = 0; i < containers.length; i++) see(`${path}.${list}[${i}]`, containers[i])
  }
}
