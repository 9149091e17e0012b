import { type Content, Dir, File, type FileSystem, type Inode } from '../fs/index.ts'

/** Directory entries that are made when somebody looks: /proc, /sys. Nodes keep their identity while they exist. */
class GeneratedEntries extends Map<string, Inode> {
  constructor(
    private readonly names: () => Iterable<string>,
    private readonly make: (name: string) => Inode | undefined,
    private readonly fixed: ReadonlyMap<string, Inode>,
  ) {
    super()
  }

  override get(name: string): Inode | undefined {
    const fixed = this.fixed.get(name)
    if (fixed) return fixed
    let node = super.get(name)
    let exists = false
    for (const n of this.names())
      if (n === name) {
        exists = true
        break
      }
    if (!exists) {
      super.delete(name)
      return undefined
    }
    if (!node) {
      node = this.make(name)
      if (node) super.set(name, node)
    }
    return node
  }

  override has(name: string): boolean {
    return this.get(name) !== undefined
  }

  override get size(): number {
    return [...this.keys()].length
  }

  override *keys(): MapIterator<string> {
    yield* this.fixed.keys()
    for (const name of this.names()) if (!this.fixed.has(name)) yield name
  }

  override *entries(): MapIterator<[string, Inode]> {
    for (const name of this.keys()) {
      const node = this.get(name)
      if (node) yield [name, node]
    }
  }

  override *values(): MapIterator<Inode> {
    for (const [, node] of this.entries()) yield node
  }

  override [Symbol.iterator](): MapIterator<[string, Inode]> {
    return this.entries()
  }
}

/** A directory whose entries follow the state of the machine. */
export function generatedDir(
  fs: FileSystem,
  names: () => Iterable<string>,
  make: (name: string) => Inode | undefined,
  fixed: ReadonlyMap<string, Inode> = new Map(),
): Dir {
  const dir = new Dir(fs, 0o555)
  Object.defineProperty(dir, 'entries', { value: new GeneratedEntries(names, make, fixed) })
  return dir
}

/** A file of a pseudo file system: rendered at reading, with an effect when written. */
export class PseudoFile extends File {
  constructor(
    fs: FileSystem,
    render: () => string,
    private readonly onWrite?: (text: string) => void,
  ) {
    super(fs, onWrite ? 0o644 : 0o444)
    super.write(render, 0)
  }

  override write(content: Content, size?: number): void {
    if (this.onWrite && typeof content === 'string') {
      // The shell truncates before it writes.
      if (content !== '') this.onWrite(content)
    } else if (typeof content === 'function') super.write(content, size)
  }
}
