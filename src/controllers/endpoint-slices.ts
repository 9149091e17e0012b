import type { KubeObject } from '../api/types.ts'
import { deepEqual } from '../kinds/index.ts'
import { defineController, itself, splitKey, type Tools, Unfinished } from './controller.ts'
import {
  HEADLESS,
  hostnameOf,
  isHeadless,
  podsOf,
  reachable,
  reference,
  servicesOf,
  shownReady,
  targetPort,
  triggerOf,
  withTrigger,
} from './endpoints.ts'
import { isReady } from './pods.ts'
import { slicePorts } from './port-order.ts'
import {
  isOf,
  MANAGED_BY,
  SERVICE_NAME,
  type SliceContent,
  type SlicePlan,
  slicesOf,
  writeSlices,
} from './slice-writer.ts'

const MANAGER = 'endpointslice-controller.k8s.io'
/** --max-endpoints-per-slice */
const PER_SLICE = 100

/** Models pkg/controller/endpointslice: the slices that kube-proxy and CoreDNS read. */
export const endpointSlice = defineController({
  name: 'endpointslice-controller',
  component: 'endpoint-slice-controller',
  watches: { Service: itself, Pod: servicesOf, EndpointSlice: isOf(MANAGER), Node: () => [] },
  reconcile(key, tools) {
    const [namespace, name] = splitKey(key) as [string, string]
    const service = tools.informer('Service').get(namespace, name)
    if (!service?.spec.selector || service.spec.type === 'ExternalName') return undefined
    const pods = podsOf(service, tools)
    const changed = triggerOf(key, service, pods, tools)
    const homeless = pods.filter((p) => reachable(p) && !homeOf(p, tools) && !service.spec.publishNotReadyAddresses)
    const groups = groupsFor(
      service,
      pods.filter((p) => reachable(p) && !homeless.includes(p)),
      tools,
    )
    const labels = {
      ...ownLabels(service),
      ...(isHeadless(service) ? { [HEADLESS]: '' } : {}),
      [SERVICE_NAME]: name,
      [MANAGED_BY]: MANAGER,
    }
    const plan = planFor(groups, slicesOf(namespace, name, MANAGER, tools), service)
    writeSlices(plan, { owner: service, labels, annotations: (old) => withTrigger(old, changed) }, tools)
    if (homeless.length > 0) throw new Unfinished(`skipping Pod ${homeless[0].metadata.name}: Node Not Found`)
    return undefined
  },
})

/** The labels that a Service and its slices share. */
function ownLabels({ metadata }: KubeObject): Record<string, string> {
  const { [HEADLESS]: _, [SERVICE_NAME]: __, [MANAGED_BY]: ___, ...own } = metadata.labels ?? {}
  return own
}

const homeOf = (pod: KubeObject, tools: Tools): KubeObject | undefined =>
  tools.informer('Node').get(undefined, pod.spec.nodeName)

/** The endpoints that are to be, those with the same ports together. */
function groupsFor(service: KubeObject, pods: readonly KubeObject[], tools: Tools): Map<string, SliceContent> {
  const groups = new Map<string, SliceContent>()
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
    const zone = homeOf(pod, tools)?.metadata.labels?.['topology.kubernetes.io/zone']
    const hostname = hostnameOf(pod, service)
    const ready = shownReady(pod, service)
    const { nodeName } = pod.spec
    const hints = ready ? hintsFor(service.spec.trafficDistribution, zone, nodeName) : undefined
    const sorted = slicePorts(ports)
    const key = JSON.stringify(sorted)
    const group = groups.get(key) ?? { ports: sorted, endpoints: [] }
    group.endpoints.push({
      addresses: [pod.status.podIP],
      conditions: { ready, serving: isReady(pod), terminating: Boolean(pod.metadata.deletionTimestamp) },
      ...(hints ? { hints } : {}),
      ...(hostname ? { hostname } : {}),
      nodeName,
      targetRef: reference(pod),
      ...(zone ? { zone } : {}),
    })
    groups.set(key, group)
  }
  return groups
}

/** For whom an endpoint is meant first (trafficdist.ReconcileHints). */
function hintsFor(wish: string | undefined, zone: string | undefined, node: string | undefined): any {
  if (wish === undefined) return undefined
  const forNodes = wish === 'PreferSameNode' && node ? { forNodes: [{ name: node }] } : undefined
  const forZones = zone ? { forZones: [{ name: zone }] } : undefined
  return forNodes || forZones ? { ...forNodes, ...forZones } : undefined
}

const identity = (e: any): string =>
  JSON.stringify([e.addresses, e.hostname ?? '', e.targetRef?.namespace ?? '', e.targetRef?.name ?? ''])

/** What is to be done with the slices that are there (reconcileByAddressType). */
function planFor(
  groups: ReadonlyMap<string, SliceContent>,
  existing: readonly KubeObject[],
  service: KubeObject,
): SlicePlan {
  const plan: SlicePlan = { create: [], update: [], remove: [] }
  const byPorts = new Map<string, KubeObject[]>()
  for (const slice of existing) {
    const key = JSON.stringify(slice.ports ?? [])
    if (!slice.metadata.ownerReferences?.some((r) => r.uid === service.metadata.uid)) plan.remove.push(slice)
    else byPorts.set(key, [...(byPorts.get(key) ?? []), slice])
  }
  for (const [key, group] of groups) planGroup(plan, group, byPorts.get(key) ?? [], service)
  for (const [key, slices] of byPorts) if (!groups.has(key)) plan.remove.push(...slices)
  if (existing.length === plan.remove.length && plan.create.length === 0) {
    const [only, ...others] = plan.remove
    const empty = only && others.length === 0 && !only.endpoints?.length && !only.ports?.length
    if (empty && deepEqual(ownLabels(only), ownLabels(service))) plan.remove.length = 0
    else plan.create.push({ ports: [], endpoints: [] })
  }
  return plan
}

/**
 * Slices of the same ports (reconcileByPortMapping): endpoints stay where they are, new ones fill what is changed anyway,
 * then the slice that they fill best, then new slices.
 */
function planGroup(plan: SlicePlan, group: SliceContent, slices: readonly KubeObject[], service: KubeObject): void {
  const wanted = new Map(group.endpoints.map((e) => [identity(e), e]))
  const full = ({ endpoints }: SliceContent): boolean => endpoints.length >= PER_SLICE
  const fill = (content: SliceContent): void => {
    for (const [key, endpoint] of wanted) {
      if (full(content)) return
      content.endpoints.push(endpoint)
      wanted.delete(key)
    }
  }
  const unchanged: [KubeObject, SliceContent][] = []
  const changed: [KubeObject, SliceContent][] = []
  for (const slice of slices) {
    const before: any[] = slice.endpoints ?? []
    const endpoints = before.flatMap((e) => wanted.get(identity(e)) ?? [])
    for (const e of endpoints) wanted.delete(identity(e))
    const entry: [KubeObject, SliceContent] = [slice, { ports: group.ports, endpoints }]
    if (deepEqual(endpoints, before))
      (deepEqual(ownLabels(slice), ownLabels(service)) ? unchanged : changed).push(entry)
    else if (endpoints.length === 0) plan.remove.push(slice)
    else changed.push(entry)
  }
  changed.sort(([, a], [, b]) => b.endpoints.length - a.endpoints.length)
  for (const [, content] of changed) fill(content)
  while (wanted.size > 0) {
    const fits = unchanged.filter(([, { endpoints }]) => endpoints.length + wanted.size <= PER_SLICE)
    const best = fits.sort(([, a], [, b]) => b.endpoints.length - a.endpoints.length)[0]
    const content = best?.[1] ?? { ports: group.ports, endpoints: [] }
    fill(content)
    if (best) changed.push(best)
    else plan.create.push(content)
  }
  for (const [slice, content] of changed) plan.update.push([slice.metadata.name, slice, content])
}
