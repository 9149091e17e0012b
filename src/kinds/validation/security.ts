import { invalid, notSupported, required } from '../errors.ts'
import { internalJson } from '../internal.ts'
import { between } from '../names.ts'
import { checkSupported, type Errors } from './checks.ts'
import { checkLocalDescending } from './volume-parts.ts'

const MAX_ID = 2147483647

function checkId(errors: Errors, path: string, id: number | undefined): void {
  if (id !== undefined && (id < 0 || id > MAX_ID)) errors.push(invalid(path, id, between(0, MAX_ID)))
}

/** ValidateSecurityContext of a container. */
export function checkSecurityContext(errors: Errors, path: string, context: any, hostUsers: boolean): void {
  if (!context) return
  checkId(errors, `${path}.runAsUser`, context.runAsUser)
  checkId(errors, `${path}.runAsGroup`, context.runAsGroup)
  if (context.procMount !== undefined) {
    checkSupported(errors, `${path}.procMount`, context.procMount, ['Default', 'Unmasked'])
    if (hostUsers && context.procMount === 'Unmasked') {
      errors.push(invalid(`${path}.procMount`, context.procMount, '`hostUsers` must be false to use `Unmasked`'))
    }
  }
  checkSeccomp(errors, `${path}.seccompProfile`, context.seccompProfile)
  if (context.allowPrivilegeEscalation === false) {
    const refuse = (what: string): void => {
      const value = internalJson('SecurityContext', context)
      errors.push(invalid(path, value, `cannot set \`allowPrivilegeEscalation\` to false and ${what}`))
    }
    if (context.privileged) refuse('`privileged` to true')
    for (const capability of context.capabilities?.add ?? []) {
      if (capability === 'CAP_SYS_ADMIN') refuse('`capabilities.Add` CAP_SYS_ADMIN')
    }
  }
  checkAppArmor(errors, `${path}.appArmorProfile`, context.appArmorProfile)
}

/** validatePodSpecSecurityContext; hostPID belongs to the spec. */
export function checkPodSecurityContext(errors: Errors, path: string, context: any, spec: any): void {
  if (!context) return
  checkId(errors, `${path}.fsGroup`, context.fsGroup)
  checkId(errors, `${path}.runAsUser`, context.runAsUser)
  checkId(errors, `${path}.runAsGroup`, context.runAsGroup)
  for (const [i, id] of (context.supplementalGroups ?? []).entries()) {
    checkId(errors, `${path}.supplementalGroups[${i}]`, id)
  }
  if (spec.shareProcessNamespace && spec.hostPID) {
    const sentence = 'ShareProcessNamespace and HostPID cannot both be enabled'
    errors.push(invalid(`${path}.shareProcessNamespace`, true, sentence))
  }
  checkSysctls(errors, `${path}.sysctls`, context.sysctls)
  checkSupported(errors, `${path}.fsGroupChangePolicy`, context.fsGroupChangePolicy, ['Always', 'OnRootMismatch'])
  checkSeccomp(errors, `${path}.seccompProfile`, context.seccompProfile)
  checkAppArmor(errors, `${path}.appArmorProfile`, context.appArmorProfile)
  checkSupported(errors, `${path}.supplementalGroupsPolicy`, context.supplementalGroupsPolicy, ['Merge', 'Strict'])
}

const SYSCTL = '([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?'
const sysctlRegex = new RegExp(`^${SYSCTL}$`)

function checkSysctls(errors: Errors, path: string, sysctls: any[] | undefined): void {
  const names = new Set<string>()
  for (const [i, { name = '' }] of (sysctls ?? []).entries()) {
    const at = `${path}[${i}].name`
    if (!name) errors.push(required(at))
    else if (name.length > 253 || !sysctlRegex.test(name)) {
      errors.push(invalid(at, name, `must have at most 253 characters and match regex ^${SYSCTL}$`))
    } else if (names.has(name))
      errors.push({ type: 'FieldValueDuplicate', field: at, body: `Duplicate value: "${name}"` })
    names.add(name)
  }
}

function checkSeccomp(errors: Errors, path: string, profile: any): void {
  if (!profile) return
  const types = ['Localhost', 'RuntimeDefault', 'Unconfined']
  if (!profile.type) errors.push(required(`${path}.type`, 'type is required when seccompProfile is set'))
  else if (!types.includes(profile.type)) errors.push(notSupported(`${path}.type`, profile.type, types))
  const file = profile.localhostProfile
  if (profile.type === 'Localhost') {
    if (file === undefined) {
      errors.push(required(`${path}.localhostProfile`, 'must be set when seccomp type is Localhost'))
    } else checkLocalDescending(errors, `${path}.localhostProfile`, file)
  } else if (file !== undefined) {
    const value = internalJson('SeccompProfile', profile)
    errors.push(invalid(`${path}.localhostProfile`, value, 'can only be set when seccomp type is Localhost'))
  }
}

function checkAppArmor(errors: Errors, path: string, profile: any): void {
  if (!profile) return
  const types = ['Localhost', 'RuntimeDefault', 'Unconfined']
  const file = profile.localhostProfile
  if (!profile.type) errors.push(required(`${path}.type`, 'type is required when appArmorProfile is set'))
  else if (!types.includes(profile.type)) errors.push(notSupported(`${path}.type`, profile.type, types))
  else if (profile.type === 'Localhost') {
    if (!file) errors.push(required(`${path}.localhostProfile`, 'must be set when AppArmor type is Localhost'))
    else if (file !== file.trim()) {
      errors.push(invalid(`${path}.localhostProfile`, file, 'must not be padded with whitespace'))
    }
  } else if (file !== undefined) {
    errors.push(invalid(`${path}.localhostProfile`, file, 'can only be set when AppArmor type is Localhost'))
  }
}
