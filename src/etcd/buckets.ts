import type { Contents } from './contents.ts'
import { crc32c } from './crc32.ts'
import { keyBucket, revisionBytes } from './hash.ts'
import type { Lease } from './lease.ts'
import type { Alarm, MemberInfo } from './lineage.ts'

const encoder = new TextEncoder()
const text = (s: string): Uint8Array => encoder.encode(s)

/** A record of a database. */
export type Pair = readonly [key: Uint8Array, value: Uint8Array]

/** A bucket of a database with its records in order. */
export type Bucket = readonly [name: string, pairs: Iterable<Pair>]

const uint64 = (n: bigint): Uint8Array => {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, n)
  return bytes
}

const varint = (n: bigint): number[] => {
  const out: number[] = []
  let v = n
  for (; v > 127n; v >>= 7n) out.push(Number(v & 127n) | 128)
  return [...out, Number(v)]
}

function meta({ at, compacted: rev }: Contents): Pair[] {
  const ids = (learner: boolean): string =>
    at.members
      .filter((m) => m.isLearner === learner)
      .map((m) => BigInt(`0x${m.id}`))
      .sort((a, b) => (a < b ? -1 : 1))
      .join(',')
  const [voters, learners] = [ids(false), ids(true)]
  const compacted = revisionBytes(rev)
  return [
    [
      text('confState'),
      text(`{${voters && `"voters":[${voters}],`}${learners && `"learners":[${learners}],`}"auto_leave":false}`),
    ],
    [text('consistent_index'), uint64(BigInt(at.index))],
    ...(rev > 0
      ? ([
          [text('finishedCompactRev'), compacted],
          [text('scheduledCompactRev'), compacted],
        ] as Pair[])
      : []),
    ...(at.storageVersion === '3.5.0' ? [] : ([[text('storageVersion'), text(at.storageVersion)]] as Pair[])),
    [text('term'), uint64(BigInt(at.term))],
  ]
}

const ALARMS = { NOSPACE: 1n, CORRUPT: 2n }

/** etcdserverpb.AlarmMember as the key of an empty value. */
const alarmPair = ({ member, type }: Alarm): Pair => [
  Uint8Array.from([8, ...varint(BigInt(`0x${member}`)), 16, ...varint(ALARMS[type])]),
  new Uint8Array(),
]

/** leasepb.Lease under its ID. */
const leasePair = ({ id, ttl }: Lease): Pair => [
  uint64(BigInt(`0x${id}`)),
  Uint8Array.from([8, ...varint(BigInt(`0x${id}`)), 16, ...varint(BigInt(ttl))]),
]

/** A member as JSON; its ID is a number beyond what a double holds. */
const memberPair = (m: MemberInfo): Pair => [
  text(m.id),
  text(
    JSON.stringify({
      id: '#',
      peerURLs: m.peerUrls,
      ...(m.isLearner && { isLearner: true }),
      ...(m.name && { name: m.name }),
      ...(m.clientUrls.length > 0 && { clientURLs: m.clientUrls }),
    }).replace('"#"', String(BigInt(`0x${m.id}`))),
  ),
]

/** The buckets of a database file with their records, in bbolt's order (server/storage/schema). */
export function* buckets(contents: Contents): Generator<Bucket> {
  const { at, leases, versions } = contents
  yield ['alarm', at.alarms.map(alarmPair)]
  yield ['auth', [[text('authRevision'), uint64(1n)]]]
  yield ['authRoles', []]
  yield ['authUsers', []]
  yield ['cluster', at.clusterVersion ? [[text('clusterVersion'), text(`${at.clusterVersion}.0`)]] : []]
  yield ['key', keyBucket(versions)]
  yield ['lease', [...leases].sort((a, b) => (a.id < b.id ? -1 : 1)).map(leasePair)]
  yield ['members', [...at.members].sort((a, b) => (a.id < b.id ? -1 : 1)).map(memberPair)]
  yield ['members_removed', at.removed.map((id): Pair => [text(id), text('removed')])]
  yield ['meta', meta(contents)]
}

/** Hash of a whole database as `etcdutl snapshot status` computes it: CRC over names, keys and values of all buckets. */
export function databaseHash(all: Iterable<Bucket>): number {
  let crc = 0
  for (const [name, pairs] of all) {
    crc = crc32c(text(name), crc)
    for (const [key, value] of pairs) crc = crc32c(value, crc32c(key, crc))
  }
  return crc
}
