import { type Content, Dir, File, type FileSystem, type Inode, Special, Symlink } from '../fs/index.ts'

/** Fills a file system by writing inodes directly: no permission checks, no path walks beyond a directory cache. */
export class Builder {
  private readonly dirs = new Map<string, Dir>()

  constructor(
    private readonly fs: FileSystem,
    /** Modification time of everything, ms. */
    private readonly mtime: number,
    root: Dir = fs.root,
  ) {
    this.dirs.set('', root)
  }

  dir(path: string, mode = 0o755): Dir {
    const key = path === '/' ? '' : path
    const known = this.dirs.get(key)
    if (known) return known
    const cut = key.lastIndexOf('/')
    const parent = this.dir(key.slice(0, cut))
    const name = key.slice(cut + 1)
    const existing = parent.entries.get(name)
    const dir = existing?.kind === 'dir' ? existing : this.enter(parent, name, new Dir(this.fs, mode))
    this.dirs.set(key, dir)
    return dir
  }

  file(path: string, content: Content, mode = 0o644, gid = 0): File {
    const file = this.add(path, new File(this.fs, mode))
    file.write(content)
    file.gid = gid
    return file
  }

  /** An executable of one of our programs. */
  program(path: string, name: string, size = 65536): File {
    const file = this.add(path, new File(this.fs, 0o755))
    file.write('\u007fELF', size)
    file.program = name
    return file
  }

  link(path: string, target: string): void {
    this.add(path, new Symlink(this.fs, target))
  }

  device(path: string, type: 'char' | 'block', major: number, minor: number, mode = 0o666): void {
    this.add(path, new Special(this.fs, mode, type, undefined, major, minor))
  }

  add<T extends Inode>(path: string, node: T): T {
    const cut = path.lastIndexOf('/')
    return this.enter(this.dir(path.slice(0, cut)), path.slice(cut + 1), node)
  }

  private enter<T extends Inode>(dir: Dir, name: string, node: T): T {
    node.mtime = this.mtime
    dir.entries.set(name, node)
    this.fs.inodes++
    return node
  }
}
