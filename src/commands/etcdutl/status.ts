import { DatabaseReader } from '../../etcd/bbolt-reader.ts'
import { databaseHash, type Pair } from '../../etcd/buckets.ts'
import { PAGE } from '../../etcd/size.ts'
import type { SnapshotFile } from '../../programs/etcd/snapshot-file.ts'

/** What `etcdutl snapshot status` tells of a database. */
export interface Status {
  readonly hash: number
  readonly revision: number
  readonly totalKey: number
  /** Bytes of the database, without a checksum behind it. */
  readonly totalSize: number
  readonly version: string
}

/** The status of a database that nobody touched: what it was made from is known. */
export const statusOf = ({ hash, position, liveKeys, dbSize }: SnapshotFile): Status => ({
  hash,
  revision: position.rev,
  totalKey: liveKeys,
  totalSize: dbSize,
  version: position.storageVersion,
})

/** A tombstone's key has a letter behind the revision. */
const TOMBSTONE = 18

/** The status that a file's bytes tell (snapshot/v3_snapshot.go Status). Throws what bbolt makes of them, or the error of a record. */
export function statusOfBytes(bytes: Uint8Array): Status {
  const reader = new DatabaseReader(bytes)
  const keys = new Set<string>()
  let revision = 0
  let version = ''
  const decoder = new TextDecoder()
  function* seen(name: string, pairs: Iterable<Pair>): Generator<Pair> {
    for (const pair of pairs) {
      yield pair
      const [key, value] = pair
      if (name === 'meta' && decoder.decode(key) === 'storageVersion') version = decoder.decode(value)
      if (name !== 'key') continue
      revision = Number(new DataView(key.buffer, key.byteOffset).getBigUint64(0))
      const text = decoder.decode(keyOf(value))
      if (key.length === TOMBSTONE) keys.delete(text)
      else keys.add(text)
    }
  }
  function* all(): Generator<readonly [string, Iterable<Pair>]> {
    for (const [bytesOfName, pairs] of reader.buckets()) {
      const name = decoder.decode(bytesOfName)
      yield [name, seen(name, pairs)]
    }
  }
  const hash = databaseHash(all())
  return { hash, revision, totalKey: keys.size, totalSize: reader.pages * PAGE, version }
}

/** The key of a mvccpb.KeyValue, which comes first. */
function keyOf(record: Uint8Array): Uint8Array {
  let [length, shift, i] = [0, 0, 1]
  for (; i < record.length; i++, shift += 7) {
    length += (record[i] & 127) * 2 ** shift
    if (record[i] < 128) break
  }
  return record.subarray(i + 1, i + 1 + length)
}
