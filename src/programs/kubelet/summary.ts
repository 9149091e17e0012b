import { rfc3339 } from '../../api/index.ts'
import type { Iface, NetNs, Stack } from '../../host/index.ts'
import type { Kubelet } from './kubelet.ts'
import { type Reading, total } from './usage.ts'

/** /stats/summary as far as the model knows. Models pkg/kubelet/server/stats/summary.go. */
export function nodeSummary(k: Kubelet, { now, node, pods }: Reading): any {
  const { host } = k
  const time = rfc3339(now)
  const cpu = ({ milli, seconds }: Reading['node']): any => ({
    time,
    usageNanoCores: Math.round(milli * 1e6),
    usageCoreNanoSeconds: Math.round(seconds * 1e9),
  })
  const memory = ({ bytes }: Reading['node'], limit = 0): any => ({
    time,
    ...(limit > 0 ? { availableBytes: Math.max(0, limit - bytes) } : {}),
    usageBytes: bytes,
    workingSetBytes: bytes,
    rssBytes: bytes,
  })
  const { free, capacity, used } = host.rootFs
  const fs = { time, availableBytes: free, capacityBytes: capacity, usedBytes: used }
  return {
    node: {
      nodeName: k.nodeName,
      startTime: rfc3339(host.clock.bootTrue),
      cpu: cpu(node),
      memory: memory(node, host.memory),
      network: network(host.net, time),
      fs,
      runtime: { imageFs: fs, containerFs: fs },
      rlimit: { time, curproc: [...host.processes.values()].filter((p) => !p.status).length },
    },
    pods: pods.map(({ record, containers }) => {
      const sum = total(containers.map((c) => c.use))
      const net = record.pod.spec.hostNetwork ? undefined : containers[0].container.sandbox.net
      return {
        podRef: { name: record.pod.metadata.name, namespace: record.pod.metadata.namespace, uid: record.uid },
        startTime: rfc3339(record.startTime),
        containers: containers.map(({ container, use }) => ({
          name: container.config.name,
          startTime: rfc3339(container.startedAt),
          cpu: cpu(use),
          memory: memory(use, container.config.resources.memoryLimit),
        })),
        cpu: cpu(sum),
        memory: memory(sum),
        ...(net ? { network: network(net, time) } : {}),
        process_stats: { process_count: sum.processes },
      }
    }),
  }
}

/** Counters of eth0, then of every device but the loopback. */
function network(net: NetNs, time: string): any {
  const devices = devicesOf(net)
    .filter((i) => i.name !== 'lo')
    .map(({ name, counters: c }) => ({ name, rxBytes: c.rxBytes, rxErrors: 0, txBytes: c.txBytes, txErrors: 0 }))
  return { time, ...devices.find((d) => d.name === 'eth0'), interfaces: devices }
}

/** The interfaces of a network namespace. */
export const devicesOf = (net: NetNs | undefined): readonly Iface[] => (net as Partial<Stack> | undefined)?.ifaces ?? []
