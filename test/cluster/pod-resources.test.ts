import { expect, test } from 'vitest'
import { clusterPlan, createWorld } from '../../src/cluster/index.ts'

const POD = (spec: object): string =>
  `echo '${JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec })}' | kubectl apply -f -; sleep 4`
const resize = (container: object): string =>
  `kubectl patch pod p --subresource resize -p '${JSON.stringify({ spec: { containers: [{ name: 'c', ...container }] } })}'`
const requests = (cpu: string) => ({ resources: { requests: { cpu }, limits: { cpu: '100' } } })
const PAUSED = { containers: [{ name: 'c', image: 'nginx', ...requests('100m') }] }

/** Recording i15. */
test('a resize must fit the node; what it asks besides is owned, not done; its subresource makes no table', () => {
  const world = createWorld({ cluster: 'single' })
  world.sh(POD(PAUSED))
  expect(world.sh(resize(requests('16'))).stderr).toBe(
    'Error from server (Forbidden): pods "p" is forbidden: node didn\'t have enough allocatable resources: cpu, requested: 16000, allocatable: 8000\n',
  )
  expect(world.sh(resize({})).stdout).toBe('pod/p patched (no change)\n')
  expect(world.sh(resize({ image: 'nginx:1.28' })).stdout).toBe('pod/p patched\n')
  expect(world.sh("kubectl get pod p -o jsonpath='{.spec.containers[0].image}'").stdout).toBe('nginx')
  expect(world.sh('kubectl get pod p --subresource resize').stdout).toMatch(/^NAME +AGE\np +\d+s\n$/)
  expect(world.sh("kubectl patch deploy x --subresource resize -p '{}'").stderr).toBe(
    'Error from server (NotFound): the server could not find the requested resource\n',
  )
})

test('a kubelet without cgroups of its pods cannot resize them in place', () => {
  const world = createWorld({ cluster: { ...clusterPlan('single')!, kubelet: { cgroupsPerQOS: false } } })
  world.sh(POD(PAUSED))
  world.sh(`${resize(requests('150m'))}; sleep 3`)
  const status = (path: string): string => world.sh(`kubectl get pod p -o jsonpath='{.status.${path}}'`).stdout
  expect(status('conditions[0].type')).toBe('PodResizeInProgress')
  expect(status('containerStatuses[0].resources.requests.cpu')).toBe('100m')
  expect(status('containerStatuses[0].allocatedResources.cpu')).toBe('150m')
  expect(
    world.sh("kubectl get events --field-selector reason=ResizeError -o jsonpath='{.items[*].message}'").stdout,
  ).toMatch(
    /^Pod resize error: \{"containers".*"generation":2,"error":"unable to get pod cgroup memory config for pod \\"p_default\([0-9a-f-]+\)\\""\}$/,
  )
})

test('rules of a container restart it where the policy of its pod would not', () => {
  const world = createWorld({ cluster: 'single' })
  const rules = [{ action: 'Restart', exitCodes: { operator: 'In', values: [42] } }]
  const container = { name: 'c', image: 'busybox', command: ['sh', '-c', 'exit 42'], restartPolicy: 'Never' }
  world.sh(POD({ restartPolicy: 'Never', containers: [{ ...container, restartPolicyRules: rules }] }))
  expect(
    world.sh("kubectl get pod p -o jsonpath='{.status.phase} {.status.containerStatuses[0].restartCount}'").stdout,
  ).toBe('Running 1')
})

test('a claim for a class of devices that nobody has defined keeps its pod from being scheduled', () => {
  const world = createWorld({ cluster: 'single' })
  const devices = { requests: [{ name: 'r', exactly: { deviceClassName: 'gpu.example.com' } }] }
  const claim = {
    apiVersion: 'resource.k8s.io/v1',
    kind: 'ResourceClaim',
    metadata: { name: 'gpu' },
    spec: { devices },
  }
  world.sh(`echo '${JSON.stringify(claim)}' | kubectl apply -f -`)
  world.sh(POD({ ...PAUSED, resourceClaims: [{ name: 'g', resourceClaimName: 'gpu' }] }))
  expect(
    world.sh("kubectl get events --field-selector reason=FailedScheduling -o jsonpath='{.items[*].message}'").stdout,
  ).toBe(
    '0/1 nodes are available: request r: device class gpu.example.com does not exist. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.',
  )
})

test('a quota counts what a pod asks for as a whole, and so does describe node', () => {
  const world = createWorld({ cluster: 'single' })
  world.sh('kubectl create quota q --hard=requests.cpu=2,limits.cpu=4,pods=5; sleep 1')
  world.sh(
    POD({
      resources: { requests: { cpu: '1' }, limits: { cpu: '2' } },
      containers: [{ name: 'c', image: 'nginx', ...requests('100m') }].map((c) => ({
        ...c,
        resources: { requests: { cpu: '100m' }, limits: { cpu: '1' } },
      })),
    }),
  )
  const used = (): string => world.sh("kubectl get quota q -o jsonpath='{.status.used}'").stdout
  expect(used()).toBe('{"limits.cpu":"2","pods":"1","requests.cpu":"1"}')
  // Counted anew by the controller, not only by admission.
  world.sh('kubectl patch quota q -p \'{"spec":{"hard":{"pods":"6"}}}\'; sleep 1')
  expect(used()).toBe('{"limits.cpu":"2","pods":"1","requests.cpu":"1"}')
  expect(world.sh('kubectl describe node | grep " p "').stdout).toMatch(/^ +default +p +1 \(12%\) +2 \(25%\) +0 \(0%\)/)
})
