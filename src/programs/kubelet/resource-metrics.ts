import type { Kubelet } from './kubelet.ts'

interface Family {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge'
  readonly samples: string[]
}

/**
 * /metrics/resource in Prometheus' text format. Models pkg/kubelet/metrics/collectors/resource_metrics.go. CPU time is
 * counted up between two readings by what the processes use now.
 */
export class ResourceMetrics {
  /** CPU seconds used so far, by cgroup; the node's own under ''. */
  private readonly seconds = new Map<string, number>()
  private countedAt: number

  constructor(private readonly k: Kubelet) {
    this.countedAt = k.now()
  }

  render(): string {
    const { k } = this
    const now = k.now()
    const elapsed = Math.max(0, now - this.countedAt) / 1000
    this.countedAt = now
    const memory = new Map<string, number>()
    const rates = new Map<string, number>([['', 0]])
    for (const p of k.host.processes.values()) {
      if (p.status) continue
      memory.set(p.cgroup, (memory.get(p.cgroup) ?? 0) + p.rss)
      rates.set(p.cgroup, (rates.get(p.cgroup) ?? 0) + p.cpuMilli)
      rates.set('', rates.get('')! + p.cpuMilli)
    }
    for (const [cgroup, milli] of rates)
      this.seconds.set(cgroup, (this.seconds.get(cgroup) ?? 0) + (milli / 1000) * elapsed)
    for (const cgroup of this.seconds.keys()) if (!rates.has(cgroup)) this.seconds.delete(cgroup)

    const family = (name: string, type: Family['type'], help: string): Family => ({ name, type, help, samples: [] })
    const containerCpu = family(
      'container_cpu_usage_seconds_total',
      'counter',
      'Cumulative cpu time consumed by the container in core-seconds',
    )
    const containerMemory = family(
      'container_memory_working_set_bytes',
      'gauge',
      'Current working set of the container in bytes',
    )
    const containerStart = family(
      'container_start_time_seconds',
      'gauge',
      'Start time of the container since unix epoch in seconds',
    )
    const nodeCpu = family(
      'node_cpu_usage_seconds_total',
      'counter',
      'Cumulative cpu time consumed by the node in core-seconds',
    )
    const nodeMemory = family('node_memory_working_set_bytes', 'gauge', 'Current working set of the node in bytes')
    const podCpu = family(
      'pod_cpu_usage_seconds_total',
      'counter',
      'Cumulative cpu time consumed by the pod in core-seconds',
    )
    const podMemory = family('pod_memory_working_set_bytes', 'gauge', 'Current working set of the pod in bytes')
    const failed = family(
      'resource_scrape_error',
      'gauge',
      '1 if there was an error while getting container metrics, 0 otherwise',
    )
    const cpu = (cgroup: string): number => this.seconds.get(cgroup) ?? 0
    for (const r of k.records.values()) {
      const { name, namespace } = r.pod.metadata
      let podSeconds = 0
      let podBytes = 0
      let running = false
      for (const s of k.cri.sandboxesOf(r.uid)) {
        for (const c of k.cri.containersOf(s.id)) {
          if (c.state !== 'CONTAINER_RUNNING') continue
          running = true
          const labels = `{container="${c.config.name}",namespace="${namespace}",pod="${name}"}`
          const bytes = memory.get(c.cgroup) ?? 0
          podSeconds += cpu(c.cgroup)
          podBytes += bytes
          containerCpu.samples.push(`${labels} ${cpu(c.cgroup)} ${now}`)
          containerMemory.samples.push(`${labels} ${bytes} ${now}`)
          containerStart.samples.push(`${labels} ${c.startedAt / 1000}`)
        }
      }
      if (!running) continue
      const labels = `{namespace="${namespace}",pod="${name}"}`
      podCpu.samples.push(`${labels} ${podSeconds} ${now}`)
      podMemory.samples.push(`${labels} ${podBytes} ${now}`)
    }
    nodeCpu.samples.push(` ${cpu('')} ${now}`)
    nodeMemory.samples.push(` ${k.eviction.memoryUsed()} ${now}`)
    failed.samples.push(' 0')
    return [containerCpu, containerMemory, containerStart, nodeCpu, nodeMemory, podCpu, podMemory, failed]
      .filter((f) => f.samples.length > 0)
      .map((f) => {
        const head = `# HELP ${f.name} [STABLE] ${f.help}\n# TYPE ${f.name} ${f.type}\n`
        return head + f.samples.map((s) => `${f.name}${s}\n`).join('')
      })
      .join('')
  }
}
