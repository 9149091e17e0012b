import { selectsMap } from '../api/match.ts'
import type { KubeObject } from '../api/types.ts'
import { deepEqual } from '../kinds/index.ts'
import { defineController, itself, keyOf, splitKey, type Tools } from './controller.ts'
import { condition, isReady, isTerminal } from './pods.ts'
import { subsetPorts } from './port-order.ts'

/** The annotation with the time of the change that an object was written for. */
export const TRIGGER = 'endpoints.kubernetes.io/last-change-trigger-time'
/** The label of what belongs to a headless Service. */
export const HEADLESS = 'service.kubernetes.io/headless'

/** Services that a pod's change may concern. */
export const servicesOf = (pod: KubeObject, tools: Tools): string[] =>
  tools
    .informer('Service')
    .list(pod.metadata.namespace)
    .filter((s) => selectsMap(s.spec.selector, pod.metadata.labels))
    .map(keyOf)

/** The pods that a Service selects, whatever their state. */
export const podsOf = (service: KubeObject, tools: Tools): KubeObject[] =>
  tools
    .informer('Pod')
    .list(service.metadata.namespace)
    .filter((p) => selectsMap(service.spec.selector, p.metadata.labels))

/** Has the pod an address at which something may still answer (ShouldPodBeInEndpoints)? */
export const reachable = (pod: KubeObject): boolean => !isTerminal(pod) && Boolean(pod.status?.podIP)

/** A Service without an address of its own. */
export const isHeadless = (service: KubeObject): boolean => service.spec.clusterIP === 'None'

/** FindPort: the pod's container port that a service port's targetPort means; undefined when a name is unknown there. */
export function targetPort(pod: KubeObject, port: any): number | undefined {
  const target = port.targetPort ?? port.port
  if (typeof target === 'number') return target
  const sidecars = (pod.spec.initContainers ?? []).filter((c: any) => c.restartPolicy === 'Always')
  for (const c of [...pod.spec.containers, ...sidecars])
    for (const p of c.ports ?? [])
      if (p.name === target && (p.protocol ?? 'TCP') === (port.protocol ?? 'TCP')) return p.containerPort
  return undefined
}

/** The pod behind an address. */
export const reference = (pod: KubeObject): any => ({
  kind: 'Pod',
  name: pod.metadata.name,
  namespace: pod.metadata.namespace,
  uid: pod.metadata.uid,
})

/** The name under which DNS knows the pod within a headless Service. */
export const hostnameOf = (pod: KubeObject, service: KubeObject): string | undefined =>
  pod.spec.hostname &&
  pod.spec.subdomain === service.metadata.name &&
  pod.metadata.namespace === service.metadata.namespace
    ? pod.spec.hostname
    : undefined

/** Is traffic to be sent to the pod? */
export const shownReady = (pod: KubeObject, service: KubeObject): boolean =>
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
export function triggerOf(
  key: string,
  service: KubeObject,
  pods: readonly KubeObject[],
  tools: Tools,
): string | undefined {
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

/** An object's annotations with the time of the change that it is written for, or without one. */
export function withTrigger(
  old: KubeObject | undefined,
  changed: string | undefined,
): Record<string, string> | undefined {
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
    const pods = podsOf(service, tools)
    const shown = pods.filter(
      (p) => reachable(p) && (!p.metadata.deletionTimestamp || service.spec.publishNotReadyAddresses),
    )
    const subsets = subsetsOf(service, shown)
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
