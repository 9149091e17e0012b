import { expect, test } from 'vitest'
import { buckets, databaseHash } from '../../src/etcd/buckets.ts'
import { contentsAt } from '../../src/etcd/contents.ts'
import { Lineage } from '../../src/etcd/lineage.ts'
import { LEAF, leafBytes } from '../../src/etcd/size.ts'

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
  expect(databaseHash(buckets(contentsAt(lineage))).toString(16)).toBe('98f8ab22')
})

/** recordings/etcd/05: 8768 puts of 1.3 KiB and as many tombstones made a file of 21438464 bytes. */
test.each([
  ['many small records share a leaf', 60, 60],
  ['two of a kilobyte and a third, never three', 1360, LEAF / 2],
  ['never fewer than two', 2500, LEAF],
  ['nor of a megabyte', 1_048_576, 256 * LEAF],
])('leaves: %s', (_case, record, bytes) => {
  expect(leafBytes(record)).toBe(bytes)
})
