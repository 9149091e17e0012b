import type { KubeObject } from '../../api/types.ts'

const ALL = ['*']
const EVERYTHING = {
  resourceRules: [{ verbs: ALL, apiGroups: ALL, resources: ALL, clusterScope: true, namespaces: ALL }],
  nonResourceRules: [{ verbs: ALL, nonResourceURLs: ALL }],
}
const group = (name: string) => ({ kind: 'Group', group: { name } })
const user = (name: string) => ({ kind: 'User', user: { name } })
const kubeSystem = { kind: 'ServiceAccount', serviceAccount: { namespace: 'kube-system', name: '*' } }
const EVERYBODY = [group('system:unauthenticated'), group('system:authenticated')]
const NODES = [group('system:nodes')]
const LEASES = { apiGroups: ['coordination.k8s.io'], resources: ['leases'], namespaces: ALL }

const object = (kind: string, name: string, spec: object): KubeObject => ({
  apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
  kind,
  metadata: { name, annotations: { 'apf.kubernetes.io/autoupdate-spec': 'true' } },
  spec,
})

/** name, priority level, precedence, what tells flows apart, rules. */
const schema = (
  name: string,
  level: string,
  matchingPrecedence: number,
  distinguisher: 'ByUser' | 'ByNamespace' | undefined,
  rule: object,
) =>
  object('FlowSchema', name, {
    ...(distinguisher ? { distinguisherMethod: { type: distinguisher } } : {}),
    matchingPrecedence,
    priorityLevelConfiguration: { name: level },
    rules: [rule],
  })

const level = (name: string, nominalConcurrencyShares: number, lendablePercent: number, queues?: [number, number]) =>
  object('PriorityLevelConfiguration', name, {
    limited: {
      lendablePercent,
      limitResponse: queues
        ? { queuing: { handSize: queues[1], queueLengthLimit: 50, queues: queues[0] }, type: 'Queue' }
        : { type: 'Reject' },
      nominalConcurrencyShares,
    },
    type: 'Limited',
  })

/** What API Priority and Fairness starts with (apiserver/pkg/apis/flowcontrol/bootstrap). */
export const flowControlObjects = (): KubeObject[] => [
  object('PriorityLevelConfiguration', 'exempt', {
    exempt: { lendablePercent: 0, nominalConcurrencyShares: 0 },
    type: 'Exempt',
  }),
  level('catch-all', 5, 0),
  level('system', 30, 33, [64, 6]),
  level('node-high', 40, 25, [64, 6]),
  level('leader-election', 10, 0, [16, 4]),
  level('workload-high', 40, 50, [128, 6]),
  level('workload-low', 100, 90, [128, 6]),
  level('global-default', 20, 50, [128, 6]),
  schema('exempt', 'exempt', 1, undefined, { subjects: [group('system:masters')], ...EVERYTHING }),
  schema('catch-all', 'catch-all', 10000, 'ByUser', { subjects: EVERYBODY, ...EVERYTHING }),
  schema('probes', 'exempt', 2, undefined, {
    subjects: EVERYBODY,
    nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/healthz', '/readyz', '/livez'] }],
  }),
  schema('system-leader-election', 'leader-election', 100, 'ByUser', {
    subjects: [user('system:kube-controller-manager'), user('system:kube-scheduler'), kubeSystem],
    resourceRules: [{ verbs: ['get', 'create', 'update'], ...LEASES }],
  }),
  schema('system-node-high', 'node-high', 400, 'ByUser', {
    subjects: NODES,
    resourceRules: [
      { verbs: ALL, apiGroups: [''], resources: ['nodes', 'nodes/status'], clusterScope: true, namespaces: ALL },
      { verbs: ALL, ...LEASES },
    ],
  }),
  schema('system-nodes', 'system', 500, 'ByUser', { subjects: NODES, ...EVERYTHING }),
  schema('kube-controller-manager', 'workload-high', 800, 'ByNamespace', {
    subjects: [user('system:kube-controller-manager')],
    ...EVERYTHING,
  }),
  schema('kube-scheduler', 'workload-high', 800, 'ByNamespace', {
    subjects: [user('system:kube-scheduler')],
    ...EVERYTHING,
  }),
  schema('kube-system-service-accounts', 'workload-high', 900, 'ByNamespace', {
    subjects: [kubeSystem],
    ...EVERYTHING,
  }),
  schema('service-accounts', 'workload-low', 9000, 'ByUser', {
    subjects: [group('system:serviceaccounts')],
    ...EVERYTHING,
  }),
  schema('global-default', 'global-default', 9900, 'ByUser', { subjects: EVERYBODY, ...EVERYTHING }),
]
