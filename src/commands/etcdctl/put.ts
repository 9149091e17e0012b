import type { Header } from '../../etcd/api.ts'
import type { Id } from '../../etcd/ids.ts'
import type { KeyValue } from '../../etcd/store.ts'
import type { PutOptions } from '../../etcd/txn.ts'
import { readAll, put as write } from '../../host/index.ts'
import { type Coro, utf8Length } from '../../kernel/index.ts'
import { type Call, command } from '../lib/cobra.ts'
import { badArgs } from './errors.ts'
import { clientOf, timeoutOf } from './globals.ts'
import { headerOf, MESSAGES } from './messages.ts'
import { parseHexInt, parseInteger } from './numbers.ts'
import { display, fieldsKv, headerFields, message, type ShownMessage, simpleKv } from './output.ts'

/** Models put_command.go. */
export const put = command({
  use: 'put [options] <key> <value> (<value> can also be given from stdin)',
  short: 'Puts the given key into the store',
  long: `
Puts the given key into the store.

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
will store the content of the file to <key>.
`,
  flags: [
    { name: 'lease', type: 'string', default: '0', usage: 'lease ID (in hexadecimal) to attach to the key' },
    { name: 'prev-kv', type: 'bool', usage: 'return the previous key-value pair before modification' },
    { name: 'ignore-value', type: 'bool', usage: 'updates the key using its current value' },
    { name: 'ignore-lease', type: 'bool', usage: 'updates the key using its current lease' },
  ],
  *run(call) {
    const { key, value, options } = yield* putRequest(call)
    const timeout = timeoutOf(call)
    const client = yield* clientOf(call)
    const result = yield* client.call('KV/Put', timeout, (api) => api.put(key, value, options), {
      bytes: messageLength(key) + messageLength(value),
    })
    yield* display(call, putShown(result.header, options.prevKv ? result.prev : undefined, call.flags.bool('hex')))
    return 0
  },
})

/** A put response in all formats. */
export const putShown = (header: Header, prev: KeyValue | undefined, hex: boolean): ShownMessage => ({
  ...message(MESSAGES.put, { header: headerOf(header), prev_kv: prev }),
  simple: () => `OK\n${prev ? simpleKv(prev, hex) : ''}`,
  fields: () => headerFields(header, hex) + (prev ? fieldsKv(prev, 'Prev', hex) : ''),
})

/** What is put where. */
interface PutRequest {
  readonly key: string
  readonly value: string
  readonly options: PutOptions
}

/** getPutOp: what arguments, flags and stdin ask for. */
export function* putRequest({ p, flags, args }: Pick<Call, 'p' | 'flags' | 'args'>): Coro<PutRequest> {
  const usage = 'put command needs 1 argument and input from stdin or 2 arguments'
  if (args.length === 0) throw badArgs(usage)
  const key = args[0]
  const ignoreValue = flags.bool('ignore-value')
  if (ignoreValue && args.length > 1) throw badArgs("put command needs only 1 argument when 'ignore-value' is set")
  let value = ''
  if (!ignoreValue) {
    value = args.length > 1 ? args[1] : yield* readAll(p.stdin)
    if (args.length < 2 && value === '') throw badArgs(usage)
  }
  const lease = leaseOf(flags.string('lease'))
  return {
    key,
    value,
    options: { lease, ignoreValue, ignoreLease: flags.bool('ignore-lease'), prevKv: flags.bool('prev-kv') },
  }
}

const leaseOf = (text: string): Id | undefined => {
  const id = parseHexInt(text, (why) => `bad lease ID (${why}), expecting ID in Hex`)
  return id === '0' ? undefined : id
}

/** Bytes of a field of a request: tag, length in sevens of bits, text. */
function messageLength(field: string): number {
  const bytes = utf8Length(field)
  return bytes === 0 ? 0 : 1 + Math.ceil(Math.max(1, Math.log2(bytes + 1)) / 7) + bytes
}

/** Models compaction_command.go. */
export const compaction = command({
  use: 'compaction [options] <revision>',
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
    const client = yield* clientOf(call)
    yield* client.call('KV/Compact', timeoutOf(call), (api) => api.compact(revision))
    yield* write(p.stdout, `compacted revision ${revision}\n`)
    return 0
  },
})
