import { Dir, type Host, type Inode, SysError } from '../../../host/index.ts'

const CHECKS: Record<string, { is: (n: Inode) => boolean; what: string }> = {
  Directory: { is: (n) => n.kind === 'dir', what: 'a directory' },
  DirectoryOrCreate: { is: (n) => n.kind === 'dir', what: 'a directory' },
  File: { is: (n) => n.kind === 'file', what: 'a file' },
  FileOrCreate: { is: (n) => n.kind === 'file', what: 'a file' },
  Socket: { is: (n) => n.kind === 'special' && n.type === 'socket', what: 'a socket file' },
  CharDevice: { is: (n) => n.kind === 'special' && n.type === 'char', what: 'a character device' },
  BlockDevice: { is: (n) => n.kind === 'special' && n.type === 'block', what: 'a block device' },
}

/** Models pkg/volume/hostpath: checks or makes what is at the path. Throws Error with the volume manager's text. */
export function hostPath(host: Host, path: string, type: string): Inode {
  const { fs } = host
  const known = fs.find(path)
  const check = CHECKS[type]
  if (known) {
    if (check && !check.is(known)) throw new Error(`hostPath type check failed: ${path} is not ${check.what}`)
    return known
  }
  try {
    if (type === 'FileOrCreate') {
      // What does not exist is named by the file, not by the directory that it lacks.
      try {
        fs.writeFile(path, '')
      } catch (error) {
        throw error instanceof SysError ? new SysError(error.code, path, 'open') : error
      }
      return fs.resolve(path)
    }
    // Without a type the container runtime makes the missing directory.
    if (type === '' || type === 'DirectoryOrCreate') return fs.mkdir(path, { parents: true })
  } catch (error) {
    if (error instanceof SysError) throw new Error(error.goMessage)
    throw error
  }
  throw new Error(`hostPath type check failed: ${path} is not ${check?.what ?? 'there'}`)
}

/** A directory of the host made for one pod. */
export function ownDir(host: Host, mode: number, gid: number | undefined): Dir {
  const dir = new Dir(host.rootFs, mode)
  dir.mtime = host.clock.now()
  if (gid !== undefined) dir.gid = gid
  return dir
}
