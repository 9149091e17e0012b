import { because, learn } from '../../kernel/index.ts'
import { may } from '../capabilities.ts'
import { SysError } from '../errno.ts'
import { allowed, type Creds, ROOT } from './creds.ts'
import { type Content, Dir, File, type Inode, Symlink, type Watcher } from './inode.ts'
import { Namespace, type Place } from './namespace.ts'
import { normalize } from './paths.ts'

/** What a process sees of the file systems: its mount namespace, and what can be done with the files in it. */
export class FsView extends Namespace {
  constructor(
    root: Dir,
    /** ms of the owning host's clock, for mtimes. */
    private readonly clock: () => number,
  ) {
    super(root)
  }

  /** A copy with the same mounts, e.g. for `unshare` or a container that shares the host's view. */
  clone(root: Dir = this.root): FsView {
    const view = new FsView(root, this.clock)
    for (const m of this.mounts) {
      view.mounts.push(m)
    }
    for (const [k, v] of this.covers) view.covers.set(k, v)
    for (const [k, v] of this.others) view.others.set(k, v)
    return view
  }

  /** The view with `dir` (at `path`) as its root: mounts inside it stay, under their shorter paths. */
  chroot(dir: Dir, path: string): FsView {
    const view = this.clone(dir)
    view.others.clear()
    const prefix = path === '/' ? '' : path
    const inside = view.mounts.filter((m) => m.path === path || m.path.startsWith(`${prefix}/`))
    const moved = new Map(inside.map((m) => [m, { ...m, path: m.path.slice(prefix.length) || '/' }]))
    view.mounts.splice(0, view.mounts.length, ...moved.values())
    for (const [node, m] of view.covers) view.covers.set(node, moved.get(m) ?? m)
    return view
  }

  readFile(path: string, cwd = '/', creds: Creds = ROOT): string {
    return this.file(path, cwd, creds).read()
  }

  readBytes(path: string, cwd = '/', creds: Creds = ROOT): Uint8Array {
    return this.file(path, cwd, creds).readBytes()
  }

  /** The regular file at `path`, checked for reading. */
  file(path: string, cwd = '/', creds: Creds = ROOT): File {
    const node = this.resolve(path, cwd, creds)
    if (node.kind === 'dir') throw new SysError('EISDIR', path, 'read')
    if (!allowed(node, creds, 4)) {
      learn(node.why)
      throw new SysError('EACCES', path)
    }
    if (node.kind === 'file') return node
    // /dev/null ends at once.
    if (node.kind === 'special' && node.major === 1 && node.minor === 3) return new File(node.fs, node.mode)
    throw new SysError('EINVAL', path, 'read')
  }

  readdir(path: string, cwd = '/', creds: Creds = ROOT): [string, Inode][] {
    const node = this.walk(path, cwd, true, creds).node
    if (node.kind !== 'dir') throw new SysError('ENOTDIR', path)
    if (!allowed(node, creds, 4)) throw new SysError('EACCES', path)
    return [...node.entries]
      .map(([name, child]) => [name, this.covers.get(child)?.root ?? child] as [string, Inode])
      .sort((a, b) => (a[0] < b[0] ? -1 : 1))
  }

  /** Creates or replaces (or appends to) a file; `mode` applies to a new one. Returns the inode. */
  writeFile(
    path: string,
    content: Content,
    options: { append?: boolean; mode?: number; cwd?: string; creds?: Creds; size?: number; exclusive?: boolean } = {},
  ): File {
    const { cwd = '/', creds = ROOT } = options
    const at = this.place(path, cwd, creds, true)
    let node = at.node
    if (node && options.exclusive) throw new SysError('EEXIST', path)
    if (node?.kind === 'dir') throw new SysError('EISDIR', path)
    if (node?.kind === 'special') return new File(node.fs, node.mode)
    if (node?.kind === 'symlink') throw new SysError('ELOOP', path)
    const readOnly = at.readOnly
    if (readOnly) throw new SysError('EROFS', path)
    const created = !node
    if (!node) {
      if (!allowed(at.dir, creds, 2)) throw new SysError('EACCES', path)
      node = new File(at.dir.fs, options.mode ?? 0o644)
      node.uid = creds.uid
      node.gid = creds.gid
      at.dir.fs.inodes++
      at.dir.entries.set(at.name, node)
      at.dir.mtime = this.clock()
      // Whoever looks at once finds it empty.
      at.dir.notify({ type: 'create', name: at.name })
      if (content === '' && options.size === undefined) {
        node.mtime = this.clock()
        return node
      }
    } else if (!allowed(node, creds, 2)) throw new SysError('EACCES', path)
    else if (options.append && content === '') return node
    try {
      if (options.append && !created)
        node.write(node.read() + (typeof content === 'string' ? content : ''), options.size)
      else node.write(content, options.size)
    } catch (error) {
      if (error instanceof SysError && error.code === 'ENOSPC') throw new SysError('ENOSPC', path, 'write')
      throw error
    }
    node.mtime = this.clock()
    at.dir.notify({ type: 'modify', name: at.name })
    node.notify({ type: 'modify', name: at.name })
    return node
  }

  mkdir(path: string, options: { parents?: boolean; mode?: number; cwd?: string; creds?: Creds } = {}): Dir {
    const { cwd = '/', creds = ROOT } = options
    if (options.parents) {
      const absolute = normalize(path, cwd)
      const there = this.find(absolute)
      if (there?.kind === 'dir') return there
      let at = ''
      let dir: Inode = this.root
      let made = false
      for (const part of absolute.split('/').filter(Boolean)) {
        at += `/${part}`
        // Nothing is in a directory that was just made.
        const next: Inode | undefined = made ? undefined : this.find(at)
        made = next === undefined
        dir = next ?? this.mkdir(at, { mode: options.mode, creds })
        if (dir.kind !== 'dir') throw new SysError('ENOTDIR', path, 'mkdir')
      }
      return dir as Dir
    }
    const at = this.place(path, cwd, creds, false)
    if (at.node) throw new SysError('EEXIST', path, 'mkdir')
    this.checkWrite(at, creds, path, 'mkdir')
    const dir = new Dir(at.dir.fs, options.mode ?? 0o755)
    this.enter(at, dir, creds)
    return dir
  }

  symlink(target: string, path: string, cwd = '/', creds: Creds = ROOT): void {
    const at = this.place(path, cwd, creds, false)
    if (at.node) throw new SysError('EEXIST', path, 'symlink')
    this.checkWrite(at, creds, path, 'symlink')
    this.enter(at, new Symlink(at.dir.fs, target), creds)
  }

  /** Enters an existing inode under a second name (hard link), or a ready-made one (socket, device). */
  link(node: Inode, path: string, cwd = '/', creds: Creds = ROOT): void {
    const at = this.place(path, cwd, creds, false)
    if (at.node) throw new SysError('EEXIST', path, 'link')
    this.checkWrite(at, creds, path, 'link')
    if (node.mtime !== 0) node.nlink++
    this.enter(at, node, undefined)
  }

  unlink(path: string, cwd = '/', creds: Creds = ROOT): void {
    const at = this.place(path, cwd, creds, false)
    if (!at.node) throw new SysError('ENOENT', path, 'unlink')
    if (at.node.kind === 'dir') throw new SysError('EISDIR', path, 'unlink')
    this.checkWrite(at, creds, path, 'unlink')
    if (this.covers.has(at.node)) throw new SysError('EBUSY', path, 'unlink')
    this.leave(at.dir, at.name, at.node, 'delete')
    if (--at.node.nlink <= 0 && at.node.kind === 'file') at.node.free()
  }

  rmdir(path: string, cwd = '/', creds: Creds = ROOT): void {
    const at = this.place(path, cwd, creds, false)
    if (!at.node) throw new SysError('ENOENT', path, 'rmdir')
    if (at.node.kind !== 'dir') throw new SysError('ENOTDIR', path, 'rmdir')
    if (this.covers.has(at.node)) throw new SysError('EBUSY', path, 'rmdir')
    if (at.node.entries.size > 0) throw new SysError('ENOTEMPTY', path, 'rmdir')
    this.checkWrite(at, creds, path, 'rmdir')
    at.node.nlink = 0
    this.leave(at.dir, at.name, at.node, 'delete')
  }

  /** Removes a tree like `rm -rf`; a missing path is no error. Mount points inside raise EBUSY. */
  remove(path: string, cwd = '/', creds: Creds = ROOT): void {
    const at = this.place(path, cwd, creds, false)
    if (!at.node) return
    if (at.node.kind !== 'dir') return this.unlink(path, cwd, creds)
    const absolute = normalize(path, cwd)
    for (const name of [...at.node.entries.keys()]) this.remove(`${absolute}/${name}`, '/', creds)
    this.rmdir(absolute, '/', creds)
  }

  rename(from: string, to: string, cwd = '/', creds: Creds = ROOT): void {
    const a = this.place(from, cwd, creds, false)
    if (!a.node) throw new SysError('ENOENT', from, 'rename')
    const b = this.place(to, cwd, creds, false)
    if (b.node === a.node) return
    this.checkWrite(a, creds, from, 'rename')
    this.checkWrite(b, creds, to, 'rename')
    if (this.covers.has(a.node) || (b.node && this.covers.has(b.node))) throw new SysError('EBUSY', to, 'rename')
    if (a.dir.fs !== b.dir.fs) throw new SysError('EXDEV', to, 'rename')
    if (b.node) {
      if (b.node.kind === 'dir' && a.node.kind !== 'dir') throw new SysError('EISDIR', to, 'rename')
      if (b.node.kind === 'dir' && b.node.entries.size > 0) throw new SysError('ENOTEMPTY', to, 'rename')
      if (b.node.kind !== 'dir' && a.node.kind === 'dir') throw new SysError('ENOTDIR', to, 'rename')
      if (b.node.kind === 'file' && --b.node.nlink <= 0) b.node.free()
      b.dir.entries.delete(b.name)
    }
    this.leave(a.dir, a.name, a.node, 'move')
    b.dir.entries.set(b.name, a.node)
    b.dir.mtime = this.clock()
    b.dir.notify({ type: 'create', name: b.name })
  }

  chmod(path: string, mode: number, cwd = '/', creds: Creds = ROOT): void {
    const node = this.changeable(path, cwd, creds, 'chmod')
    if (creds.uid !== node.uid && !may(creds, 'FOWNER')) throw new SysError('EPERM', path, 'chmod')
    node.mode = mode
    node.why = because()
    this.tellAttributes(path, cwd)
  }

  chown(path: string, uid: number, gid: number, cwd = '/', creds: Creds = ROOT): void {
    const node = this.changeable(path, cwd, creds, 'chown')
    if (!may(creds, 'CHOWN')) throw new SysError('EPERM', path, 'chown')
    if (uid >= 0) node.uid = uid
    if (gid >= 0) node.gid = gid
    this.tellAttributes(path, cwd)
  }

  private tellAttributes(path: string, cwd: string): void {
    const { dir, name } = this.place(path, cwd, ROOT, true)
    dir.notify({ type: 'attrib', name })
  }

  /** Sets the time of the last change. */
  utimes(path: string, mtime: number, cwd = '/', creds: Creds = ROOT): void {
    this.changeable(path, cwd, creds, 'utimensat').mtime = mtime
  }

  private changeable(path: string, cwd: string, creds: Creds, syscall: string): Inode {
    const { node, readOnly } = this.walk(path, cwd, true, creds)
    if (readOnly) throw new SysError('EROFS', path, syscall)
    return node
  }

  /** inotify: calls back on changes of a directory's entries or of a file. Returns the way to stop it. */
  watch(path: string, watcher: Watcher): () => void {
    const node = this.resolve(path)
    node.watchers ??= new Set()
    node.watchers.add(watcher)
    return () => node.watchers?.delete(watcher)
  }

  private enter(at: Place, node: Inode, creds: Creds | undefined): void {
    if (creds) {
      node.uid = creds.uid
      node.gid = creds.gid
    }
    node.mtime = this.clock()
    at.dir.fs.inodes++
    at.dir.entries.set(at.name, node)
    at.dir.mtime = node.mtime
    at.dir.notify({ type: 'create', name: at.name })
  }

  private leave(dir: Dir, name: string, node: Inode, type: 'delete' | 'move'): void {
    dir.entries.delete(name)
    dir.forget(name)
    dir.mtime = this.clock()
    if (type === 'delete') dir.fs.inodes--
    dir.notify({ type, name })
    node.notify({ type, name })
  }

  private checkWrite(at: Place, creds: Creds, path: string, syscall: string): void {
    if (at.readOnly) throw new SysError('EROFS', path, syscall)
    if (!allowed(at.dir, creds, 3)) throw new SysError('EACCES', path, syscall)
  }
}
