import { type FieldError, forbidden, invalid, notFound, required, tooLong } from '../errors.ts'
import { validateAnnotations, validateLabels } from '../meta.ts'
import { between, isLabel, isSubdomain } from '../names.ts'
import { addInvalid, checkOneOf, type Errors } from './checks.ts'
import { checkContainers, checkEphemeralContainers, checkInitContainers } from './container.ts'
import { checkDns } from './dns.ts'
import { checkIP } from './ip.ts'
import { checkHostProcess, checkOs, visit } from './pod-os.ts'
import { checkPodResources } from './pod-resources.ts'
import { checkResources } from './resources.ts'
import { checkAffinity, checkGates, checkSpread, checkTolerations } from './scheduling.ts'
import { checkPodSecurityContext } from './security.ts'
import { checkVolumes } from './volumes.ts'

const MAX_INT32 = 2147483647
const RESTART = ['Always', 'OnFailure', 'Never']
const DNS = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None']

/** ValidatePodSpec of a pod (`isPod`) or a template. */
function checkPodSpec(errors: Errors, path: string, spec: any, isPod: boolean): void {
  if (spec.terminationGracePeriodSeconds === undefined) errors.push(required(`${path}.terminationGracePeriodSeconds`))
  const pod = { spec, volumes: checkVolumes(errors, `${path}.volumes`, spec.volumes) }
  checkContainers(errors, `${path}.containers`, pod)
  if (spec.initContainers) checkInitContainers(errors, `${path}.initContainers`, pod)
  if (spec.ephemeralContainers) checkEphemeralContainers(errors, `${path}.ephemeralContainers`, pod)
  if (spec.resources) checkPodResources(errors, `${path}.resources`, spec)
  if (spec.hostNetwork) checkHostNetworkPorts(errors, path, spec, isPod)
  checkOneOf(errors, `${path}.restartPolicy`, spec.restartPolicy, RESTART)
  checkOneOf(errors, `${path}.dnsPolicy`, spec.dnsPolicy, DNS)
  if (spec.nodeSelector) errors.push(...validateLabels(spec.nodeSelector, `${path}.nodeSelector`))
  checkPodSecurityContext(errors, `${path}.securityContext`, spec.securityContext, spec)
  checkAffinity(errors, `${path}.affinity`, spec.affinity)
  checkDns(errors, `${path}.dnsConfig`, spec)
  checkGates(errors, path, spec)
  checkSpread(errors, `${path}.topologySpreadConstraints`, spec.topologySpreadConstraints)
  checkHostProcess(errors, path, spec)
  checkHostUsers(errors, path, spec)
  checkHostname(errors, path, spec)
  if (spec.serviceAccountName) {
    addInvalid(errors, `${path}.serviceAccountName`, spec.serviceAccountName, isSubdomain(spec.serviceAccountName))
  }
  if (spec.nodeName) addInvalid(errors, `${path}.nodeName`, spec.nodeName, isSubdomain(spec.nodeName))
  const deadline = spec.activeDeadlineSeconds
  if (deadline !== undefined && (deadline < 1 || deadline > MAX_INT32)) {
    errors.push(invalid(`${path}.activeDeadlineSeconds`, deadline, between(1, MAX_INT32)))
  }
  if (spec.hostname) addInvalid(errors, `${path}.hostname`, spec.hostname, isLabel(spec.hostname))
  if (spec.subdomain) addInvalid(errors, `${path}.subdomain`, spec.subdomain, isLabel(spec.subdomain))
  if (spec.tolerations) checkTolerations(errors, `${path}.tolerations`, spec.tolerations)
  for (const [i, { ip = '', hostnames }] of (spec.hostAliases ?? []).entries()) {
    checkIP(errors, `${path}.hostAliases[${i}].ip`, ip)
    for (const [j, name] of (hostnames ?? []).entries()) {
      addInvalid(errors, `${path}.hostAliases[${i}].hostnames[${j}]`, name, isSubdomain(name))
    }
  }
  if (spec.priorityClassName) {
    addInvalid(errors, `${path}.priorityClassName`, spec.priorityClassName, isSubdomain(spec.priorityClassName))
  }
  if (spec.runtimeClassName !== undefined) {
    addInvalid(errors, `${path}.runtimeClassName`, spec.runtimeClassName, isSubdomain(spec.runtimeClassName))
  }
  if (spec.preemptionPolicy !== undefined) {
    checkOneOf(errors, `${path}.preemptionPolicy`, spec.preemptionPolicy, ['PreemptLowerPriority', 'Never'])
  }
  if (spec.overhead) checkResources(errors, `${path}.overhead`, { limits: spec.overhead })
  if (spec.os) checkOs(errors, path, spec)
  checkFileKeyVolumes(errors, path, spec)
}

function checkHostNetworkPorts(errors: Errors, path: string, spec: any, isPod: boolean): void {
  for (const [i, { ports }] of (spec.containers ?? []).entries()) {
    for (const [j, { hostPort = 0, containerPort = 0 }] of (ports ?? []).entries()) {
      if ((isPod || hostPort !== 0) && hostPort !== containerPort) {
        const at = `${path}.containers[${i}].ports[${j}].hostPort`
        errors.push(invalid(at, hostPort, 'must match `containerPort` when `hostNetwork` is true'))
      }
    }
  }
}

function checkHostUsers(errors: Errors, path: string, spec: any): void {
  if (spec.hostUsers !== false) return
  for (const [field, name] of [
    ['hostNetwork', 'hostNetwork'],
    ['hostPID', 'HostPID'],
    ['hostIPC', 'HostIPC'],
  ] as const) {
    if (spec[field]) errors.push(forbidden(`${path}.${name}`, 'when `hostUsers` is false'))
  }
  visit(path, spec, (at, { volumeDevices }) => {
    if (volumeDevices?.length) errors.push(forbidden(`${at}.volumeDevices`, 'when `hostUsers` is false'))
  })
}

/** validatePodHostName */
function checkHostname(errors: Errors, path: string, spec: any): void {
  const { hostnameOverride: name } = spec
  if (name === undefined) return
  const at = `${path}.hostnameOverride`
  if (spec.setHostnameAsFQDN) errors.push(forbidden(at, 'may not be specified when setHostnameAsFQDN is true'))
  if (spec.hostNetwork) errors.push(forbidden(at, 'may not be specified when hostNetwork is true'))
  if (name.length > 64) errors.push(tooLong(at, 64))
  addInvalid(errors, at, name, isSubdomain(name))
}

/** validateFileKeyRefVolumes: files with variables are in an emptyDir. */
function checkFileKeyVolumes(errors: Errors, path: string, spec: any): void {
  visit(path, spec, (at, { env }) => {
    if (!env) return
    for (let j = 0; j < env.length; j++) {
      const ref = env[j].valueFrom?.fileKeyRef
      if (!ref) continue
      const { volumeName = '' } = ref
      const field = `${at}.env[${j}].valueFrom.fileKeyRef.volumeName`
      const volume = spec.volumes?.find((v: any) => v.name === volumeName)
      if (!volume) errors.push(notFound(field, volumeName))
      else if (!volume.emptyDir) errors.push(invalid(field, volumeName, 'referenced volume must be of type emptyDir'))
    }
  })
}

/** validateContainersOnlyForPod: an image with blanks around it is refused in pods, and only warned of in templates. */
function checkImagesTrimmed(errors: Errors, path: string, containers: any[] | undefined): void {
  if (!containers) return
  for (let i = 0; i < containers.length; i++) {
    const { image } = containers[i]
    if (image && image !== image.trim()) {
      errors.push(invalid(`${path}[${i}].image`, image, 'must not have leading or trailing whitespace'))
    }
  }
}

/** ValidatePodTemplateSpec */
export function checkTemplate(errors: Errors, path: string, template: any): void {
  const { metadata, spec } = template ?? {}
  if (metadata?.labels) errors.push(...validateLabels(metadata.labels, `${path}.labels`))
  if (metadata?.annotations) errors.push(...validateAnnotations(metadata.annotations, `${path}.annotations`))
  checkPodSpec(errors, `${path}.spec`, defaulted(spec), false)
  if (spec?.ephemeralContainers?.length) {
    errors.push(forbidden(`${path}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template'))
  }
}

/** A template without a spec has an empty, defaulted one. */
const defaulted = (spec: any): any =>
  spec?.restartPolicy
    ? spec
    : { restartPolicy: 'Always', dnsPolicy: 'ClusterFirst', terminationGracePeriodSeconds: 30, ...spec }

/** ValidatePodCreate without the metadata. */
export function validatePod(pod: any): FieldError[] {
  const errors: Errors = []
  checkPodContent(errors, pod)
  const { spec } = pod
  if (spec.ephemeralContainers?.length) {
    errors.push(forbidden('spec.ephemeralContainers', 'cannot be set on create'))
  }
  if (spec.nodeName && spec.schedulingGates?.length) {
    errors.push(forbidden('spec.nodeName', 'cannot be set until all schedulingGates have been cleared'))
  }
  return errors
}

/** validatePodMetadataAndSpec without the metadata. */
export function checkPodContent(errors: Errors, { spec }: any): void {
  checkPodSpec(errors, 'spec', spec, true)
  if (!spec.serviceAccountName) {
    for (const [i, { projected }] of (spec.volumes ?? []).entries()) {
      for (const [j, { serviceAccountToken }] of (projected?.sources ?? []).entries()) {
        if (serviceAccountToken) {
          const at = `spec.volumes[${i}].projected.sources[${j}].serviceAccountToken`
          errors.push(forbidden(at, 'must not be specified when serviceAccountName is not set'))
        }
      }
    }
  }
  checkImagesTrimmed(errors, 'spec.containers', spec.containers)
  checkImagesTrimmed(errors, 'spec.initContainers', spec.initContainers)
}
