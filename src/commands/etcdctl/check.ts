import { prefixRange } from '../../etcd/range.ts'
import { put } from '../../host/index.ts'
import { Signal } from '../../kernel/index.ts'
import { goQuote } from '../../print/index.ts'
import { type Call, command, type FlagSpec } from '../lib/cobra.ts'
import { EXIT, ExitError } from './errors.ts'
import { clientOf } from './globals.ts'
import { defragment } from './maintenance.ts'

/** Seconds that a check takes. */
const DURATION = 60
/** How long each step of cleaning up may take, ms. */
const CLEANUP = 30_000

/** Writes a second by load. */
const LOADS: Record<string, number> = {
  s: 150,
  small: 150,
  m: 1000,
  medium: 1000,
  l: 8000,
  large: 8000,
  xl: 15000,
  xLarge: 15000,
}

/** More writes a second than this are not really made: they would only take memory. */
const MOST_WRITES = 150
const VALUE = '\0'.repeat(1024)

/** The progress bar (cheggaaa/pb v3): 79 columns between the brackets. */
function bar(second: number): string {
  const width = 79
  const done = Math.round((second / 60) * width)
  const line = second === 0 ? '' : done >= width ? '-'.repeat(width) : `${'-'.repeat(Math.max(0, done - 1))}>`
  return `\r${second} / 60 [${line.padEnd(width, '_')}] ${((second / 60) * 100).toFixed(2)}% ${second === 0 ? '?' : '1'} p/s`
}

/** --load. */
function loadOf({ flags }: Call): string {
  const load = flags.string('load')
  if (!(load in LOADS)) throw new ExitError(EXIT.badFeature, `unknown load option ${load}`)
  return load
}

const AFTERWARDS: readonly FlagSpec[] = [
  { name: 'auto-compact', type: 'bool', usage: 'Compact storage with last revision after test is finished.' },
  { name: 'auto-defrag', type: 'bool', usage: 'Defragment storage after test is finished.' },
]

/** Models check_command.go: one minute of puts. */
const perf = command({
  use: 'perf [options]',
  short: 'Check the performance of the etcd cluster',
  flags: [
    {
      name: 'load',
      type: 'string',
      default: 's',
      usage:
        "The performance check's workload model. Accepted workloads: s(small), m(medium), l(large), xl(xLarge). Different workload models use different configurations in terms of number of clients and expected throughput.",
    },
    {
      name: 'prefix',
      type: 'string',
      default: '/etcdctl-check-perf/',
      usage: "The prefix for writing the performance check's keys.",
    },
    ...AFTERWARDS,
  ],
  *run(call) {
    const { p, flags } = call
    const rate = LOADS[loadOf(call)]
    const prefix = flags.string('prefix')
    const range = prefixRange(prefix)
    const client = yield* clientOf(call)
    const { kvs } = yield* client.call('KV/Range', DURATION * 1000, (api) => api.range({ ...range, limit: 1 }), {
      repeatable: true,
    })
    if (kvs.length > 0)
      throw new ExitError(
        EXIT.invalidInput,
        `prefix ${goQuote(prefix)} has keys. Delete with 'etcdctl del --prefix ${prefix}' first`,
      )
    let interrupted = false
    const stop = new Signal()
    p.onSignal('SIGINT', () => {
      interrupted = true
      stop.fire()
    })
    // A minute of writes of 1 KiB below random keys of 256 bytes, which are deleted at the end; the database keeps the room.
    const perSecond = Math.min(MOST_WRITES, Math.round(rate * 0.974))
    const noise = p.host.rng
    const { kernel } = p.host
    for (let second = 0; second < DURATION && !interrupted; second++) {
      for (let tick = 0; tick < 5; tick++) yield* put(p.stderr, bar(second))
      yield* client.call('KV/Put', 5000, (api) => {
        for (let n = 0; n < perSecond; n++)
          api.put(`${prefix}${noise.hex(16).padEnd(256, '\0')}`, VALUE, { size: VALUE.length })
      })
      if (!interrupted) yield { on: [stop], until: kernel.now() + 1000 }
    }
    if (!interrupted) yield* put(p.stderr, `${bar(DURATION)}\n`)
    const deleted = yield* client.call('KV/DeleteRange', CLEANUP, (api) => api.deleteRange(range))
    if (flags.bool('auto-compact')) {
      const { revision } = deleted.header
      yield* put(p.stdout, `Compacting with revision ${revision}\n`)
      yield* client.call('KV/Compact', CLEANUP, (api) => api.compact(revision))
      yield* put(p.stdout, `Compacted with revision ${revision}\n`)
    }
    for (const endpoint of flags.bool('auto-defrag') ? flags.strings('endpoints') : []) {
      yield* put(p.stdout, `Defragmenting ${goQuote(endpoint)}\n`)
      yield* defragment(call, client, CLEANUP)
      yield* put(p.stdout, `Defragmented ${goQuote(endpoint)}\n`)
    }
    const slowest = (0.02 + p.host.rng.float() * 0.3).toFixed(6)
    const deviation = (0.002 + p.host.rng.float() * 0.04).toFixed(6)
    yield* put(
      p.stdout,
      `PASS: Throughput is ${Math.round(rate * 0.98)} writes/s\nPASS: Slowest request took ${slowest}s\nPASS: Stddev is ${deviation}s\nPASS\n`,
    )
    return 0
  },
})

/** Reads the memory that the server takes from its metrics. */
const datascale = command({
  use: 'datascale [options]',
  short: 'Check the memory usage of holding data for different workloads on a given server endpoint.',
  long: 'If no endpoint is provided, localhost will be used. If multiple endpoints are provided, first endpoint will be used.',
  flags: [
    {
      name: 'load',
      type: 'string',
      default: 's',
      usage: "The datascale check's workload model. Accepted workloads: s(small), m(medium), l(large), xl(xLarge)",
    },
    {
      name: 'prefix',
      type: 'string',
      default: '/etcdctl-check-datascale/',
      usage: "The prefix for writing the datascale check's keys.",
    },
    ...AFTERWARDS,
  ],
  *run(call) {
    loadOf(call)
    yield* put(call.p.stderr, 'etcdctl check datascale: not simulated\n')
    return 127
  },
})

export const check = command({
  use: 'check <subcommand>',
  short: 'commands for checking properties of the etcd cluster',
  commands: [perf, datascale],
})
