import { Dir, File, type FileSystem, type Inode, Symlink } from '../../../host/index.ts'
import { utf8Length } from '../../../kernel/index.ts'

/** A file of a ConfigMap-like volume. `text` may be a function: most tokens are never read. */
export interface Payload {
  readonly text: string | (() => string)
  readonly mode: number
}

/**
 * A directory that the kubelet's atomic writer keeps: `..2026_11_21_02_25_05.123/`, `..data` → it, and a link for each
 * entry. Filled when it is first looked at.
 */
export class ProjectedDir {
  readonly dir: Dir
  private stamp = ''

  constructor(
    private readonly fs: FileSystem,
    private payload: ReadonlyMap<string, Payload>,
    private readonly clock: () => number,
    private readonly gid: number | undefined,
    /** Directories in it over which other volumes are mounted. */
    private readonly nested: readonly string[] = [],
  ) {
    const changedAt = clock()
    // A tmpfs is made with the sticky bit.
    const mode = 0o777 | (fs.type === 'tmpfs' ? 0o1000 : 0) | (gid === undefined ? 0 : 0o2000)
    this.dir = new Dir(fs, mode, () => [...this.directories(changedAt), ...this.entries(changedAt)])
    this.dir.mtime = changedAt
    if (gid !== undefined) this.dir.gid = gid
  }

  /** Puts new content in place, as one atomic change of `..data`. */
  update(payload: ReadonlyMap<string, Payload>): void {
    if (same(this.payload, payload)) return
    this.payload = payload
    if (!this.dir.loaded) return
    const { entries } = this.dir
    // The directories stay: mounts lie over them.
    for (const [name, node] of [...entries]) if (node.kind !== 'dir' || name.startsWith('..')) entries.delete(name)
    for (const [name, node] of this.entries(this.clock())) entries.set(name, node)
    this.dir.notify({ type: 'create', name: '..data' })
  }

  private directories(at: number): [string, Inode][] {
    const top = new Dir(this.fs, 0o755)
    for (const path of this.nested) this.below(top, path.split('/'), at)
    return [...top.entries]
  }

  /** The directory at that path, made where it lacks. */
  private below(dir: Dir, parts: readonly string[], at: number): Dir {
    let into = dir
    for (const part of parts) {
      let next = into.entries.get(part)
      if (!next) into.entries.set(part, (next = this.node(new Dir(this.fs, 0o755), at)))
      into = next as Dir
    }
    return into
  }

  private entries(at: number): [string, Inode][] {
    const iso = new Date(at).toISOString()
    this.stamp = `..${iso.slice(0, 10).replaceAll('-', '_')}_${iso.slice(11, 19).replaceAll(':', '_')}.${String((at * 7919) % 1_000_000_000).padStart(9, '0')}`
    const data = this.node(new Dir(this.fs, 0o755), at)
    for (const [path, { text, mode }] of this.payload) {
      const parts = path.split('/')
      const into = this.below(data, parts.slice(0, -1), at)
      const file = this.node(new File(this.fs, mode), at)
      file.write(text, typeof text === 'string' ? utf8Length(text) : 1200)
      into.entries.set(parts[parts.length - 1], file)
    }
    const links = [...new Set([...this.payload.keys()].map((p) => p.split('/')[0]))]
    return [
      [this.stamp, data],
      ['..data', this.node(new Symlink(this.fs, this.stamp), at)],
      ...links.map((name): [string, Inode] => [name, this.node(new Symlink(this.fs, `..data/${name}`), at)]),
    ]
  }

  private node<T extends Inode>(node: T, at: number): T {
    node.mtime = at
    if (this.gid !== undefined) node.gid = this.gid
    return node
  }
}

function same(a: ReadonlyMap<string, Payload>, b: ReadonlyMap<string, Payload>): boolean {
  if (a.size !== b.size) return false
  for (const [key, value] of a) {
    const other = b.get(key)
    if (!other || other.mode !== value.mode) return false
    if (typeof value.text === 'string' && value.text !== other.text) return false
  }
  return true
}
