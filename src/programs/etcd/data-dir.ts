import { DatabasePanic, DatabaseReader, InvalidDatabase } from '../../etcd/bbolt-reader.ts'
import { contentsOf } from '../../etcd/contents.ts'
import { Replica } from '../../etcd/replica.ts'
import { type DamageablePayload, File, type FsView, type RenderedPayload, SysError } from '../../host/index.ts'
import type { DatabaseImages } from './database-images.ts'
import { imageOf, SnapshotFile, spliced } from './snapshot-file.ts'

/** How a file of a data directory was damaged from outside. */
type Damage = 'header' | 'middle' | 'cut'

/** Payload of the database file and of WAL files: two views of the same replica. */
export interface ReplicaFile extends DamageablePayload, Partial<RenderedPayload> {
  readonly replica: Replica
  readonly damage: Damage | undefined
  copyPayload(): ReplicaFile
}

/** Bytes of the first record of a WAL (CRC and metadata), and of bbolt's two meta pages. */
const HEADER = { wal: 552, db: 8192 } as const

/** A payload for the WAL files of one data directory. A copy is frozen as it is at that moment. */
const walFile = (replica: Replica, damage?: Damage): ReplicaFile => ({
  replica,
  damage,
  copyPayload: () => walFile(replica.copyPayload(), damage),
  overwritten: (at) => walFile(replica, at < HEADER.wal ? 'header' : 'middle'),
  // A log that ends early is repaired; a database is not.
  cut: (size) => (size === 0 ? undefined : walFile(replica, damage)),
})

/** The same for the database file, which is as long as etcd has reserved for it. */
function databaseFile(replica: Replica, images: DatabaseImages, damage?: Damage, altered?: Uint8Array): ReplicaFile {
  const render = (size: number): Uint8Array => {
    if (altered) return altered
    const contents = contentsOf(replica)
    images.shown(new SnapshotFile(replica.copyPayload(), replica.allocated, images, undefined, contents))
    const image = imageOf(contents, replica.allocated)
    return image.length < size ? spliced(new Uint8Array(size), 0, image) : image
  }
  const size = (): number => fileSize(replica.allocated)
  return {
    replica,
    damage,
    render,
    copyPayload: () => databaseFile(replica.copyPayload(), images, damage, altered),
    overwritten: (at, data) =>
      databaseFile(replica, images, at < HEADER.db ? 'header' : 'middle', spliced(render(size()), at, data)),
    cut: (to) => (to === 0 ? undefined : databaseFile(replica, images, 'cut', render(size()).slice(0, to))),
  }
}

const WAL_SIZE = 64_000_000
const FIRST_WAL = '0000000000000000-0000000000000000.wal'
/** bbolt grows the file in steps of 16 MiB beyond what it maps. */
const STEP = 16 * 1024 * 1024

/** Size on disk of a database file with so many bytes allocated (sparse). */
export const fileSize = (allocated: number): number =>
  24576 + STEP * Math.max(1, Math.ceil((allocated - 24576) / STEP) + 1)

type DbState = 'ok' | 'missing' | 'empty' | 'garbage' | 'page' | 'truncated'

/** What is in a data directory. */
export interface DataDirState {
  readonly type: 'empty' | 'member'
  readonly wal: Replica | undefined
  readonly walState: 'ok' | 'missing' | 'garbage' | 'header'
  readonly db: DbState
}

const memberFiles = (fs: FsView, dir: string): { name: string; file: File }[] => {
  const node = fs.find(dir)
  if (node?.kind !== 'dir') return []
  return fs.readdir(dir).flatMap(([name, f]) => (f instanceof File ? [{ name, file: f }] : []))
}

/** Payload of a database in which nothing has been stored yet. */
const FRESH = 'fresh database'

function databaseState(file: File): DbState {
  const payload = file.payload as Partial<ReplicaFile> | typeof FRESH | undefined
  if (file.size === 0) return 'empty'
  if (payload === FRESH) return 'ok'
  if (payload?.replica && payload.damage === undefined && !(payload as Partial<SnapshotFile>).altered) return 'ok'
  if (payload?.replica && payload.damage === 'header') return 'garbage'
  if (payload?.replica && payload.damage === 'middle') return 'page'
  if (payload?.replica && payload.damage === 'cut') return 'truncated'
  return stateOf(file.readBytes())
}

/** What bbolt would make of these bytes. */
function stateOf(bytes: Uint8Array): DbState {
  try {
    const reader = new DatabaseReader(bytes)
    for (const [, pairs] of reader.buckets()) for (const _ of pairs);
    return 'ok'
  } catch (error) {
    if (error instanceof InvalidDatabase) return 'garbage'
    if (error instanceof DatabasePanic) return error.fault ? 'truncated' : 'page'
    throw error
  }
}

/** Reads a data directory. Throws Go's error when it cannot be listed. */
export function inspect(fs: FsView, dir: string): DataDirState {
  const node = fs.find(dir)
  if (node && node.kind !== 'dir') throw new Error(`readdirent ${dir}: not a directory`)
  const type = fs.find(`${dir}/member`)?.kind === 'dir' ? 'member' : 'empty'
  const wals = memberFiles(fs, `${dir}/member/wal`).filter((f) => f.name.endsWith('.wal'))
  const payload = wals.map((f) => f.file.payload as ReplicaFile | undefined).find((x) => x?.replica instanceof Replica)
  const db = fs.find(`${dir}/member/snap/db`)
  return {
    type,
    wal: payload?.replica,
    walState:
      wals.length === 0
        ? 'missing'
        : payload?.damage === 'header'
          ? 'header'
          : payload && payload.damage === undefined
            ? 'ok'
            : 'garbage',
    db: db instanceof File ? databaseState(db) : 'missing',
  }
}

/** Creates what is missing of the directory tree and the database file. Throws `cannot access data directory: …`. */
export function createDirs(fs: FsView, dir: string): void {
  try {
    fs.mkdir(dir, { parents: true, mode: 0o700 })
    fs.mkdir(`${dir}/member`, { parents: true, mode: 0o700 })
    fs.mkdir(`${dir}/member/snap`, { parents: true, mode: 0o700 })
  } catch (error) {
    if (error instanceof SysError)
      throw new Error(`cannot access data directory: mkdir ${dir}: ${lower(error.strerror)}`)
    throw error
  }
}

/** A fresh database file without a replica yet: what a refused start leaves behind. */
export function createDb(fs: FsView, dir: string): void {
  const path = `${dir}/member/snap/db`
  if (fs.find(path) === undefined) fs.writeFile(path, '', { mode: 0o600, size: 20480 }).payload = FRESH
}

/** Hangs the replica on the files of the directory; creates those that are missing. */
export function store(fs: FsView, dir: string, replica: Replica, images: DatabaseImages): void {
  createDirs(fs, dir)
  fs.mkdir(`${dir}/member/wal`, { parents: true, mode: 0o700 })
  const db = `${dir}/member/snap/db`
  const dbFile = fs.find(db) instanceof File ? fs.file(db) : fs.writeFile(db, '', { mode: 0o600 })
  if (dbFile.payload === undefined || dbFile.payload === FRESH) {
    dbFile.write('', fileSize(replica.allocated))
    dbFile.holes = () => Math.max(0, dbFile.size - replica.allocated)
  }
  dbFile.payload = databaseFile(replica, images)
  const wal = walFile(replica)
  const wals = memberFiles(fs, `${dir}/member/wal`).filter((f) => f.name.endsWith('.wal'))
  if (wals.length === 0)
    fs.writeFile(`${dir}/member/wal/${FIRST_WAL}`, '', { mode: 0o600, size: WAL_SIZE }).payload = wal
  else for (const { file } of wals) file.payload = wal
  const next = nextWal(dir)
  if (fs.find(next) === undefined) fs.writeFile(next, '', { mode: 0o600, size: WAL_SIZE })
}

/** The file that is allocated in advance while a member runs; an orderly stop removes it (wal/file_pipeline.go). */
const nextWal = (dir: string): string => `${dir}/member/wal/0.tmp`

/** The segment that was prepared for later goes when etcd ends in good order. */
export function closeWal(fs: FsView, dir: string): void {
  if (fs.find(nextWal(dir)) !== undefined) fs.unlink(nextWal(dir))
}

/** So many raft snapshots are kept. */
const MAX_SNAPSHOTS = 5
/** The membership and a few versions, as JSON of the old store. */
const SNAPSHOT_SIZE = 7151

/** Writes the file of a raft snapshot and removes the oldest ones. */
export function storeSnapshot(fs: FsView, dir: string, term: number, index: number): void {
  const snap = `${dir}/member/snap`
  if (fs.find(snap)?.kind !== 'dir') return
  const hex = (n: number): string => n.toString(16).padStart(16, '0')
  fs.writeFile(`${snap}/${hex(term)}-${hex(index)}.snap`, '', { mode: 0o644, size: SNAPSHOT_SIZE })
  const files = memberFiles(fs, snap).flatMap(({ name }) => (name.endsWith('.snap') ? [name] : []))
  for (const name of files.sort().slice(0, -MAX_SNAPSHOTS)) fs.unlink(`${snap}/${name}`)
}

/** A restored member's replica, how large its database is and where the world's databases are known. */
interface Restored {
  readonly replica: Replica
  readonly size: number
  readonly images: DatabaseImages
}

/** Writes a restored member's files: an exact database, a raft snapshot and a WAL (not preallocated twice). */
export function storeRestored(fs: FsView, dir: string, walDir: string, { replica, size, images }: Restored): void {
  createDirs(fs, dir)
  fs.mkdir(walDir, { parents: true, mode: 0o700 })
  const index = replica.index.toString(16).padStart(16, '0')
  fs.writeFile(`${dir}/member/snap/0000000000000001-${index}.snap`, '', { mode: 0o644, size: 6490 })
  fs.writeFile(`${dir}/member/snap/db`, '', { mode: 0o600, size }).payload = databaseFile(replica, images)
  fs.writeFile(`${walDir}/${FIRST_WAL}`, '', { mode: 0o600, size: WAL_SIZE }).payload = walFile(replica)
}

const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)
