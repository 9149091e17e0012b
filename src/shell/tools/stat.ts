import { type Inode, SysError } from '../../host/index.ts'
import { defineTool, flag, type Tool, value } from '../command.ts'
import { UsageError } from '../options.ts'
import { formatDate } from '../text/date.ts'
import { modeText } from '../text/mode.ts'
import { quoteName } from '../text/quotes.ts'
import { groupName, userName } from '../text/users.ts'
import { zoneOf } from '../text/zone.ts'
import { blocksOf, linkCount, sizeOf } from './ls.ts'

const kindOf = (node: Inode): string =>
  node.kind === 'dir'
    ? 'directory'
    : node.kind === 'symlink'
      ? 'symbolic link'
      : node.kind === 'file'
        ? node.size === 0
          ? 'regular empty file'
          : 'regular file'
        : { char: 'character special file', block: 'block special file', socket: 'socket', fifo: 'fifo' }[node.type]

export const stat = defineTool({
  name: 'stat',
  summary: 'Display file or file system status.',
  usage: '[OPTION]... FILE...',
  options: {
    dereference: flag('L', 'dereference', 'follow links'),
    fileSystem: flag('f', 'file-system', 'display file system status instead of file status'),
    format: value(
      'c',
      'format',
      'FORMAT',
      'use the specified FORMAT instead of the default;\n                                output a newline after each use of FORMAT',
    ),
    printf: value(
      '',
      'printf',
      'FORMAT',
      'like --format, but interpret backslash escapes, and do not output a mandatory trailing newline',
    ),
    terse: flag('t', 'terse', 'print the information in terse form'),
  },
  *run(t) {
    if (t.args.length === 0) throw new UsageError('missing operand')
    const o = t.opts
    for (const path of t.args) {
      try {
        const node =
          o.dereference || o.fileSystem
            ? t.p.fs.resolve(path, t.p.cwd, t.p.creds)
            : t.p.fs.lresolve(path, t.p.cwd, t.p.creds)
        if (o.terse && !o.fileSystem) t.line(fill(t, '%n %s %b %f %u %g %D %i %h %t %T %X %Y %Z %W %o', path, node))
        else if (o.fileSystem && o.format !== undefined) t.line(fsFormat(o.format, node))
        else if (o.format !== undefined) t.line(fill(t, o.format, path, node))
        else if (o.printf !== undefined)
          t.write(fill(t, o.printf.replace(/\\n/g, '\n').replace(/\\t/g, '\t'), path, node))
        else t.write(full(t, path, node))
      } catch (error) {
        if (!(error instanceof SysError)) throw error
        t.complain(`cannot statx ${quoteName(path)}: ${error.strerror}`)
      }
    }
    return 0
  },
})

const FS_TYPES: Record<string, string> = {
  ext4: 'ext2/ext3',
  tmpfs: 'tmpfs',
  overlay: 'overlayfs',
  proc: 'proc',
  sysfs: 'sysfs',
  cgroup2: 'cgroup2fs',
  xfs: 'xfs',
}

const fsFormat = (format: string, node: Inode): string =>
  format.replace(
    /%([A-Za-z])/g,
    (_m, c: string) =>
      ({
        T: FS_TYPES[node.fs.type] ?? node.fs.type,
        s: '4096',
        S: '4096',
        b: String(Math.floor(node.fs.capacity / 4096)),
        f: String(Math.floor(node.fs.free / 4096)),
        a: String(Math.floor(node.fs.free / 4096)),
      })[c] ?? '?',
  )

function fill(t: Tool, format: string, path: string, node: Inode): string {
  const zone = zoneOf(t.p).at(node.mtime)
  const time = formatDate('%Y-%m-%d %H:%M:%S.%N %z', node.mtime, zone.offset)
  const seconds = String(Math.floor(node.mtime / 1000))
  return format.replace(/%([-#0 +]*)(\d*)([A-Za-z%])/g, (_whole, flags: string, width: string, c: string) => {
    const text: Record<string, string> = {
      '%': '%',
      a: (node.mode & 0o7777).toString(8),
      A: modeText(node),
      b: String(blocksOf(node) * 2),
      B: '512',
      d: '2049',
      D: '801',
      f: ((node.kind === 'dir' ? 0o40000 : node.kind === 'symlink' ? 0o120000 : 0o100000) | node.mode).toString(16),
      F: kindOf(node),
      g: String(node.gid),
      G: groupName(t.p.fs, node.gid) ?? 'UNKNOWN',
      h: String(linkCount(node)),
      i: String(node.ino),
      m: t.p.fs.mountOf(path, t.p.cwd)?.path ?? '/',
      n: path,
      N: node.kind === 'symlink' ? `${quoteName(path)} -> ${quoteName(node.target)}` : quoteName(path),
      o: '4096',
      s: String(sizeOf(node)),
      t: '0',
      T: '0',
      u: String(node.uid),
      U: userName(t.p.fs, node.uid) ?? 'UNKNOWN',
      w: time,
      W: seconds,
      x: time,
      X: seconds,
      y: time,
      Y: seconds,
      z: time,
      Z: seconds,
    }
    if (text[c] === undefined) return '?'
    return flags.includes('-')
      ? text[c].padEnd(Number(width))
      : text[c].padStart(Number(width), flags.includes('0') ? '0' : ' ')
  })
}

function full(t: Tool, path: string, node: Inode): string {
  const f = (format: string): string => fill(t, format, path, node)
  return (
    `  File: ${node.kind === 'symlink' ? `${path} -> ${node.target}` : path}\n` +
    `  Size: ${f('%s').padEnd(10)}\tBlocks: ${f('%b').padEnd(10)} IO Block: ${f('%o').padEnd(6)} ${kindOf(node)}\n` +
    `Device: 8,1\tInode: ${f('%i').padEnd(11)} Links: ${f('%h')}\n` +
    `Access: (${f('%04a')}/${f('%A')})  Uid: (${f('%5u')}/${f('%8U')})   Gid: (${f('%5g')}/${f('%8G')})\n` +
    `Access: ${f('%x')}\nModify: ${f('%y')}\nChange: ${f('%z')}\n Birth: ${f('%w')}\n`
  )
}
