import { MESSAGES } from './protobuf.data.ts'

/*
 * Kubernetes' protobuf, as far as clients send it: `k8s\0` and a runtime.Unknown whose raw bytes are an object of the
 * named kind. A line of MESSAGES is `package.Message number:field:type …`; types are s string, i integer, b bool,
 * y bytes, d double, #message, <message whose fields belong to this object; [ repeated, { map by string.
 */

const MAGIC = [0x6b, 0x38, 0x73, 0]

interface ProtoField {
  readonly name: string
  readonly type: string
}

/** Groups that keep the same name in Go packages. `rbac.authorization.k8s.io` is package rbac. */
const packageOf = (apiVersion: string): string => {
  const [group = '', version] = apiVersion.includes('/') ? apiVersion.split('/') : ['core', apiVersion]
  return `${group === 'flowcontrol.apiserver.k8s.io' ? 'flowcontrol' : group.split('.')[0]}.${version}`
}

let lines: Map<string, string> | undefined
const parsed = new Map<string, ReadonlyMap<number, ProtoField>>()

function fieldsOf(message: string): ReadonlyMap<number, ProtoField> | undefined {
  const known = parsed.get(message)
  if (known) return known
  lines ??= new Map(MESSAGES.split('\n').map((line) => [line.split(' ', 1)[0]!, line]))
  const line = lines.get(message)
  if (line === undefined) return undefined
  const fields = new Map(
    line
      .split(' ')
      .slice(1)
      .map((word) => {
        const [number, name, type] = word.split(':')
        return [Number(number), { name: name!, type: type! }] as const
      }),
  )
  parsed.set(message, fields)
  return fields
}

/** Thrown for bytes that are no protobuf message of Kubernetes. */
export class ProtobufError extends Error {}

/** One field on the wire: a number for varints, 8 or 4 raw bytes, or the bytes of a string, message or map entry. */
function* wire(bytes: Uint8Array): Generator<readonly [number, number | Uint8Array]> {
  let at = 0
  const varint = (): number => {
    let low = 0
    let high = 0
    for (let i = 0; i < 10; i++) {
      const byte = bytes[at++]
      if (byte === undefined) throw new ProtobufError('unexpected EOF')
      if (i < 4) low += (byte & 127) * 2 ** (7 * i)
      else high += (byte & 127) * 2 ** (7 * (i - 4))
      if (byte < 128) break
    }
    // Negative numbers come as 64-bit two's complement.
    const value = high * 2 ** 28 + low
    return value >= 2 ** 63 ? low - 2 ** 28 + (high - 2 ** 36 + 1) * 2 ** 28 : value
  }
  while (at < bytes.length) {
    const tag = varint()
    const kind = tag & 7
    if (kind === 0) yield [tag >>> 3, varint()]
    else {
      const length = kind === 2 ? varint() : kind === 1 ? 8 : kind === 5 ? 4 : -1
      if (length < 0) throw new ProtobufError(`proto: illegal wireType ${kind}`)
      const end = at + length
      if (end > bytes.length) throw new ProtobufError('unexpected EOF')
      yield [tag >>> 3, bytes.subarray(at, end)]
      at = end
    }
  }
}

const utf8 = new TextDecoder()
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

function scalar(type: string, value: number | Uint8Array): unknown {
  if (typeof value === 'number') return type === 'b' ? value !== 0 : value
  if (type === 's') return utf8.decode(value)
  if (type === 'y') return base64(value)
  if (type === 'd') return Buffer.from(value).readDoubleLE()
  return message(type.slice(1), value)
}

/** Messages whose JSON is not an object of their fields. */
const SPECIAL: Readonly<Record<string, (raw: Record<string, any>) => unknown>> = {
  'meta.v1.Time': (raw) => (raw.seconds === undefined ? null : time(raw).replace(/\.\d+/, '')),
  'meta.v1.MicroTime': (raw) => (raw.seconds === undefined ? null : time(raw)),
  'meta.v1.Duration': (raw) => `${(raw.duration ?? 0) / 1e9}s`,
  'meta.v1.FieldsV1': (raw) => embedded(raw.Raw),
  'meta.v1.Verbs': (raw) => raw.items ?? [],
  'api.resource.Quantity': (raw) => raw.string ?? '0',
  'util.intstr.IntOrString': (raw) => (raw.type === 1 ? (raw.strVal ?? '') : (raw.intVal ?? 0)),
  'runtime.RawExtension': (raw) => embedded(raw.raw),
}

const time = ({ seconds, nanos = 0 }: Record<string, any>): string =>
  new Date(seconds * 1000).toISOString().replace('.000', `.${String(Math.floor(nanos / 1000)).padStart(6, '0')}`)

const embedded = (raw: string | undefined): unknown =>
  raw ? JSON.parse(Buffer.from(raw, 'base64').toString('utf8')) : null

function message(type: string, bytes: Uint8Array): unknown {
  const fields = fieldsOf(type)
  if (!fields) throw new ProtobufError(`no message ${type}`)
  const out: Record<string, any> = {}
  for (const [number, value] of wire(bytes)) {
    const field = fields.get(number)
    // A field of a newer release than the table's.
    if (!field) continue
    const { name, type: kind } = field
    if (kind[0] === '[') (out[name] ??= []).push(scalar(kind.slice(1), value))
    else if (kind[0] === '{') {
      const [key, entry] = mapEntry(kind.slice(1), value as Uint8Array)
      ;(out[name] ??= {})[key] = entry
    } else if (kind[0] === '<') Object.assign(out, scalar(kind, value))
    else out[name] = scalar(kind, value)
  }
  if (type.endsWith('.ExtraValue')) return out.items ?? []
  return SPECIAL[type] ? SPECIAL[type](out) : out
}

function mapEntry(type: string, bytes: Uint8Array): [string, unknown] {
  let key = ''
  let entry: unknown =
    type === 's' || type === 'y' ? '' : type[0] === '#' ? message(type.slice(1), new Uint8Array()) : 0
  for (const [number, value] of wire(bytes)) {
    if (number === 1) key = utf8.decode(value as Uint8Array)
    else if (number === 2) entry = scalar(type, value)
  }
  return [key, entry]
}

/** The object in a protobuf body, as JSON would give it. Throws ProtobufError. */
export function fromProtobuf(body: Uint8Array): Record<string, any> {
  if (MAGIC.some((byte, i) => body[i] !== byte)) {
    throw new ProtobufError('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]')
  }
  const unknown = message('runtime.Unknown', body.subarray(MAGIC.length)) as Record<string, any>
  const { apiVersion = '', kind = '' } = unknown.typeMeta ?? {}
  const name = META.has(kind) ? `meta.v1.${kind}` : `${packageOf(apiVersion)}.${kind}`
  const object = message(name, Buffer.from(unknown.raw ?? '', 'base64')) as Record<string, any>
  return { kind, apiVersion, ...object }
}

/** Kinds that every group knows. */
const META = new Set(['DeleteOptions', 'CreateOptions', 'UpdateOptions', 'PatchOptions', 'Status'])
