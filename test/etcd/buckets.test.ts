import { expect, test } from 'vitest'
import { databaseHash } from '../../src/etcd/buckets.ts'
import { Lineage } from '../../src/etcd/lineage.ts'

const member = (id: string, name: string, host: number) => ({
  id,
  name,
  peerUrls: [`https://192.168.56.${host}:2380`],
  clientUrls: [`https://192.168.56.${host}:2379`],
  isLearner: false,
})

/** recordings/etcd/11: `etcdutl snapshot status` after fifty puts into a new cluster of three. */
test('the hash of a database is that of the real file', () => {
  const lineage = new Lineage('c9c0fc2a06fe0de2')
  for (let i = 1; i <= 50; i++) {
    lineage.store.begin()
    lineage.store.put(`/registry/k${i}`, `v${i}`)
    lineage.store.commit()
  }
  Object.assign(lineage, { index: 58, term: 2, clusterVersion: '3.6', storageVersion: '3.6.0' })
  lineage.members = [
    member('bf624c9e82dced96', 'controlplane', 11),
    member('2c14ec94752d5694', 'cp2', 12),
    member('16946dc3570ef393', 'cp3', 13),
  ]
  expect(databaseHash(lineage, lineage.position()).toString(16)).toBe('98f8ab22')
})
