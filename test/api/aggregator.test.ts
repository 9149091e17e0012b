import { describe, expect, it } from 'vitest'
import { Aggregator, TransportError } from '../../src/api/index.ts'
import type { Backends } from '../../src/api/registry/remote.ts'
import type { HttpRequest, HttpResponse } from '../../src/host/net/types.ts'
import { apiWorld } from './world.ts'

const NODES = { kind: 'NodeMetricsList', apiVersion: 'metrics.k8s.io/v1beta1', metadata: {}, items: [] }

function world() {
  const state = { up: true, seen: [] as HttpRequest[] }
  const webhook = () => (request: HttpRequest) => {
    if (!state.up) throw new TransportError('refused', 'dial tcp 10.96.7.7:443: connect: connection refused')
    state.seen.push(request)
    const discovery = request.path === '/apis/metrics.k8s.io/v1beta1'
    const body = discovery ? { resources: [{ name: 'nodes', kind: 'NodeMetrics' }] } : NODES
    return { status: 200, body } as HttpResponse
  }
  const backends = { webhook } as Partial<Backends> as Backends
  const made = apiWorld({
    backends,
    serviceRange: '10.96.0.0/12',
    foreign: [(request, user, server) => aggregator.handler(request, user, server)],
  })
  const aggregator: Aggregator = new Aggregator(made.server, made.api)
  aggregator.start()
  made.kernel.advance(1000)
  const available = (name: string) =>
    made.api
      .get('APIService', undefined, name)
      .status.conditions.map((c: any) => `${c.status} ${c.reason}: ${c.message}`)
  return { ...made, aggregator, available, state }
}

describe('the aggregator', () => {
  it('registers the built-in groups', () => {
    const { api, available } = world()
    const names = api.list('APIService').map((s) => s.metadata.name)
    expect(names.slice(0, 4)).toEqual(['v1.', 'v1.admissionregistration.k8s.io', 'v1.apiextensions.k8s.io', 'v1.apps'])
    expect(names).toHaveLength(21)
    expect(available('v1.apps')).toEqual(['True Local: Local APIServices are always available'])
    expect(api.get('APIService', undefined, 'v1.apps').spec).toEqual({
      group: 'apps',
      version: 'v1',
      groupPriorityMinimum: 17800,
      versionPriority: 15,
    })
  })

  it('watches over a remote server and passes requests on', () => {
    const { api, kernel, available, aggregator, state } = world()
    const name = 'v1beta1.metrics.k8s.io'
    api.create({
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name },
      spec: {
        group: 'metrics.k8s.io',
        version: 'v1beta1',
        groupPriorityMinimum: 100,
        versionPriority: 100,
        insecureSkipTLSVerify: true,
        service: { name: 'metrics-server', namespace: 'kube-system', port: 443 },
      },
    })
    const ask = () =>
      api.request({ verb: 'list', group: 'metrics.k8s.io', version: 'v1beta1', resource: 'nodes', untyped: true })
    kernel.advance(1000)
    expect(available(name)).toEqual(['False ServiceNotFound: service/metrics-server in "kube-system" is not present'])
    expect(ask()).toMatchObject({
      code: 503,
      body: { message: 'the server is currently unable to handle the request (get nodes.metrics.k8s.io)' },
    })
    const metadata = { name: 'metrics-server', namespace: 'kube-system' }
    const ports = [{ name: 'https', port: 443 }]
    api.create({ apiVersion: 'v1', kind: 'Service', metadata, spec: { clusterIP: '10.96.7.7', ports } })
    kernel.advance(1000)
    expect(available(name)).toEqual([
      'False EndpointsNotFound: cannot find endpointslices for service/metrics-server in "kube-system"',
    ])
    api.create({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { ...metadata, labels: { 'kubernetes.io/service-name': 'metrics-server' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['10.244.1.9'], conditions: { ready: true } }],
      ports: [{ name: 'https', port: 10250, protocol: 'TCP' }],
    } as never)
    kernel.advance(1000)
    expect(available(name)).toEqual(['True Passed: all checks passed'])
    expect(ask().body).toEqual(NODES)
    expect(state.seen.at(-1)?.path).toBe('/apis/metrics.k8s.io/v1beta1/nodes')
    expect(aggregator.groups()).toMatchObject([{ name: 'metrics.k8s.io', versions: ['v1beta1'] }])
    state.up = false
    kernel.advance(31_000)
    const url = 'https://10.96.7.7:443/apis/metrics.k8s.io/v1beta1'
    expect(available(name)).toEqual([
      `False FailedDiscoveryCheck: failing or missing response from ${url}: Get "${url}": dial tcp 10.96.7.7:443: connect: connection refused`,
    ])
  })
})
