import type { Header } from '../../etcd/api.ts'
import type { Range } from '../../etcd/range.ts'
import type { KeyValue } from '../../etcd/store.ts'
import { put } from '../../host/index.ts'
import { type Coro, sleep } from '../../kernel/index.ts'
import { goQuote } from '../../print/index.ts'
import { type Call, command } from '../lib/cobra.ts'
import { badArgs } from './errors.ts'
import { keyRange, notBoth } from './get.ts'
import { clientOf, timeoutOf } from './globals.ts'
import { headerOf, MESSAGES } from './messages.ts'
import { display, field, fieldsKv, headerFields, message, type ShownMessage, simpleKv } from './output.ts'

/** How long one may think again before a range is deleted, ms. */
const SECOND_THOUGHTS = 2000

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
    const { range, prevKv } = yield* delRequest(call)
    const timeout = timeoutOf(call)
    const client = yield* clientOf(call)
    const { header, deleted } = yield* client.call('KV/DeleteRange', timeout, (api) => api.deleteRange(range, prevKv))
    yield* display(call, delShown(header, deleted, prevKv, call.flags.bool('hex')))
    return 0
  },
})

/** A delete response in all formats; what was deleted is shown with --prev-kv. */
export function delShown(header: Header, deleted: readonly KeyValue[], prevKv: boolean, hex: boolean): ShownMessage {
  const prev = prevKv ? deleted : []
  return {
    ...message(MESSAGES.delete, { header: headerOf(header), deleted: deleted.length, prev_kvs: prev }),
    simple: () => `${deleted.length}\n${prev.map((kv) => simpleKv(kv, hex)).join('')}`,
    fields: () =>
      headerFields(header, hex) +
      field('Deleted', deleted.length) +
      prev.map((kv) => fieldsKv(kv, 'Prev', hex)).join(''),
  }
}

/** getDelOp: what arguments and flags ask for. A range that nobody has confirmed is waited with. */
export function* delRequest({
  p,
  flags,
  args,
}: Pick<Call, 'p' | 'flags' | 'args'>): Coro<{ readonly range: Range; readonly prevKv: boolean }> {
  if (args.length === 0 || args.length > 2)
    throw badArgs('del command needs one argument as key and an optional argument as range_end')
  notBoth(flags)
  const range = keyRange(flags, args)
  if (args.length > 1 && !flags.bool('range')) {
    yield* put(
      p.stderr,
      `Warning: Keys between ${goQuote(args[0])} and ${goQuote(args[1])} will be deleted. Please interrupt the command within next 2 seconds to cancel. You can provide \`--range\` flag to avoid the delay.\n`,
    )
    yield* sleep(p.host.kernel, SECOND_THOUGHTS)
  }
  return { range, prevKv: flags.bool('prev-kv') }
}
