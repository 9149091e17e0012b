import { databaseImage } from '../../etcd/bbolt.ts'
import { buckets, databaseHash } from '../../etcd/buckets.ts'
import { type Contents, contentsOf } from '../../etcd/contents.ts'
import type { Position } from '../../etcd/lineage.ts'
import type { Replica } from '../../etcd/replica.ts'
import { PAGE } from '../../etcd/size.ts'
import type { DamageablePayload, RenderedPayload } from '../../host/index.ts'
import { digest } from '../../pki/index.ts'
import type { DatabaseImages } from './database-images.ts'

/** Bytes of the SHA-256 behind a database that was sent as a snapshot. */
export const CHECKSUM = 32

/** A database's bytes: `size` of them, all of its transactions counted and `more`. */
export function imageOf(contents: Contents, size: number, more = 0): Uint8Array {
  // Whoever opens a database to write begins with a transaction; every entry that is applied is part of another.
  return databaseImage(buckets(contents), Math.ceil(size / PAGE), contents.at.index + 2 + more)
}

/** A database saved by `etcdctl snapshot save`: a member's replica as it was, behind it 32 bytes of SHA-256. */
export class SnapshotFile implements RenderedPayload, DamageablePayload {
  constructor(
    readonly replica: Replica,
    /** Bytes of the database, without the checksum. */
    readonly dbSize: number,
    private readonly images?: DatabaseImages,
    /** Its bytes, when somebody changed them. */
    readonly altered?: Uint8Array,
    readonly contents = contentsOf(replica),
  ) {}

  render(): Uint8Array {
    if (this.altered) return this.altered
    this.images?.shown(this)
    const database = imageOf(this.contents, this.dbSize)
    const bytes = new Uint8Array(database.length + CHECKSUM)
    bytes.set(database)
    bytes.set(digest('sha256', database), database.length)
    return bytes
  }

  /** The same with other bytes; what they say is no more than what they were made from, as far as they can be read. */
  as(bytes: Uint8Array): SnapshotFile {
    return new SnapshotFile(this.replica, this.dbSize, this.images, bytes, this.contents)
  }

  cut(size: number): SnapshotFile {
    return this.as(this.render().slice(0, size))
  }

  overwritten(at: number, data: Uint8Array): SnapshotFile {
    return this.as(spliced(this.render(), at, data))
  }

  /** Opened for writing and closed again: one transaction more, and the checksum at its end fits no longer. */
  rewritten(): SnapshotFile {
    const database = imageOf(this.contents, this.dbSize, 1)
    return this.altered ? this : this.overwritten(0, database)
  }

  get position(): Position {
    return this.contents.at
  }

  /** Hash of the whole file as `snapshot status` shows it. */
  get hash(): number {
    return databaseHash(buckets(this.contents))
  }

  get liveKeys(): number {
    return this.replica.lineage.store.count({ key: '', end: '\0' }, this.position.rev)
  }
}

/** Bytes with some of them overwritten. */
export function spliced(bytes: Uint8Array, at: number, data: Uint8Array): Uint8Array {
  const out = new Uint8Array(Math.max(bytes.length, at + data.length))
  out.set(bytes)
  out.set(data, at)
  return out
}
