import { describe, expect, test } from 'vitest'
import { Informers, StatusError, type WatchEvent } from '../../src/api/index.ts'
import { apiWorld, configMap, pod } from './world.ts'

const says = (fn: () => unknown): string => {
  try {
    fn()
  } catch (error) {
    if (error instanceof StatusError) return `${error.code} ${error.reason}: ${error.message}`
    throw error
  }
  return 'no error'
}

describe('create, get, update, delete', () => {
  test('the system fills in metadata', () => {
    const { api } = apiWorld()
    const made = api.create(configMap('a', { k: 'v' }))
    expect(made).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: 'a',
        namespace: 'default',
        uid: expect.stringMatching(/^[0-9a-f-]{36}$/),
        resourceVersion: '2',
        creationTimestamp: '2026-11-21T02:38:23Z',
      },
      data: { k: 'v' },
    })
    expect(api.get('ConfigMap', 'default', 'a')).toBe(made)
  })

  test('generateName', () => {
    const { api } = apiWorld()
    const made = api.create({ ...configMap(''), metadata: { name: '', generateName: 'x-', namespace: 'default' } })
    expect(made.metadata.name).toMatch(/^x-[bcdfghjklmnpqrstvwxz2456789]{5}$/)
  })

  test('errors are worded as the server words them', () => {
    const { api } = apiWorld()
    const a = api.create(configMap('a'))
    api.update({ ...a, data: { k: '1' } })
    expect(says(() => api.create(configMap('a')))).toBe('409 AlreadyExists: configmaps "a" already exists')
    expect(says(() => api.update({ ...a, data: { k: '2' } }))).toBe(
      '409 Conflict: Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again',
    )
    expect(says(() => api.get('Deployment', 'default', 'nosuch'))).toBe(
      '404 NotFound: deployments.apps "nosuch" not found',
    )
  })

  test('an update that changes nothing writes nothing', () => {
    const { api } = apiWorld()
    const a = api.create(configMap('a', { k: 'v' }))
    expect(api.update({ ...a, data: { k: 'v' } })).toBe(a)
  })

  test('finalizers hold a deletion until the last is gone', () => {
    const { api, kernel } = apiWorld()
    api.create(configMap('a', {}, { finalizers: ['example.com/hold'] }))
    kernel.advance(5_000)
    api.remove('ConfigMap', 'default', 'a')
    const held = api.get('ConfigMap', 'default', 'a')
    expect(held.metadata).toMatchObject({
      deletionTimestamp: '2026-11-21T02:38:28Z',
      deletionGracePeriodSeconds: 0,
    })
    api.update({ ...held, metadata: { ...held.metadata, finalizers: [] } })
    expect(api.find('ConfigMap', 'default', 'a')).toBeUndefined()
  })
})

describe('list and watch', () => {
  test('pages end where they began: at one revision', () => {
    const { api } = apiWorld()
    for (const name of ['a', 'b', 'c', 'd', 'e']) api.create(configMap(name))
    const first = api.request({ ...api.resolve('ConfigMap'), verb: 'list', namespace: 'default', limit: 2 }).body
    expect(first.items.map((i: any) => i.metadata.name)).toEqual(['a', 'b'])
    expect(first.metadata.remainingItemCount).toBe(3)
    api.create(configMap('bb'))
    const rest = api.request({
      ...api.resolve('ConfigMap'),
      verb: 'list',
      namespace: 'default',
      limit: 9,
      continue: first.metadata.continue,
    }).body
    expect(rest.items.map((i: any) => i.metadata.name)).toEqual(['c', 'd', 'e'])
    expect(rest.metadata).toEqual({ resourceVersion: first.metadata.resourceVersion })
  })

  test('a selector turns changes into additions and deletions', () => {
    const { api } = apiWorld()
    const a = api.create(configMap('a'))
    const seen: string[] = []
    const stream = api.watch('ConfigMap', 'default', {
      labelSelector: 'run=yes',
      resourceVersion: a.metadata.resourceVersion,
    })
    stream.onItem = ({ type, object }: WatchEvent) => seen.push(`${type} ${object.metadata.resourceVersion}`)
    const b = api.update({ ...a, metadata: { ...a.metadata, labels: { run: 'yes' } } })
    const c = api.update({ ...b, data: { x: '1' } })
    api.update({ ...c, metadata: { ...c.metadata, labels: {} } })
    expect(seen).toEqual(['ADDED 3', 'MODIFIED 4', 'DELETED 5'])
  })

  test('a watch from a forgotten revision ends in 410', () => {
    const { api, server } = apiWorld()
    let cm = api.create(configMap('a'))
    server.cacher(server.kinds.named('ConfigMap')!)
    for (let i = 0; i < 2100; i++) cm = api.update({ ...cm, data: { i: String(i) } })
    const stream = api.watch('ConfigMap', 'default', { resourceVersion: '2' })
    const event = stream.take()
    expect(event.object.message).toMatch(/^too old resource version: 2 \(\d+\)$/)
    expect(stream.closed).toBe(true)
  })

  test('an informer follows', () => {
    const { api, kernel } = apiWorld()
    api.create(configMap('a'))
    const informers = new Informers(api, { rng: kernel.rng, after: (ms, fn) => kernel.after(ms, fn) })
    const informer = informers.informer('ConfigMap')
    informer.addIndex('first', (o) => o.metadata.name[0])
    const b = api.create(configMap('b'))
    api.remove('ConfigMap', 'default', 'a')
    expect(informer.list('default')).toEqual([b])
    expect(informer.by('first', 'b')).toEqual([b])
    expect(informer.by('first', 'a')).toEqual([])
  })

  test('pods are found by node without looking at the others', () => {
    const { api } = apiWorld()
    api.create(pod('a', { nodeName: 'node01' }))
    api.create(pod('b', { nodeName: 'node02' }))
    expect(api.list('Pod', undefined, { fieldSelector: 'metadata.name=b' })).toHaveLength(1)
  })
})

test.each([
  ['app in nginx', "unable to parse requirement: found 'nginx' expected: '('"],
  ['app=a b', "found 'b', expected: ',' or 'end of string'"],
  ['=x', "found '=', expected: !, identifier, or 'end of string'"],
  ['run in (p', "unable to parse requirement: found '', expected: ',' or ')'"],
])('label selector %s', (labelSelector, message) => {
  const { api } = apiWorld()
  expect(says(() => api.list('Pod', 'default', { labelSelector }))).toBe(`400 BadRequest: ${message}`)
})
