import { expect, test } from 'vitest'
import { createWorld } from '../../src/cluster/index.ts'

const world = createWorld({ cluster: 'default' })
const sh = (line: string): string => {
  const { stdout, stderr } = world.sh(line)
  return (stdout + stderr).trim()
}
const apply = (kind: string, name: string, spec: string): string =>
  sh(
    `kubectl apply -f - <<'X'\n{apiVersion: ${kind === 'Pod' ? 'v1' : 'resource.k8s.io/v1'}, kind: ${kind}, metadata: {name: ${name}}, spec: ${spec}}\nX`,
  )
const events = (pod: string): string =>
  sh(
    `kubectl get events --field-selector involvedObject.name=${pod} -o jsonpath='{range .items[*]}{.message}{"\\n"}{end}'`,
  )
const REQUEST = 'devices: {requests: [{name: gpu, exactly: {deviceClassName: gpu.example.com}}]}'
const pod = (name: string, claim: string): string =>
  apply(
    'Pod',
    name,
    `{resourceClaims: [{name: gpu, ${claim}}], containers: [{name: c, image: nginx, resources: {claims: [{name: gpu}]}}]}`,
  )
const NONE =
  '0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 cannot allocate all claims. still not schedulable, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.'

test('a claim is made from its template, belongs to the pod, and waits with it for a driver', () => {
  apply('DeviceClass', 'gpu.example.com', '{}')
  apply('ResourceClaimTemplate', 'tpl', `{spec: {${REQUEST}}}`)
  pod('made', 'resourceClaimTemplateName: tpl')
  world.advance(3000)
  expect(sh('kubectl get pod made -o jsonpath={.status.resourceClaimStatuses[0].resourceClaimName}')).toMatch(
    /^made-gpu-\w{5}$/,
  )
  expect(events('made')).toBe(NONE)
  sh('kubectl delete pod made')
  world.advance(3000)
  expect(sh('kubectl get resourceclaims')).toBe('No resources found in default namespace.')
})

test('a pod whose claim is not there is not tried, and nothing is said', () => {
  pod('early', 'resourceClaimName: later')
  world.advance(3000)
  expect(events('early')).toBe('')
  apply('ResourceClaim', 'later', `{${REQUEST}}`)
  world.advance(3000)
  expect(events('early')).toBe(NONE)
})

test('a missing template is told', () => {
  pod('lost', 'resourceClaimTemplateName: nosuch')
  world.advance(3000)
  expect(events('lost')).toBe(
    'PodResourceClaim gpu: resource claim template "nosuch": resourceclaimtemplate.resource.k8s.io "nosuch" not found',
  )
})
