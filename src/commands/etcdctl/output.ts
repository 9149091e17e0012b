import { withManagedFields } from '../../api/fields/managed.ts'
import type { KubeObject } from '../../api/types.ts'
import type { Header } from '../../etcd/api.ts'
import { record } from '../../etcd/hash.ts'
import { decimal, type Id } from '../../etcd/ids.ts'
import { Sealed } from '../../etcd/sealed.ts'
import type { KeyValue, Value } from '../../etcd/store.ts'
import { valueBytes, valueText } from '../../etcd/value-bytes.ts'
import { bytesToText } from '../../kernel/index.ts'

/** A number in JSON that may exceed 2^53. */
class Big {
  constructor(readonly text: string) {}
}

/** An ID as JSON shows it: decimal number, or hexadecimal string with --hex. */
export const jsonId = (id: Id, hex = false): Big | string => (hex ? id : new Big(decimal(id)))

/** encoding/json of plain data: fields in the order given, undefined left out. */
export function json(value: unknown): string {
  if (value instanceof Big) return value.text
  if (Array.isArray(value)) return `[${value.map(json).join(',')}]`
  if (value !== null && typeof value === 'object')
    return `{${Object.entries(value)
      .filter(([, v]) => v !== undefined)
      .map(([k, v]) => `${JSON.stringify(k)}:${json(v)}`)
      .join(',')}}`
  return JSON.stringify(value)
}

/** omitempty of a number. */
export const some = (n: number): number | undefined => (n === 0 ? undefined : n)

/** The response header for `-w json`; `hex`: IDs as --hex shows them. */
export const jsonHeader = (h: Header, hex = false): Record<string, unknown> => ({
  cluster_id: jsonId(h.clusterId, hex),
  member_id: jsonId(h.memberId, hex),
  revision: some(h.revision),
  raft_term: some(h.raftTerm),
})

/** Lines of -w fields: `"Name" : value`. */
export const field = (name: string, value: string | number | boolean): string => `"${name}" : ${value}\n`

/** The response header for `-w fields`. */
export const headerFields = (h: Header, withRevision = true): string =>
  field('ClusterID', decimal(h.clusterId)) +
  field('MemberID', decimal(h.memberId)) +
  (withRevision ? field('Revision', h.revision) : '') +
  field('RaftTerm', h.raftTerm)

const encoder = new TextEncoder()

/** An object of the API server with its managedFields, which are stored with it and here worked out when somebody looks. */
const whole = (value: Value): Value =>
  typeof value === 'string' || value instanceof Sealed ? value : withManagedFields(value as KubeObject)

/** Bytes of a key or value as base64. */
export function base64(value: Value): string {
  const bytes = valueBytes(whole(value))
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
  let out = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const [a, b, c] = [bytes[i], bytes[i + 1], bytes[i + 2]]
    out += alphabet[a >> 2] + alphabet[((a & 3) << 4) | ((b ?? 0) >> 4)]
    out += b === undefined ? '=' : alphabet[((b & 15) << 2) | ((c ?? 0) >> 6)]
    out += c === undefined ? '=' : alphabet[c & 63]
  }
  return out
}

/** A key-value pair for `-w json`: bytes in base64, zero values left out. */
export const jsonKv = (kv: KeyValue): Record<string, unknown> => ({
  key: base64(kv.key),
  create_revision: some(kv.createRevision),
  mod_revision: some(kv.modRevision),
  version: some(kv.version),
  value: kv.value === undefined || kv.value === '' ? undefined : base64(kv.value),
  lease: kv.lease ? jsonId(kv.lease) : undefined,
})

/** A byte string as it is, or as \x.. with --hex. */
export function bytesText(value: Value, hex: boolean): string {
  if (!hex) return valueText(whole(value))
  const bytes = typeof value === 'string' ? encoder.encode(value) : valueBytes(whole(value))
  return [...bytes].map((b) => `\\x${b.toString(16).padStart(2, '0')}`).join('')
}

/** Key and value, one a line. */
export const simpleKv = (kv: KeyValue, hex: boolean, valueOnly = false): string =>
  `${valueOnly ? '' : `${bytesText(kv.key, hex)}\n`}${bytesText(kv.value ?? '', hex)}\n`

/** A key-value pair for `-w fields`. */
export const fieldsKv = (kv: KeyValue, prefix = ''): string =>
  field(`${prefix}Key`, JSON.stringify(kv.key)) +
  field(`${prefix}CreateRevision`, kv.createRevision) +
  field(`${prefix}ModRevision`, kv.modRevision) +
  field(`${prefix}Version`, kv.version) +
  field(`${prefix}Value`, JSON.stringify(valueText(whole(kv.value ?? '')))) +
  field(`${prefix}Lease`, kv.lease ? decimal(kv.lease) : 0)

/** etcdserverpb.RangeResponse as -w protobuf writes it. */
export function protobufRange(h: Header, kvs: readonly KeyValue[], more: boolean, count: number): string {
  const out: number[] = []
  const varint = (n: bigint): void => {
    let v = n
    for (; v > 127n; v >>= 7n) out.push(Number(v & 127n) | 128)
    out.push(Number(v))
  }
  const int = (field: number, n: bigint): void => {
    if (n === 0n) return
    out.push(field << 3)
    varint(n)
  }
  const header = out.length
  int(1, BigInt(`0x${h.clusterId}`))
  int(2, BigInt(`0x${h.memberId}`))
  int(3, BigInt(h.revision))
  int(4, BigInt(h.raftTerm))
  out.splice(header, 0, 0x0a, out.length - header)
  for (const kv of kvs) {
    const bytes = record(kv)
    out.push(0x12)
    varint(BigInt(bytes.length))
    for (const b of bytes) out.push(b)
  }
  int(3, more ? 1n : 0n)
  int(4, BigInt(count))
  return bytesToText(Uint8Array.from(out))
}
