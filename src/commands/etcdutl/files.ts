import { Replica } from '../../etcd/replica.ts'
import { type File, type Process, SysError } from '../../host/index.ts'
import type { ReplicaFile } from '../../programs/etcd/data-dir.ts'
import { imagesOf } from '../../programs/etcd/database-images.ts'
import { SnapshotFile } from '../../programs/etcd/snapshot-file.ts'

/** A file that may be a database. */
interface Database {
  readonly file: File
  /** What it was made from; undefined when that is not known, and then its bytes are all there is. */
  readonly snapshot: SnapshotFile | undefined
  /** It is a member's own, which may be in use. */
  readonly member: Replica | undefined
}

/** Looks into a file. Throws SysError as open(2) would. */
export function openDatabase(p: Process, path: string): Database {
  const file = p.fs.file(path, p.cwd, p.creds)
  const { payload } = file
  const images = imagesOf(p.host.kernel)
  if (payload instanceof SnapshotFile) return { file, snapshot: payload, member: undefined }
  const { replica, damage } = (payload ?? {}) as Partial<ReplicaFile>
  if (replica instanceof Replica) {
    const altered = damage === undefined ? undefined : file.readBytes()
    return { file, snapshot: new SnapshotFile(replica, replica.allocated, images, altered), member: replica }
  }
  return { file, snapshot: images.recognise(file.readBytes()), member: undefined }
}

/** A system error in Go's words with another name for the call. */
export const goError = (error: unknown, syscall?: string): string => {
  if (!(error instanceof SysError)) return (error as Error).message
  return syscall ? error.goMessage.replace(/^\w+/, syscall) : error.goMessage
}
