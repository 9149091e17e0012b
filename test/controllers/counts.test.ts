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

// Words and numbers as the real controllers of 1.36.2 had them beside an API server of the same release.
test('quotas count objects of any resource, custom ones too', () => {
  const run = settled()
  const crd = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.com' },
    spec: {
      group: 'example.com',
      names: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' },
      scope: 'Namespaced',
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
    },
  }
  run(`kubectl apply -f - <<'EOF'\n${JSON.stringify(crd)}\nEOF`)
  run('kubectl create ns q; sleep 5')
  run(
    'kubectl -n q create quota all --hard=count/serviceaccounts=4,count/leases.coordination.k8s.io=3,count/widgets.example.com=1,count/gadgets.example.com=1',
  )
  const widget = (name: string): string =>
    run(
      `kubectl apply -f - <<'EOF'\n{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"${name}","namespace":"q"}}\nEOF`,
    )
  run('kubectl -n q create sa x; sleep 2')
  expect(widget('a')).toBe('widget.example.com/a created\n')
  run('sleep 2')
  expect(run(`kubectl -n q get quota all -o jsonpath='{.status.used}'`)).toBe(
    '{"count/leases.coordination.k8s.io":"0","count/serviceaccounts":"2","count/widgets.example.com":"1"}',
  )
  run('kubectl -n q delete widget a; sleep 2')
  expect(run(`kubectl -n q get quota all -o jsonpath='{.status.used.count/widgets\\.example\\.com}'`)).toBe('0')
})

test('of a batch of pods some fit a quota: the rest is refused one by one, and the next batch is not tried', () => {
  const run = settled()
  run('kubectl create ns q; kubectl -n q create quota few --hard=pods=2; sleep 2')
  run('kubectl -n q create deploy web --image=nginx:1.27 --replicas=12; sleep 0.2')
  const events = `kubectl -n q get events --field-selector involvedObject.kind=ReplicaSet -o json | jq -r '.items|sort_by(.firstTimestamp)|map(.reason)|group_by(.)|map("\\(.[0]) \\(length)")|.[]'`
  expect(run(events).split('\n')).toContain('SuccessfulCreate 2')
  expect(
    run(`kubectl -n q get rs -o jsonpath='{.items[0].status.conditions[0].reason} {.items[0].status.replicas}'`),
  ).toBe('FailedCreate 2')
})

test('a claim that names a volume which cannot serve it says why', () => {
  const run = settled()
  const volume = {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: 'pv' },
    spec: {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadOnlyMany'],
      hostPath: { path: '/x' },
      storageClassName: 'mm',
    },
  }
  const claim = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'c' },
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '1Gi' } },
      storageClassName: 'mm',
      volumeName: 'pv',
    },
  }
  run(`kubectl create -f - <<'EOF'\n${JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [volume, claim] })}\nEOF`)
  run('sleep 20')
  expect(run("kubectl get pvc c --no-headers | awk '{print $2}'; kubectl get pv pv -o jsonpath={.status.phase}")).toBe(
    'Pending\nAvailable',
  )
  expect(run(`kubectl get events --field-selector reason=VolumeMismatch -o jsonpath='{.items[0].message}'`)).toBe(
    'Cannot bind to requested volume "pv": incompatible accessMode',
  )
})

test('endpoints keep their slice, which keeps its name when all have gone; hints say for whom they are', () => {
  const run = settled()
  run('kubectl create deploy web --image=nginx:1.27 --replicas=2; kubectl expose deploy web --port=80; sleep 15')
  run(`kubectl patch svc web -p '{"spec":{"trafficDistribution":"PreferSameNode"}}'; sleep 2`)
  const slice = 'kubectl get endpointslice -l kubernetes.io/service-name=web -o '
  const before = run(`${slice}name`)
  const node = run('kubectl get node -o jsonpath={.items[0].metadata.name}')
  expect(run(`${slice}jsonpath='{.items[*].endpoints[*].hints}'`)).toBe(
    `{"forNodes":[{"name":"${node}"}]} {"forNodes":[{"name":"${node}"}]}`,
  )
  run('kubectl scale deploy web --replicas=0; sleep 40')
  expect(run(`${slice}name`)).toBe(before)
  expect(run(`${slice}jsonpath='{.items[*].endpoints[*]}'`)).toBe('')
})
