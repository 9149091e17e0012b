import { createWorld, type World } from '../../src/cluster/index.ts'
import { type Measurement, quantile, timed } from './measure.ts'

const MANY = 10_000
/** Objects a `kubectl create` brings. */
const BATCH = 1000

/** What people type most (see shared/coverage.md), changes included. */
const EVERYDAY = [
  'kubectl get pods -A',
  'kubectl get pods -o wide',
  'kubectl get nodes',
  'kubectl get svc,deploy,rs',
  'kubectl get deploy web -o yaml',
  "kubectl get pods -o jsonpath='{.items[*].metadata.name}'",
  'kubectl get pods -A --sort-by=.metadata.name',
  'kubectl get events -A',
  'kubectl get cm -n kube-system coredns -o json',
  'kubectl describe deploy web',
  'kubectl describe node node01',
  'kubectl describe pods -l app=web',
  'kubectl logs deploy/web',
  'kubectl explain pod.spec.containers',
  'kubectl api-resources',
  'kubectl auth can-i create pods',
  'kubectl config get-contexts',
  'kubectl scale deploy web --replicas=3',
  'kubectl label pods -l app=web tier=front --overwrite',
  'kubectl annotate deploy web note=hello --overwrite',
  'kubectl create configmap c --from-literal=a=b --dry-run=client -o yaml',
  'kubectl create configmap c --from-literal=a=b',
  'kubectl delete configmap c',
  'kubectl patch deploy web -p \'{"spec":{"replicas":2}}\'',
  'kubectl set image deploy/web nginx=nginx:1.27',
  'kubectl exec deploy/web -- cat /etc/hostname',
]

const cpu = (fn: () => void): number => {
  const before = process.cpuUsage()
  fn()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

function withMany(): World {
  const world = createWorld()
  for (let from = 0; from < MANY; from += BATCH) {
    const items = Array.from({ length: BATCH }, (_, i) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `p${from + i}`, labels: { app: 'mass' } },
      // Nobody's scheduler: they stay as they are.
      spec: { schedulerName: 'none', containers: [{ name: 'c', image: 'nginx:1.27' }] },
    }))
    const stdin = JSON.stringify({ apiVersion: 'v1', kind: 'List', items })
    const { exit, stderr } = world.run('kubectl create -f -', { stdin, timeoutMs: 3_600_000 })
    if (exit !== 0) throw new Error(stderr)
  }
  return world
}

/** What one command costs. */
export const kubectl: readonly Measurement[] = [
  {
    name: 'kubectl command in default, CPU',
    run: async () => {
      const world = createWorld()
      world.run('kubectl create deployment web --image=nginx:1.27 --replicas=2')
      world.advance(60_000)
      const rounds = Array.from({ length: 12 }, () => EVERYDAY.map((line) => cpu(() => world.run(line))))
      // The first two rounds warm the machine up.
      const ms = rounds.slice(2).flat()
      return [{ ms, note: `p95 ${quantile(ms, 0.95).toFixed(1)}` }]
    },
  },
  {
    name: `kubectl get pods -A of ${MANY}`,
    run: async () => {
      const world = withMany()
      return ['', ' -o json'].map((flag) => ({
        name: `kubectl get pods -A${flag}, ${MANY} pods`,
        ms: timed(() => world.run(`kubectl get pods -A${flag}`), 5),
      }))
    },
  },
]
