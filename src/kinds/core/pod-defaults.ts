import { canonicalQuantity } from '../../print/index.ts'
import { parseReference } from '../image-reference.ts'

/** SetDefaults_ResourceList: rounding to milli units brings amounts into their canonical form. */
export function defaultResourceList(list: Record<string, any> | undefined | null): void {
  for (const name in list) list[name] = canonicalQuantity(list[name])
}

/** Of a text that cannot name an image no tag is known. */
function pullPolicy(image = ''): string {
  const reference = parseReference(image)
  return typeof reference === 'object' && reference.tag === 'latest' ? 'Always' : 'IfNotPresent'
}

/** Defaults of a pod spec, in a pod as in a template. Models SetDefaults_PodSpec and what it contains. */
export function defaultPodSpec(spec: any): void {
  spec.dnsPolicy ||= 'ClusterFirst'
  spec.restartPolicy ||= 'Always'
  spec.securityContext ??= {}
  spec.terminationGracePeriodSeconds ??= 30
  spec.schedulerName ||= 'default-scheduler'
  // serviceAccount is the old name of serviceAccountName; both are always written.
  if (spec.serviceAccountName) spec.serviceAccount = spec.serviceAccountName
  else if (spec.serviceAccount) spec.serviceAccountName = spec.serviceAccount
  if (spec.volumes) for (const volume of spec.volumes) defaultVolume(volume)
  if (spec.initContainers) for (const container of spec.initContainers) defaultContainer(container)
  if (spec.containers) for (const container of spec.containers) defaultContainer(container)
  if (spec.ephemeralContainers) for (const container of spec.ephemeralContainers) defaultContainer(container)
  if (spec.overhead) defaultResourceList(spec.overhead)
  if (spec.resources) defaultResources(spec.resources)
}

/** Defaults of a pod itself, on top of those of its spec. Models SetDefaults_Pod. */
export function defaultPod(pod: any): void {
  pod.spec ??= {}
  const { spec } = pod
  defaultPodSpec(spec)
  if (spec.containers) for (const container of spec.containers) requestsFromLimits(container)
  if (spec.initContainers) for (const container of spec.initContainers) requestsFromLimits(container)
  if (spec.resources?.limits) requestsFromLimits(spec)
  spec.enableServiceLinks ??= true
  if (!spec.hostNetwork) return
  for (const container of [...(spec.containers ?? []), ...(spec.initContainers ?? [])]) {
    for (const port of container.ports ?? []) port.hostPort ||= port.containerPort
  }
}

function requestsFromLimits({ resources }: any): void {
  if (!resources?.limits) return
  const requests = (resources.requests ??= {})
  for (const name in resources.limits) requests[name] ??= resources.limits[name]
}

function defaultResources(resources: any): void {
  defaultResourceList(resources.limits)
  defaultResourceList(resources.requests)
}

function defaultContainer(container: any): void {
  container.imagePullPolicy ||= pullPolicy(container.image)
  container.resources ??= {}
  container.terminationMessagePath ||= '/dev/termination-log'
  container.terminationMessagePolicy ||= 'File'
  defaultResources(container.resources)
  if (container.ports) for (const port of container.ports) port.protocol ||= 'TCP'
  if (container.env) for (const { valueFrom } of container.env) defaultSource(valueFrom)
  defaultProbe(container.livenessProbe)
  defaultProbe(container.readinessProbe)
  defaultProbe(container.startupProbe)
  if (container.lifecycle) {
    defaultHttpGet(container.lifecycle.postStart?.httpGet)
    defaultHttpGet(container.lifecycle.preStop?.httpGet)
  }
}

function defaultProbe(probe: any): void {
  if (!probe) return
  defaultHttpGet(probe.httpGet)
  if (probe.grpc) probe.grpc.service ??= ''
  probe.timeoutSeconds ||= 1
  probe.periodSeconds ||= 10
  probe.successThreshold ||= 1
  probe.failureThreshold ||= 3
}

function defaultHttpGet(action: any): void {
  if (!action) return
  action.path ||= '/'
  action.scheme ||= 'HTTP'
}

/** Of an environment variable or of a file of the downward API. A divisor is a number in Go, which is never left out. */
function defaultSource(source: any): void {
  if (source?.fieldRef) source.fieldRef.apiVersion ||= 'v1'
  if (source?.resourceFieldRef) source.resourceFieldRef.divisor ??= '0'
}

function defaultVolume(volume: any): void {
  let sources = 0
  for (const key in volume) if (key !== 'name') sources++
  if (!sources) volume.emptyDir = {}
  if (volume.image) volume.image.pullPolicy ||= pullPolicy(volume.image.reference)
  if (volume.hostPath) volume.hostPath.type ??= ''
  for (const source of [volume.secret, volume.configMap, volume.downwardAPI, volume.projected]) {
    if (source) source.defaultMode ??= 0o644
  }
  for (const item of volume.downwardAPI?.items ?? []) defaultSource(item)
  for (const { serviceAccountToken, downwardAPI } of volume.projected?.sources ?? []) {
    if (serviceAccountToken) serviceAccountToken.expirationSeconds ??= 3600
    for (const item of downwardAPI?.items ?? []) defaultSource(item)
  }
  const claim = volume.ephemeral?.volumeClaimTemplate?.spec
  if (claim) defaultClaimSpec(claim)
}

/** SetDefaults_PersistentVolumeClaimSpec */
export function defaultClaimSpec(spec: any): void {
  spec.volumeMode ??= 'Filesystem'
  if (spec.resources) defaultResources(spec.resources)
}
