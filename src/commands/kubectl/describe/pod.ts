import { age, compareBytes, parseQuantity } from '../../../print/index.ts'
import { describeContainers, describeResources } from './containers.ts'
import type { Describer } from './context.ts'
import { describeVolumes } from './volumes.ts'
import { controller, formatSelector, rfc1123, Writer } from './writer.ts'

/** Models describePod. */
export const describePod: Describer = function* (c, pod) {
  const w = new Writer(c.now)
  const { spec, status = {}, metadata } = pod
  w.row(0, 'Name', metadata.name)
  w.row(0, 'Namespace', metadata.namespace)
  w.optional(0, 'Priority', spec.priority)
  w.optional(0, 'Priority Class Name', spec.priorityClassName)
  w.optional(0, 'Runtime Class Name', spec.runtimeClassName)
  w.optional(0, 'Service Account', spec.serviceAccountName)
  w.row(0, 'Node', spec.nodeName ? `${spec.nodeName}/${status.hostIP ?? ''}` : '<none>')
  if (status.startTime) w.row(0, 'Start Time', rfc1123(status.startTime))
  w.labels('Labels', metadata.labels)
  w.annotations('Annotations', metadata.annotations)
  if (metadata.deletionTimestamp && status.phase !== 'Failed' && status.phase !== 'Succeeded') {
    w.row(0, 'Status', `Terminating (lasts ${age(metadata.deletionTimestamp, c.now)})`)
    w.row(0, 'Termination Grace Period', `${metadata.deletionGracePeriodSeconds}s`)
  } else w.row(0, 'Status', status.phase ?? '')
  w.optional(0, 'Reason', status.reason)
  w.optional(0, 'Message', status.message)
  const seccomp = spec.securityContext?.seccompProfile
  if (seccomp) {
    w.row(0, 'SeccompProfile', seccomp.type)
    if (seccomp.type === 'Localhost') w.row(0, 'LocalhostProfile', seccomp.localhostProfile)
  }
  w.row(0, 'IP', status.podIP ?? '')
  if (!status.podIPs?.length) w.row(0, 'IPs', '<none>')
  else {
    w.w(0, 'IPs:\n')
    for (const { ip } of status.podIPs) w.row(1, 'IP', ip)
  }
  w.optional(0, 'Controlled By', controller(pod))
  w.optional(0, 'NominatedNodeName', status.nominatedNodeName)
  if (spec.resources) {
    w.w(0, 'Resources:\n')
    describeResources(w, spec.resources, 1)
  }
  if (spec.initContainers?.length)
    describeContainers(w, 'Init Containers', spec.initContainers, status.initContainerStatuses ?? [], pod, '')
  describeContainers(w, 'Containers', spec.containers ?? [], status.containerStatuses ?? [], pod, '')
  if (spec.ephemeralContainers?.length)
    describeContainers(
      w,
      'Ephemeral Containers',
      spec.ephemeralContainers,
      status.ephemeralContainerStatuses ?? [],
      pod,
      '',
    )
  if (spec.readinessGates?.length) {
    w.w(0, 'Readiness Gates:\n  Type\tStatus\n')
    for (const { conditionType } of spec.readinessGates) {
      const found = status.conditions?.find((x: any) => x.type === conditionType)
      w.w(1, `${conditionType} \t${found?.status ?? '<none>'} \n`)
    }
  }
  if (status.conditions?.length) {
    w.w(0, 'Conditions:\n  Type\tStatus\n')
    for (const x of status.conditions) w.w(1, `${x.type} \t${x.status} \n`)
  }
  describeVolumes(w, spec.volumes, '')
  w.row(0, 'QoS Class', status.qosClass || qosClass(pod))
  w.labels('Node-Selectors', spec.nodeSelector)
  describeTolerations(w, 'Tolerations', spec.tolerations)
  describeSpread(w, spec.topologySpreadConstraints, '')
  // A mirror's events are those of the static pod, which goes by its hash.
  w.events(yield* c.events(pod, metadata.annotations?.['kubernetes.io/config.mirror'] ?? metadata.uid, ''))
  return w.toString()
}

/** Tolerations in order of their keys. */
function describeTolerations(w: Writer, title: string, list: readonly any[] | undefined): void {
  const text = (t: any): string => {
    let out = t.key ?? ''
    if (t.value) out += `=${t.value}`
    if (t.effect) out += `:${t.effect}`
    if (t.operator === 'Exists' && !t.value) out += out ? ' op=Exists' : 'op=Exists'
    if (t.tolerationSeconds !== undefined) out += ` for ${t.tolerationSeconds}s`
    return out
  }
  w.multi(title, [...(list ?? [])].sort((a, b) => compareBytes(a.key ?? '', b.key ?? '')).map(text))
}

function describeSpread(w: Writer, list: readonly any[] | undefined, indent: string): void {
  if (!list?.length) return
  const text = (t: any): string =>
    `${t.topologyKey}:${t.whenUnsatisfiable} when max skew ${t.maxSkew} is exceeded${t.labelSelector ? ` for selector ${formatSelector(t.labelSelector)}` : ''}`
  w.multi(
    'Topology Spread Constraints',
    [...list].sort((a, b) => compareBytes(a.topologyKey, b.topologyKey)).map(text),
    indent,
  )
}

/** DescribePodTemplate. */
export function describeTemplate(w: Writer, template: any): void {
  w.w(0, 'Pod Template:\n')
  if (!template) {
    w.w(1, '<unset>')
    return
  }
  const { metadata = {}, spec = {} } = template
  w.labels('  Labels', metadata.labels)
  if (Object.keys(metadata.annotations ?? {}).length > 0) w.annotations('  Annotations', metadata.annotations)
  w.optional(1, 'Service Account', spec.serviceAccountName)
  if (spec.initContainers?.length)
    describeContainers(w, 'Init Containers', spec.initContainers, undefined, undefined, '  ')
  describeContainers(w, 'Containers', spec.containers ?? [], undefined, undefined, '  ')
  describeVolumes(w, spec.volumes, '  ')
  describeSpread(w, spec.topologySpreadConstraints, '  ')
  w.optional(1, 'Priority Class Name', spec.priorityClassName)
  w.multi(
    '  Node-Selectors',
    Object.keys(spec.nodeSelector ?? {})
      .sort(compareBytes)
      .map((key) => `${key}=${spec.nodeSelector[key]}`),
  )
  describeTolerations(w, '  Tolerations', spec.tolerations)
}

/** Class of a pod whose status does not tell it yet. */
function qosClass(pod: any): string {
  const list = [...(pod.spec.containers ?? []), ...(pod.spec.initContainers ?? [])]
  let guaranteed = true
  let any = false
  for (const { resources = {} } of list)
    for (const name of ['cpu', 'memory']) {
      const [request, limit] = [resources.requests?.[name], resources.limits?.[name]]
      if (request !== undefined || limit !== undefined) any = true
      if (limit === undefined || (request !== undefined && parseQuantity(request).compare(parseQuantity(limit)) !== 0))
        guaranteed = false
    }
  return !any ? 'BestEffort' : guaranteed ? 'Guaranteed' : 'Burstable'
}
