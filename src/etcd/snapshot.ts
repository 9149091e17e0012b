import { databaseHash } from './buckets.ts'
import type { Position } from './lineage.ts'
import type { Replica } from './replica.ts'

/** Bytes of the two pages with which a bbolt file begins. */
const META_PAGES = 8192

/** A database saved by `etcdctl snapshot save`: a member's replica as it was, behind it 32 bytes of SHA-256. */
export class SnapshotFile {
  constructor(
    readonly replica: Replica,
    /** Bytes of the database, without the checksum. */
    readonly dbSize: number,
    /** The checksum is there and right. etcdutl hashkv opens the file for writing and so breaks it. */
    readonly intact = true,
    /** Bytes of it were changed afterwards; stands for which ones. */
    private readonly change = 0,
    /** Where the file was cut off, when it was. */
    readonly cutAt?: number,
    private readonly leases = replica.lineage.leases.list(),
  ) {}

  /** The file was cut: shorter than bbolt's meta pages it is no database any more. */
  cut(size: number): SnapshotFile | undefined {
    return size < META_PAGES
      ? undefined
      : new SnapshotFile(this.replica, this.dbSize, false, this.change, size, this.leases)
  }

  /** Part of the file was overwritten: another hash, and a checksum that no longer fits. */
  overwritten(at: number, bytes: number): SnapshotFile {
    return new SnapshotFile(this.replica, this.dbSize, false, (at * 31 + bytes) | 1, this.cutAt, this.leases)
  }

  get position(): Position {
    return this.replica.position()
  }

  /** Hash of the whole file as `snapshot status` shows it: eight hexadecimal digits. */
  get hash(): string {
    const { lineage } = this.replica
    return ((databaseHash(lineage, this.position, this.leases) ^ Math.imul(this.change, 0x9e3779b1)) >>> 0)
      .toString(16)
      .padStart(8, '0')
  }

  get liveKeys(): number {
    return this.replica.lineage.store.count({ key: '', end: '\0' }, this.position.rev)
  }
}
