import { quantityOf } from '../../print/index.ts'
import { type ContainerSpec, containers, initContainers, isSidecar, type Pod } from './types.ts'

/** Value of a quantity as a number: bytes, or cores. */
export const amount = (text: string | number | undefined): number =>
  text === undefined ? 0 : quantityOf(text).toNumber()
/** Millicores. */
export const milli = (text: string | number | undefined): number =>
  text === undefined ? 0 : quantityOf(text).milliValue()

type Requested = 'cpu' | 'memory' | 'ephemeral-storage'

/** Requests by a pod's spec, which never changes: each pod that comes is weighed against all that are there. */
const requests = new WeakMap<object, Map<Requested, number>>()

/** Models component-helpers/resource: sum of containers, or the largest init container, with sidecars added. */
export function podRequest(pod: Pod, resource: Requested): number {
  let known = requests.get(pod.spec)
  if (!known) requests.set(pod.spec, (known = new Map()))
  let amount = known.get(resource)
  if (amount === undefined) known.set(resource, (amount = requestOf(pod, resource)))
  return amount
}

function requestOf(pod: Pod, resource: Requested): number {
  const of = (c: ContainerSpec): number => {
    const r = c.resources?.requests?.[resource]
    return resource === 'cpu' ? milli(r) : amount(r)
  }
  const own = pod.spec.resources?.requests?.[resource]
  const overhead = pod.spec.overhead?.[resource]
  let sum = containers(pod).reduce((s, c) => s + of(c), 0)
  let sidecars = 0
  let init = 0
  for (const c of initContainers(pod)) {
    if (isSidecar(c)) {
      sidecars += of(c)
      init = Math.max(init, sidecars)
    } else init = Math.max(init, of(c) + sidecars)
  }
  sum = Math.max(sum + sidecars, init)
  if (own !== undefined) sum = resource === 'cpu' ? milli(own) : amount(own)
  return sum + (overhead === undefined ? 0 : resource === 'cpu' ? milli(overhead) : amount(overhead))
}

/** Models qos.ComputePodQOS. */
export function qosClass(pod: Pod): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  if (pod.status?.qosClass) return pod.status.qosClass
  let any = false
  let guaranteed = true
  const check = (r: any): void => {
    for (const name of ['cpu', 'memory']) {
      const request = r?.requests?.[name]
      const limit = r?.limits?.[name]
      if ((request !== undefined && milli(request) > 0) || (limit !== undefined && milli(limit) > 0)) any = true
      if (limit === undefined || milli(limit) === 0 || (request !== undefined && milli(request) !== milli(limit)))
        guaranteed = false
    }
  }
  if (pod.spec.resources) check(pod.spec.resources)
  else for (const c of [...initContainers(pod), ...containers(pod)]) check(c.resources)
  return !any ? 'BestEffort' : guaranteed ? 'Guaranteed' : 'Burstable'
}

/** systemd's slice of a pod. */
export function cgroupOf(pod: Pod, systemd: boolean): string {
  const qos = qosClass(pod).toLowerCase()
  const uid = pod.metadata.uid!
  if (!systemd) return qos === 'guaranteed' ? `/kubepods/pod${uid}` : `/kubepods/${qos}/pod${uid}`
  const name = uid.replaceAll('-', '_')
  return qos === 'guaranteed'
    ? `/kubepods.slice/kubepods-pod${name}.slice`
    : `/kubepods.slice/kubepods-${qos}.slice/kubepods-${qos}-pod${name}.slice`
}

/** The sum of resource lists, in the first one's notation; undefined when all are missing. */
export function addLists(lists: readonly (Record<string, string> | undefined)[]): Record<string, string> | undefined {
  const out = new Map<string, ReturnType<typeof quantityOf>>()
  for (const list of lists)
    for (const [name, value] of Object.entries(list ?? {})) {
      const known = out.get(name)
      out.set(name, known ? known.add(quantityOf(value)) : quantityOf(value))
    }
  if (out.size === 0) return undefined
  return Object.fromEntries([...out].map(([name, q]) => [name, q.toString()]))
}

/** Requests and limits added up. */
export function addResources(list: readonly any[]): any {
  const requests = addLists(list.map((r) => r?.requests))
  const limits = addLists(list.map((r) => r?.limits))
  return { ...(limits ? { limits } : {}), ...(requests ? { requests } : {}) }
}
