import type { Resources } from '../containerd/index.ts'
import type { Kill, PodActions } from './actions.ts'
import type { Kubelet } from './kubelet.ts'
import { amount, milli } from './resources.ts'
import { latest, type RuntimeStatus } from './runtime-status.ts'
import { type ContainerSpec, containers, type PodRecord } from './types.ts'

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
  const kills: Kill[] = []
  let changed = false
  for (const spec of containers(pod)) {
    const c = latest(status, spec.name)
    if (c?.state !== 'CONTAINER_RUNNING' || actions.toKill.some((kill) => kill.container === c)) continue
    const old = c.config.resources
    const next = cgroupResources(spec)
    const memory = old.memoryLimit !== next.memoryLimit
    const cpu = old.cpuLimit !== next.cpuLimit || old.cpuShares !== next.cpuShares
    if (!memory && !cpu) continue
    changed = true
    const restarts = (resource: string): boolean =>
      spec.resizePolicy?.some((p: any) => p.resourceName === resource && p.restartPolicy === 'RestartContainer') ??
      false
    if ((memory && restarts('memory')) || (cpu && restarts('cpu'))) {
      kills.push({ container: c, spec, message: `Container ${spec.name} resize requires restart`, reason: 'other' })
      actions.toStart.push(spec)
    } else c.config.resources = next
  }
  if (!changed) return () => {}
  const text = JSON.stringify({
    containers: containers(pod).map(({ name, resources }) => ({ name, resources: inOrder(resources) })),
    generation: pod.metadata.generation,
  })
  k.events.normal(pod, 'ResizeStarted', `Pod resize started: ${text}`)
  actions.toKill.push(...kills)
  return () => k.events.normal(pod, 'ResizeCompleted', `Pod resize completed: ${text}`)
}

const sorted = (list: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(list).sort(([a], [b]) => (a < b ? -1 : 1)))

const inOrder = (resources: any): any => ({
  ...(resources?.limits ? { limits: sorted(resources.limits) } : {}),
  ...(resources?.requests ? { requests: sorted(resources.requests) } : {}),
})
