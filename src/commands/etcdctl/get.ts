import type { Header } from '../../etcd/api.ts'
import { prefixEnd, type Range } from '../../etcd/range.ts'
import type { RangeRequest, Selection, Sort } from '../../etcd/select.ts'
import { goQuote } from '../../print/index.ts'
import { command, type FlagSpec, type Flags } from '../lib/cobra.ts'
import { badArgs, EXIT, ExitError } from './errors.ts'
import { clientOf, formatOf, timeoutOf } from './globals.ts'
import { headerOf, MESSAGES } from './messages.ts'
import { display, field, fieldsKv, headerFields, message, type ShownMessage, simpleKv } from './output.ts'

const GET_FLAGS: readonly FlagSpec[] = [
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
  { name: 'print-value-only', type: 'bool', usage: 'Only write values when using the "simple" output format' },
  { name: 'min-create-rev', type: 'int64', usage: 'Minimum create revision' },
  { name: 'max-create-rev', type: 'int64', usage: 'Maximum create revision' },
  { name: 'min-mod-rev', type: 'int64', usage: 'Minimum modification revision' },
  { name: 'max-mod-rev', type: 'int64', usage: 'Maximum modification revision' },
]

/** Models etcdctl/ctlv3/command/get_command.go (3.6). */
export const get = command({
  use: 'get [options] <key> [range_end]',
  short: 'Gets the key or a range of keys',
  flags: GET_FLAGS,
  *run(call) {
    const { flags, args } = call
    const request = getRequest(flags, args)
    const timeout = timeoutOf(call)
    const client = yield* clientOf(call)
    const { header, ...found } = yield* client.call('KV/Range', timeout, (api) => api.range(request), {
      repeatable: true,
    })
    const format = formatOf(call)
    if (flags.bool('count-only') && format !== 'fields') throw badArgs('--count-only is only for `--write-out=fields`')
    const valueOnly = flags.bool('print-value-only')
    if (valueOnly && format !== 'simple') throw badArgs('print-value-only is only for `--write-out=simple`')
    yield* display(call, rangeShown(header, found, flags.bool('hex'), valueOnly))
    return 0
  },
})

/** A range response in all formats. */
export const rangeShown = (header: Header, found: Selection, hex: boolean, valueOnly = false): ShownMessage => ({
  ...message(MESSAGES.range, { header: headerOf(header), ...found }),
  simple: () => found.kvs.map((kv) => simpleKv(kv, hex, valueOnly)).join(''),
  fields: () => headerFields(header, hex) + rangeFields(found, hex),
})

/** What -w fields shows of what was found, below the header. */
const rangeFields = (found: Selection, hex: boolean): string =>
  found.kvs.map((kv) => fieldsKv(kv, '', hex)).join('') + field('More', found.more) + field('Count', found.count)

/** getGetOp: what arguments and flags ask for. */
export function getRequest(flags: Flags, args: readonly string[]): RangeRequest {
  if (args.length === 0) throw badArgs('get command needs one argument as key and an optional argument as range_end')
  notBoth(flags)
  if (flags.bool('keys-only') && flags.bool('count-only'))
    throw badArgs('`--keys-only` and `--count-only` cannot be set at the same time, choose one')
  const serializable = isSerializable(flags.string('consistency'))
  const range = keyRange(flags, args)
  const sort = sortOf(flags.string('sort-by'), flags.string('order'))
  const bound = (name: string): number => Math.max(0, flags.int(name))
  for (const what of ['create', 'mod']) {
    const [min, max] = [flags.int(`min-${what}-rev`), flags.int(`max-${what}-rev`)]
    const title = what === 'create' ? 'Create' : 'Mod'
    if (max > 0 && min > max)
      throw new ExitError(EXIT.badFeature, `getMin${title}Rev(=${min}) > getMax${title}Rev(=${max})`)
  }
  return {
    ...range,
    serializable,
    sort,
    limit: flags.int('limit'),
    revision: bound('rev'),
    keysOnly: flags.bool('keys-only'),
    countOnly: flags.bool('count-only'),
    minCreateRevision: bound('min-create-rev'),
    maxCreateRevision: bound('max-create-rev'),
    minModRevision: bound('min-mod-rev'),
    maxModRevision: bound('max-mod-rev'),
  }
}

/** --consistency. The text names the flag of get, whichever command has it. */
export function isSerializable(consistency: string, ofGet = consistency): boolean {
  if (consistency === 'l' || consistency === 's') return consistency === 's'
  throw new ExitError(EXIT.badFeature, `unknown consistency flag ${goQuote(ofGet)}`)
}

/** --prefix and --from-key exclude each other. */
export function notBoth(flags: Flags): void {
  if (flags.bool('prefix') && flags.bool('from-key'))
    throw badArgs('`--prefix` and `--from-key` cannot be set at the same time, choose one')
}

/** The range that key, range_end, --prefix and --from-key name. */
export function keyRange(flags: Flags, args: readonly string[]): Range {
  const [prefix, fromKey] = [flags.bool('prefix'), flags.bool('from-key')]
  const [key, end] = args
  if (args.length > 1) {
    if (prefix || fromKey)
      throw badArgs('too many arguments, only accept one argument when `--prefix` or `--from-key` is set')
    return { key, end }
  }
  if (prefix && key !== '') return { key, end: prefixEnd(key) }
  return prefix || fromKey ? { key: key || '\0', end: '\0' } : { key }
}

const TARGETS: Readonly<Record<string, Sort['target']>> = {
  CREATE: 'create',
  KEY: 'key',
  MODIFY: 'mod',
  VALUE: 'value',
  VERSION: 'version',
  '': 'key',
}

function sortOf(by: string, order: string): Sort | undefined {
  if (!['', 'ASCEND', 'DESCEND'].includes(order.toUpperCase()))
    throw new ExitError(EXIT.badFeature, `bad sort order ${order}`)
  const target = TARGETS[by.toUpperCase()]
  if (!target) throw new ExitError(EXIT.badFeature, `bad sort target ${by}`)
  const descending = order.toUpperCase() === 'DESCEND'
  return target === 'key' && !descending ? undefined : { target, descending }
}
