import { Dir, FileSystem } from '../fs/index.ts'
import type { Host } from '../host.ts'
import { Builder } from './builder.ts'
import { makeProc } from './proc.ts'
import { makeCgroups, makeSys } from './sys.ts'

const TMPFS = ['/run', '/run/lock', '/dev/shm', '/tmp'] as const

/** Mounts what is not on a disk: /proc, /sys, /dev, /run, /tmp. Called once, when the host exists. */
export function mountPseudo(host: Host): void {
  const { fs, memory } = host
  fs.mount('/', host.rootFs.root, { options: 'rw,relatime' })
  fs.mount('/sys', makeSys(host), { options: 'rw,nosuid,nodev,noexec,relatime' })
  fs.mount('/sys/fs/cgroup', makeCgroups(host), {
    options: 'rw,nosuid,nodev,noexec,relatime,nsdelegate,memory_recursiveprot',
  })
  fs.mount('/proc', makeProc(host), { options: 'rw,nosuid,nodev,noexec,relatime' })
  fs.mount('/dev', devices(host), { options: 'rw,nosuid,relatime' })
  for (const path of TMPFS) {
    if (path === '/run/lock' || path === '/dev/shm') fs.mkdir(path, { parents: true, mode: 0o1777 })
    const size = path === '/run' ? memory * 0.0956 : path === '/run/lock' ? 5 << 20 : memory * 0.478
    const tmpfs = new FileSystem('tmpfs', 'tmpfs', Math.round(size))
    if (path !== '/run') tmpfs.root.mode = 0o1777
    fs.mount(path, tmpfs, { options: 'rw,nosuid,nodev' })
  }
  fillVolatile(host)
}

/** What a boot finds in /run and its kin: nothing but what early boot puts there. */
export function fillVolatile(host: Host): void {
  for (const path of TMPFS) {
    const mount = host.fs.mounts.find((m) => m.path === path)
    if (!mount) continue
    if (mount.root instanceof Dir)
      for (const [name] of [...mount.root.entries])
        if (!(path === '/run' && name === 'lock')) mount.root.entries.delete(name)
    mount.fs.used = 0
  }
  const run = host.fs.mounts.find((m) => m.path === '/run')
  if (!(run?.root instanceof Dir)) return
  const b = new Builder(run.fs, host.clock.now(), run.root)
  b.dir('/systemd/resolve')
  b.dir('/systemd/system')
  const upstream = host.fs.find('/etc/netplan/50-cloud-init.yaml')
  const dns = upstream?.kind === 'file' ? /addresses: \[([\d., ]+)\] # dns/.exec(upstream.read())?.[1] : undefined
  const servers = (dns ?? '192.168.56.1').split(',').map((s) => s.trim())
  b.file('/systemd/resolve/resolv.conf', `${RESOLV_HEAD}\n${servers.map((s) => `nameserver ${s}\n`).join('')}`)
  b.file('/systemd/resolve/stub-resolv.conf', `${STUB_HEAD}\nnameserver 127.0.0.53\noptions edns0 trust-ad\n`)
  b.dir('/lock', 0o1777)
  b.dir('/log/journal')
  b.file('/utmp', '', 0o664)
}

const RESOLV_HEAD = `# This is /run/systemd/resolve/resolv.conf managed by man:systemd-resolved(8).
# Do not edit.
#
# This file might be symlinked as /etc/resolv.conf. If you're looking at
# /etc/resolv.conf and seeing this text, you have followed the symlink.
`
const STUB_HEAD = `# This is /run/systemd/resolve/stub-resolv.conf managed by man:systemd-resolved(8).
# Do not edit.
#
# This file might be symlinked as /etc/resolv.conf. If you're looking at
# /etc/resolv.conf and seeing this text, you have followed the symlink.
#
# This is a dynamic resolv.conf file for connecting local clients to the
# internal DNS stub resolver of systemd-resolved. This file lists all
# configured search domains.
#
# Run "resolvectl status" to see details about the uplink DNS servers
# currently in use.
`

/** Device nodes that people look for; the disk is vda. */
export function devices(host: Pick<Host, 'memory'> & { clock: { now(): number } }): FileSystem {
  const fs = new FileSystem('udev', 'devtmpfs', Math.round(host.memory * 0.46))
  const b = new Builder(fs, host.clock.now())
  const nodes: [string, number, number, number][] = [
    ['null', 1, 3, 0o666],
    ['zero', 1, 5, 0o666],
    ['full', 1, 7, 0o666],
    ['random', 1, 8, 0o666],
    ['urandom', 1, 9, 0o666],
    ['tty', 5, 0, 0o666],
    ['console', 5, 1, 0o600],
    ['ptmx', 5, 2, 0o666],
    ['kmsg', 1, 11, 0o644],
    ['mem', 1, 1, 0o640],
    ['tty1', 4, 1, 0o620],
    ['ttyS0', 4, 64, 0o660],
    ['fuse', 10, 229, 0o666],
  ]
  for (const [name, major, minor, mode] of nodes) b.device(`/${name}`, 'char', major, minor, mode)
  for (const [name, minor] of [
    ['vda', 0],
    ['vda1', 1],
    ['vda14', 14],
    ['vda15', 15],
    ['vda16', 16],
  ] as const)
    b.device(`/${name}`, 'block', 253, minor, 0o660)
  b.link('/fd', '/proc/self/fd')
  b.link('/stdin', '/proc/self/fd/0')
  b.link('/stdout', '/proc/self/fd/1')
  b.link('/stderr', '/proc/self/fd/2')
  b.dir('/shm', 0o1777)
  b.dir('/pts')
  b.dir('/mqueue', 0o1777)
  b.link('/disk/by-label/cloudimg-rootfs', '../../vda1')
  return fs
}
