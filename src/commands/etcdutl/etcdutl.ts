import { hashKv } from '../../etcd/hash.ts'
import { si } from '../../etcd/human.ts'
import { usedBytes } from '../../etcd/quota.ts'
import type { Replica } from '../../etcd/replica.ts'
import { put } from '../../host/index.ts'
import { sleep } from '../../kernel/index.ts'
import { fileSize, inspect } from '../../programs/etcd/data-dir.ts'
import { panicText } from '../../programs/etcd/panics.ts'
import { ETCD_VERSION } from '../../programs/etcd/version.ts'
import { took } from '../etcdctl/durations.ts'
import { badArgs, EXIT, ExitError } from '../etcdctl/errors.ts'
import { table } from '../etcdctl/table.ts'
import { type Call, cobraHelp, cobraProgram, cobraUsage, command, UsageError } from '../lib/cobra.ts'
import { goError, openDatabase } from './files.ts'
import { consoleLog, opened, opening } from './log.ts'
import { formatOf, snapshot } from './snapshot.ts'
import { DEFRAG_TRACES, LESSOR_TRACE, MIGRATE_TRACES, type OpenTraces } from './traces.ts'

const DATA_DIR = 'Path to the etcd data dir'

/** The member's replica in a data directory; prints bbolt's complaint and the panic when there is none. */
function memberOf({ p }: Call, dir: string, traces: OpenTraces): Replica | undefined {
  const log = consoleLog(p)
  const db = `${dir}/member/snap/db`
  const state = inspect(p.fs, dir)
  opening(log, db)
  if (state.db === 'ok' && state.wal) return state.wal
  const why = `open ${db}: no such file or directory`
  log('error', 'bbolt@backend/backend.go:203', `failed to open db file (${db}): ${why}`, undefined, traces.open)
  log('error', 'bbolt@bbolt/db.go:322', `Opening bbolt db (${db}) failed: ${why}`, undefined, traces.failed)
  log('panic', 'backend/backend.go:205', 'failed to open database', { path: db, error: why }, traces.panicLine)
  p.stderr.write(panicText('failed to open database', traces.panic))
  return undefined
}

const defrag = command({
  use: 'defrag',
  short: 'Defragments the storage of the etcd',
  flags: [
    {
      name: 'data-dir',
      type: 'string',
      required: true,
      usage: 'Required. Defragments a data directory not in use by etcd.',
    },
  ],
  *run(call) {
    const { p, flags } = call
    const dir = flags.string('data-dir')
    const log = consoleLog(p)
    const replica = memberOf(call, dir, DEFRAG_TRACES)
    if (!replica) return 2
    const db = `${dir}/member/snap/db`
    if (replica.locked) {
      yield* sleep(p.host.kernel, 1000)
      yield* put(
        p.stderr,
        `waiting for etcd to close and release its lock on ${JSON.stringify(db)}. To defrag a running etcd instance, use \`etcdctl defrag\` instead.\n`,
      )
      while (replica.locked) yield* sleep(p.host.kernel, 1000)
    }
    log('info', 'bbolt@bbolt/db.go:322', `Opening bbolt db (${db}) successfully`)
    const before = replica.allocated
    const size = (bytes: number, inUse: number): Record<string, string | number> => ({
      'current-db-size-bytes': bytes,
      'current-db-size': si(bytes),
      'current-db-size-in-use-bytes': inUse,
      'current-db-size-in-use': si(inUse),
    })
    const used = usedBytes(replica.lineage.store)
    const start = p.host.kernel.now()
    log('info', 'backend/backend.go:522', 'defragmenting', { path: db, ...size(before, used) })
    opened(log, db, 'bbolt@backend/backend.go:574')
    replica.defragmented = true
    replica.allocated = Math.min(before, used)
    yield* sleep(p.host.kernel, 20 + Math.round(used / 50_000))
    p.fs.file(db, p.cwd).size = fileSize(replica.allocated)
    log('info', 'backend/backend.go:592', 'finished defragmenting directory', {
      path: db,
      'current-db-size-bytes-diff': replica.allocated - before,
      'current-db-size-bytes': replica.allocated,
      'current-db-size': si(replica.allocated),
      'current-db-size-in-use-bytes-diff': 0,
      'current-db-size-in-use-bytes': used,
      'current-db-size-in-use': si(used),
      took: took(p.host.kernel.now() - start, p.host.rng),
    })
    return 0
  },
})

const hashkv = command({
  use: 'hashkv <filename>',
  short: 'Prints the KV history hash of a given file',
  flags: [
    { name: 'rev', type: 'int64', typeName: 'int', usage: 'maximum revision to hash (default: latest revision)' },
  ],
  *run(call) {
    const { p, args, flags } = call
    if (args.length !== 1) throw badArgs('hashkv requires exactly one argument')
    const format = formatOf(call)
    let database: ReturnType<typeof openDatabase>
    try {
      database = openDatabase(p, args[0])
    } catch (error) {
      throw new ExitError(EXIT.error, goError(error, 'stat'))
    }
    const { file, snapshot: known, member } = database
    if (!known) throw new ExitError(EXIT.error, 'invalid database')
    const { replica } = known
    const { store } = replica.lineage
    // The store is opened without leases, and a key that hangs on one finds none.
    if (store.range({ key: '', end: '\0' }, replica.position().rev).some((kv) => kv.lease)) {
      p.stderr.write(panicText('no lessor to attach lease', LESSOR_TRACE))
      return 2
    }
    const rev = flags.int('rev') || replica.position().rev
    const hash = hashKv(store, rev)
    // It opens the file for writing: the checksum at its end is wrong from now on.
    if (!member) {
      const rewritten = known.rewritten()
      file.write('', file.size)
      file.payload = rewritten
    }
    const row = [String(hash), String(rev), String(store.compacted)]
    yield* put(
      p.stdout,
      format === 'json'
        ? `${JSON.stringify({ hash, hashRevision: rev, compactRevision: store.compacted })}\n`
        : format === 'table'
          ? table(['HASH', 'HASH REVISION', 'COMPACT REVISION'], [row])
          : `${row.join(', ')}\n`,
    )
    return 0
  },
})

const migrate = command({
  use: 'migrate',
  short: 'Migrates schema of etcd data dir files to make them compatible with different etcd version',
  flags: [
    { name: 'data-dir', type: 'string', required: true, usage: DATA_DIR },
    {
      name: 'target-version',
      type: 'string',
      required: true,
      usage: 'Target etcd version to migrate contents of data dir. Minimal value 3.5. Format "X.Y" for example 3.6.',
    },
    {
      name: 'force',
      type: 'bool',
      usage: 'Ignore migration failure and forcefully override storage version. Not recommended.',
    },
  ],
  *run(call) {
    const { p, flags } = call
    const dir = flags.string('data-dir')
    const target = flags.string('target-version')
    if (!/^\d+\.\d+$/.test(target))
      throw badArgs(`wrong target version format, expected "X.Y", got ${JSON.stringify(target)}`)
    if (target !== '3.5' && target !== '3.6')
      throw badArgs(`target version ${JSON.stringify(target)} not supported. Minimal "3.5"`)
    const replica = memberOf(call, dir, MIGRATE_TRACES)
    if (!replica) return 2
    const log = consoleLog(p)
    log('info', 'bbolt@bbolt/db.go:322', `Opening bbolt db (${dir}/member/snap/db) successfully`)
    if (replica.at) replica.at = { ...replica.at, storageVersion: `${target}.0` }
    log('info', 'schema/migration.go:65', 'updated storage version', { 'new-storage-version': `${target}.0` })
    return 0
  },
})

const version = command({
  use: 'version',
  short: 'Prints the version of etcdutl',
  *run({ p }) {
    const api = ETCD_VERSION.split('.').slice(0, 2).join('.')
    yield* put(p.stdout, `etcdutl version: ${ETCD_VERSION}\nAPI version: ${api}\n`)
    return 0
  },
})

const completion = command({
  use: 'completion [bash|zsh|fish|powershell]',
  short: 'Generate completion script',
  *run({ p }) {
    yield* put(p.stderr, 'etcdutl completion: not simulated\n')
    return 127
  },
})

/** The offline tool of etcd (etcdutl/v3). */
export const etcdutl = cobraProgram(
  command({
    use: 'etcdutl',
    short: 'An administrative command line tool for etcd3.',
    persistentFlags: [
      {
        name: 'write-out',
        short: 'w',
        type: 'string',
        default: 'simple',
        usage: 'set the output format (fields, json, protobuf, simple, table)',
      },
    ],
    commands: [defrag, snapshot, hashkv, version, completion, migrate],
  }),
  {
    style: (c) => (c.parent === undefined || !c.runnable ? cobraUsage(c) : c.spec.long ? cobraHelp(c) : cobraUsage(c)),
    *onError({ p, command: target }, error) {
      if (error instanceof ExitError) {
        if (error.message !== '') yield* put(p.stderr, `Error: ${error.message}\n`)
        return error.status
      }
      if (!(error instanceof UsageError)) throw error
      const line = `Error: ${error.message.split('\n')[0]}\n`
      // etcdutl prints every mistake twice, around the usage.
      const usage = error.message.startsWith('unknown command')
        ? "Run 'etcdutl --help' for usage.\n"
        : `${cobraUsage(target)}\n`
      yield* put(p.stderr, `${line}${usage}${line}`)
      return 1
    },
  },
)
