import type { Range } from '../../etcd/range.ts'
import { prefixEnd } from '../../etcd/range.ts'
import type { KeyValue } from '../../etcd/store.ts'
import { put } from '../../host/index.ts'
import { command } from '../lib/cobra.ts'
import { badArgs, EXIT, ExitError } from './errors.ts'
import { clientOf, formatOf, timeoutOf } from './globals.ts'
import { field, fieldsKv, headerFields, json, jsonHeader, jsonKv, protobufRange, simpleKv, some } from './output.ts'

/** Models etcdctl/ctlv3/command/get_command.go (3.6). */
export const get = command({
  use: 'get [options] <key> [range_end]',
  short: 'Gets the key or a range of keys',
  flags: [
    { name: 'consistency', type: 'string', default: 'l', usage: 'Linearizable(l) or Serializable(s)' },
    { name: 'order', type: 'string', usage: 'Order of results; ASCEND or DESCEND (ASCEND by default)' },
    { name: 'sort-by', type: 'string', usage: 'Sort target; CREATE, KEY, MODIFY, VALUE, or VERSION' },
    { name: 'limit', type: 'int64', usage: 'Maximum number of results' },
    { name: 'prefix', type: 'bool', usage: 'Get keys with matching prefix' },
    {
      name: 'from-key',
      type: 'bool',
      usage: 'Get keys that are greater than or equal to the given key using byte compare',
    },
    { name: 'rev', type: 'int64', usage: 'Specify the kv revision' },
    { name: 'keys-only', type: 'bool', usage: 'Get only the keys' },
    { name: 'count-only', type: 'bool', usage: 'Get only the count' },
    { name: 'max-create-rev', type: 'int64', usage: 'Maximum create revision' },
    { name: 'min-create-rev', type: 'int64', usage: 'Minimum create revision' },
    { name: 'max-mod-rev', type: 'int64', usage: 'Maximum modification revision' },
    { name: 'min-mod-rev', type: 'int64', usage: 'Minimum modification revision' },
    {
      name: 'print-value-only',
      type: 'bool',
      usage: 'Only write values when using the "simple" output format',
    },
  ],
  *run(call) {
    const { p, flags, args } = call
    if (args.length === 0) throw badArgs('get command needs one argument as key and an optional argument as range_end')
    const range = rangeOf(args, flags.bool('prefix'), flags.bool('from-key'), 'get')
    const consistency = flags.string('consistency')
    if (consistency !== 'l' && consistency !== 's')
      throw new ExitError(EXIT.badFeature, `unknown consistency flag ${JSON.stringify(consistency)}`)
    const format = formatOf(call, ['table'])
    const countOnly = flags.bool('count-only')
    const keysOnly = flags.bool('keys-only')
    if (countOnly && format !== 'fields') throw badArgs('--count-only is only for `--write-out=fields`')
    const order = orderOf(flags.string('sort-by'), flags.string('order'))
    const client = clientOf(call)
    const result = yield* client.call(
      'KV/Range',
      timeoutOf(call),
      (api) => api.range({ ...range, revision: flags.int('rev'), serializable: consistency === 's' }),
      true,
    )
    const within = (n: number, name: string): boolean =>
      (flags.int(`min-${name}`) === 0 || n >= flags.int(`min-${name}`)) &&
      (flags.int(`max-${name}`) === 0 || n <= flags.int(`max-${name}`))
    let kvs = result.kvs.filter((kv) => within(kv.createRevision, 'create-rev') && within(kv.modRevision, 'mod-rev'))
    if (order) kvs = [...kvs].sort(order)
    const limit = flags.int('limit')
    const more = limit > 0 && kvs.length > limit
    if (more) kvs = kvs.slice(0, limit)
    if (countOnly) kvs = []
    const shown = keysOnly ? kvs.map((kv) => ({ ...kv, value: '' })) : kvs
    yield* put(
      p.stdout,
      format === 'json'
        ? `${json({ header: jsonHeader(result.header), kvs: shown.length > 0 ? shown.map(jsonKv) : undefined, more: more || undefined, count: some(result.count) })}\n`
        : format === 'fields'
          ? headerFields(result.header) +
            shown.map((kv) => fieldsKv(kv)).join('') +
            field('More', more) +
            field('Count', result.count)
          : format === 'protobuf'
            ? protobufRange(result.header, shown, more, result.count)
            : shown.map((kv) => simpleKv(kv, flags.bool('hex'), flags.bool('print-value-only'))).join(''),
    )
    return 0
  },
})

/** The range that key, range_end, --prefix and --from-key name. */
export function rangeOf(args: readonly string[], prefix: boolean, fromKey: boolean, what: string): Range {
  if (prefix && fromKey) throw badArgs('`--prefix` and `--from-key` cannot be set at the same time, choose one')
  const [key, end] = args
  if (args.length > 1) {
    if (prefix || fromKey)
      throw badArgs(`too many arguments, only accept one argument when \`--prefix\` or \`--from-key\` is set`)
    return { key, end }
  }
  if (prefix) return key === '' ? { key: '\0', end: '\0' } : { key, end: prefixEnd(key) }
  if (fromKey) return { key: key === '' ? '\0' : key, end: '\0' }
  if (key === '' && what === '') throw badArgs('')
  return { key }
}

const TARGETS: Record<string, (kv: KeyValue) => string | number> = {
  CREATE: (kv) => kv.createRevision,
  KEY: (kv) => kv.key,
  MODIFY: (kv) => kv.modRevision,
  VALUE: (kv) => String(kv.value),
  VERSION: (kv) => kv.version,
}

function orderOf(target: string, order: string): ((a: KeyValue, b: KeyValue) => number) | undefined {
  if (order !== '' && !['ASCEND', 'DESCEND'].includes(order.toUpperCase()))
    throw new ExitError(EXIT.badFeature, `bad sort order ${order}`)
  if (target !== '' && !(target.toUpperCase() in TARGETS))
    throw new ExitError(EXIT.badFeature, `bad sort target ${target}`)
  if (target === '' && order === '') return undefined
  const by = TARGETS[target.toUpperCase()] ?? TARGETS.KEY
  const sign = order.toUpperCase() === 'DESCEND' ? -1 : 1
  return (a, b) => (by(a) < by(b) ? -sign : by(a) > by(b) ? sign : 0)
}
