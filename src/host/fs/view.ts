import { because, learn } from '../../kernel/index.ts'
import { may } from '../capabilities.ts'
import { SysError } from '../errno.ts'
import { type Content, Dir, File, type FileSystem, type Inode, Special, Symlink, type Watcher } from './inode.ts'

/** Who does something: 0 is root and passes every permission check. */
export interface Creds {
  readonly uid: number
  readonly gid: number
  readonly groups?: readonly number[]
  /** What its container keeps it from; undefined outside of containers and in privileged ones. */
  readonly confinement?: Confinement
}

/** Limits that a container runtime sets for everything in a container. */
export interface Confinement {
  /** Capabilities that root has at most, without `CAP_`. */
  readonly capabilities: ReadonlySet<string>
  readonly noNewPrivileges?: boolean
  /** Under the runtime's default seccomp filter. */
  readonly seccomp?: boolean
}

export const ROOT: Creds = { uid: 0, gid: 0 }

export interface Mount {
  /** Where, as an absolute path in this view. */
  readonly path: string
  readonly root: Inode
  readonly fs: FileSystem
  readonly readOnly: boolean
  /** Extra options as `mount` shows them. */
  readonly options: string
  /** True for a bind mount (not listed by `df`). */
  readonly bind: boolean
}

/**
 * What a process sees of the file systems: a root directory and the mounts over it (a mount namespace).
 * Mounts cover inodes, not paths, as in Linux: deleting and recreating a directory elsewhere does not change
 * what an existing bind mount shows.
 */
export class FsView {
  private readonly covers = new Map<Inode, Mount>()
  readonly mounts: Mount[] = []

  constructor(
    readonly root: Dir,
    /** ms of the owning host's clock, for mtimes. */
    private readonly clock: () => number,
  ) {}

  /** A copy with the same mounts, e.g. for `unshare` or a container that shares the host's view. */
  clone(root: Dir = this.root): FsView {
    const view = new FsView(root, this.clock)
    for (const m of this.mounts) {
      view.mounts.push(m)
    }
    for (const [k, v] of this.covers) view.covers.set(k, v)
    return view
  }

  /** The view with `dir` (at `path`) as its root: mounts inside it stay, under their shorter paths. */
  chroot(dir: Dir, path: string): FsView {
    const view = this.clone(dir)
    const prefix = path === '/' ? '' : path
    const inside = view.mounts.filter((m) => m.path === path || m.path.startsWith(`${prefix}/`))
    const moved = new Map(inside.map((m) => [m, { ...m, path: m.path.slice(prefix.length) || '/' }]))
    view.mounts.splice(0, view.mounts.length, ...moved.values())
    for (const [node, m] of view.covers) view.covers.set(node, moved.get(m) ?? m)
    return view
  }

  /** Mounts `target` (a directory or file inode) over the existing path. */
  mount(
    path: string,
    target: Inode | FileSystem,
    options: { readOnly?: boolean; options?: string; bind?: boolean } = {},
  ): void {
    const root =
      target instanceof Dir || target instanceof File || target instanceof Symlink || target instanceof Special
        ? target
        : target.root
    const mount: Mount = {
      path: normalize(path),
      root,
      fs: root.fs,
      readOnly: options.readOnly ?? false,
      options: options.options ?? (options.readOnly ? 'ro,relatime' : 'rw,relatime'),
      bind: options.bind ?? false,
    }
    this.covers.set(this.walk(path, '/', true).node, mount)
    this.mounts.push(mount)
  }

  /** `mount -o remount,ro /`: what lies on other mounts stays writable. */
  protectRoot(): void {
    const i = this.mounts.findIndex((m) => m.path === '/')
    if (i < 0) throw new SysError('EINVAL', '/', 'mount')
    const mount = { ...this.mounts[i], readOnly: true, options: 'ro,relatime' }
    this.mounts[i] = mount
    this.covers.set(mount.root, mount)
  }

  unmount(path: string): void {
    const want = normalize(path)
    const i = this.mounts.map((m) => m.path).lastIndexOf(want)
    if (i < 0) throw new SysError('EINVAL', path, 'umount')
    const [mount] = this.mounts.splice(i, 1)
    for (const [k, v] of this.covers) if (v === mount) this.covers.delete(k)
  }

  /** Follows symlinks. Throws ENOENT, ENOTDIR, ELOOP, EACCES. */
  resolve(path: string, cwd = '/', creds: Creds = ROOT): Inode {
    return this.walk(path, cwd, true, creds).node
  }

  /** Does not follow a final symlink. */
  lresolve(path: string, cwd = '/', creds: Creds = ROOT): Inode {
    return this.walk(path, cwd, false, creds).node
  }

  /** As root; undefined when there is nothing. Looking in vain is common and must be cheap. */
  find(path: string, cwd = '/'): Inode | undefined {
    if (path === '') return undefined
    const rootMount = this.covers.get(this.root)
    let node: Inode = rootMount?.root ?? this.root
    for (const part of rawAbsolute(path, cwd).split('/')) {
      if (part === '' || part === '.') continue
      if (part === '..' || node.kind === 'symlink') return this.findSlowly(path, cwd)
      if (node.kind !== 'dir') return undefined
      const child: Inode | undefined = node.entries.get(part)
      if (!child) {
        learn(node.gone?.get(part))
        return undefined
      }
      node = this.covers.get(child)?.root ?? child
    }
    if (node.kind === 'symlink' || (path.endsWith('/') && node.kind !== 'dir')) return this.findSlowly(path, cwd)
    return node
  }

  private findSlowly(path: string, cwd: string): Inode | undefined {
    try {
      return this.resolve(path, cwd)
    } catch (error) {
      if (error instanceof SysError) return undefined
      throw error
    }
  }

  exists(path: string, cwd = '/'): boolean {
    return this.find(path, cwd) !== undefined
  }

  /** The absolute path without symlinks. */
  realpath(path: string, cwd = '/', creds: Creds = ROOT): string {
    return this.walk(path, cwd, true, creds).path
  }

  readFile(path: string, cwd = '/', creds: Creds = ROOT): string {
    return this.file(path, cwd, creds).read()
  }

  readBytes(path: string, cwd = '/', creds: Creds = ROOT): Uint8Array {
    return this.file(path, cwd, creds).readBytes()
  }

  /** The regular file at `path`, checked for reading. */
  file(path: string, cwd = '/', creds: Creds = ROOT): File {
    const node = this.walk(path, cwd, true, creds).node
    if (node.kind === 'dir') throw new SysError('EISDIR', path, 'read')
    if (node.kind !== 'file') throw new SysError('EINVAL', path, 'read')
    if (!allowed(node, creds, 4)) {
      learn(node.why)
      throw new SysError('EACCES', path)
    }
    return node
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
    } else if (!allowed(node, creds, 2)) throw new SysError('EACCES', path)
    try {
      if (options.append && !created)
        node.write(node.read() + (typeof content === 'string' ? content : ''), options.size)
      else node.write(content, options.size)
    } catch (error) {
      if (error instanceof SysError && error.code === 'ENOSPC') throw new SysError('ENOSPC', path, 'write')
      throw error
    }
    node.mtime = this.clock()
    if (created) at.dir.notify({ type: 'create', name: at.name })
    at.dir.notify({ type: 'modify', name: at.name })
    node.notify({ type: 'modify', name: at.name })
    return node
  }

  mkdir(path: string, options: { parents?: boolean; mode?: number; cwd?: string; creds?: Creds } = {}): Dir {
    const { cwd = '/', creds = ROOT } = options
    if (options.parents) {
      const absolute = normalize(path, cwd)
      let at = ''
      let dir: Inode = this.root
      for (const part of absolute.split('/').filter(Boolean)) {
        at += `/${part}`
        const next = this.find(at)
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
    this.leave(at.dir, at.name, at.node, 'delete')
    if (--at.node.nlink <= 0 && at.node.kind === 'file') at.node.fs.used -= at.node.size
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
    let b = this.place(to, cwd, creds, false)
    if (b.node === a.node) return
    if (b.node && this.covers.has(b.node)) b = { ...b, node: this.covers.get(b.node)!.root }
    this.checkWrite(a, creds, from, 'rename')
    this.checkWrite(b, creds, to, 'rename')
    if (a.dir.fs !== b.dir.fs) throw new SysError('EXDEV', to, 'rename')
    if (b.node) {
      if (b.node.kind === 'dir' && a.node.kind !== 'dir') throw new SysError('EISDIR', to, 'rename')
      if (b.node.kind === 'dir' && b.node.entries.size > 0) throw new SysError('ENOTEMPTY', to, 'rename')
      if (b.node.kind !== 'dir' && a.node.kind === 'dir') throw new SysError('ENOTDIR', to, 'rename')
      if (b.node.kind === 'file' && --b.node.nlink <= 0) b.node.fs.used -= b.node.size
      b.dir.entries.delete(b.name)
    }
    this.leave(a.dir, a.name, a.node, 'move')
    b.dir.entries.set(b.name, a.node)
    b.dir.mtime = this.clock()
    b.dir.notify({ type: 'create', name: b.name })
  }

  chmod(path: string, mode: number, cwd = '/', creds: Creds = ROOT): void {
    const node = this.resolve(path, cwd, creds)
    if (creds.uid !== node.uid && !may(creds, 'FOWNER')) throw new SysError('EPERM', path, 'chmod')
    node.mode = mode
    node.why = because()
  }

  chown(path: string, uid: number, gid: number, cwd = '/', creds: Creds = ROOT): void {
    const node = this.resolve(path, cwd, creds)
    if (!may(creds, 'CHOWN')) throw new SysError('EPERM', path, 'chown')
    if (uid >= 0) node.uid = uid
    if (gid >= 0) node.gid = gid
  }

  /** inotify: calls back on changes of a directory's entries or of a file. Returns the way to stop it. */
  watch(path: string, watcher: Watcher): () => void {
    const node = this.resolve(path)
    node.watchers ??= new Set()
    node.watchers.add(watcher)
    return () => node.watchers?.delete(watcher)
  }

  /** The mount that holds `path`, the longest prefix (for df, findmnt). */
  mountOf(path: string, cwd = '/'): Mount | undefined {
    const absolute = normalize(path, cwd)
    let best: Mount | undefined
    for (const m of this.mounts) {
      if (
        (absolute === m.path || m.path === '/' || absolute.startsWith(`${m.path}/`)) &&
        m.path.length >= (best?.path.length ?? 0)
      )
        best = m
    }
    return best
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

  /** The directory that does or would hold the last component. */
  private place(path: string, cwd: string, creds: Creds, follow: boolean, depth = 0): Place {
    if (depth > 40) throw new SysError('ELOOP', path)
    const absolute = rawAbsolute(path, cwd)
    const cut = absolute.replace(/\/+$/, '').lastIndexOf('/')
    const parentPath = absolute.slice(0, cut) || '/'
    const name = absolute.replace(/\/+$/, '').slice(cut + 1)
    if (name === '') return { dir: this.root, name: '.', node: this.root, readOnly: false }
    if (name === '.' || name === '..') {
      const real = this.walk(absolute, '/', true, creds)
      if (real.path === '/') return { dir: this.root, name: '.', node: this.root, readOnly: false }
      return this.place(real.path, '/', creds, follow, depth + 1)
    }
    const parent = this.walk(parentPath, '/', true, creds)
    if (parent.node.kind !== 'dir') throw new SysError('ENOTDIR', path)
    let node = parent.node.entries.get(name)
    let readOnly = parent.readOnly
    if (node && follow) {
      const cover = this.covers.get(node)
      if (cover) {
        node = cover.root
        readOnly = cover.readOnly
      }
      if (node.kind === 'symlink') return this.place(joinTarget(parent.path, node.target), '/', creds, true, depth + 1)
    }
    return { dir: parent.node, name, node, readOnly: readOnly || parent.node.fs.readOnly }
  }

  private walk(
    path: string,
    cwd: string,
    follow: boolean,
    creds: Creds = ROOT,
  ): { node: Inode; path: string; readOnly: boolean } {
    const absolute = rawAbsolute(path, cwd)
    let parts = absolute.split('/').filter((p) => p !== '' && p !== '.')
    const rootMount = this.covers.get(this.root)
    let node: Inode = rootMount?.root ?? this.root
    let readOnly = rootMount?.readOnly ?? false
    const trail: { node: Inode; name: string; readOnly: boolean }[] = []
    let links = 0
    const trailing = absolute.endsWith('/') && absolute !== '/'
    while (parts.length > 0) {
      const part = parts.shift()!
      if (node.kind !== 'dir') throw new SysError('ENOTDIR', path)
      if (!allowed(node, creds, 1)) throw new SysError('EACCES', path)
      if (part === '..') {
        const up = trail.pop()
        if (up) {
          node = trail.length > 0 ? trail[trail.length - 1].node : (rootMount?.root ?? this.root)
          readOnly = trail.length > 0 ? trail[trail.length - 1].readOnly : (rootMount?.readOnly ?? false)
        }
        continue
      }
      const child: Inode | undefined = node.entries.get(part)
      if (!child) {
        learn(node.gone?.get(part))
        throw new SysError('ENOENT', path)
      }
      const cover = this.covers.get(child)
      const next: Inode = cover?.root ?? child
      if (next.kind === 'symlink' && (follow || parts.length > 0 || trailing)) {
        if (++links > 40) throw new SysError('ELOOP', path)
        const target = next.target
        parts = [...target.split('/').filter((p) => p !== '' && p !== '.'), ...parts]
        if (target.startsWith('/')) {
          trail.length = 0
          node = rootMount?.root ?? this.root
          readOnly = rootMount?.readOnly ?? false
        }
        continue
      }
      node = next
      if (cover) readOnly = cover.readOnly
      trail.push({ node, name: part, readOnly })
    }
    if (trailing && node.kind !== 'dir') throw new SysError('ENOTDIR', path)
    return { node, path: `/${trail.map((t) => t.name).join('/')}`, readOnly: readOnly || node.fs.readOnly }
  }
}

interface Place {
  dir: Dir
  name: string
  node: Inode | undefined
  readOnly: boolean
}

const rawAbsolute = (path: string, cwd: string): string => {
  if (path === '') throw new SysError('ENOENT', path)
  return path.startsWith('/') ? path : `${cwd === '/' ? '' : cwd}/${path}`
}

const joinTarget = (dir: string, target: string): string =>
  target.startsWith('/') ? target : `${dir === '/' ? '' : dir}/${target}`

/** Lexical cleaning of `path` (made absolute with `cwd`): no `.`, `..`, or double slashes. */
export function normalize(path: string, cwd = '/'): string {
  const out: string[] = []
  for (const part of (path.startsWith('/') ? path : `${cwd}/${path}`).split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..') out.pop()
    else out.push(part)
  }
  return `/${out.join('/')}`
}

/** Permission check: `want` is a mask of 4 read, 2 write, 1 execute/search. */
export function allowed(node: Inode, creds: Creds, want: number): boolean {
  if (creds.uid === 0) return node.kind === 'dir' || (want & 1) === 0 || (node.mode & 0o111) !== 0
  const shift = creds.uid === node.uid ? 6 : creds.gid === node.gid || creds.groups?.includes(node.gid) ? 3 : 0
  return ((node.mode >> shift) & want) === want
}
