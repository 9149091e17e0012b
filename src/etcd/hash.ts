import { textToBytes } from '../kernel/index.ts'
import { crc32c } from './crc32.ts'
import type { KeyValue, Store, Value } from './store.ts'
import { valueBytes } from './value-bytes.ts'

const encoder = new TextEncoder()

/** Room for the tags, lengths and numbers of a record: six tags, six numbers of at most ten bytes. */
const NUMBERS = 66

/** Hash of all revisions up to `rev` as `endpoint hashkv` reports it (mvcc/hash.go): CRC over the records of the "key" bucket. */
export function hashKv(store: Store, rev: number): number {
  let crc = crc32c(encoder.encode('key'))
  // Of what was compacted only that counts which is still seen at `rev`, unless nothing is; a tombstone there never does.
  const { compacted } = store
  const empty = store.count({ key: '', end: '\0' }, rev) === 0
  const counted = store.versions(rev).filter((kv) => {
    if (kv.modRevision > compacted) return true
    if (kv.version === 0 && kv.modRevision === compacted) return false
    return empty || store.get(kv.key, rev)?.modRevision === kv.modRevision
  })
  for (const [key, value] of keyBucket(counted)) crc = crc32c(value, crc32c(key, crc))
  return crc
}

/** The records of the "key" bucket for these versions, in order. */
export function* keyBucket(versions: Iterable<KeyValue>): Generator<readonly [key: Uint8Array, value: Uint8Array]> {
  for (const kv of versions) yield [revisionBytes(kv.modRevision, kv.sub, kv.version === 0), record(kv)]
}

/** A revision as the key of a record: `main_sub` as 8 bytes, '_', 8 bytes; a tombstone has a 't' behind it. */
export function revisionBytes(main: number, sub = 0, tombstone = false): Uint8Array {
  const bytes = new Uint8Array(tombstone ? 18 : 17)
  const view = new DataView(bytes.buffer)
  view.setBigUint64(0, BigInt(main))
  bytes[8] = 0x5f
  view.setBigUint64(9, BigInt(sub))
  if (tombstone) bytes[17] = 0x74
  return bytes
}

/** mvccpb.KeyValue in protobuf. A tombstone's record has the key alone. */
export function record(kv: KeyValue): Uint8Array {
  const key = textToBytes(kv.key)
  const live = kv.version > 0
  const value = live ? valueBytes(kv.value as Value) : new Uint8Array()
  const out = new Uint8Array(key.length + value.length + NUMBERS)
  let n = 0
  const varint = (number: bigint): void => {
    let v = number
    for (; v > 127n; v >>= 7n) out[n++] = Number(v & 127n) | 128
    out[n++] = Number(v)
  }
  const bytes = (field: number, data: Uint8Array): void => {
    if (data.length === 0) return
    out[n++] = (field << 3) | 2
    varint(BigInt(data.length))
    out.set(data, n)
    n += data.length
  }
  const int = (field: number, number: bigint): void => {
    if (number === 0n) return
    out[n++] = field << 3
    varint(number)
  }
  bytes(1, key)
  if (live) {
    int(2, BigInt(kv.createRevision))
    int(3, BigInt(kv.modRevision))
    int(4, BigInt(kv.version))
    bytes(5, value)
    int(6, kv.lease ? BigInt(`0x${kv.lease}`) : 0n)
  }
  return out.subarray(0, n)
}
