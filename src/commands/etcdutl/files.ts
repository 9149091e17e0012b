import { Replica } from '../../etcd/replica.ts'
import { SnapshotFile } from '../../etcd/snapshot.ts'
import { type File, type Process, SysError } from '../../host/index.ts'
import type { ReplicaFile } from '../../programs/etcd/data-dir.ts'

/** What a database file holds: a saved snapshot, a member's own database (perhaps in use), or no database at all. */
type Database =
  | { readonly kind: 'snapshot'; readonly file: File; readonly snapshot: SnapshotFile }
  | { readonly kind: 'member'; readonly file: File; readonly replica: Replica }
  | { readonly kind: 'other'; readonly file: File }

/** Looks into a file. Throws SysError as open(2) would. */
export function openDatabase(p: Process, path: string): Database {
  const file = p.fs.file(path, p.cwd, p.creds)
  const { payload } = file
  if (payload instanceof SnapshotFile) return { kind: 'snapshot', file, snapshot: payload }
  const replica = (payload as ReplicaFile | undefined)?.replica
  if (replica instanceof Replica) return { kind: 'member', file, replica }
  return { kind: 'other', file }
}

/** A system error in Go's words with another name for the call. */
export const goError = (error: unknown, syscall?: string): string => {
  if (!(error instanceof SysError)) return (error as Error).message
  return syscall ? error.goMessage.replace(/^\w+/, syscall) : error.goMessage
}
