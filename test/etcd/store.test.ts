import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hashKv } from '../../src/etcd/hash.ts'
import { clusterId, decimal, memberId } from '../../src/etcd/ids.ts'
import { prefixRange } from '../../src/etcd/range.ts'
import { Store } from '../../src/etcd/store.ts'

describe('IDs', () => {
  test('follow from peer URLs and token as in the recordings', () => {
    const ids = [11, 12, 13].map((i) => memberId([`https://192.168.56.${i}:2380`], 'etcd-cluster'))
    expect(ids).toEqual(['bf624c9e82dced96', '2c14ec94752d5694', '16946dc3570ef393'])
    expect(clusterId(ids)).toBe('c9c0fc2a06fe0de2')
    expect(decimal(ids[0])).toBe('13790669252645940630')
    const restored = memberId(['http://localhost:2380'], 'etcd-cluster')
    expect([restored, clusterId([restored])]).toEqual(['8e9e05c52164694d', 'cdf818194e3a8c32'])
    expect(clusterId([ids[0]])).toBe('271d04324714982')
  })
})

describe('hash', () => {
  test('is the one that etcd 3.6 reported for the same writes', () => {
    const store = new Store()
    for (const [key, value] of [
      ['/registry/namespaces/default', 'k8s-ns-default'],
      ['/registry/namespaces/kube-system', 'k8s-ns-kube-system'],
      ['/registry/pods/default/web-1', 'k8s-pod-web-1'],
      ['/registry/pods/default/web-2', 'k8s-pod-web-2'],
      ['/registry/secrets/default/db', 'k8s-secret-db'],
      ['/registry/configmaps/default/app', 'k8s-cm-app'],
    ])
      store.put(key, value)
    expect([store.rev, hashKv(store, 7)]).toEqual([7, 951605735])
    const fifty = new Store()
    for (let i = 1; i <= 50; i++) fifty.put(`/registry/k${i}`, `v${i}`)
    expect(hashKv(fifty, 51)).toBe(379395769)
  })
})

type Op = { put: string; value: string } | { del: string } | { compact: number }

const key = fc.constantFrom(
  '/registry/pods/a/x',
  '/registry/pods/b/y',
  '/registry/nodes/n',
  'foo',
  '/a/b',
  '/registry/pods',
)
const op: fc.Arbitrary<Op> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ put: key, value: fc.string({ maxLength: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ del: key }) },
  { weight: 1, arbitrary: fc.record({ compact: fc.nat(40) }) },
)

describe('store', () => {
  test('every retained revision, and every watch, agrees with a list of all that happened', () => {
    fc.assert(
      fc.property(fc.array(op, { maxLength: 60 }), fc.nat(60), (ops, pinAt) => {
        const store = new Store()
        const history: Map<string, string>[] = [new Map(), new Map()]
        const seen: string[] = []
        const expected: string[] = []
        store.watches.add(prefixRange('/registry/pods/'), (e, rev) => seen.push(`${rev} ${e.type} ${e.kv.key}`))
        let pinned: number | undefined
        for (const [i, o] of ops.entries()) {
          if (i === pinAt) {
            pinned = store.rev
            store.pin(pinned)
          }
          if ('compact' in o) {
            const rev = Math.min(o.compact, store.rev)
            if (rev > store.compacted) store.compact(rev)
            continue
          }
          const now = new Map(history[store.rev])
          const before = store.rev
          if ('put' in o) {
            store.put(o.put, o.value)
            now.set(o.put, o.value)
            if (o.put.startsWith('/registry/pods/')) expected.push(`${store.rev} PUT ${o.put}`)
          } else {
            store.deleteRange({ key: o.del })
            if (now.delete(o.del) && o.del.startsWith('/registry/pods/')) expected.push(`${store.rev} DELETE ${o.del}`)
          }
          if (store.rev > before) history[store.rev] = now
        }
        expect(seen).toEqual(expected)
        const readable = [...history.keys()].filter((r) => r >= 1 && r >= store.compacted)
        for (const rev of [...readable, ...(pinned === undefined ? [] : [pinned])]) {
          const range = store.range({ key: '', end: '\0' }, rev, rev)
          expect(range.map((kv) => [kv.key, kv.value])).toEqual(
            [...history[rev]].sort((a, b) => (a[0] < b[0] ? -1 : 1)),
          )
        }
        const copy = store.fork(store.rev)
        expect(copy.range({ key: '', end: '\0' })).toEqual(store.range({ key: '', end: '\0' }))
      }),
      { numRuns: 150 },
    )
  })

  test('a transaction has one revision, and a watch from the past sees it', () => {
    const store = new Store()
    store.put('a', '1')
    store.begin()
    store.put('a', '2')
    store.put('b', '2')
    store.commit()
    expect(store.rev).toBe(3)
    expect(
      [...store.changes({ key: '', end: '\0' }, 1)].map((e) => `${e.kv.modRevision} ${e.kv.key} ${e.prev?.value}`),
    ).toEqual(['2 a undefined', '3 a 1', '3 b undefined'])
  })

  test('a compacted revision cannot be read, a future one neither', () => {
    const store = new Store()
    for (const v of ['1', '2', '3']) store.put('a', v)
    store.compact(3)
    expect(() => store.range({ key: 'a' }, 2)).toThrow('etcdserver: mvcc: required revision has been compacted')
    expect(() => store.range({ key: 'a' }, 9)).toThrow('etcdserver: mvcc: required revision is a future revision')
    expect(() => store.compact(3)).toThrow('etcdserver: mvcc: required revision has been compacted')
  })
})
