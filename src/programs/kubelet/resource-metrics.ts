import { exposition, type Family, type Sample } from '../lib/prometheus.ts'
import { type Reading, total } from './usage.ts'

/** /metrics/resource. Models pkg/kubelet/metrics/collectors/resource_metrics.go. */
export function resourceMetrics({ now: at, node, pods }: Reading): string {
  const family = (name: string, type: Family['type'], help: string, samples: readonly Sample[]): Family => ({
    name,
    type,
    help: `[STABLE] ${help}`,
    samples,
  })
  const ofContainers = (
    sample: (of: (typeof pods)[number]['containers'][number]) => Omit<Sample, 'labels'>,
  ): Sample[] =>
    pods.flatMap(({ record, containers }) =>
      containers.map((c) => ({
        labels: { ...names(record.pod.metadata), container: c.container.config.name },
        ...sample(c),
      })),
    )
  const ofPods = (value: (use: Reading['node']) => number): Sample[] =>
    pods.map(({ record, containers }) => ({
      labels: names(record.pod.metadata),
      value: value(total(containers.map((c) => c.use))),
      at,
    }))
  return exposition([
    family(
      'container_cpu_usage_seconds_total',
      'counter',
      'Cumulative cpu time consumed by the container in core-seconds',
      ofContainers(({ use }) => ({ value: use.seconds, at })),
    ),
    family(
      'container_memory_working_set_bytes',
      'gauge',
      'Current working set of the container in bytes',
      ofContainers(({ use }) => ({ value: use.bytes, at })),
    ),
    family(
      'container_start_time_seconds',
      'gauge',
      'Start time of the container since unix epoch in seconds',
      ofContainers(({ container }) => ({ value: container.startedAt / 1000 })),
    ),
    family('node_cpu_usage_seconds_total', 'counter', 'Cumulative cpu time consumed by the node in core-seconds', [
      { value: node.seconds, at },
    ]),
    family('node_memory_working_set_bytes', 'gauge', 'Current working set of the node in bytes', [
      { value: node.bytes, at },
    ]),
    family(
      'pod_cpu_usage_seconds_total',
      'counter',
      'Cumulative cpu time consumed by the pod in core-seconds',
      ofPods((use) => use.seconds),
    ),
    family(
      'pod_memory_working_set_bytes',
      'gauge',
      'Current working set of the pod in bytes',
      ofPods((use) => use.bytes),
    ),
    family('resource_scrape_error', 'gauge', '1 if there was an error while getting container metrics, 0 otherwise', [
      { value: 0 },
    ]),
  ])
}

const names = ({ name, namespace = '' }: { name: string; namespace?: string }): Record<string, string> => ({
  namespace,
  pod: name,
})
