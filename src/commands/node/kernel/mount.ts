import {
  FileSystem,
  type FsView,
  isNetworkFs,
  type Mount,
  may,
  type Program,
  SysError,
  withoutHelper,
} from '../../../host/index.ts'
import { command, Fail } from '../lib/command.ts'
import { getopt, OptionError, type Options } from '../lib/getopt.ts'

const parse = (name: string, args: readonly string[], table: Parameters<typeof getopt>[1]): Options => {
  try {
    return getopt(args, table)
  } catch (error) {
    if (error instanceof OptionError)
      throw new Fail(`${name}: ${error.message}\nTry '${name} --help' for more information.`)
    throw error
  }
}

/** util-linux's mount: lists; mounts tmpfs, bind mounts and remounts. */
export const mount: Program = command('mount', (c) => {
  const o = parse('mount', c.args, {
    short: 'at:o:rwBvnlL:U:',
    long: { all: 'a', 'types=': 't', 'options=': 'o', bind: 'B', rbind: 'B', 'read-only': 'r', version: 'V' },
  })
  const { fs } = c.p
  if (o.args.length === 0 && !o.has('a')) {
    for (const m of fs.table)
      if (!o.has('t') || m.fs.type === o.get('t'))
        c.out(`${m.fs.source} on ${m.path} type ${m.fs.type} (${m.options})\n`)
    return 0
  }
  if (!may(c.p.creds, 'SYS_ADMIN'))
    throw new Fail(
      `mount: ${o.args.at(-1) ?? '/'}: must be superuser to use mount.\n       dmesg(1) may have more information after failed mount system call.`,
      1,
    )
  if (o.has('a')) return 0
  const options = o.get('o')?.split(',') ?? []
  const [source, target] = o.args
  if (options.includes('remount')) {
    const at = source.startsWith('/') && target === undefined ? source : target
    const old = fs.mounts.findLast((m) => m.path === at)
    if (!old)
      throw new Fail(
        `mount: ${at}: mount point not mounted or bad option.\n       dmesg(1) may have more information after failed mount system call.`,
        32,
      )
    if (old.path === '/') old.fs.readOnly = options.includes('ro')
    else {
      fs.unmount(old.path)
      fs.mount(old.path, old.root, { readOnly: options.includes('ro'), bind: old.bind })
    }
    return 0
  }
  if (target === undefined) throw new Fail(`mount: ${source}: can't find in /etc/fstab.`, 1)
  const bind = o.has('B') || options.includes('bind') || options.includes('rbind')
  const readOnly = o.has('r') || options.includes('ro')
  const node = fs.find(target, c.p.cwd)
  if (!node)
    throw new Fail(
      `mount: ${target}: mount point does not exist.\n       dmesg(1) may have more information after failed mount system call.`,
      32,
    )
  if (bind) {
    const from = fs.find(source, c.p.cwd)
    if (!from)
      throw new Fail(
        `mount: ${target}: special device ${source} does not exist.\n       dmesg(1) may have more information after failed mount system call.`,
        32,
      )
    fs.mount(target, from, { bind: true, readOnly })
    return 0
  }
  if (isNetworkFs(o.get('t'), source)) throw new Fail(`mount: ${withoutHelper(target)}`, 32)
  if (o.get('t') !== 'tmpfs') throw new Fail(`mount: not simulated: ${o.get('t') ?? 'device'} ${source}`, 127)
  const size = options.find((x) => x.startsWith('size='))?.slice(5)
  const m = /^(\d+)([kmg%]?)$/i.exec(size ?? '50%')
  const bytes = !m
    ? c.host.memory / 2
    : m[2] === '%'
      ? (c.host.memory * Number(m[1])) / 100
      : Number(m[1]) * 1024 ** ['', 'k', 'm', 'g'].indexOf(m[2].toLowerCase())
  fs.mount(target, new FileSystem(source, 'tmpfs', Math.round(bytes)), { readOnly, options: 'rw,relatime' })
  return 0
})

/** util-linux umount. */
export const umount: Program = command('umount', (c) => {
  const o = parse('umount', c.args, { short: 'flvnrRt:', long: { force: 'f', lazy: 'l', recursive: 'R' } })
  if (o.args.length === 0) throw new Fail("umount: bad usage\nTry 'umount --help' for more information.")
  for (const target of o.args) {
    if (!may(c.p.creds, 'SYS_ADMIN')) throw new Fail(`umount: ${target}: must be superuser to unmount.`, 32)
    const path = c.p.fs.mounts.findLast((m) => m.path === target || m.fs.source === target)?.path
    if (path === undefined)
      throw new Fail(
        c.p.fs.exists(target, c.p.cwd)
          ? `umount: ${target}: not mounted.`
          : `umount: ${target}: no mount point specified.`,
        32,
      )
    const busy =
      !o.has('l') &&
      [...c.host.processes.values()].some(
        (p) => p !== c.p && p.fs === c.p.fs && (p.cwd === path || p.cwd.startsWith(`${path}/`)),
      )
    if (busy || path === '/') throw new Fail(`umount: ${target}: target is busy.`, 32)
    try {
      c.p.fs.unmount(path)
    } catch (error) {
      if (!(error instanceof SysError)) throw error
      throw new Fail(`umount: ${target}: not mounted.`, 32)
    }
  }
  return 0
})

const holder = (fs: FsView, path: string, cwd: string): Mount | undefined =>
  fs.mounts.findLast((m) => m.path === path) ?? fs.mountOf(path, cwd)

/** util-linux's findmnt: the list, or the mount of one path. */
export const findmnt: Program = command('findmnt', (c) => {
  const o = parse('findmnt', c.args, {
    short: 'nrlT:t:o:DvS:M:',
    long: { noheadings: 'n', raw: 'r', list: 'l', 'target=': 'T', 'types=': 't', 'output=': 'o' },
  })
  const path = o.get('T') ?? o.args[0]
  const found =
    path === undefined
      ? c.p.fs.table.filter((m) => !o.has('t') || m.fs.type === o.get('t'))
      : [
          o.has('T')
            ? holder(c.p.fs, path, c.p.cwd)
            : c.p.fs.table.findLast((m) => m.path === path || m.fs.source === path),
        ]
  const rows = found.filter((m): m is Mount => m !== undefined)
  if (rows.length === 0) return 1
  const columns = (o.get('o') ?? 'TARGET,SOURCE,FSTYPE,OPTIONS').toUpperCase().split(',')
  const value = (m: Mount, column: string): string =>
    ({ TARGET: m.path, SOURCE: m.fs.source, FSTYPE: m.fs.type, OPTIONS: m.options })[column] ?? ''
  const table = [...(o.has('n') ? [] : [columns]), ...rows.map((m) => columns.map((k) => value(m, k)))]
  const widths = columns.map((_, i) => Math.max(...table.map((r) => r[i].length)))
  for (const r of table)
    c.out(`${r.map((cell, i) => (i === r.length - 1 ? cell : cell.padEnd(widths[i]))).join(' ')}\n`)
  return 0
})
