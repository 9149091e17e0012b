import { beforeAll, describe, expect, test } from 'vitest'
import { classify, inOrder } from '../../../src/api/flow/classify.ts'
import { Level, newTicket } from '../../../src/api/flow/level.ts'
import type { ResourceRequest } from '../../../src/api/types.ts'
import { createWorld, type World } from '../../../src/cluster/index.ts'
import { flowControlObjects } from '../../../src/programs/kube-apiserver/flow-control.ts'

const schemas = inOrder(flowControlObjects().filter((o) => o.kind === 'FlowSchema'))
const ask = (verb: string, resource: string, namespace?: string, group = ''): ResourceRequest =>
  ({ verb, group, version: 'v1', resource, namespace }) as ResourceRequest
const user = (name: string, ...groups: string[]) => ({
  name,
  uid: '',
  groups: [...groups, 'system:authenticated'],
  extra: {},
})

test.each([
  [
    'an administrator of kubeadm',
    user('kubernetes-admin', 'kubeadm:cluster-admins'),
    ask('list', 'pods'),
    'global-default',
    'global-default',
    'kubernetes-admin',
  ],
  ['system:masters', user('root', 'system:masters'), ask('list', 'pods'), 'exempt', 'exempt', ''],
  [
    'a kubelet and its Node',
    user('system:node:node01', 'system:nodes'),
    ask('update', 'nodes'),
    'system-node-high',
    'node-high',
    'system:node:node01',
  ],
  [
    'a kubelet and its pods',
    user('system:node:node01', 'system:nodes'),
    ask('list', 'pods'),
    'system-nodes',
    'system',
    'system:node:node01',
  ],
  [
    'the scheduler and its lease',
    user('system:kube-scheduler'),
    ask('update', 'leases', 'kube-system', 'coordination.k8s.io'),
    'system-leader-election',
    'leader-election',
    'system:kube-scheduler',
  ],
  [
    'the scheduler',
    user('system:kube-scheduler'),
    ask('list', 'pods', 'shop'),
    'kube-scheduler',
    'workload-high',
    'shop',
  ],
  [
    'CoreDNS',
    user('system:serviceaccount:kube-system:coredns', 'system:serviceaccounts'),
    ask('list', 'services'),
    'kube-system-service-accounts',
    'workload-high',
    '',
  ],
  [
    'an application',
    user('system:serviceaccount:default:app', 'system:serviceaccounts'),
    ask('list', 'pods', 'default'),
    'service-accounts',
    'workload-low',
    'system:serviceaccount:default:app',
  ],
] as const)('%s', (_who, who, request, schema, level, distinguisher) => {
  expect(classify(schemas, request, who as never)).toEqual({ schema, level, distinguisher })
})

describe('a priority level', () => {
  const flow = (distinguisher: string) => ({ schema: 's', level: 'l', distinguisher })

  test('gives its seats to each flow in turn', () => {
    const level = new Level('l', { seats: 1, queueLength: 2 })
    const [a1, a2, a3, a4, b] = ['a', 'a', 'a', 'a', 'b'].map((name) => newTicket(flow(name), 1, 0))
    expect([a1, a2, a3, a4, b].map((t) => level.enter(t))).toEqual([
      undefined,
      undefined,
      undefined,
      'queue-full',
      undefined,
    ])
    expect(level.leave(a1)).toEqual([a2])
    // The other flow has waited for its turn, although this one came first.
    expect(level.leave(a2)).toEqual([b])
    expect(level.leave(b)).toEqual([a3])
    expect(level.giveUp(a3)).toBe(false)
    expect([level.executing, level.waiting, level.rejected]).toEqual([1, 0, 1])
  })

  test('turns away who finds no seat where nobody may wait', () => {
    const level = new Level('l', { seats: 10, queueLength: 0 })
    expect(level.enter(newTicket(flow(''), 8, 0))).toBe(undefined)
    expect(level.enter(newTicket(flow(''), 3, 0))).toBe('concurrency-limit')
  })
})

describe('a flood of lists', () => {
  let world: World
  const stocktaker = (workers: number): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: stocktaker }
spec:
  selector: { matchLabels: { app: s } }
  template:
    metadata: { labels: { app: s } }
    spec:
      serviceAccountName: stocktaker
      containers: [{ name: s, image: "notready/stocktaker:1.4", args: [--workers=${workers}] }]
`
  const seconds = (line: string): number => {
    const before = world.now()
    world.run(line)
    return (world.now() - before) / 1000
  }

  beforeAll(() => {
    world = createWorld({})
    world.run(`for i in $(seq 700); do printf 'apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: a%s}\\n---\\n' $i; done | kubectl create -f - > /dev/null
      kubectl create sa stocktaker
      kubectl create clusterrole s --verb=list --resource=configmaps
      kubectl create clusterrolebinding s --clusterrole=s --serviceaccount=default:stocktaker`)
  })

  test('slows down what is long, and spares what is short', () => {
    expect(seconds('kubectl get --raw /api/v1/configmaps')).toBeLessThan(0.5)
    world.write('/root/s.yaml', stocktaker(400))
    world.run('kubectl apply -f /root/s.yaml')
    world.advance(25_000)
    expect(seconds('kubectl get --raw /api/v1/configmaps')).toBeGreaterThan(0.6)
    expect(seconds('kubectl get nodes')).toBeLessThan(0.5)
    expect(world.run('kubectl get nodes --no-headers').stdout).toMatch(/ Ready /)
  })

  test('its author waits, and is turned away when too many of his wait', () => {
    expect(world.run('kubectl logs deploy/stocktaker | tail -1').stdout).toMatch(
      / s each; [1-9]\d* times 429 Too Many Requests, 0 failed\n$/,
    )
    const dump = world.run('kubectl get --raw /debug/api_priority_and_fairness/dump_priority_levels').stdout
    expect(dump).toMatch(
      /^PriorityLevelName, ActiveQueues, IsIdle, IsQuiescing, WaitingRequests, ExecutingRequests, DispatchedRequests, RejectedRequests, TimedoutRequests, CancelledRequests\n/,
    )
    expect(dump).toMatch(/^workload-low, {6}1, {12}false, {2}false, {7}300, +30, +\d+, +[1-9]\d*, +\d+, +0$/m)
    expect(dump).toMatch(/^global-default, {4}0, {12}true, {3}false, {7}0, +0, +[1-9]\d*, +0, +0, +0$/m)
    expect(world.run('kubectl get --raw /metrics | grep rejected_requests').stdout).toMatch(
      /^apiserver_flowcontrol_rejected_requests_total\{flow_schema="service-accounts",priority_level="workload-low",reason="(queue-full|time-out)"\} \d+$/m,
    )
    const as = '--as=system:serviceaccount:default:stocktaker --as-group=system:serviceaccounts'
    const refused = world.run(`kubectl get configmaps ${as}`, { timeoutMs: 300_000 })
    expect(refused.stderr).toMatch(
      /^$|^Error from server \(TooManyRequests\): the server has received too many requests and has asked us to try again later/,
    )
  })

  test('ends with its pod', () => {
    world.run('kubectl delete deploy stocktaker')
    world.advance(10_000)
    expect(seconds('kubectl get --raw /api/v1/configmaps')).toBeLessThan(0.5)
    expect(world.run('kubectl get --raw /debug/api_priority_and_fairness/dump_priority_levels').stdout).toMatch(
      /^workload-low, {6}0, {12}true, /m,
    )
  })
})
