/** File systems that mount(8) leaves to a helper of their own, by the type's name. */
const NETWORK = new Set(['nfs', 'nfs4', 'cifs', 'smb3', 'sshfs', 'ncpfs', 'glusterfs', 'ceph'])

/** A type of network file system, or a source that looks like one: `server:/export`, `//server/share` (mnt_fs_is_netfs). */
export const isNetworkFs = (type: string | undefined, source: string): boolean =>
  type === undefined ? /^[^/:]+:\/|^\/\//.test(source) : NETWORK.has(type)

/** What mount(8) says when the helper is not installed: the kernel cannot make sense of the options. Exit status 32. */
export const withoutHelper = (target: string): string =>
  `${target}: bad option; for several filesystems (e.g. nfs, cifs) you might need a /sbin/mount.<type> helper program.\n       dmesg(1) may have more information after failed mount system call.`
