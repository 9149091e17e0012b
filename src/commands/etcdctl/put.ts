import { readAll, put as write } from '../../host/index.ts'
import { utf8Length } from '../../kernel/index.ts'
import { command } from '../lib/cobra.ts'
import { badArgs } from './errors.ts'
import { rangeOf } from './get.ts'
import { clientOf, formatOf, timeoutOf } from './globals.ts'
import { fieldsKv, headerFields, json, jsonHeader, jsonKv, simpleKv, some } from './output.ts'

/** Models put_command.go. */
export const put = command({
  use: 'put [options] <key> <value> (<value> can also be given from stdin)',
  short: 'Puts the given key into the store',
  long: `Puts the given key into the store.

When <value> begins with '-', <value> is interpreted as a flag.
Insert '--' for workaround:

$ put <key> -- <value>
$ put -- <key> <value>

If <value> isn't given as a command line argument and '--ignore-value' is not specified,
this command tries to read the value from standard input.

If <lease> isn't given as a command line argument and '--ignore-lease' is not specified,
this command tries to read the value from standard input.

For example,
$ cat file | put <key>
will store the content of the file to <key>.`,
  flags: [
    { name: 'lease', type: 'string', default: '0', usage: 'lease ID (in hexadecimal) to attach to the key' },
    { name: 'prev-kv', type: 'bool', usage: 'return the previous key-value pair before modification' },
    { name: 'ignore-value', type: 'bool', usage: 'updates the key using its current value' },
    { name: 'ignore-lease', type: 'bool', usage: 'updates the key using its current lease' },
  ],
  *run(call) {
    const { p, flags, args } = call
    const usage = 'put command needs 1 argument and input from stdin or 2 arguments'
    if (args.length === 0) throw badArgs(usage)
    const key = args[0]
    let value = args[1] ?? ''
    const ignoreValue = flags.bool('ignore-value')
    if (ignoreValue && args.length > 1) throw badArgs('put command needs only 1 argument when `--ignore-value` is set')
    if (!ignoreValue && args.length < 2) {
      if (p.stdin.isTty) throw badArgs(usage)
      const text = yield* readAll(p.stdin)
      if (text === '') throw badArgs(usage)
      value = text
    }
    const id = flags.string('lease')
    if (!/^[0-9a-fA-F]+$/.test(id))
      throw badArgs(
        `bad lease ID (strconv.ParseInt: parsing ${JSON.stringify(id)}: invalid syntax), expecting ID in Hex`,
      )
    const format = formatOf(call, ['table'])
    const lease = /^0+$/.test(id) ? undefined : id.toLowerCase().replace(/^0+/, '')
    const result = yield* clientOf(call).call(
      'KV/Put',
      timeoutOf(call),
      (api) => api.put(key, value, { lease, ignoreValue, ignoreLease: flags.bool('ignore-lease') }),
      false,
      messageLength(key) + messageLength(value),
    )
    const prev = flags.bool('prev-kv') ? result.prev : undefined
    yield* write(
      p.stdout,
      format === 'json'
        ? `${json({ header: jsonHeader(result.header), prev_kv: prev && jsonKv(prev) })}\n`
        : format === 'fields'
          ? headerFields(result.header) + (prev ? fieldsKv(prev, 'Prev') : '')
          : `OK\n${prev ? simpleKv(prev, flags.bool('hex')) : ''}`,
    )
    return 0
  },
})

/** Bytes of a field of a request: tag, length in sevens of bits, text. */
function messageLength(field: string): number {
  const bytes = utf8Length(field)
  return bytes === 0 ? 0 : 1 + Math.ceil(Math.max(1, Math.log2(bytes + 1)) / 7) + bytes
}

/** Models del_command.go. */
export const del = command({
  use: 'del [options] <key> [range_end]',
  short: 'Removes the specified key or range of keys [key, range_end)',
  flags: [
    { name: 'prefix', type: 'bool', usage: 'delete keys with matching prefix' },
    { name: 'prev-kv', type: 'bool', usage: 'return deleted key-value pairs' },
    {
      name: 'from-key',
      type: 'bool',
      usage: 'delete keys that are greater than or equal to the given key using byte compare',
    },
    { name: 'range', type: 'bool', usage: 'delete range of keys' },
  ],
  *run(call) {
    const { p, flags, args } = call
    if (args.length === 0) throw badArgs('del command needs one argument as key and an optional argument as range_end')
    const range = rangeOf(args, flags.bool('prefix'), flags.bool('from-key'), 'del')
    const format = formatOf(call, ['table'])
    const result = yield* clientOf(call).call('KV/DeleteRange', timeoutOf(call), (api) => api.deleteRange(range))
    const prev = flags.bool('prev-kv') ? result.deleted : []
    yield* write(
      p.stdout,
      format === 'json'
        ? `${json({ header: jsonHeader(result.header), deleted: some(result.deleted.length), prev_kvs: prev.length > 0 ? prev.map(jsonKv) : undefined })}\n`
        : format === 'fields'
          ? `${headerFields(result.header)}"Deleted" : ${result.deleted.length}\n${prev.map((kv) => fieldsKv(kv, 'Prev')).join('')}`
          : `${result.deleted.length}\n${prev.map((kv) => simpleKv(kv, flags.bool('hex'))).join('')}`,
    )
    return 0
  },
})

/** Models compaction_command.go. */
export const compaction = command({
  use: 'compaction [options] <revision>',
  aliases: ['compact'],
  short: 'Compacts the event history in etcd',
  flags: [
    {
      name: 'physical',
      type: 'bool',
      usage: "'true' to wait for compaction to physically remove all old revisions",
    },
  ],
  *run(call) {
    const { p, args } = call
    if (args.length !== 1) throw badArgs('compaction command needs 1 argument')
    const revision = parseInteger(args[0])
    // --physical waits for ever, anything else for the command's time.
    const timeout = call.flags.bool('physical') ? undefined : timeoutOf(call)
    yield* clientOf(call).call('KV/Compact', timeout, (api) => api.compact(revision))
    yield* write(p.stdout, `compacted revision ${revision}\n`)
    return 0
  },
})

/** strconv.ParseInt in base 10, with its error. */
export function parseInteger(text: string): number {
  if (!/^[-+]?\d+$/.test(text)) throw badArgs(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`)
  return Number(text)
}
