import { expect, test } from 'vitest'
import { clusterPlan, World } from '../../src/cluster/index.ts'

// Words and order as the real controller manager of 1.36.2 had them beside an API server of the same release.
test('pods leave a tainted node at once, after their time, or never; whose time is cut short or cancelled is told', () => {
  const world = new World(clusterPlan('default')!, 1)
  world.advance(30_000)
  const run = (line: string): string => {
    const { stdout, stderr } = world.run(line)
    return stdout + stderr
  }
  const pod = (name: string, tolerations: object[]): object => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { nodeName: 'node01', containers: [{ name: 'c', image: 'nginx:1.27' }], tolerations },
  })
  const items = [
    pod('now', []),
    pod('later', [{ key: 'k', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 10 }]),
    pod('long', [{ key: 'k', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 600 }]),
    pod('stays', [{ operator: 'Exists' }]),
  ]
  run(`kubectl apply -f - <<'EOF'\n${JSON.stringify({ apiVersion: 'v1', kind: 'List', items })}\nEOF`)
  run('sleep 10; kubectl taint node node01 k=v:NoExecute; sleep 15; kubectl taint node node01 k-; sleep 20')
  expect(run('kubectl get pods -o name')).toBe('pod/long\npod/stays\n')
  run('kubectl taint node node01 k=v:NoExecute; sleep 2; kubectl taint node node01 other=v:NoExecute; sleep 20')
  expect(run('kubectl get pods -o name')).toBe('pod/stays\n')
  const events = `kubectl get events --field-selector reason=TaintManagerEviction -o jsonpath='{range .items[*]}{.message} {.count}{"\\n"}{end}' | sort`
  expect(run(events)).toBe(
    [
      'Cancelling deletion of Pod default/long 2',
      'Marking for deletion Pod default/later 1',
      'Marking for deletion Pod default/long 1',
      'Marking for deletion Pod default/now 1',
      '',
    ].join('\n'),
  )
})

test('of two nodes that fell silent together, the pods of the second have ten seconds more', () => {
  const world = new World(clusterPlan('default')!, 1)
  world.advance(30_000)
  const run = (line: string): string => world.run(line).stdout
  run("ssh node01 'systemctl stop kubelet'; ssh node02 'systemctl stop kubelet'; sleep 90")
  const added = `kubectl get nodes node01 node02 -o json | jq -r '.items[].spec.taints[]|select(.key=="node.kubernetes.io/unreachable" and .effect=="NoExecute")|.timeAdded' | sort`
  const [first, second] = run(added).trim().split('\n').map(Date.parse)
  expect(second - first).toBe(10_000)
})

test('older labels of a node follow the newer ones', () => {
  const world = new World(clusterPlan('single')!, 1)
  world.advance(30_000)
  const run = (line: string): string => world.run(line).stdout
  run('kubectl label node --all --overwrite beta.kubernetes.io/os=x beta.kubernetes.io/arch-; sleep 8')
  expect(
    run(`kubectl get nodes -o json | jq -c '.items[0].metadata.labels|with_entries(select(.key|startswith("beta")))'`),
  ).toBe('{"beta.kubernetes.io/arch":"amd64","beta.kubernetes.io/os":"linux"}\n')
})
