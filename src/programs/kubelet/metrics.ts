import { exposition, type Family, type Sample } from '../lib/prometheus.ts'
import type { Kubelet } from './kubelet.ts'
import { nodeInfo } from './node-status.ts'
import { devicesOf } from './summary.ts'
import { isStatic } from './types.ts'
import type { Reading } from './usage.ts'

const alpha = (name: string, help: string, samples: readonly Sample[]): Family => ({
  name,
  type: 'gauge',
  help: `[ALPHA] ${help}`,
  samples,
})

/** Of /metrics what the model knows. Models pkg/kubelet/metrics/metrics.go. */
export function kubeletMetrics(k: Kubelet): string {
  const sandboxes = k.cri.listPodSandbox()
  const states = new Map<string, number>()
  for (const s of sandboxes)
    for (const c of k.cri.containersOf(s.id)) {
      const state = STATES[c.state] ?? 'unknown'
      states.set(state, (states.get(state) ?? 0) + 1)
    }
  const pods = [...k.records.values()]
  const fromFiles = pods.filter((r) => isStatic(r.pod)).length
  const byOrigin = [
    { labels: { static: '' }, value: pods.length - fromFiles },
    { labels: { static: 'true' }, value: fromFiles },
  ]
  return exposition([
    alpha(
      'kubelet_active_pods',
      'The number of pods the kubelet considers active and which are being considered when admitting new pods. static is true if the pod is not from the apiserver.',
      byOrigin,
    ),
    alpha(
      'kubelet_desired_pods',
      'The number of pods the kubelet is being instructed to run. static is true if the pod is not from the apiserver.',
      byOrigin,
    ),
    alpha(
      'kubelet_mirror_pods',
      'The number of mirror pods the kubelet will try to create (one per admitted static pod)',
      [{ value: fromFiles }],
    ),
    alpha('kubelet_node_name', "The node's name. The count is always 1.", [{ labels: { node: k.nodeName }, value: 1 }]),
    alpha(
      'kubelet_running_containers',
      'Number of containers currently running',
      [...states]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([state, value]) => ({ labels: { container_state: state }, value })),
    ),
    alpha('kubelet_running_pods', 'Number of pods that have a running pod sandbox', [
      { value: sandboxes.filter((s) => s.state === 'SANDBOX_READY').length },
    ]),
  ])
}

const STATES: Readonly<Record<string, string>> = {
  CONTAINER_CREATED: 'created',
  CONTAINER_RUNNING: 'running',
  CONTAINER_EXITED: 'exited',
}

/** Of /metrics/cadvisor what the model knows of containers and the machine. Models cadvisor/metrics/prometheus.go. */
export function cadvisorMetrics(k: Kubelet, { now: at, pods }: Reading): string {
  const samples = (value: (of: (typeof pods)[number]['containers'][number]) => number, timed = true): Sample[] =>
    pods.flatMap(({ record, containers }) =>
      containers.map((c) => ({
        labels: {
          container: c.container.config.name,
          id: c.container.cgroup,
          image: c.container.config.image,
          name: c.container.id,
          namespace: record.pod.metadata.namespace ?? '',
          pod: record.pod.metadata.name,
        },
        value: value(c),
        ...(timed ? { at } : {}),
      })),
    )
  const family = (name: string, help: string, rows: Sample[], type: Family['type'] = 'gauge'): Family => ({
    name,
    type,
    help,
    samples: rows,
  })
  const network = (name: string, help: string, field: 'rxBytes' | 'rxPackets' | 'txBytes' | 'txPackets'): Family =>
    family(
      `container_network_${name}_total`,
      help,
      pods.flatMap(({ record, containers: [{ container }] }) => {
        const device = devicesOf(container.sandbox.net).find((i) => i.name === 'eth0')
        const { name: pod, namespace = '' } = record.pod.metadata
        const id = container.sandbox.config.cgroupParent
        return device && record.pod.spec.hostNetwork !== true
          ? [
              {
                labels: { container: '', id, image: '', interface: 'eth0', name: '', namespace, pod },
                value: device.counters[field],
                at,
              },
            ]
          : []
      }),
      'counter',
    )
  return exposition([
    family(
      'container_cpu_usage_seconds_total',
      'Cumulative cpu time consumed in seconds.',
      samples((c) => c.use.seconds).map((s) => ({ ...s, labels: { ...s.labels, cpu: 'total' } })),
      'counter',
    ),
    family(
      'container_last_seen',
      'Last time a container was seen by the exporter',
      samples(() => Math.floor(at / 1000)),
    ),
    family(
      'container_memory_rss',
      'Size of RSS in bytes.',
      samples((c) => c.use.bytes),
    ),
    family(
      'container_memory_working_set_bytes',
      'Current working set in bytes.',
      samples((c) => c.use.bytes),
    ),
    network('receive_bytes', 'Cumulative count of bytes received', 'rxBytes'),
    network('receive_packets', 'Cumulative count of packets received', 'rxPackets'),
    network('transmit_bytes', 'Cumulative count of bytes transmitted', 'txBytes'),
    network('transmit_packets', 'Cumulative count of packets transmitted', 'txPackets'),
    family(
      'container_processes',
      'Number of processes running inside the container.',
      samples((c) => c.use.processes),
    ),
    family(
      'container_start_time_seconds',
      'Start time of the container since unix epoch in seconds.',
      samples((c) => Math.floor(c.container.startedAt / 1000), false),
    ),
    family('machine_cpu_cores', 'Number of logical CPU cores.', [{ labels: machine(k), value: k.host.cpus }]),
    family('machine_memory_bytes', 'Amount of memory installed on the machine.', [
      { labels: machine(k), value: k.host.memory },
    ]),
  ])
}

function machine(k: Kubelet): Record<string, string> {
  const { machineID, systemUUID, bootID } = nodeInfo(k)
  return { boot_id: bootID, machine_id: machineID, system_uuid: systemUUID }
}
