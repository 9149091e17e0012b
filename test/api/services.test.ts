import { expect, test } from 'vitest'
import { createWorld, type World } from '../../src/cluster/index.ts'

const world: World = createWorld({ cluster: 'default' })
const sh = (line: string): string => {
  const { stdout, stderr } = world.sh(line)
  return (stdout + stderr).trim()
}
const create = (name: string, spec: object, kind = 'Service', apiVersion = 'v1'): string => {
  const object = {
    apiVersion,
    kind,
    metadata: { name },
    spec: kind === 'Service' ? { ports: [{ port: 80 }], ...spec } : spec,
  }
  return sh(`echo '${JSON.stringify(object)}' | kubectl create -f -`)
}
const show = (name: string, path: string): string => sh(`kubectl get svc ${name} -o jsonpath='${path}'`)
const INVALID = 'The Service "x" is invalid: '

test.each([
  [{ ipFamilies: ['IPv6'] }, 'spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster'],
  [
    { ipFamilyPolicy: 'RequireDualStack' },
    'spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services',
  ],
  [
    { ipFamilyPolicy: 'SingleStack', ipFamilies: ['IPv4', 'IPv6'] },
    `spec.ipFamilyPolicy: Invalid value: "SingleStack": must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified`,
  ],
  [{ clusterIP: 'fd00::1' }, 'spec.clusterIPs[0]: Invalid value: ["fd00::1"]: IPv6 is not configured on this cluster'],
  [
    { clusterIP: '10.96.0.40', clusterIPs: ['10.96.0.40', '10.96.0.41'] },
    'spec.clusterIPs: Invalid value: ["10.96.0.40","10.96.0.41"]: may specify no more than one IP for each IP family',
  ],
  [
    { clusterIP: '10.96.0.1' },
    'spec.clusterIPs: Invalid value: ["10.96.0.1"]: failed to allocate IP 10.96.0.1: provided IP is already allocated',
  ],
  [
    { type: 'NodePort', ports: [{ port: 80, nodePort: 40001 }] },
    'spec.ports[0].nodePort: Invalid value: 40001: provided port is not in the valid range. The range of valid ports is 30000-32767',
  ],
])('%j cannot be had', (spec, why) => {
  expect(create('x', spec)).toBe(INVALID + why)
})

test('headless without selector is for any family', () => {
  create('headless', { clusterIP: 'None' })
  expect(show('headless', '{.spec.ipFamilyPolicy} {.spec.ipFamilies}')).toBe('RequireDualStack ["IPv4","IPv6"]')
})

test('node ports are taken by number; ports of one number share theirs', () => {
  create('dns', {
    type: 'NodePort',
    ports: [
      { name: 'a', port: 53, nodePort: 30053 },
      { name: 'b', port: 53, protocol: 'UDP' },
    ],
  })
  expect(show('dns', '{.spec.ports[*].nodePort}')).toBe('30053 30053')
  expect(create('x', { type: 'NodePort', ports: [{ port: 53, protocol: 'UDP', nodePort: 30053 }] })).toBe(
    `${INVALID}spec.ports[0].nodePort: Invalid value: 30053: provided port is already allocated`,
  )
})

test('a load balancer that keeps to its node has a port for its health, which stays', () => {
  create('lb', { type: 'LoadBalancer', externalTrafficPolicy: 'Local' })
  expect(show('lb', '{.spec.healthCheckNodePort}')).toMatch(/^3\d{4}$/)
  expect(sh(`kubectl patch svc lb -p '{"spec":{"healthCheckNodePort":31000}}'`)).toBe(
    'The Service "lb" is invalid: spec.healthCheckNodePort: Forbidden: field is immutable',
  )
  sh(`kubectl patch svc lb -p '{"spec":{"externalTrafficPolicy":"Cluster"}}'`)
  expect(show('lb', '{.spec.healthCheckNodePort}')).toBe('')
})

test('an address is given back when a Service becomes a name, and not by a dry run', () => {
  create('a', {})
  const ip = show('a', '{.spec.clusterIP}')
  const patch = (flags = ''): string =>
    sh(`kubectl patch svc a -p '{"spec":{"type":"ExternalName","externalName":"x.example.com"}}' ${flags}`)
  patch('--dry-run=server')
  expect(sh(`kubectl get ip ${ip} -o name`)).toBe(`ipaddress.networking.k8s.io/${ip}`)
  patch()
  expect(sh(`kubectl get ip ${ip} -o name`)).toBe(
    `Error from server (NotFound): ipaddresses.networking.k8s.io "${ip}" not found`,
  )
})

test('recording i11: a range more is ready at once, gives addresses, and goes ten seconds after its last', () => {
  create('more', { cidrs: ['10.200.0.0/28'] }, 'ServiceCIDR', 'networking.k8s.io/v1')
  world.advance(1000)
  create('far', { clusterIP: '10.200.0.3' })
  expect(show('far', '{.spec.clusterIP}')).toBe('10.200.0.3')
  sh('kubectl delete servicecidr more --wait=false')
  world.advance(1000)
  expect(sh(`kubectl get servicecidr more -o jsonpath='{.status.conditions[0].message}'`)).toBe(
    'There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR',
  )
  expect(create('x', { clusterIP: '10.200.0.4' })).toContain('the provided network does not match the current range')
  sh('kubectl delete svc far')
  world.advance(11_000)
  expect(sh('kubectl get servicecidr more')).toContain('not found')
})
