import { DatabasePanic, InvalidDatabase } from '../../etcd/bbolt-reader.ts'
import { type InitialMember, parseInitialCluster, restoreReplica } from '../../etcd/bootstrap.ts'
import { si } from '../../etcd/human.ts'
import { sortIds } from '../../etcd/ids.ts'
import { type Process, put, SysError } from '../../host/index.ts'
import { sleep } from '../../kernel/index.ts'
import { digest } from '../../pki/index.ts'
import { createDirs, storeRestored } from '../../programs/etcd/data-dir.ts'
import { imagesOf } from '../../programs/etcd/database-images.ts'
import { panicText } from '../../programs/etcd/panics.ts'
import { CHECKSUM, SnapshotFile } from '../../programs/etcd/snapshot-file.ts'
import { badArgs, EXIT, ExitError } from '../etcdctl/errors.ts'
import { field } from '../etcdctl/output.ts'
import { table } from '../etcdctl/table.ts'
import { type Call, command } from '../lib/cobra.ts'
import { faultTrace } from './fault-trace.ts'
import { goError, openDatabase } from './files.ts'
import { consoleLog, opened } from './log.ts'
import { type Status, statusOf, statusOfBytes } from './status.ts'
import { cutOffTrace } from './traces.ts'

const fail = (message: string): ExitError => new ExitError(EXIT.error, message)

/** --write-out of etcdutl. */
export function formatOf({ flags }: Call): string {
  const format = flags.string('write-out')
  if (!['simple', 'json', 'table', 'fields', 'protobuf'].includes(format))
    throw new ExitError(EXIT.badFeature, 'unsupported output format')
  return format
}

const status = command({
  use: 'status <filename>',
  short: 'Gets backend snapshot status of a given file',
  long: `When --write-out is set to simple, this command prints out comma-separated status lists for each endpoint.
The items in the lists are hash, revision, total keys, total size, version.
`,
  *run(call) {
    const { p, args } = call
    if (args.length !== 1) throw badArgs('snapshot status requires exactly one argument')
    const format = formatOf(call)
    if (format === 'protobuf') throw new ExitError(EXIT.badFeature, 'protobuf not supported as output format')
    const { file, snapshot, member } = opening(p, args[0])
    while (member?.locked) yield* sleep(p.host.kernel, 1000)
    let s: Status
    try {
      s = snapshot && !snapshot.altered ? statusOf(snapshot) : statusOfBytes(file.readBytes())
    } catch (error) {
      if (error instanceof InvalidDatabase) throw fail(error.message)
      if (!(error instanceof DatabasePanic)) throw error
      const { message, page = 0, fault } = error
      p.stderr.write(fault ? faultTrace(page) : panicText(message, cutOffTrace(page)))
      return 2
    }
    const row = [hex(s.hash), String(s.revision), String(s.totalKey), si(s.totalSize), s.version]
    yield* put(
      p.stdout,
      format === 'json'
        ? `${JSON.stringify(s)}\n`
        : format === 'table'
          ? table(['HASH', 'REVISION', 'TOTAL KEYS', 'TOTAL SIZE', 'VERSION'], [row])
          : format === 'fields'
            ? field('Hash', s.hash) +
              field('Revision', s.revision) +
              field('Keys', s.totalKey) +
              field('Size', s.totalSize) +
              field('Version', JSON.stringify(s.version))
            : `${row.join(', ')}\n`,
    )
    return 0
  },
})

const hex = (hash: number): string => hash.toString(16).padStart(8, '0')

/** Opens a database for reading. */
function opening(p: Process, path: string): ReturnType<typeof openDatabase> {
  try {
    const database = openDatabase(p, path)
    if (database.file.size === 0) throw fail(`write ${path}: bad file descriptor`)
    return database
  } catch (error) {
    if (error instanceof SysError) throw fail(goError(error, 'stat'))
    throw error
  }
}

const restore = command({
  use: 'restore <filename> --data-dir {output dir} [options]',
  short: 'Restores an etcd member snapshot to an etcd directory',
  flags: [
    { name: 'data-dir', type: 'string', usage: 'Path to the output data directory' },
    { name: 'wal-dir', type: 'string', usage: 'Path to the WAL directory (use --data-dir if none given)' },
    {
      name: 'initial-cluster',
      type: 'string',
      default: 'default=http://localhost:2380',
      usage: 'Initial cluster configuration for restore bootstrap',
    },
    {
      name: 'initial-cluster-token',
      type: 'string',
      default: 'etcd-cluster',
      usage: 'Initial cluster token for the etcd cluster during restore bootstrap',
    },
    {
      name: 'initial-advertise-peer-urls',
      type: 'string',
      default: 'http://localhost:2380',
      usage: "List of this member's peer URLs to advertise to the rest of the cluster",
    },
    { name: 'name', type: 'string', default: 'default', usage: 'Human-readable name for this member' },
    {
      name: 'skip-hash-check',
      type: 'bool',
      usage: 'Ignore snapshot integrity hash value (required if copied from data directory)',
    },
    {
      name: 'initial-memory-map-size',
      type: 'uint',
      default: 10737418240,
      usage:
        'Initial memory map size of the database in bytes. It uses the default value if not defined or defined to 0',
    },
    { name: 'bump-revision', type: 'uint', usage: 'How much to increase the latest revision after restore' },
    {
      name: 'mark-compacted',
      type: 'bool',
      usage:
        'Mark the latest revision after restore as the point of scheduled compaction (required if --bump-revision > 0, disallowed otherwise)',
    },
  ],
  *run(call) {
    const { p, args, flags } = call
    const bump = flags.int('bump-revision')
    const mark = flags.bool('mark-compacted')
    if (bump > 0 !== mark) throw badArgs('--mark-compacted required if --revision-bump > 0')
    if (args.length !== 1) throw badArgs('snapshot restore requires exactly one argument')
    const [path] = args
    const name = flags.string('name')
    const dir = flags.string('data-dir') || `${name}.etcd`
    const walDir = flags.string('wal-dir') || `${dir}/member/wal`
    const absolute = (at: string): string => (at.startsWith('/') ? at : `${p.cwd.replace(/\/$/, '')}/${at}`)
    const log = consoleLog(p)
    const initial = checkCluster(call, name, log)
    for (const where of [dir, walDir]) {
      const node = p.fs.find(where, p.cwd)
      if (node && (node.kind !== 'dir' || node.entries.size > 0))
        throw fail(`data-dir ${JSON.stringify(where)} not empty or could not be read`)
    }
    const where = {
      path,
      'wal-dir': walDir,
      'data-dir': dir,
      'snap-dir': `${dir}/member/snap`,
      'initial-memory-map-size': 10737418240,
    }
    log('info', 'snapshot/v3_snapshot.go:305', 'restoring snapshot', where)
    const snapshot = checked(p, path, flags.bool('skip-hash-check'), () => {
      // What was copied before the checksum was looked at stays behind.
      createDirs(p.fs, absolute(dir))
      p.fs.writeFile(`${absolute(dir)}/member/snap/db`, '', { mode: 0o600 })
    })
    const replica = restoreReplica(snapshot.replica, initial, flags.string('initial-cluster-token'), name, bump)
    try {
      storeRestored(p.fs, absolute(dir), absolute(walDir), {
        replica,
        size: snapshot.dbSize,
        images: imagesOf(p.host.kernel),
      })
    } catch (error) {
      throw fail((error as Error).message.replace(/^cannot access data directory: /, ''))
    }
    const db = `${dir}/member/snap/db`
    yield* sleep(p.host.kernel, 20 + Math.round(snapshot.dbSize / 50_000))
    opened(log, db)
    log('info', 'schema/membership.go:138', 'Trimming membership information from the backend...')
    opened(log, db)
    if (bump > 0) {
      const latest = snapshot.position.rev
      log('info', 'snapshot/v3_snapshot.go:396', 'bumping latest revision', {
        'latest-revision': latest,
        'bump-amount': bump,
        'new-latest-revision': latest + bump,
      })
      log('info', 'snapshot/v3_snapshot.go:413', 'marking revision compacted', { revision: latest + bump })
      opened(log, db)
    }
    const { lineage } = replica
    for (const id of sortIds(lineage.members.map((m) => m.id))) {
      const m = lineage.members.find((x) => x.id === id)!
      log('info', 'membership/cluster.go:424', 'added member', {
        'cluster-id': lineage.clusterId,
        'local-member-id': '0',
        'added-peer-id': m.id,
        'added-peer-peer-urls': m.peerUrls,
        'added-peer-is-learner': false,
      })
    }
    opened(log, db)
    log('info', 'snapshot/v3_snapshot.go:333', 'restored snapshot', where)
    return 0
  },
})

function checkCluster({ flags }: Call, name: string, log: ReturnType<typeof consoleLog>): InitialMember[] {
  const text = flags.string('initial-cluster')
  const bad = text.split(',').find((part) => !/=(https?|unixs?):\/\//.test(part))
  if (bad !== undefined) throw fail(`URL scheme must be http, https, unix, or unixs: ${bad.split('=')[1] ?? ''}`)
  const initial = parseInitialCluster(text)
  const self = initial.find((m) => m.name === name)
  if (!self) throw fail(`couldn't find local name ${JSON.stringify(name)} in the initial cluster configuration`)
  const advertised = flags.string('initial-advertise-peer-urls').split(',').sort()
  const missing = self.peerUrls.find((url) => !advertised.includes(url))
  if (missing) {
    const host = missing.replace(/^https?:\/\//, '')
    log('info', 'netutil/netutil.go:113', 'resolved URL Host', { url: missing, host, 'resolved-addr': host })
    throw fail(
      `--initial-cluster has ${name}=${missing} but missing from --initial-advertise-peer-urls=${advertised.join(',')} (resolved urls: ${JSON.stringify(advertised[0])} != ${JSON.stringify(missing)})`,
    )
  }
  return initial
}

/** The snapshot to restore, with its checksum verified (snapshot/v3_snapshot.go copyAndVerifyDB). */
function checked(p: Process, path: string, skip: boolean, copied: () => void): SnapshotFile {
  let database: ReturnType<typeof openDatabase>
  try {
    database = openDatabase(p, path)
  } catch (error) {
    throw fail(goError(error))
  }
  const { file, snapshot, member } = database
  if (file.size < CHECKSUM) throw fail(`seek ${path}: invalid argument`)
  const summed = file.size % 512 === CHECKSUM
  if (!skip && !summed) {
    copied()
    throw fail('snapshot missing hash but --skip-hash-check=false')
  }
  if (!skip && (!snapshot || snapshot.altered)) {
    const bytes = file.readBytes()
    const expected = bytes.subarray(-CHECKSUM)
    const got = digest('sha256', bytes.subarray(0, -CHECKSUM))
    if (!got.equals(expected)) {
      copied()
      throw fail(`expected sha256 [${[...expected].join(' ')}], got [${[...got].join(' ')}]`)
    }
  }
  if (!snapshot) throw new ExitError(127, 'a database that no etcd of this world has written: not simulated')
  return member ? new SnapshotFile(member.copyPayload(), member.allocated) : snapshot
}

export const snapshot = command({
  use: 'snapshot',
  short: 'Manages etcd node snapshots',
  commands: [restore, status],
})
