import { expect, test } from 'vitest'
import { clusterPlan, World } from '../../src/cluster/index.ts'

function settled(): (line: string) => string {
  const world = new World(clusterPlan('single')!, 1)
  world.advance(60_000)
  return (line) => {
    const { stdout, stderr } = world.run(line)
    return stdout + stderr
  }
}

const container = { name: 'c', image: 'nginx:1.27' }
const spec = (app: string): object => ({
  selector: { matchLabels: { app } },
  template: { metadata: { labels: { app } }, spec: { containers: [container] } },
})
const apply = (object: object): string => `kubectl apply -f - <<'EOF'\n${JSON.stringify(object)}\nEOF`

// What the real controllers of 1.36.2 do with these objects was seen beside an API server of the same release.
test('a DaemonSet with maxSurge gets the new pod before the old one goes', () => {
  const run = settled()
  const updateStrategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }
  const set = { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'agent' }, spec: spec('agent') }
  run(apply({ ...set, spec: { ...set.spec, updateStrategy } }))
  run('kubectl rollout status ds/agent')
  run('kubectl set env ds/agent A=1; sleep 40')
  const reasons = run(
    `kubectl get events --field-selector involvedObject.name=agent --sort-by=.metadata.creationTimestamp -o jsonpath='{.items[*].reason}'`,
  )
  expect(reasons).toBe('SuccessfulCreate SuccessfulCreate SuccessfulDelete')
  expect(run(`kubectl get ds agent -o jsonpath='{.status.updatedNumberScheduled}/{.status.numberAvailable}'`)).toBe(
    '1/1',
  )
  expect(run(`kubectl get controllerrevisions -l app=agent -o jsonpath='{.items[*].revision}'`)).toBe('1 2')
})

test('claims of a StatefulSet go with the pods that are scaled away when the policy says so', () => {
  const run = settled()
  const resources = { requests: { storage: '1Gi' } }
  const set = {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db' },
    spec: {
      ...spec('db'),
      serviceName: 'db',
      replicas: 2,
      podManagementPolicy: 'Parallel',
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Delete' },
      volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources } }],
    },
  }
  run(apply(set))
  run('sleep 30')
  const owners = `kubectl get pvc -o jsonpath='{range .items[*]}{.metadata.name} {.metadata.ownerReferences[*].kind} {.metadata.ownerReferences[*].controller}{"\\n"}{end}'`
  expect(run(owners)).toBe('data-db-0 StatefulSet true\ndata-db-1 StatefulSet true\n')
  run('kubectl scale sts db --replicas=1; sleep 60')
  expect(run(owners)).toBe('data-db-0 StatefulSet true\n')
})

test('what keeps a StatefulSet from making a pod is tried again soon, each time later', () => {
  const run = settled()
  run('kubectl create quota q --hard=pods=1')
  run(
    apply({
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'db' },
      spec: { ...spec('db'), serviceName: 'db', replicas: 2 },
    }),
  )
  run('sleep 20')
  const failed = 'kubectl get events --field-selector reason=FailedCreate -o jsonpath='
  expect(run(`${failed}'{.items[*].message}'`)).toBe(
    'Create Pod db-1 in StatefulSet db failed error: pods "db-1" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1',
  )
  expect(Number(run(`${failed}'{.items[*].count}'`))).toBeGreaterThan(8)
})

test('who owns an object must be of its namespace and name: others are taken from it, or it goes', () => {
  const run = settled()
  run('kubectl create ns other; kubectl create cm far -n other; kubectl create cm one; kubectl create cm two')
  const uid = (name: string, ns = 'default'): string =>
    run(`kubectl get cm ${name} -n ${ns} -o jsonpath='{.metadata.uid}'`)
  const secret = (name: string, owners: readonly [string, string][]): string =>
    apply({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name,
        ownerReferences: owners.map(([owner, id]) => ({ apiVersion: 'v1', kind: 'ConfigMap', name: owner, uid: id })),
      },
    })
  run(secret('far', [['far', uid('far', 'other')]]))
  run(
    secret('both', [
      ['one', uid('one')],
      ['two', uid('two')],
    ]),
  )
  run('kubectl delete cm one; sleep 5')
  expect(run('kubectl get secret far')).toBe('Error from server (NotFound): secrets "far" not found\n')
  expect(run(`kubectl get secret both -o jsonpath='{.metadata.ownerReferences[*].name}'`)).toBe('two')
})
