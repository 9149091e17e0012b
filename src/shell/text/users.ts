import type { FsView } from '../../host/index.ts'

interface User {
  readonly name: string
  readonly uid: number
  readonly gid: number
  readonly gecos: string
  readonly home: string
  readonly shell: string
}

const lines = (fs: FsView, path: string): string[] => {
  const node = fs.find(path)
  return node?.kind === 'file' ? node.read().split('\n') : []
}

/** Entries of /etc/passwd. */
const users = (fs: FsView): User[] =>
  lines(fs, '/etc/passwd').flatMap((line) => {
    const f = line.split(':')
    return f.length < 7
      ? []
      : [{ name: f[0], uid: Number(f[2]), gid: Number(f[3]), gecos: f[4], home: f[5], shell: f[6] }]
  })

/** By name, or by uid when no name is given. Root always exists. */
export const userByName = (fs: FsView, name: string | undefined, uid?: number): User | undefined =>
  users(fs).find((u) => (name !== undefined ? u.name === name : u.uid === uid)) ??
  (name === 'root' || (name === undefined && uid === 0)
    ? { name: 'root', uid: 0, gid: 0, gecos: 'root', home: '/root', shell: '/bin/bash' }
    : undefined)

/** getpwuid. */
export const userName = (fs: FsView, uid: number): string | undefined => userByName(fs, undefined, uid)?.name

/** Entries of /etc/group with their members. */
export const groups = (fs: FsView): { name: string; gid: number; members: string[] }[] =>
  lines(fs, '/etc/group').flatMap((line) => {
    const f = line.split(':')
    return f.length < 4 ? [] : [{ name: f[0], gid: Number(f[2]), members: f[3].split(',').filter(Boolean) }]
  })

/** getgrgid. */
export const groupName = (fs: FsView, gid: number): string | undefined => groups(fs).find((g) => g.gid === gid)?.name

/** getgrnam; root exists without /etc/group too. */
export const groupByName = (fs: FsView, name: string): number | undefined =>
  groups(fs).find((g) => g.name === name)?.gid ?? (name === 'root' ? 0 : undefined)
