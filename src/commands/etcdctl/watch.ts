import type { Header } from '../../etcd/api.ts'
import { EtcdError } from '../../etcd/errors.ts'
import type { Event } from '../../etcd/store.ts'
import type { Subscription } from '../../etcd/subscriptions.ts'
import { put } from '../../host/index.ts'
import { type Coro, Signal } from '../../kernel/index.ts'
import { command } from '../lib/cobra.ts'
import { badArgs, EXIT, ExitError } from './errors.ts'
import { rangeOf } from './get.ts'
import { clientOf, formatOf } from './globals.ts'
import { bytesText, fieldsKv, headerFields, json, jsonHeader, jsonKv, simpleKv } from './output.ts'

/** Models watch_command.go: runs until it is interrupted or the server ends it. */
export const watch = command({
  use: 'watch [options] [key or prefix] [range_end] [--] [exec-command arg1 arg2 ...]',
  short: 'Watches events stream on keys or prefixes',
  flags: [
    { name: 'interactive', short: 'i', type: 'bool', usage: 'Interactive mode' },
    { name: 'prefix', type: 'bool', usage: 'Watch on a prefix if prefix is set' },
    { name: 'rev', type: 'int64', usage: 'Revision to start watching' },
    { name: 'prev-kv', type: 'bool', usage: 'get the previous key-value pair before the event happens' },
    { name: 'progress-notify', type: 'bool', usage: 'get periodic watch progress notification from server' },
  ],
  *run(call) {
    const { p, flags, args } = call
    if (flags.bool('interactive')) {
      yield* put(p.stderr, 'etcdctl watch -i: not simulated\n')
      return 127
    }
    const keys = call.flags.argsLenAtDash >= 0 ? args.slice(0, call.flags.argsLenAtDash) : args
    if (args.length > keys.length) {
      yield* put(p.stderr, 'etcdctl watch -- COMMAND: not simulated\n')
      return 127
    }
    if (keys.length === 0 && p.env.ETCDCTL_WATCH_KEY === undefined) throw badArgs('bad number of arguments')
    const range = rangeOf(keys.length > 0 ? keys : [p.env.ETCDCTL_WATCH_KEY], flags.bool('prefix'), false, 'watch')
    const format = formatOf(call, ['table'])
    const withPrev = flags.bool('prev-kv')
    const hex = flags.bool('hex')
    const client = clientOf(call)
    const pending: { event: Event; revision: number; header: Header }[] = []
    const arrived = new Signal()
    let ended: { error: EtcdError | undefined } | undefined
    const open = (): Coro<Subscription | EtcdError> =>
      client.call('Watch/Watch', undefined, (api) => {
        const spec = {
          range,
          requireLeader: true,
          onEvent: (event: Event, revision: number) => {
            pending.push({ event, revision, header: api.header(revision) })
            arrived.fire()
          },
          onEnd: (error: EtcdError | undefined) => {
            ended = { error }
            arrived.fire()
          },
        }
        try {
          return api.watch(spec, next)
        } catch (error) {
          if (error instanceof EtcdError) return error
          throw error
        }
      })
    let next = flags.int('rev')
    let subscription: Subscription | EtcdError = yield* open()
    try {
      for (;;) {
        if (subscription instanceof EtcdError) ended = { error: subscription }
        while (pending.length > 0) {
          // Events of one revision come in one response.
          const first = pending[0]
          const same = pending.filter((x) => x.revision === first.revision)
          pending.splice(0, same.length)
          next = first.revision + 1
          if (format === 'json') {
            const events = same.map(({ event }) => ({
              type: event.type === 'DELETE' ? 1 : undefined,
              kv: jsonKv(event.kv),
              prev_kv: withPrev && event.prev ? jsonKv(event.prev) : undefined,
            }))
            yield* put(
              p.stdout,
              `${json({ Header: jsonHeader(first.header), Events: events, CompactRevision: 0, Canceled: false, Created: false })}\n`,
            )
            continue
          }
          for (const { event, header } of same) {
            const prev = withPrev ? event.prev : undefined
            yield* put(
              p.stdout,
              format === 'fields'
                ? `${headerFields(header)}"Type" : ${event.type}\n${prev ? fieldsKv(prev, 'Prev') : ''}${fieldsKv(event.kv)}`
                : `${event.type}\n${prev ? simpleKv(prev, hex) : ''}${bytesText(event.kv.key, hex)}\n${bytesText(event.kv.value ?? '', hex)}\n`,
            )
          }
        }
        if (ended) {
          if (ended.error) {
            yield* put(p.stderr, `watch was canceled (${ended.error.message})\n`)
            throw new ExitError(EXIT.interrupted, 'watch is canceled by the server')
          }
          // The server went away: the client resumes elsewhere from the next revision.
          ended = undefined
          subscription = yield* open()
          continue
        }
        yield { on: [arrived] }
      }
    } finally {
      if (!(subscription instanceof EtcdError)) subscription.cancel()
    }
  },
})
