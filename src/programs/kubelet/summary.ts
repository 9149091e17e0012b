import { rfc3339 } from '../../api/index.ts'
import type { Kubelet } from './kubelet.ts'

/** /stats/summary: what metrics-server and `kubectl top` are fed from. */
export function nodeSummary(k: Kubelet): any {
  const { host } = k
  const time = rfc3339(k.now())
  const usage = new Map<string, { cpu: number; memory: number }>()
  let cpu = 0
  for (const p of host.processes.values()) {
    if (p.status) continue
    cpu += p.cpuMilli
    const sum = usage.get(p.cgroup) ?? { cpu: 0, memory: 0 }
    sum.cpu += p.cpuMilli
    sum.memory += p.rss
    usage.set(p.cgroup, sum)
  }
  const nano = (milli: number): number => Math.round(milli * 1_000_000)
  const memory = k.eviction.memoryUsed()
  const pods: any[] = []
  for (const r of k.records.values()) {
    const containers: any[] = []
    for (const s of k.cri.sandboxesOf(r.uid))
      for (const c of k.cri.containersOf(s.id)) {
        if (c.state !== 'CONTAINER_RUNNING') continue
        const own = usage.get(c.cgroup) ?? { cpu: 0, memory: 0 }
        containers.push({
          name: c.config.name,
          startTime: rfc3339(c.startedAt),
          cpu: { time, usageNanoCores: nano(own.cpu) },
          memory: { time, workingSetBytes: own.memory, usageBytes: own.memory, rssBytes: own.memory },
        })
      }
    if (containers.length === 0) continue
    const sum = (field: 'cpu' | 'memory', key: string): number => containers.reduce((t, c) => t + c[field][key], 0)
    pods.push({
      podRef: { name: r.pod.metadata.name, namespace: r.pod.metadata.namespace, uid: r.uid },
      startTime: rfc3339(r.startTime),
      containers,
      cpu: { time, usageNanoCores: sum('cpu', 'usageNanoCores') },
      memory: { time, workingSetBytes: sum('memory', 'workingSetBytes') },
    })
  }
  return {
    node: {
      nodeName: k.nodeName,
      startTime: rfc3339(host.clock.bootTrue),
      cpu: { time, usageNanoCores: nano(cpu) },
      memory: { time, availableBytes: host.memory - memory, usageBytes: memory, workingSetBytes: memory },
      fs: { time, availableBytes: host.rootFs.free, capacityBytes: host.rootFs.capacity, usedBytes: host.rootFs.used },
    },
    pods,
  }
}
