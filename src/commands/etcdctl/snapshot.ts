import type { Api } from '../../etcd/api.ts'
import { si } from '../../etcd/human.ts'
import { type Level, zapLog } from '../../etcd/log.ts'
import { dbSize } from '../../etcd/quota.ts'
import { put, SysError } from '../../host/index.ts'
import { type Kernel, sleep } from '../../kernel/index.ts'
import { imagesOf } from '../../programs/etcd/database-images.ts'
import { CHECKSUM, SnapshotFile } from '../../programs/etcd/snapshot-file.ts'
import { command } from '../lib/cobra.ts'
import { took } from './durations.ts'
import { outcome } from './endpoint.ts'
import { badArgs, EXIT, ExitError } from './errors.ts'
import { clientFor, configOf, timeoutOf } from './globals.ts'

const EXAMPLES = `  # Save snapshot to a given file
  etcdctl snapshot save /backup/etcd-snapshot.db
  
  # Get snapshot from given address and save it to file
  etcdctl snapshot save --endpoints=127.0.0.1:3000 /backup/etcd-snapshot.db
  
  # Get snapshot from given address with certificates
  etcdctl --endpoints=https://127.0.0.1:2379 --cacert=/etc/etcd/ca.crt --cert=/etc/etcd/etcd.crt --key=/etc/etcd/etcd.key snapshot save /backup/etcd-snapshot.db
  
  # Get snapshot wih certain user and password
  etcdctl --user=root --password=password123 snapshot save /backup/etcd-snapshot.db
  
  # Get snapshot from given address with timeout
  etcdctl --endpoints=https://127.0.0.1:2379 --dial-timeout=20s snapshot save /backup/etcd-snapshot.db
  
  # Save snapshot with desirable time format
  etcdctl snapshot save /mnt/backup/etcd/backup_$(date +%Y%m%d_%H%M%S).db`

/** Bytes of a snapshot that arrive in one ms. */
const BYTES_PER_MS = 40_000

/** Models snapshot_command.go and client/v3/snapshot: no time limit, whatever --command-timeout says. */
const save = command({
  use: 'save <filename>',
  short: 'Stores an etcd node backend snapshot to a given file',
  example: EXAMPLES,
  *run(call) {
    const { p, args } = call
    if (args.length !== 1) throw badArgs('snapshot save expects one argument <filename>')
    const [path] = args
    const config = yield* configOf(call)
    const limit = call.flags.changed('command-timeout') ? timeoutOf(call) : undefined
    const { endpoints } = config
    if (endpoints.length !== 1)
      throw new ExitError(
        EXIT.interrupted,
        `snapshot must be requested to one selected node, not multiple [${endpoints.join(' ')}]`,
      )
    const client = yield* clientFor(p, config, { logger: 'client', status: EXIT.interrupted })
    const log = zapLog(
      () => p.now(),
      (line) => p.stderr.write(line),
    )
    const say = (level: Level, caller: string, msg: string, fields = {}): void => log(level, caller, msg, fields)
    const part = `${path}.part`
    try {
      p.fs.writeFile(part, '', { mode: 0o600, cwd: p.cwd, creds: p.creds })
    } catch (error) {
      if (error instanceof SysError)
        throw new ExitError(EXIT.interrupted, `could not open ${part} (${error.goMessage})`)
      throw error
    }
    say('info', 'snapshot/v3_snapshot.go:83', 'created temporary db file', { path: part })
    const start = p.host.kernel.now()
    const opened = yield* outcome(client.open('Maintenance/Snapshot', limit, (api) => take(api, p.host.kernel)))
    if ('error' in opened) {
      p.fs.remove(part, p.cwd, p.creds)
      throw new ExitError(EXIT.interrupted, opened.error)
    }
    const taken = opened.value
    say('info', 'client@v3/maintenance.go:236', 'opened snapshot stream; downloading')
    say('info', 'snapshot/v3_snapshot.go:96', 'fetching snapshot', { endpoint: endpoints[0] })
    const { snapshot, version } = taken
    yield* sleep(p.host.kernel, 8 + Math.round(snapshot.dbSize / BYTES_PER_MS))
    try {
      const file = p.fs.writeFile(part, '', { cwd: p.cwd, creds: p.creds, size: snapshot.dbSize + CHECKSUM })
      file.payload = snapshot
    } catch (error) {
      if (error instanceof SysError) throw new ExitError(EXIT.interrupted, error.goMessage)
      throw error
    }
    say('info', 'client@v3/maintenance.go:302', 'completed snapshot read; closing')
    say('info', 'snapshot/v3_snapshot.go:111', 'fetched snapshot', {
      endpoint: endpoints[0],
      size: si(snapshot.dbSize),
      took: took(p.host.kernel.now() - start, p.host.rng),
      'etcd-version': version,
    })
    p.fs.rename(part, path, p.cwd, p.creds)
    say('info', 'snapshot/v3_snapshot.go:121', 'saved', { path })
    yield* put(p.stdout, `Snapshot saved at ${path}\n${version ? `Server version ${version}\n` : ''}`)
    return 0
  },
})

function take(api: Api, kernel: Kernel): { snapshot: SnapshotFile; version: string } {
  api.admin()
  const { member } = api
  const size = dbSize(member)
  member.log('info', 'v3rpc/maintenance.go:160', 'sending database snapshot to client', {
    'total-bytes': size,
    size: si(size),
    'storage-version': member.replica.position().storageVersion,
  })
  member.log('info', 'v3rpc/maintenance.go:202', 'sending database sha256 checksum to client', {
    'total-bytes': size,
    'checksum-size': 32,
  })
  member.log('info', 'v3rpc/maintenance.go:211', 'successfully sent database snapshot to client', {
    'total-bytes': size,
    size: si(size),
    'storage-version': member.replica.position().storageVersion,
  })
  return {
    snapshot: new SnapshotFile(member.replica.copyPayload(), size, imagesOf(kernel)),
    version: member.replica.position().storageVersion,
  }
}

export const snapshot = command({
  use: 'snapshot <subcommand>',
  short: 'Manages etcd node snapshots',
  example: EXAMPLES,
  commands: [save],
})
