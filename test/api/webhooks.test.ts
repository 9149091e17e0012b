import { describe, expect, it } from 'vitest'
import { mutatingWebhooks, validatingWebhooks, type WebhookTarget } from '../../src/api/admission/webhooks.ts'
import { type ResourceRequest, StatusError, TransportError } from '../../src/api/index.ts'
import type { Backends } from '../../src/api/registry/remote.ts'
import { Blocked, type HttpRequest, type HttpResponse } from '../../src/host/net/types.ts'
import { Signal } from '../../src/kernel/index.ts'
import { hook } from '../recordings/hook-server.ts'
import { apiWorld, configMap } from './world.ts'

type Hook = (request: HttpRequest, target: WebhookTarget) => HttpResponse

function world(answer: Hook = hook) {
  const asked: string[] = []
  const backends = {
    webhook: (target: WebhookTarget) => (request: HttpRequest) => {
      asked.push(`${target.host}:${target.port}${request.path}`)
      return answer(request, target)
    },
  } as Partial<Backends> as Backends
  const made = apiWorld({ admission: [mutatingWebhooks, validatingWebhooks], backends, serviceRange: '10.96.0.0/12' })
  const { api } = made
  api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'adm', labels: { lab: 'adm' } } })
  api.create({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'hook', namespace: 'adm' },
    spec: { clusterIP: '10.100.195.16', ports: [{ port: 443 }] },
  })
  /** wh.sh of the recording. */
  const configure = (kind: string, path: string, more: object = {}, service: object = {}) =>
    api.create({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: `${kind}WebhookConfiguration`,
      metadata: { name: 'hook' },
      webhooks: [
        {
          name: 'hook.example.com',
          clientConfig: { service: { name: 'hook', namespace: 'adm', path, ...service } },
          rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }],
          namespaceSelector: { matchLabels: { lab: 'adm' } },
          admissionReviewVersions: ['v1'],
          sideEffects: 'None',
          timeoutSeconds: 3,
          ...more,
        },
      ],
    })
  const request = (name = 'w', more: object = {}): ResourceRequest => ({
    verb: 'create',
    group: '',
    version: 'v1',
    resource: 'configmaps',
    namespace: 'adm',
    body: configMap(name, { a: 'b' }, { namespace: 'adm' }),
    ...more,
  })
  const create = () => {
    try {
      return api.create(configMap('w', { a: 'b' }, { namespace: 'adm' }))
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
      return error.message
    }
  }
  return { ...made, asked, configure, create, request }
}

const FAILED = 'Internal error occurred: failed calling webhook "hook.example.com": '

describe('webhooks', () => {
  it.each([
    ['/deny', 'admission webhook "hook.example.com" denied the request: no widgets on Fridays'],
    ['/denyplain', 'admission webhook "hook.example.com" denied the request without explanation'],
    ['/denyreason', 'admission webhook "hook.example.com" denied the request: already there'],
    [
      '/500',
      `${FAILED}failed to call webhook: an error on the server ("boom") has prevented the request from succeeding`,
    ],
    [
      '/garbage',
      `${FAILED}failed to call webhook: couldn't get version/kind; json parse error: json: cannot unmarshal string into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`,
    ],
  ])('refuses: %s', (path, message) => {
    const { configure, create } = world()
    configure('Validating', path)
    expect(create()).toBe(message)
  })

  it('says what is wrong with the way to the webhook', () => {
    const { configure, create, api } = world(() => {
      throw new TransportError('refused', 'dial tcp 10.100.195.16:443: connect: connection refused')
    })
    const again = (...args: Parameters<typeof configure>) => {
      api.remove('ValidatingWebhookConfiguration', undefined, 'hook')
      configure(...args)
      return create()
    }
    configure('Validating', '/deny')
    expect(create()).toBe(
      `${FAILED}failed to call webhook: Post "https://hook.adm.svc:443/deny?timeout=3s": dial tcp 10.100.195.16:443: connect: connection refused`,
    )
    expect(again('Validating', '/deny', {}, { name: 'nosuchsvc' })).toBe(
      `${FAILED}failed to call webhook: Post "https://nosuchsvc.adm.svc:443/deny?timeout=3s": service "nosuchsvc" not found`,
    )
    expect(again('Validating', '/deny', {}, { port: 8443 })).toBe(
      `${FAILED}failed to call webhook: Post "https://hook.adm.svc:8443/deny?timeout=3s": no service port 8443 found for service "hook"`,
    )
    expect(again('Validating', '/deny', { failurePolicy: 'Ignore' })).toMatchObject({ data: { a: 'b' } })
  })

  it('refuses an answer to another question', () => {
    const { configure, create } = world()
    configure('Validating', '/baduid')
    expect(create()).toMatch(/received invalid webhook response: expected response\.uid="[0-9a-f-]{36}", got "wrong"$/)
  })

  it('passes warnings on and changes objects', () => {
    const { configure, create, server, request, asked } = world()
    configure('Validating', '/warn')
    configure('Mutating', '/mutate')
    const credentials = { userAgent: 'kubectl', ip: '' }
    const response = server.handle(request(), credentials)
    expect(response.warnings).toEqual(['this is going away', 'second warning'])
    expect(response.body.data).toEqual({ a: 'b', injected: 'yes' })
    expect(response.body.metadata).toMatchObject({ uid: expect.any(String), creationTimestamp: expect.any(String) })
    expect(asked).toEqual(['hook.adm.svc:443/mutate?timeout=3s', 'hook.adm.svc:443/warn?timeout=3s'])
    server.handle(request('x', { namespace: 'default', body: configMap('x') }), credentials)
    expect(asked).toHaveLength(2)
    expect(create()).toContain('already exists')
  })

  it('tells of a patch that does not fit', () => {
    const { configure, create } = world()
    configure('Mutating', '/badpatch')
    expect(create()).toBe(
      "Internal error occurred: error in remove for path: '/nosuch': Unable to remove nonexistent key: nosuch: missing value",
    )
  })

  it.each(['Fail', 'Ignore'])('waits for a slow webhook, then %s', (failurePolicy) => {
    const { configure, server, request, kernel } = world(() => {
      throw new TransportError('timeout', 'dial tcp 10.100.195.16:443: i/o timeout')
    })
    configure('Validating', '/slow', { failurePolicy })
    const ask = request()
    const credentials = { userAgent: 'kubectl', ip: '' }
    expect(() => server.handle(ask, credentials)).toThrow(Blocked)
    kernel.advance(2900)
    expect(() => server.handle(ask, credentials)).toThrow(Blocked)
    kernel.advance(100)
    const { code, body } = server.handle(ask, credentials)
    if (failurePolicy === 'Ignore') expect(code).toBe(201)
    else {
      expect(body.message).toBe(
        `${FAILED}failed to call webhook: Post "https://hook.adm.svc:443/slow?timeout=3s": context deadline exceeded`,
      )
    }
    // The next request waits anew.
    expect(() => server.handle(request('v'), credentials)).toThrow(Blocked)
  })

  it('asks a webhook once that needs its time', () => {
    const ready = new Signal()
    let thinking = true
    const seen = new Set<HttpRequest>()
    const { configure, server, request, asked, kernel } = world((ask) => {
      if (ask.path.startsWith('/mutate')) return hook(ask)
      seen.add(ask)
      if (thinking) throw new Blocked(ready, undefined, undefined)
      return hook(ask)
    })
    configure('Mutating', '/mutate')
    configure('Validating', '/slow')
    const ask = request()
    const credentials = { userAgent: 'kubectl', ip: '' }
    expect(() => server.handle(ask, credentials)).toThrow(Blocked)
    kernel.advance(1000)
    thinking = false
    expect(server.handle(ask, credentials).body.data).toEqual({ a: 'b', injected: 'yes' })
    expect(seen.size).toBe(1)
    expect(asked.filter((path) => path.includes('/mutate'))).toHaveLength(1)
  })
})
