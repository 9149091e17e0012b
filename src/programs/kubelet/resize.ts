import { goQuote } from '../../print/index.ts'
import type { Resources } from '../containerd/index.ts'
import type { Kill, PodActions } from './actions.ts'
import type { Kubelet } from './kubelet.ts'
import { amount, milli } from './resources.ts'
import { latest, type RuntimeStatus } from './runtime-status.ts'
import { type ContainerSpec, containers, type Pod, type PodRecord, podFormat } from './types.ts'

/** What a container's cgroup is to hold. */
export function cgroupResources(spec: ContainerSpec): Resources {
  const limits = spec.resources?.limits ?? {}
  const requests = spec.resources?.requests ?? {}
  return {
    memoryLimit: amount(limits.memory),
    cpuLimit: milli(limits.cpu),
    cpuShares: Math.max(2, Math.floor((milli(requests.cpu ?? limits.cpu) * 1024) / 1000)),
  }
}

/**
 * Gives running containers the resources that their spec has now, or has those restarted whose resizePolicy says so.
 * Returns what to do when the actions are done. Models kuberuntime_manager.doPodResizeAction.
 */
export function resizeContainers(k: Kubelet, r: PodRecord, status: RuntimeStatus, actions: PodActions): () => void {
  const { pod } = r
  const { generation } = pod.metadata
  const kills: Kill[] = []
  let started = false
  // Without cgroups of its pods the kubelet cannot tell what a pod has now, and leaves it as it is.
  const blind = !k.config.cgroupsPerQos
  const live = containers(pod).flatMap((spec) => {
    const c = latest(status, spec.name)
    return c?.state === 'CONTAINER_RUNNING' && !actions.toKill.some((kill) => kill.container === c) ? [{ spec, c }] : []
  })
  for (const { spec, c } of live) {
    const old = c.config.resources
    const next = cgroupResources(spec)
    const memory = old.memoryLimit !== next.memoryLimit
    const cpu = old.cpuLimit !== next.cpuLimit || old.cpuShares !== next.cpuShares
    if ((!memory && !cpu) || (blind && r.unresized.get(c.id)?.generation === generation)) continue
    started = true
    const restarts = (resource: string): boolean =>
      spec.resizePolicy?.some((p: any) => p.resourceName === resource && p.restartPolicy === 'RestartContainer') ??
      false
    if ((memory && restarts('memory')) || (cpu && restarts('cpu'))) {
      kills.push({ container: c, spec, message: `Container ${spec.name} resize requires restart`, reason: 'other' })
      actions.toStart.push(spec)
    } else if (blind) {
      const before = statusOf(pod, spec.name)?.resources
      r.unresized.set(c.id, { resources: r.unresized.get(c.id)?.resources ?? before, generation })
    } else c.config.resources = next
  }
  const podLevel = blind && live.length > 0 && pod.spec.resources && r.unresized.get(r.uid)?.generation !== generation
  if (podLevel) r.unresized.set(r.uid, { resources: pod.spec.resources, generation })
  if (!started && !podLevel) return () => {}
  const told = {
    containers: containers(pod).map(({ name, resources }) => ({ name, resources: inOrder(resources) })),
    generation,
  }
  const text = JSON.stringify(told)
  if (started) k.events.normal(pod, 'ResizeStarted', `Pod resize started: ${text}`)
  actions.toKill.push(...kills)
  return () => {
    if (blind) {
      const error = `unable to get pod cgroup memory config for pod ${goQuote(podFormat(pod))}`
      k.events.warning(pod, 'ResizeError', `Pod resize error: ${JSON.stringify({ ...told, error })}`)
      k.statuses.set(r, k.generateStatus(r, false))
    }
    const inPlace = live.filter(({ c }) => !kills.some((kill) => kill.container === c))
    if (started && !inPlace.some(({ c }) => r.unresized.has(c.id)))
      k.events.normal(pod, 'ResizeCompleted', `Pod resize completed: ${text}`)
  }
}

const statusOf = (pod: Pod, name: string): any => pod.status?.containerStatuses?.find((s: any) => s.name === name)

const sorted = (list: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(list).sort(([a], [b]) => (a < b ? -1 : 1)))

const inOrder = (resources: any): any => ({
  ...(resources?.limits ? { limits: sorted(resources.limits) } : {}),
  ...(resources?.requests ? { requests: sorted(resources.requests) } : {}),
})
