import { selects } from '../api/match.ts'
import { rfc3339 } from '../api/time.ts'
import type { KubeObject } from '../api/types.ts'
import { StatusError } from '../api/types.ts'
import { deepEqual } from '../kinds/index.ts'
import { type Controller, defineController, itself, keyOf, splitKey, type Tools } from './controller.ts'
import { condition, isTerminal } from './pods.ts'

/** Models pkg/controller/serviceaccount: every namespace has a `default` service account. */
export const serviceAccount = defineController({
  name: 'serviceaccount-controller',
  watches: { Namespace: itself, ServiceAccount: (sa) => [sa.metadata.namespace!] },
  reconcile(name, { api, informer }) {
    const ns = informer('Namespace').get(undefined, name)
    if (ns?.status?.phase !== 'Active' || ns.metadata.deletionTimestamp) return undefined
    if (informer('ServiceAccount').get(name, 'default')) return undefined
    quietly(
      () => api.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: name } }),
      'AlreadyExists',
    )
    return undefined
  },
})

const ROOT_CA = 'kube-root-ca.crt'
const ROOT_CA_NOTE =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.'

/** Models pkg/controller/certificates/rootcacertpublisher. */
export const rootCaPublisher = defineController({
  name: 'root-ca-certificate-publisher-controller',
  watches: {
    Namespace: itself,
    ConfigMap: (cm) => (cm.metadata.name === ROOT_CA ? [cm.metadata.namespace!] : []),
  },
  reconcile(name, { api, informer, options }) {
    const ns = informer('Namespace').get(undefined, name)
    if (!options.rootCaPem || !ns || ns.status?.phase !== 'Active' || ns.metadata.deletionTimestamp) return undefined
    const data = { 'ca.crt': options.rootCaPem }
    const old = informer('ConfigMap').get(name, ROOT_CA)
    const annotations = { 'kubernetes.io/description': ROOT_CA_NOTE }
    if (!old) {
      quietly(
        () =>
          api.create({
            apiVersion: 'v1',
            data,
            kind: 'ConfigMap',
            metadata: { name: ROOT_CA, namespace: name, annotations },
          }),
        'AlreadyExists',
      )
    } else if (!deepEqual(old.data, data)) api.update({ ...old, data })
    return undefined
  },
})

/** Models pkg/controller/nodeipam/ipam/range_allocator.go: gives each node a /24 of the cluster CIDR. */
export const nodeIpam = defineController({
  name: 'node-ipam-controller',
  watches: { Node: itself },
  reconcile(name, { api, informer, options, recorder }) {
    const node = informer('Node').get(undefined, name)
    if (!node || node.spec?.podCIDR || !options.allocateNodeCidrs || !options.clusterCidr) return undefined
    const [base, bits] = options.clusterCidr.split('/')
    const [a, b, c] = base.split('.').map(Number)
    const used = new Set(
      informer('Node')
        .list()
        .map((n) => n.spec?.podCIDR),
    )
    const size = 2 ** Math.max(0, 24 - Number(bits))
    for (let i = 0; i < size; i++) {
      const third = c + i
      const cidr = `${a}.${b + (third >> 8)}.${third & 255}.0/24`
      if (used.has(cidr)) continue
      api.patch(
        'Node',
        undefined,
        name,
        { spec: { podCIDR: cidr, podCIDRs: [cidr] } },
        'application/strategic-merge-patch+json',
      )
      return undefined
    }
    recorder.normal(node, 'CIDRNotAvailable', `Node ${name} status is now: CIDRNotAvailable`)
    return undefined
  },
})

const QUARANTINE_MS = 40_000
const GC_PERIOD_MS = 20_000
const TERMINATED_THRESHOLD = 12_500

/** Models pkg/controller/podgc: removes pods of nodes that no longer exist, unbound terminating pods, and the oldest of too many finished ones. */
export const podGarbageCollector: Controller = {
  name: 'pod-garbage-collector-controller',
  start(ctx) {
    const missingSince = new Map<string, number>()
    defineController({
      name: 'pod-garbage-collector-controller',
      watches: { Pod: () => [], Node: () => [] },
      start: (tools) => {
        const gone = (pod: KubeObject): boolean =>
          Boolean(pod.spec.nodeName) && !tools.informer('Node').get(undefined, pod.spec.nodeName)
        tools.informer('Node').onChange((now) => {
          if (!now) tools.enqueue('sweep', GC_PERIOD_MS)
        })
        tools.informer('Pod').onChange((now) => {
          if (now && (gone(now) || (now.metadata.deletionTimestamp && !now.spec.nodeName)))
            tools.enqueue('sweep', GC_PERIOD_MS)
        })
      },
      reconcile: (_key, tools) => sweep(tools, missingSince),
    }).start(ctx)
  },
}

function sweep(tools: Tools, missingSince: Map<string, number>): number | undefined {
  const pods = tools.informer('Pod').list()
  let again = false
  const force = (pod: KubeObject): void => {
    if (!isTerminal(pod)) {
      const condition = {
        type: 'DisruptionTarget',
        observedGeneration: pod.metadata.generation,
        status: 'True',
        reason: 'DeletionByPodGC',
        message: 'PodGC: node no longer exists',
        lastProbeTime: null,
        lastTransitionTime: rfc3339(tools.now()),
      }
      tools.api.patch(
        'Pod',
        pod.metadata.namespace,
        pod.metadata.name,
        { status: { phase: 'Failed', conditions: [condition] } },
        'application/strategic-merge-patch+json',
        { subresource: 'status' },
      )
    }
    tools.api.remove('Pod', pod.metadata.namespace, pod.metadata.name, { gracePeriodSeconds: 0 })
  }
  for (const pod of pods) {
    const node = pod.spec.nodeName
    if (!node) {
      if (pod.metadata.deletionTimestamp)
        tools.api.remove('Pod', pod.metadata.namespace, pod.metadata.name, { gracePeriodSeconds: 0 })
      continue
    }
    if (tools.informer('Node').get(undefined, node)) {
      missingSince.delete(node)
      continue
    }
    const since = missingSince.get(node) ?? tools.now()
    missingSince.set(node, since)
    if (tools.now() - since >= QUARANTINE_MS) force(pod)
    else again = true
  }
  const finished = pods.filter(isTerminal)
  if (finished.length > TERMINATED_THRESHOLD) {
    const byAge = finished.sort(
      (a, b) => Date.parse(a.metadata.creationTimestamp!) - Date.parse(b.metadata.creationTimestamp!),
    )
    for (const pod of byAge.slice(0, finished.length - TERMINATED_THRESHOLD))
      tools.api.remove('Pod', pod.metadata.namespace, pod.metadata.name, { gracePeriodSeconds: 0 })
  }
  return again ? GC_PERIOD_MS : undefined
}

/** Models pkg/controller/ttlafterfinished. */
export const ttlAfterFinished = defineController({
  name: 'ttl-after-finished-controller',
  watches: { Job: itself },
  reconcile(key, { api, informer, now }) {
    const job = informer('Job').get(...(splitKey(key) as [string, string]))
    const ttl = job?.spec.ttlSecondsAfterFinished
    if (!job || ttl === undefined || ttl === null || job.metadata.deletionTimestamp) return undefined
    const end = ['Complete', 'Failed'].map((t) => condition(job, t)).find((c) => c?.status === 'True')
    if (!end) return undefined
    const due = Date.parse(end.lastTransitionTime) + ttl * 1000
    if (due > now()) return due - now()
    api.remove('Job', job.metadata.namespace, job.metadata.name, { propagationPolicy: 'Foreground' })
    return undefined
  },
})

/** Models pkg/controller/clusterroleaggregation. */
export const clusterRoleAggregation = defineController({
  name: 'clusterrole-aggregation-controller',
  watches: {
    ClusterRole: (_role, tools) =>
      tools
        .informer('ClusterRole')
        .list()
        .filter((r) => r.aggregationRule)
        .map(keyOf),
  },
  reconcile(name, { api, informer }) {
    const role = informer('ClusterRole').get(undefined, name)
    if (!role?.aggregationRule) return undefined
    const rules: any[] = []
    const sources = informer('ClusterRole')
      .list()
      .filter(
        (r) =>
          r.metadata.name !== name &&
          role.aggregationRule.clusterRoleSelectors.some((s: any) => selects(s, r.metadata.labels)),
      )
    for (const source of sources.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1)))
      for (const rule of source.rules ?? []) if (!rules.some((r) => deepEqual(r, rule))) rules.push(rule)
    if (!deepEqual(rules, role.rules ?? [])) api.update({ ...role, rules })
    return undefined
  },
})

/** Runs `fn`; a StatusError with this reason is as good as success. */
function quietly(fn: () => void, reason: string): void {
  try {
    fn()
  } catch (error) {
    if (!(error instanceof StatusError) || error.reason !== reason) throw error
  }
}

const TTL = 'node.alpha.kubernetes.io/ttl'

/** Models pkg/controller/ttl: how long kubelets may keep secrets; 0 in clusters of fewer than a hundred nodes. */
export const ttl = defineController({
  name: 'ttl-controller',
  watches: { Node: itself },
  reconcile(name, { api, informer }) {
    const node = informer('Node').get(undefined, name)
    if (!node || node.metadata.annotations?.[TTL] !== undefined) return undefined
    api.patch('Node', undefined, name, { metadata: { annotations: { [TTL]: '0' } } }, 'application/merge-patch+json')
    return undefined
  },
})
