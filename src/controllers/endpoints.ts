import { selectsMap } from '../api/match.ts'
import type { KubeObject } from '../api/types.ts'
import { deepEqual } from '../kinds/index.ts'
import { defineController, itself, keyOf, splitKey, type Tools } from './controller.ts'
import { condition, isReady, isTerminal, ownerRef } from './pods.ts'
import { slicePorts, subsetPorts } from './port-order.ts'

const TRIGGER = 'endpoints.kubernetes.io/last-change-trigger-time'
const HEADLESS = 'service.kubernetes.io/headless'
const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by'
const SERVICE_NAME = 'kubernetes.io/service-name'
/** --max-endpoints-per-slice */
const PER_SLICE = 100

/** Services that a pod's change may concern. */
const servicesOf = (pod: KubeObject, tools: Tools): string[] =>
  tools
    .informer('Service')
    .list(pod.metadata.namespace)
    .filter((s) => selectsMap(s.spec.selector, pod.metadata.labels))
    .map(keyOf)

const podsOf = (service: KubeObject, tools: Tools): KubeObject[] =>
  tools
    .informer('Pod')
    .list(service.metadata.namespace)
    .filter((p) => selectsMap(service.spec.selector, p.metadata.labels) && !isTerminal(p) && p.status?.podIP)

const isHeadless = (service: KubeObject): boolean => service.spec.clusterIP === 'None'

/** FindPort: the pod's container port that a service port's targetPort means; undefined when a name is unknown there. */
function targetPort(pod: KubeObject, port: any): number | undefined {
  const target = port.targetPort ?? port.port
  if (typeof target === 'number') return target
  const sidecars = (pod.spec.initContainers ?? []).filter((c: any) => c.restartPolicy === 'Always')
  for (const c of [...pod.spec.containers, ...sidecars])
    for (const p of c.ports ?? [])
      if (p.name === target && (p.protocol ?? 'TCP') === (port.protocol ?? 'TCP')) return p.containerPort
  return undefined
}

const reference = (pod: KubeObject): any => ({
  kind: 'Pod',
  name: pod.metadata.name,
  namespace: pod.metadata.namespace,
  uid: pod.metadata.uid,
})

const hostnameOf = (pod: KubeObject, service: KubeObject): string | undefined =>
  pod.spec.hostname &&
  pod.spec.subdomain === service.metadata.name &&
  pod.metadata.namespace === service.metadata.namespace
    ? pod.spec.hostname
    : undefined

const shownReady = (pod: KubeObject, service: KubeObject): boolean =>
  service.spec.publishNotReadyAddresses === true || (isReady(pod) && !pod.metadata.deletionTimestamp)

interface Triggers {
  readonly service: string
  readonly pods: ReadonlyMap<string, string>
}

const trackers = new WeakMap<Tools, Map<string, Triggers>>()

/**
 * The oldest change since the last look at this service, for the annotation: a pod that became ready or unready, or
 * the service itself; undefined when nothing of that kind happened. Models TriggerTimeTracker.
 */
function triggerOf(key: string, service: KubeObject, pods: readonly KubeObject[], tools: Tools): string | undefined {
  let known = trackers.get(tools)
  if (!known) trackers.set(tools, (known = new Map()))
  const before = known.get(key)
  const created = service.metadata.creationTimestamp!
  const times = new Map<string, string>()
  for (const pod of pods) {
    const time = condition(pod, 'Ready')?.lastTransitionTime
    if (time) times.set(pod.metadata.name, time)
  }
  known.set(key, { service: created, pods: times })
  if (!before) return created
  const changed = [...times].filter(([name, time]) => time > (before.pods.get(name) ?? '')).map(([, time]) => time)
  if (created > before.service) changed.push(created)
  return changed.sort()[0]
}

function withTrigger(old: KubeObject | undefined, changed: string | undefined): Record<string, string> | undefined {
  const { [TRIGGER]: _, ...others } = old?.metadata.annotations ?? {}
  const annotations = { ...others, ...(changed ? { [TRIGGER]: changed } : {}) }
  return Object.keys(annotations).length > 0 ? annotations : undefined
}

/** Models pkg/controller/endpoint: the deprecated Endpoints object of every Service with a selector. */
export const endpoints = defineController({
  name: 'endpoints-controller',
  component: 'endpoint-controller',
  watches: { Service: itself, Pod: servicesOf },
  reconcile(key, tools) {
    const { api } = tools
    const [namespace, name] = splitKey(key) as [string, string]
    const service = tools.informer('Service').get(namespace, name)
    const old = tools.informer('Endpoints').get(namespace, name)
    if (!service) {
      if (old && api.find('Endpoints', namespace, name)) api.remove('Endpoints', namespace, name)
      return undefined
    }
    if (!service.spec.selector || service.spec.type === 'ExternalName') return undefined
    const pods = podsOf(service, tools).filter(
      (p) => !p.metadata.deletionTimestamp || service.spec.publishNotReadyAddresses,
    )
    const subsets = subsetsOf(service, pods)
    const changed = triggerOf(key, service, pods, tools)
    const labels: Record<string, string> = {
      ...service.metadata.labels,
      'endpoints.kubernetes.io/managed-by': 'endpoint-controller',
    }
    delete labels[HEADLESS]
    if (isHeadless(service)) labels[HEADLESS] = ''
    if (old && deepEqual(old.subsets ?? [], subsets) && deepEqual(old.metadata.labels, labels)) return undefined
    const metadata = { name, namespace, labels, annotations: withTrigger(old, changed) }
    const next = { apiVersion: 'v1', kind: 'Endpoints', metadata, ...(subsets.length > 0 ? { subsets } : {}) }
    if (old) api.update({ ...next, metadata: { ...old.metadata, ...metadata } })
    else api.create(next)
    return undefined
  },
})

function subsetsOf(service: KubeObject, pods: readonly KubeObject[]): any[] {
  const groups = new Map<string, { ports: any[]; ready: any[]; notReady: any[] }>()
  for (const pod of pods) {
    const hostname = hostnameOf(pod, service)
    const address = {
      ip: pod.status.podIP,
      ...(hostname ? { hostname } : {}),
      ...(pod.spec.nodeName ? { nodeName: pod.spec.nodeName } : {}),
      targetRef: reference(pod),
    }
    const ports: any[] = []
    for (const p of service.spec.ports ?? []) {
      const port = targetPort(pod, p)
      if (port !== undefined)
        ports.push({
          ...(p.name ? { name: p.name } : {}),
          port,
          protocol: p.protocol ?? 'TCP',
          ...(p.appProtocol ? { appProtocol: p.appProtocol } : {}),
        })
    }
    if (ports.length === 0 && (service.spec.ports ?? []).length > 0) continue
    const key = JSON.stringify(ports)
    const group = groups.get(key) ?? { ports, ready: [], notReady: [] }
    ;(shownReady(pod, service) ? group.ready : group.notReady).push(address)
    groups.set(key, group)
  }
  const byIp = (a: any, b: any): number => (a.ip < b.ip ? -1 : 1)
  return [...groups.values()].map((g) => ({
    ...(g.ready.length > 0 ? { addresses: g.ready.sort(byIp) } : {}),
    ...(g.notReady.length > 0 ? { notReadyAddresses: g.notReady.sort(byIp) } : {}),
    ...(g.ports.length > 0 ? { ports: subsetPorts(g.ports) } : {}),
  }))
}

/** Models pkg/controller/endpointslice: the slices that kube-proxy and CoreDNS read. */
export const endpointSlice = defineController({
  name: 'endpointslice-controller',
  component: 'endpoint-slice-controller',
  watches: {
    Service: itself,
    Pod: servicesOf,
    EndpointSlice: (slice) =>
      slice.metadata.labels?.[MANAGED_BY] === 'endpointslice-controller.k8s.io'
        ? [`${slice.metadata.namespace}/${slice.metadata.labels[SERVICE_NAME]}`]
        : [],
    Node: () => [],
  },
  reconcile(key, tools) {
    const [namespace, name] = splitKey(key) as [string, string]
    const service = tools.informer('Service').get(namespace, name)
    const mine = slicesOf(namespace, name, 'endpointslice-controller.k8s.io', tools)
    if (!service) return undefined
    if (!service.spec.selector || service.spec.type === 'ExternalName') return undefined
    const pods = podsOf(service, tools)
    const origin = ofService(service, triggerOf(key, service, pods, tools))
    writeSlices(origin, groupsFor(service, pods, tools), mine, tools)
    return undefined
  },
})

const slicesOf = (namespace: string, service: string, manager: string, tools: Tools): KubeObject[] =>
  tools
    .informer('EndpointSlice')
    .list(namespace)
    .filter((s) => s.metadata.labels?.[SERVICE_NAME] === service && s.metadata.labels?.[MANAGED_BY] === manager)

interface SliceGroup {
  readonly ports: any[]
  readonly endpoints: any[]
}

function groupsFor(service: KubeObject, pods: readonly KubeObject[], tools: Tools): SliceGroup[] {
  const groups = new Map<string, SliceGroup>()
  for (const pod of pods) {
    const ports: any[] = []
    for (const p of service.spec.ports ?? []) {
      const port = targetPort(pod, p)
      if (port !== undefined)
        ports.push({
          ...(p.appProtocol ? { appProtocol: p.appProtocol } : {}),
          name: p.name ?? '',
          port,
          protocol: p.protocol ?? 'TCP',
        })
    }
    const key = JSON.stringify(ports)
    const group = groups.get(key) ?? { ports, endpoints: [] }
    const serving = isReady(pod)
    const terminating = Boolean(pod.metadata.deletionTimestamp)
    const zone = tools.informer('Node').get(undefined, pod.spec.nodeName)?.metadata.labels?.[
      'topology.kubernetes.io/zone'
    ]
    const hostname = hostnameOf(pod, service)
    group.endpoints.push({
      addresses: [pod.status.podIP],
      conditions: { ready: shownReady(pod, service), serving, terminating },
      ...(hostname ? { hostname } : {}),
      nodeName: pod.spec.nodeName,
      targetRef: reference(pod),
      ...(zone ? { zone } : {}),
    })
    groups.set(key, group)
  }
  if (groups.size === 0) groups.set('none', { ports: [], endpoints: [] })
  return [...groups.values()].map((g) => ({ ...g, ports: slicePorts(g.ports) }))
}

/** What slices of one origin share: metadata besides their names. */
interface SliceOrigin {
  readonly owner: KubeObject
  readonly labels: Record<string, string>
  /** Annotations of a slice that was there, as they are to be now. */
  annotations(old: KubeObject | undefined): Record<string, string> | undefined
}

function ofService(service: KubeObject, changed: string | undefined): SliceOrigin {
  const manager = 'endpointslice-controller.k8s.io'
  const { [HEADLESS]: _, ...own } = service.metadata.labels ?? {}
  const labels = {
    ...own,
    [MANAGED_BY]: manager,
    [SERVICE_NAME]: service.metadata.name,
    ...(isHeadless(service) ? { [HEADLESS]: '' } : {}),
  }
  return { owner: service, labels, annotations: (old) => withTrigger(old, changed) }
}

/** Mirrored slices belong to the Endpoints and carry what they carry (endpointslicemirroring/utils.go). */
function ofEndpoints(source: KubeObject): SliceOrigin {
  const manager = 'endpointslicemirroring-controller.k8s.io'
  const {
    [TRIGGER]: _,
    'kubectl.kubernetes.io/last-applied-configuration': __,
    ...rest
  } = source.metadata.annotations ?? {}
  const labels = { ...source.metadata.labels, [SERVICE_NAME]: source.metadata.name, [MANAGED_BY]: manager }
  return { owner: source, labels, annotations: () => (Object.keys(rest).length > 0 ? rest : undefined) }
}

function writeSlices(origin: SliceOrigin, groups: readonly SliceGroup[], mine: KubeObject[], tools: Tools): void {
  const { api } = tools
  const { owner, labels } = origin
  const wanted = groups.flatMap((g) => {
    const parts: SliceGroup[] = []
    for (let i = 0; i === 0 || i < g.endpoints.length; i += PER_SLICE)
      parts.push({ ports: g.ports, endpoints: g.endpoints.slice(i, i + PER_SLICE) })
    return parts
  })
  const left = mine.filter((s) => !s.metadata.deletionTimestamp)
  for (const want of wanted) {
    const at = left.findIndex((s) => deepEqual(s.ports ?? [], want.ports) || (s.endpoints ?? []).length === 0)
    const old = at >= 0 ? left.splice(at, 1)[0] : undefined
    const body = {
      endpoints: want.endpoints.length > 0 ? want.endpoints : null,
      ports: want.ports.length > 0 ? want.ports : null,
    }
    if (!old) {
      api.create({
        addressType: 'IPv4',
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: {
          name: '',
          generateName: `${owner.metadata.name}-`,
          namespace: owner.metadata.namespace,
          labels,
          annotations: origin.annotations(undefined),
          ownerReferences: [ownerRef({ ...owner, apiVersion: 'v1' })],
        },
        ...body,
      })
    } else if (
      !deepEqual(old.endpoints ?? [], want.endpoints) ||
      !deepEqual(old.ports ?? [], want.ports) ||
      !deepEqual(old.metadata.labels, labels)
    ) {
      api.update({
        ...old,
        metadata: { ...old.metadata, labels, annotations: origin.annotations(old) },
        ...body,
      })
    }
  }
  for (const slice of left) api.remove('EndpointSlice', slice.metadata.namespace, slice.metadata.name)
}

/** Models pkg/controller/endpointslicemirroring: slices for Endpoints that a person wrote. */
export const endpointSliceMirroring = defineController({
  name: 'endpointslice-mirroring-controller',
  watches: { Endpoints: itself, Service: itself },
  reconcile(key, tools) {
    const manager = 'endpointslicemirroring-controller.k8s.io'
    const [namespace, name] = splitKey(key) as [string, string]
    const service = tools.informer('Service').get(namespace, name)
    const source = tools.informer('Endpoints').get(namespace, name)
    const mine = slicesOf(namespace, name, manager, tools)
    const mirrored =
      service &&
      source &&
      !service.spec.selector &&
      source.metadata.labels?.['endpointslice.kubernetes.io/skip-mirror'] !== 'true'
    if (!mirrored || !service || !source) {
      for (const slice of mine) tools.api.remove('EndpointSlice', namespace, slice.metadata.name)
      return undefined
    }
    if (namespace === 'default' && name === 'kubernetes') return undefined
    const groups = (source.subsets ?? []).map((s: any) => ({
      ports: slicePorts(
        (s.ports ?? []).map((p: any) => ({ name: p.name ?? '', port: p.port, protocol: p.protocol ?? 'TCP' })),
      ),
      endpoints: [
        ...(s.addresses ?? []).map((a: any) => mirror(a, true)),
        ...(s.notReadyAddresses ?? []).map((a: any) => mirror(a, false)),
      ],
    }))
    if (groups.length > 0) writeSlices(ofEndpoints(source), groups, mine, tools)
    return undefined
  },
})

const mirror = (address: any, ready: boolean): any => ({
  addresses: [address.ip],
  conditions: { ready },
  ...(address.hostname ? { hostname: address.hostname } : {}),
  ...(address.nodeName ? { nodeName: address.nodeName } : {}),
  ...(address.targetRef ? { targetRef: address.targetRef } : {}),
})
