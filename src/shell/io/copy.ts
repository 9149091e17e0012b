import { copyFile, type Inode, type Process, Special, SysError } from '../../host/index.ts'
import { quoteName } from '../text/quotes.ts'
import { umaskOf } from './files.ts'

interface CopyHow {
  readonly recursive: boolean
  /** Keep mode, owner and times. */
  readonly preserve: boolean
  /** Copy links as links. */
  readonly links: boolean
  readonly force: boolean
  readonly update: boolean
  readonly noClobber: boolean
  /** Called for every file and directory made. */
  readonly onCopy?: (from: string, to: string) => void
  /** Reports a failure and lets the copying go on. */
  complain(message: string): void
}

/** What the command named, and the directory that was made for it. */
interface Top {
  readonly from: string
  readonly to: string
  made?: Inode
}

/** Copies one file, link or (recursively) directory to exactly `to`. Programs and payloads go with it. */
export function copy(p: Process, from: string, to: string, how: CopyHow, top: Top = { from, to }): void {
  const { fs, cwd, creds } = p
  const node: Inode = how.links ? fs.lresolve(from, cwd, creds) : fs.resolve(from, cwd, creds)
  const existing = fs.find(to, cwd)
  if (existing && how.noClobber && node.kind !== 'dir') return
  if (existing && how.update && node.kind !== 'dir' && existing.mtime >= node.mtime) return
  if (node.kind === 'dir') {
    if (node === top.made) {
      how.complain(`cannot copy a directory, ${quoteName(top.from)}, into itself, ${quoteName(top.to)}`)
      return
    }
    if (existing && existing.kind !== 'dir') {
      how.complain(`cannot overwrite non-directory '${to}' with directory '${from}'`)
      return
    }
    if (!existing) {
      fs.mkdir(to, { cwd, creds, mode: how.preserve ? node.mode : node.mode & ~umaskOf(p) & 0o777 })
      how.onCopy?.(from, to)
    }
    top.made ??= fs.resolve(to, cwd)
    for (const [name] of fs.readdir(from, cwd, creds)) {
      const [source, target] = [`${from.replace(/\/+$/, '')}/${name}`, `${to.replace(/\/+$/, '')}/${name}`]
      try {
        copy(p, source, target, how, top)
      } catch (error) {
        if (!(error instanceof SysError)) throw error
        how.complain(`cannot open '${source}' for reading: ${error.strerror}`)
      }
    }
    if (how.preserve) keep(p, node, to)
    return
  }
  if (existing?.kind === 'dir') {
    how.complain(`cannot overwrite directory '${to}' with non-directory`)
    return
  }
  if (node.kind === 'symlink') {
    if (existing || linkExists(p, to)) fs.unlink(to, cwd, creds)
    fs.symlink(node.target, to, cwd, creds)
  } else if (node instanceof Special) {
    fs.link(new Special(node.fs, node.mode, node.type, node.service, node.major, node.minor), to, cwd, creds)
  } else {
    const source = fs.file(from, cwd, creds)
    const mode = source.mode & ~umaskOf(p) & 0o777
    copyFile(source, fs.writeFile(to, source.raw, { cwd, creds, mode, size: source.size }))
    if (how.preserve) keep(p, source, to)
  }
  how.onCopy?.(from, to)
}

const linkExists = (p: Process, path: string): boolean => {
  try {
    p.fs.lresolve(path, p.cwd)
    return true
  } catch {
    return false
  }
}

function keep(p: Process, from: Inode, to: string): void {
  const node = p.fs.resolve(to, p.cwd)
  node.mode = from.mode
  node.mtime = from.mtime
  if (p.creds.uid === 0) {
    node.uid = from.uid
    node.gid = from.gid
  }
}

/** Name that a file gets inside a target directory. */
export const inside = (dir: string, file: string): string =>
  `${dir.replace(/\/+$/, '')}/${file.replace(/\/+$/, '').split('/').at(-1)}`
