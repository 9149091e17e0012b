import { expect, test } from 'vitest'
import { clusterPlan, World } from '../../src/cluster/index.ts'

const budget = (name: string, rule: string): string => `
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: ${name}}
spec: {${rule}, selector: {matchLabels: {app: ${name}}}}
`

test('a budget counts whom somebody wants, says whom nobody does, and fails over pods whose owner has no scale', () => {
  const world = new World(clusterPlan('single')!, 1)
  world.advance(30_000)
  const run = (line: string): string => world.run(line).stdout
  const shown = (name: string): string =>
    run(
      `kubectl get pdb ${name} -o jsonpath='{.status.expectedPods} {.status.currentHealthy} {.status.desiredHealthy} {.status.disruptionsAllowed} {.status.conditions[0].reason} {.status.conditions[0].message}'`,
    )
  const rules = {
    web: 'maxUnavailable: 25%',
    lone: 'maxUnavailable: 1',
    work: 'maxUnavailable: 1',
    done: 'minAvailable: 1',
  }
  const budgets = Object.entries(rules).map(([name, rule]) => budget(name, rule))
  world.write('/root/budgets.yaml', budgets.join('---'))
  run(
    'kubectl create deploy web --image=nginx:1.27 --replicas=4; kubectl run lone --image=nginx:1.27 --labels=app=lone',
  )
  run('kubectl create job work --image=busybox:1.36 --dry-run=client -o yaml -- sleep 600 > job.yaml')
  run("sed -i 's/metadata: {}/metadata: {labels: {app: work}}/' job.yaml; kubectl apply -f job.yaml")
  run('kubectl run done --image=busybox:1.36 --labels=app=done --restart=Never -- true')
  run('sleep 8; kubectl apply -f budgets.yaml; sleep 3')
  expect(shown('web')).toBe('4 4 3 1 SufficientPods ')
  expect(shown('lone')).toBe('0 1 0 0 InsufficientPods ')
  expect(run(`kubectl get events --field-selector reason=UnmanagedPods -o jsonpath='{.items[0].message}'`)).toBe(
    'Pods selected by this PodDisruptionBudget (selector: &LabelSelector{MatchLabels:map[string]string{app: lone,},MatchExpressions:[]LabelSelectorRequirement{},}) were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.',
  )
  expect(run("kubectl get pdb work -o jsonpath='{.status.conditions[0].reason} {.status.conditions[0].message}'")).toBe(
    'SyncFailed jobs.batch does not implement the scale subresource',
  )
  expect(shown('done')).toBe('1 0 1 0 InsufficientPods ')
})
