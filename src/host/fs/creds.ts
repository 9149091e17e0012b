import type { Inode } from './inode.ts'

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

/** Permission check: `want` is a mask of 4 read, 2 write, 1 execute/search. */
export function allowed(node: Inode, creds: Creds, want: number): boolean {
  if (creds.uid === 0) return node.kind === 'dir' || (want & 1) === 0 || (node.mode & 0o111) !== 0
  const shift = creds.uid === node.uid ? 6 : creds.gid === node.gid || creds.groups?.includes(node.gid) ? 3 : 0
  return ((node.mode >> shift) & want) === want
}
