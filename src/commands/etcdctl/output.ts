import type { Header } from '../../etcd/api.ts'
import { decimal, type Id } from '../../etcd/ids.ts'
import type { KeyValue } from '../../etcd/store.ts'
import { put } from '../../host/index.ts'
import { bytesToText, type Coro } from '../../kernel/index.ts'
import { goQuote } from '../../print/index.ts'
import type { Call } from '../lib/cobra.ts'
import { EXIT, ExitError } from './errors.ts'
import { formatOf } from './globals.ts'
import { jsonOf, type Message, type Values, wireOf } from './messages.ts'
import { bytesText } from './values.ts'

/** What a command has to show, in each output format it can be shown in. */
export interface Shown {
  readonly simple: () => string
  readonly fields?: (hex: boolean) => string
  readonly table?: () => string
  readonly json?: (hex: boolean) => string
  readonly protobuf?: () => string
}

/** What is a message of the API, and its values. */
export interface ShownMessage extends Shown {
  readonly values: Values
}

/** A message in the formats that show it whole. */
export const message = (type: Message, values: Values): Pick<ShownMessage, 'values' | 'json' | 'protobuf'> => ({
  values,
  json: () => `${jsonOf(type, values)}\n`,
  protobuf: () => bytesToText(Uint8Array.from(wireOf(type, values))),
})

/** Messages that are an array in JSON, and nothing at all on the wire. None: Go's nil slice. */
export const messages = (type: Message, list: readonly Values[]): Pick<Shown, 'json'> => ({
  json: () => `${list.length === 0 ? 'null' : `[${list.map((values) => jsonOf(type, values)).join(',')}]`}\n`,
})

/** Shows what was done (printer.go). That a format cannot show it is noticed only now. */
export function* display(call: Call, shown: Shown): Coro {
  const format = formatOf(call)
  const text = shown[format]
  if (!text) throw new ExitError(EXIT.badFeature, `${format} not supported as output format`)
  yield* put(call.p.stdout, text(call.flags.bool('hex')))
}

/** Lines of -w fields: `"Name" : value`. */
export const field = (name: string, value: string | number | boolean): string => `"${name}" : ${value}\n`

/** The same with a quoted text (%q). */
export const textField = (name: string, text: string): string => field(name, goQuote(text))

/** The same with a cluster's or member's ID (types.ID): hexadecimal with --hex. */
export const idField = (name: string, id: Id, hex = false): string => field(name, hex ? id : decimal(id || '0'))

/** The same with a lease's ID, which --hex shows with all its digits. */
export const leaseField = (name: string, id: Id, hex = false): string =>
  field(name, hex ? padId(id) : decimal(id || '0'))

/** `%016x` */
export const padId = (id: Id): string => id.padStart(16, '0')

/** The response header for `-w fields`. A revision is shown where there is one. */
export const headerFields = (h: Header, hex = false): string =>
  idField('ClusterID', h.clusterId, hex) +
  idField('MemberID', h.memberId, hex) +
  (h.revision > 0 ? field('Revision', h.revision) : '') +
  field('RaftTerm', h.raftTerm)

/** Key and value, one a line. */
export const simpleKv = (kv: KeyValue, hex: boolean, valueOnly = false): string =>
  `${valueOnly ? '' : `${bytesText(kv.key, hex)}\n`}${bytesText(kv.value ?? '', hex)}\n`

/** A key-value pair for `-w fields`. */
export const fieldsKv = (kv: KeyValue, prefix = '', hex = false): string =>
  textField(`${prefix}Key`, kv.key) +
  field(`${prefix}CreateRevision`, kv.createRevision) +
  field(`${prefix}ModRevision`, kv.modRevision) +
  field(`${prefix}Version`, kv.version) +
  textField(`${prefix}Value`, bytesText(kv.value ?? '', false)) +
  leaseField(`${prefix}Lease`, kv.lease, hex)
