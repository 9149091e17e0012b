import type { Header } from '../../etcd/api.ts'
import { record } from '../../etcd/hash.ts'
import { decimal, type Id } from '../../etcd/ids.ts'
import type { MemberInfo } from '../../etcd/lineage.ts'
import type { KeyValue, Value } from '../../etcd/store.ts'
import { valueBytes } from '../../etcd/value-bytes.ts'
import { textToBytes } from '../../kernel/index.ts'
import { toGoJson } from '../../print/index.ts'
import { whole } from './values.ts'

/** `id`: a hexadecimal ID, which is a number to Go; `kv`: a KeyValue of the store. Brackets: repeated. */
type Type = 'int' | 'bool' | 'string' | 'bytes' | 'id' | 'kv' | Message
type FieldType = Type | readonly [Type]

/**
 * Fields of a message (api/etcdserverpb/rpc.proto) by their JSON names, in the order of their numbers. `always`: not
 * left out of JSON when it is zero, as in the client's own structs. Number 0: not on the wire. The name '' embeds: the
 * fields of the message stand among the others.
 */
export interface Message {
  readonly [name: string]: readonly [number: number, type: FieldType, always?: true]
}

const HEADER: Message = {
  cluster_id: [1, 'id'],
  member_id: [2, 'id'],
  revision: [3, 'int'],
  raft_term: [4, 'int'],
}

/** A header as the messages have it. */
export const headerOf = (h: Header): Values => ({
  cluster_id: h.clusterId,
  member_id: h.memberId,
  revision: h.revision,
  raft_term: h.raftTerm,
})

const MEMBER: Message = {
  ID: [1, 'id'],
  name: [2, 'string'],
  peerURLs: [3, ['string']],
  clientURLs: [4, ['string']],
  isLearner: [5, 'bool'],
}

/** A member as the messages have it. */
export const memberOf = (m: MemberInfo): Values => ({
  ID: m.id,
  name: m.name,
  peerURLs: m.peerUrls,
  clientURLs: m.clientUrls,
  isLearner: m.isLearner,
})

const RANGE: Message = { header: [1, HEADER], kvs: [2, ['kv']], more: [3, 'bool'], count: [4, 'int'] }
const PUT: Message = { header: [1, HEADER], prev_kv: [2, 'kv'] }
const DELETE: Message = { header: [1, HEADER], deleted: [2, 'int'], prev_kvs: [3, ['kv']] }
const RESPONSE: Message = {
  response_range: [1, RANGE],
  response_put: [2, PUT],
  response_delete_range: [3, DELETE],
}
const EVENT: Message = { type: [1, 'int'], kv: [2, 'kv'], prev_kv: [3, 'kv'] }
const DOWNGRADE_INFO: Message = { enabled: [1, 'bool'], targetVersion: [2, 'string'] }
const STATUS: Message = {
  header: [1, HEADER],
  version: [2, 'string'],
  dbSize: [3, 'int'],
  leader: [4, 'id'],
  raftIndex: [5, 'int'],
  raftTerm: [6, 'int'],
  raftAppliedIndex: [7, 'int'],
  errors: [8, ['string']],
  dbSizeInUse: [9, 'int'],
  isLearner: [10, 'bool'],
  storageVersion: [11, 'string'],
  dbSizeQuota: [12, 'int'],
  downgradeInfo: [13, DOWNGRADE_INFO],
}
const HASH_KV: Message = {
  header: [1, HEADER],
  hash: [2, 'int'],
  compact_revision: [3, 'int'],
  hash_revision: [4, 'int'],
}
const PERMISSION: Message = { permType: [1, 'int'], key: [2, 'bytes'], range_end: [3, 'bytes'] }

/** What etcdctl shows with -w json and -w protobuf. The client's own structs (`lease…`, `watch`) have other names there. */
export const MESSAGES = {
  header: { header: [1, HEADER] },
  range: RANGE,
  put: PUT,
  delete: DELETE,
  // The oneof of an operation's response is a field of its own to encoding/json, and none on the wire.
  txn: { header: [1, HEADER], succeeded: [2, 'bool'], responses: [3, [{ Response: [0, RESPONSE] }]] },
  watch: {
    Header: [1, HEADER, true],
    Events: [11, [EVENT], true],
    CompactRevision: [5, 'int', true],
    Canceled: [4, 'bool', true],
    Created: [3, 'bool', true],
  },
  leaseGrant: { '': [0, HEADER], ID: [0, 'id', true], TTL: [0, 'int', true], Error: [0, 'string', true] },
  leaseKeepAlive: { '': [0, HEADER], ID: [0, 'id', true], TTL: [0, 'int', true] },
  leaseTimeToLive: {
    '': [0, HEADER],
    id: [0, 'id', true],
    ttl: [0, 'int', true],
    'granted-ttl': [0, 'int', true],
    keys: [0, ['bytes'], true],
  },
  leases: { '': [0, HEADER], leases: [0, [{ id: [0, 'id', true] }], true] },
  members: { header: [1, HEADER], members: [2, [MEMBER]] },
  memberAdd: { header: [1, HEADER], member: [2, MEMBER], members: [3, [MEMBER]] },
  alarms: { header: [1, HEADER], alarms: [2, [{ memberID: [1, 'id'], alarm: [2, 'int'] }]] },
  downgrade: { header: [1, HEADER], version: [2, 'string'] },
  statuses: { Endpoint: [0, 'string', true], Status: [0, STATUS, true] },
  hashes: { Endpoint: [0, 'string', true], HashKV: [0, HASH_KV, true] },
  healths: {
    endpoint: [0, 'string', true],
    health: [0, 'bool', true],
    took: [0, 'string', true],
    error: [0, 'string'],
  },
  authStatus: { header: [1, HEADER], enabled: [2, 'bool'], authRevision: [3, 'int'] },
  roles: { header: [1, HEADER], roles: [2, ['string']] },
  users: { header: [1, HEADER], users: [2, ['string']] },
  role: { header: [1, HEADER], perm: [2, [PERMISSION]] },
} as const satisfies Record<string, Message>

/** A message's values by field. Undefined: not there (a nil pointer or slice). */
export interface Values {
  readonly [name: string]: unknown
}

const isList = (type: FieldType): type is readonly [Type] => Array.isArray(type)

/** A number, text, list or message as nothing at all, which `omitempty` leaves out. */
const isZero = (type: FieldType, value: unknown): boolean =>
  value === undefined ||
  (isList(type)
    ? (value as readonly unknown[]).length === 0
    : value === 0 || value === false || value === '' || (type === 'id' && /^0*$/.test(value as string)))

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

/** encoding/json of a message. */
export function jsonOf(message: Message, values: Values): string {
  return `{${members(message, values).join(',')}}`
}

function members(message: Message, values: Values): string[] {
  return Object.entries(message).flatMap(([name, [, type, always]]) => {
    const value = values[name]
    if (name === '') return value === undefined ? [] : members(type as Message, value as Values)
    if (!always && isZero(type, value)) return []
    return [`${toGoJson(name)}:${jsonValue(type, value)}`]
  })
}

function jsonValue(type: FieldType, value: unknown): string {
  if (isList(type))
    return value === undefined ? 'null' : `[${(value as unknown[]).map((v) => jsonValue(type[0], v)).join(',')}]`
  if (value === undefined) return typeof type === 'string' && type !== 'kv' ? toGoJson(zeroOf(type)) : 'null'
  if (type === 'id') return decimal((value as Id) || '0')
  if (type === 'bytes') return `"${base64(textToBytes(value as string))}"`
  if (type === 'kv') return jsonKv(value as KeyValue)
  if (typeof type === 'string') return toGoJson(value)
  return jsonOf(type, value as Values)
}

const zeroOf = (type: Type): unknown => (type === 'bool' ? false : type === 'int' || type === 'id' ? 0 : '')

function jsonKv(kv: KeyValue): string {
  const parts = [`"key":"${base64(textToBytes(kv.key))}"`]
  if (kv.createRevision) parts.push(`"create_revision":${kv.createRevision}`)
  if (kv.modRevision) parts.push(`"mod_revision":${kv.modRevision}`)
  if (kv.version) parts.push(`"version":${kv.version}`)
  if (kv.value !== undefined && kv.value !== '') parts.push(`"value":"${base64(valueBytes(whole(kv.value as Value)))}"`)
  if (kv.lease) parts.push(`"lease":${decimal(kv.lease)}`)
  return `{${parts.join(',')}}`
}

/** A message on the wire. */
export function wireOf(message: Message, values: Values): number[] {
  const out: number[] = []
  const varint = (n: bigint): void => {
    let v = BigInt.asUintN(64, n)
    for (; v > 127n; v >>= 7n) out.push(Number(v & 127n) | 128)
    out.push(Number(v))
  }
  const one = (number: number, type: Type, value: unknown): void => {
    if (type === 'int' || type === 'bool' || type === 'id') {
      out.push(number << 3)
      varint(type === 'id' ? BigInt(`0x${value}`) : BigInt(value as number | boolean))
      return
    }
    const bytes =
      type === 'kv'
        ? kvBytes(value as KeyValue)
        : typeof type === 'string'
          ? textToBytes(value as string)
          : wireOf(type, value as Values)
    varint(BigInt((number << 3) | 2))
    varint(BigInt(bytes.length))
    for (const b of bytes) out.push(b)
  }
  const sorted = Object.entries(message).sort(([, a], [, b]) => a[0] - b[0])
  for (const [name, [number, type]] of sorted) {
    const value = values[name]
    if (number === 0) {
      if (typeof type === 'object' && !isList(type) && value !== undefined)
        for (const b of wireOf(type, value as Values)) out.push(b)
    } else if (isList(type)) for (const v of (value as readonly unknown[]) ?? []) one(number, type[0], v)
    else if (!isZero(type, value)) one(number, type, value)
  }
  return out
}

/** A deleted key's event says at which revision, which the database's own record does not. */
const kvBytes = (kv: KeyValue): ArrayLike<number> & Iterable<number> =>
  kv.version > 0 ? record(kv) : wireOf({ key: [1, 'bytes'], mod: [3, 'int'] }, { key: kv.key, mod: kv.modRevision })
