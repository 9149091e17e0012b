import { Dir, File, type FileSystem, type Inode, Symlink } from '../../host/index.ts'
import { filesOf } from './bases.ts'
import type { FileSpec, Files, Image, ImageVersion } from './types.ts'

interface Tree {
  readonly spec: FileSpec
  readonly children: Map<string, Tree>
}

const trees = new WeakMap<ImageVersion, Tree>()

function treeOf(version: ImageVersion): Tree {
  let tree = trees.get(version)
  if (!tree) {
    tree = plant(filesOf(version))
    trees.set(version, tree)
  }
  return tree
}

function plant(files: Files): Tree {
  const root: Tree = { spec: { dir: true }, children: new Map() }
  for (const [path, spec] of Object.entries(files)) {
    const parts = path.split('/').filter(Boolean)
    const name = parts.pop()
    if (name === undefined) continue
    let at = root
    for (const part of parts) {
      let next = at.children.get(part)
      if (!next) at.children.set(part, (next = { spec: { dir: true }, children: new Map() }))
      at = next
    }
    const known = at.children.get(name)
    at.children.set(name, { spec, children: known?.children ?? new Map() })
  }
  return root
}

/** Makes real inodes of a part of an image. Directories are filled when they are first looked into. */
function grow(fs: FileSystem, tree: Tree): Inode {
  const { spec } = tree
  if (typeof spec !== 'string' && spec.link !== undefined) return new Symlink(fs, spec.link)
  if (tree.children.size > 0 || (typeof spec !== 'string' && spec.dir)) {
    const mode = typeof spec === 'string' ? 0o755 : (spec.mode ?? 0o755)
    const dir = new Dir(fs, mode, () => {
      const entries: [string, Inode][] = []
      for (const [name, child] of tree.children) entries.push([name, grow(fs, child)])
      return entries
    })
    return owned(dir, spec)
  }
  const program = typeof spec === 'string' ? undefined : spec.program
  const text = typeof spec === 'string' ? spec : (spec.text ?? '')
  const file = new File(fs, typeof spec === 'string' ? 0o644 : (spec.mode ?? (program ? 0o755 : 0o644)))
  // Lower layers cost the container's writable layer nothing.
  file.write(text, 0)
  file.size = program ? 1 << 20 : text.length
  file.program = program
  if (program && typeof spec !== 'string') file.release = spec.release
  return owned(file, spec)
}

function owned<T extends Inode>(node: T, spec: FileSpec): T {
  if (typeof spec !== 'string') {
    node.uid = spec.uid ?? 0
    node.gid = spec.gid ?? 0
  }
  return node
}

/** A fresh root directory for a container: the image's files, private to it, made only as far as they are looked at. */
export const rootfs = (fs: FileSystem, image: Image): Dir => grow(fs, treeOf(image.spec)) as Dir

/** Looks up a user name in the image's /etc/passwd; undefined when there is none. */
export function lookupUser(
  passwd: string,
  name: string,
): { name: string; uid: number; gid: number; home: string } | undefined {
  for (const line of passwd.split('\n')) {
    const [login, , uid, gid, , home] = line.split(':')
    if (login === name || uid === name) return { name: login, uid: Number(uid), gid: Number(gid), home: home ?? '/' }
  }
  return undefined
}

/** Groups (of an image's /etc/group) that list a user as a member. */
export const memberships = (group: string, login: string): number[] =>
  group.split('\n').flatMap((line) => {
    const [, , gid, members = ''] = line.split(':')
    return members.split(',').includes(login) ? [Number(gid)] : []
  })
