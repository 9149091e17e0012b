import { selects } from '../api/match.ts'
import { StatusError } from '../api/types.ts'
import { deepEqual } from '../kinds/index.ts'
import { defineController, itself, keyOf, splitKey } from './controller.ts'
import { condition } from './pods.ts'

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
