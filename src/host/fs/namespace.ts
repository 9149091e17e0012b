import { learn } from '../../kernel/index.ts'
import { SysError } from '../errno.ts'
import { allowed, type Creds, ROOT } from './creds.ts'
import { Dir, File, type FileSystem, type Inode, Special, Symlink } from './inode.ts'
import { joinTarget, normalize, partsOf, rawAbsolute } from './paths.ts'

/** A file system, or a part of one, over a path. */
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

/** Where the last component of a path stands, or would stand. */
export interface Place {
  dir: Dir
  name: string
  node: Inode | undefined
  readOnly: boolean
}

/**
 * A mount namespace: a root directory and the mounts over it, and what paths mean in it.
 * Mounts cover inodes, not paths, as in Linux: deleting and recreating a directory elsewhere does not change
 * what an existing bind mount shows.
 */
export class Namespace {
  protected readonly covers = new Map<Inode, Mount>()
  readonly mounts: Mount[] = []
  /** Mounts that somebody else keeps, by who; made when somebody lists them. */
  protected readonly others = new Map<string, () => readonly Mount[]>()

  constructor(readonly root: Dir) {}

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

  /** Has the mount table show what `owner` keeps besides: nothing that a path leads through, so that it costs nothing. */
  listToo(owner: string, mounts: () => readonly Mount[]): void {
    this.others.set(owner, mounts)
  }

  /** The mount table as mount, df and /proc/mounts show it. */
  get table(): readonly Mount[] {
    return [...this.mounts, ...[...this.others.values()].flatMap((list) => list())]
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
    // No directory's mode keeps root out. Programs read their files again and again, so what is there is found at once.
    return (creds.uid === 0 && this.find(path, cwd)) || this.walk(path, cwd, true, creds).node
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
    for (const part of partsOf(rawAbsolute(path, cwd))) {
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
      return this.walk(path, cwd, true).node
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

  /** The directory that does or would hold the last component. */
  protected place(path: string, cwd: string, creds: Creds, follow: boolean, depth = 0): Place {
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
      if (node.kind === 'symlink' && node.leadsTo) node = node.leadsTo
      else if (node.kind === 'symlink')
        return this.place(joinTarget(parent.path, node.target), '/', creds, true, depth + 1)
    }
    return { dir: parent.node, name, node, readOnly: readOnly || parent.node.fs.readOnly }
  }

  protected walk(
    path: string,
    cwd: string,
    follow: boolean,
    creds: Creds = ROOT,
  ): { node: Inode; path: string; readOnly: boolean } {
    const absolute = rawAbsolute(path, cwd)
    let parts = partsOf(absolute)
    let next = 0
    const rootMount = this.covers.get(this.root)
    let node: Inode = rootMount?.root ?? this.root
    let readOnly = rootMount?.readOnly ?? false
    const trail: { node: Inode; name: string; readOnly: boolean }[] = []
    let links = 0
    const trailing = absolute.endsWith('/') && absolute !== '/'
    while (next < parts.length) {
      const part = parts[next++]!
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
      let found: Inode = cover?.root ?? child
      if (found.kind === 'symlink' && (follow || next < parts.length || trailing)) {
        if (++links > 40) throw new SysError('ELOOP', path)
        if (!found.leadsTo) {
          const { target } = found
          parts = [...partsOf(target), ...parts.slice(next)]
          next = 0
          if (target.startsWith('/')) {
            trail.length = 0
            node = rootMount?.root ?? this.root
            readOnly = rootMount?.readOnly ?? false
          }
          continue
        }
        found = found.leadsTo
      }
      node = found
      if (cover) readOnly = cover.readOnly
      trail.push({ node, name: part, readOnly })
    }
    if (trailing && node.kind !== 'dir') throw new SysError('ENOTDIR', path)
    return { node, path: `/${trail.map((t) => t.name).join('/')}`, readOnly: readOnly || node.fs.readOnly }
  }
}
