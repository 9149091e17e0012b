import type { Coro } from '../../kernel/index.ts'
import { compareBytes, goDuration, KUBECTL_TABLE, type Quantity, quantityOf, TabWriter } from '../../print/index.ts'
import { namesOf } from './lib/complete.ts'
import type { Definition } from './lib/define.ts'
import { CliError } from './lib/errors.ts'
import { defaultSubcommand } from './lib/help.ts'
import type { Kube } from './lib/kube.ts'
import { pages } from './pages/top.ts'

/** Pods this young may have no metrics yet, ms. */
const METRICS_DELAY = 120_000

interface Usage {
  readonly cpu: Quantity
  readonly memory: Quantity
}

const usageOf = (list: any): Usage => ({ cpu: quantityOf(list?.cpu), memory: quantityOf(list?.memory) })
const add = (a: Usage, b: Usage): Usage => ({ cpu: a.cpu.add(b.cpu), memory: a.memory.add(b.memory) })
const NOTHING = usageOf({})

const milli = (quantity: Quantity): number => Number(quantity.milliValue())
const cells = (u: Usage): string[] => [`${milli(u.cpu)}m`, `${Math.floor(Number(u.memory.value()) / (1 << 20))}Mi`]

function* requireMetrics(k: Kube): Coro<void> {
  // The groups are asked for without the cache that logs each failure.
  yield* (yield* k.client()).send({ verb: 'get', path: '/api', query: { timeout: '32s' } })
  const { groups } = yield* (yield* k.discovery()).load()
  const metrics = groups.find((g) => g.name === 'metrics.k8s.io')
  if (!metrics?.versions.includes('v1beta1')) throw new CliError('Metrics API not available')
}

function* metricsOf(k: Kube, resource: 'nodes' | 'pods', namespace: string | undefined): Coro<any[]> {
  const client = yield* k.client()
  const gvr = { group: 'metrics.k8s.io', version: 'v1beta1', resource, namespace }
  const [name] = k.args
  if (name) return [yield* client.send({ ...gvr, verb: 'get', name })]
  const list = yield* client.send({
    ...gvr,
    verb: 'list',
    labelSelector: k.flags.string('selector') || undefined,
    fieldSelector: (k.flags.has('field-selector') && k.flags.string('field-selector')) || undefined,
  })
  return list.items
}

/** By --sort-by (largest first), else by namespace and name. */
function sorted<T extends { usage: Usage; key: string }>(items: T[], sortBy: string): T[] {
  const by = (t: T): number => (sortBy === 'cpu' ? milli(t.usage.cpu) : Number(t.usage.memory.value()))
  return items.sort((a, b) => (sortBy ? by(b) - by(a) : 0) || compareBytes(a.key, b.key))
}

function checkSort(k: Kube): string {
  const sortBy = k.flags.string('sort-by')
  if (sortBy && sortBy !== 'cpu' && sortBy !== 'memory') throw new CliError('--sort-by accepts only cpu or memory')
  return sortBy
}

function* print(k: Kube, rows: readonly (readonly string[])[]): Coro<void> {
  yield* k.out(new TabWriter(KUBECTL_TABLE).format(rows.map((row) => `${row.join('\t')}\t\n`).join('')))
}

/** Models kubectl/pkg/cmd/top/top_node.go. */
const node: Definition = {
  page: pages.node,
  complete: namesOf('nodes'),
  *run(k) {
    const { flags, args } = k
    if (args.length > 1) throw k.usage(args.join(' '))
    const sortBy = checkSort(k)
    if (args.length > 0 && flags.string('selector'))
      throw new CliError('only one of NAME or --selector can be provided')
    yield* requireMetrics(k)
    const metrics = yield* metricsOf(k, 'nodes', undefined)
    if (metrics.length === 0) throw new CliError('metrics not available yet')
    const client = yield* k.client()
    const gvr = { group: '', version: 'v1', resource: 'nodes' }
    const nodes: any[] = args[0]
      ? [yield* client.send({ ...gvr, verb: 'get', name: args[0] })]
      : (yield* client.send({ ...gvr, verb: 'list', labelSelector: flags.string('selector') || undefined })).items
    const room = new Map<string, Usage>(
      nodes.map((n) => [
        n.metadata.name,
        usageOf(flags.bool('show-capacity') ? n.status.capacity : n.status.allocatable),
      ]),
    )
    const percent = (part: number, whole: number): string => `${whole === 0 ? 0 : Math.trunc((part / whole) * 100)}%`
    const rows = sorted(
      metrics.map((m) => ({ key: m.metadata.name as string, usage: usageOf(m.usage) })),
      sortBy,
    ).map(({ key, usage }) => {
      const whole = room.get(key)
      room.delete(key)
      const [cpu, memory] = cells(usage)
      if (!whole) return [key, cpu, memory]
      return [
        key,
        cpu,
        percent(milli(usage.cpu), milli(whole.cpu)),
        memory,
        percent(Number(usage.memory.value()), Number(whole.memory.value())),
      ]
    })
    for (const name of room.keys()) rows.push([name, ...Array<string>(4).fill('<unknown>')])
    const head = ['NAME', 'CPU(cores)', 'CPU(%)', 'MEMORY(bytes)', 'MEMORY(%)']
    yield* print(k, flags.bool('no-headers') ? rows : [head, ...rows])
    return 0
  },
}

/** Models kubectl/pkg/cmd/top/top_pod.go. */
const pod: Definition = {
  page: pages.pod,
  complete: namesOf('pods'),
  *run(k) {
    const { flags, args } = k
    if (args.length > 1) throw k.usage(args.join(' '))
    const sortBy = checkSort(k)
    if (args.length > 0 && (flags.string('selector') || flags.string('field-selector')))
      throw new CliError('only one of NAME or selector can be provided')
    const everywhere = flags.bool('all-namespaces')
    yield* requireMetrics(k)
    const metrics = yield* metricsOf(k, 'pods', everywhere ? undefined : k.namespace)
    if (metrics.length === 0) {
      yield* explainEmpty(k, everywhere)
      k.err(everywhere ? 'No resources found\n' : `No resources found in ${k.namespace} namespace.\n`)
      return 0
    }
    const containers = flags.bool('containers')
    const rows: string[][] = []
    let total = NOTHING
    const pods = sorted(
      metrics.map((m) => ({
        key: everywhere ? `${m.metadata.namespace} ${m.metadata.name}` : (m.metadata.name as string),
        usage: (m.containers as any[]).map((c) => usageOf(c.usage)).reduce(add, NOTHING),
        metrics: m,
      })),
      sortBy,
    )
    for (const { metrics: m, usage } of pods) {
      total = add(total, usage)
      const before = everywhere ? [m.metadata.namespace] : []
      if (!containers) rows.push([...before, m.metadata.name, ...cells(usage)])
      else
        for (const c of sorted(
          m.containers.map((x: any) => ({ key: x.name, usage: usageOf(x.usage) })),
          sortBy,
        ))
          rows.push([...before, m.metadata.name, c.key, ...cells(c.usage)])
    }
    const head = [
      ...(everywhere ? ['NAMESPACE'] : []),
      ...(containers ? ['POD'] : []),
      'NAME',
      'CPU(cores)',
      'MEMORY(bytes)',
    ]
    if (flags.bool('sum')) {
      const blank = Array<string>(head.length - 2).fill('')
      rows.push([...blank, '________', '________'], [...blank, ...cells(total)])
    }
    yield* print(k, flags.bool('no-headers') ? rows : [head, ...rows])
    return 0
  },
}

/** Why there are no metrics; returns when there are no pods either. */
function* explainEmpty(k: Kube, everywhere: boolean): Coro<void> {
  const client = yield* k.client()
  const gvr = { group: '', version: 'v1', resource: 'pods', namespace: everywhere ? undefined : k.namespace }
  const [name] = k.args
  const pods: any[] = name
    ? [yield* client.send({ ...gvr, verb: 'get', name })]
    : (yield* client.send({ ...gvr, verb: 'list', labelSelector: k.flags.string('selector') || undefined })).items
  if (pods.length === 0) return
  for (const { metadata } of pods) {
    const age = k.now() - Date.parse(metadata.creationTimestamp)
    if (age > METRICS_DELAY)
      throw new CliError(
        `Metrics not available for pod ${metadata.namespace}/${metadata.name}, age: ${goDuration(age)}`,
      )
  }
  throw new CliError('metrics not available yet')
}

export const top: Definition = { page: pages.top, run: defaultSubcommand, commands: [node, pod] }
