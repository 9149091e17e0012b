import { prefixEnd, type Range } from '../../etcd/range.ts'
import type { Event } from '../../etcd/store.ts'
import { type Process, put, readLine } from '../../host/index.ts'
import type { Coro, Task } from '../../kernel/index.ts'
import { goQuote } from '../../print/index.ts'
import type { EtcdClient } from '../../programs/etcd/client.ts'
import { type Call, command, type Flags } from '../lib/cobra.ts'
import { badArgs, EXIT, ExitError } from './errors.ts'
import { runCommand } from './exec.ts'
import { clientFor, configOf } from './globals.ts'
import { headerOf, MESSAGES } from './messages.ts'
import { display, field, fieldsKv, headerFields, message, type Shown, simpleKv } from './output.ts'
import { argify, invalid } from './txn-syntax.ts'
import { bytesText } from './values.ts'
import { typedWatchArgs, WATCH_FLAGS, type WatchArgs, watchArgs } from './watch-args.ts'
import { type WatchBatch, Watching } from './watching.ts'

const VARIABLES = ['ETCDCTL_WATCH_KEY', 'ETCDCTL_WATCH_RANGE_END']

/** Models watch_command.go: runs until it is interrupted or the server ends it. */
export const watch = command({
  use: 'watch [options] [key or prefix] [range_end] [--] [exec-command arg1 arg2 ...]',
  short: 'Watches events stream on keys or prefixes',
  flags: WATCH_FLAGS,
  *run(call) {
    const { p, flags } = call
    const [key, end] = VARIABLES.map((name) => p.env[name] ?? '')
    if (key === '' && end !== '')
      throw badArgs(`ETCDCTL_WATCH_KEY is empty but got ETCDCTL_WATCH_RANGE_END=${goQuote(end)}`)
    if (flags.bool('interactive')) return yield* interactive(call)
    const args = watchArgs(p.argv, flags, p.env)
    const client = yield* clientFor(p, yield* configOf(call, VARIABLES))
    const range = rangeFor(args, flags)
    if (typeof range === 'string') throw badArgs(range)
    yield* report(call, new Watching(p.host.kernel, client, range, optionsOf(flags)), args.exec, flags.bool('prev-kv'))
    throw new ExitError(EXIT.interrupted, 'watch is canceled by the server')
  },
})

const optionsOf = (flags: Flags): { revision: number; progress: boolean } => ({
  revision: flags.int('rev'),
  progress: flags.bool('progress-notify'),
})

/** What is watched, or what is wrong with it (getWatchChan). Of more than two words the first alone counts. */
function rangeFor({ keys }: WatchArgs, flags: Flags): Range | string {
  if (keys.length < 1) return 'bad number of arguments'
  const key = keys[0] || '\0'
  if (keys.length === 2 && flags.bool('prefix')) return '`range_end` and `--prefix` are mutually exclusive'
  if (keys.length === 2 && keys[1] !== '') return { key, end: keys[1] }
  return flags.bool('prefix') ? { key, end: keys[0] === '' ? '\0' : prefixEnd(keys[0]) } : { key }
}

/** Shows what a watch reports, and runs the command for each event, until the server ends the watch. */
function* report(call: Call, watching: Watching, exec: readonly string[], withPrev: boolean): Coro {
  const { p } = call
  try {
    for (;;) {
      const batch = yield* watching.batch()
      if (!batch) continue
      if (batch.canceled) yield* put(p.stderr, `watch was canceled (${batch.canceled.message})\n`)
      else if (batch.events.length === 0) yield* put(p.stdout, `progress notify: ${batch.header.revision}\n`)
      yield* display(call, batchShown(batch, withPrev, call.flags.bool('hex')))
      for (const event of exec.length > 0 ? batch.events : []) yield* runFor(p, exec, event, batch.header.revision)
      if (batch.canceled) return
    }
  } finally {
    watching.close()
  }
}

function* runFor(p: Process, exec: readonly string[], event: Event, revision: number): Coro {
  const failure = yield* runCommand(p, exec, {
    ...p.env,
    ETCD_WATCH_REVISION: String(revision),
    ETCD_WATCH_EVENT_TYPE: goQuote(event.type),
    ETCD_WATCH_KEY: goQuote(event.kv.key),
    ETCD_WATCH_VALUE: goQuote(bytesText(event.kv.value ?? '', false)),
  })
  if (!failure) return
  const words = `[${exec.map((word) => goQuote(word)).join(' ')}]`
  yield* put(p.stderr, `command ${words} error (${failure.message})\n`)
  throw new ExitError(1, '')
}

function batchShown(batch: WatchBatch, withPrev: boolean, hex: boolean): Shown {
  const { header, canceled } = batch
  const events = batch.events.map(({ type, kv, prev }) => ({
    type: type === 'DELETE' ? 1 : 0,
    name: type,
    kv,
    prev_kv: withPrev ? prev : undefined,
  }))
  return {
    ...message(MESSAGES.watch, {
      Header: headerOf(header),
      Events: events,
      CompactRevision: batch.compactRevision ?? 0,
      Canceled: canceled !== undefined,
      Created: false,
    }),
    simple: () =>
      events.map((e) => `${e.name}\n${e.prev_kv ? simpleKv(e.prev_kv, hex) : ''}${simpleKv(e.kv, hex)}`).join(''),
    fields: () =>
      headerFields(header, hex) +
      events
        .map(
          (e) => field('Type', e.name) + (e.prev_kv ? fieldsKv(e.prev_kv, 'Prev', hex) : '') + fieldsKv(e.kv, '', hex),
        )
        .join(''),
  }
}

/** `watch -i`: watches and questions for progress are typed; every watch reports beside the others. */
function* interactive(call: Call): Coro<number> {
  const { p } = call
  const client = yield* clientFor(p, yield* configOf(call, VARIABLES))
  const watches: Watching[] = []
  const tasks: Task<void>[] = []
  try {
    for (;;) {
      const line = yield* readLine(p.stdin)
      if (line === null) throw invalid('error reading watch request line: EOF')
      const words = argify(line)
      if (words.length === 0) yield* put(p.stderr, `Invalid command: ${line} (watch and progress supported)\n`)
      else if (words[0] === 'progress') for (const watching of watches) watching.requestProgress()
      else if (words[0] !== 'watch') yield* put(p.stderr, `Invalid command ${line} (only support watch)\n`)
      else yield* typed(call, client, line, words.slice(1), watches, tasks)
    }
  } finally {
    for (const task of tasks) if (task.state === 'running') task.interrupt(new Error('watch -i ended'))
  }
}

function* typed(
  call: Call,
  client: EtcdClient,
  line: string,
  words: readonly string[],
  watches: Watching[],
  tasks: Task<void>[],
): Coro {
  const { p } = call
  if (words.length === 0 && !p.env.ETCDCTL_WATCH_KEY) {
    yield* put(p.stderr, `Invalid command ${line} (command type or key is not provided)\n`)
    return
  }
  const { flags, ...args } = typedWatchArgs(words, p.env)
  const range = rangeFor(args, flags)
  if (typeof range === 'string') {
    yield* put(p.stderr, `Invalid command ${line} (${range})\n`)
    return
  }
  const watching = new Watching(p.host.kernel, client, range, optionsOf(flags))
  watches.push(watching)
  tasks.push(p.host.kernel.spawn('watch', report(call, watching, args.exec, flags.bool('prev-kv'))))
}
