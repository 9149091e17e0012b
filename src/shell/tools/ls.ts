import { type File, type Inode, normalize, SysError } from '../../host/index.ts'
import { matches } from '../bash/expand/pattern.ts'
import { defineTool, flag, list, optional, type Tool, value } from '../command.ts'
import { appletSize } from '../text/busybox.ts'
import { formatDate } from '../text/date.ts'
import { modeText } from '../text/mode.ts'
import { quoteName } from '../text/quotes.ts'
import { human } from '../text/size.ts'
import { groupName, userName } from '../text/users.ts'
import { zoneOf } from '../text/zone.ts'
import { versionCompare } from './sort.ts'

const OPTIONS = {
  all: flag('a', 'all', 'do not ignore entries starting with .'),
  almostAll: flag('A', 'almost-all', 'do not list implied . and ..'),
  author: flag('', 'author'),
  escape: flag('b', 'escape'),
  blockSize: value('', 'block-size', 'SIZE'),
  noBackups: flag('B', 'ignore-backups', 'do not list implied entries ending with ~'),
  c: flag('c', undefined, 'with -lt: sort by, and show, ctime'),
  columns: flag('C', undefined, 'list entries by columns'),
  color: optional('', 'color', 'WHEN', 'color the output WHEN'),
  directory: flag('d', 'directory', 'list directories themselves, not their contents'),
  unsorted: flag('f', undefined, 'list all entries in directory order'),
  classify: flag('F', undefined, 'append indicator (one of */=>@|) to entries WHEN'),
  fullTime: flag('', 'full-time', 'like -l --time-style=full-iso'),
  g: flag('g', undefined, 'like -l, but do not list owner'),
  groupFirst: flag('', 'group-directories-first', 'group directories before files'),
  noGroup: flag('G', 'no-group', "in a long listing, don't print group names"),
  human: flag('h', 'human-readable', 'with -l and -s, print sizes like 1K 234M 2G etc.'),
  si: flag('', 'si'),
  ignore: list('I', 'ignore', 'PATTERN', 'do not list implied entries matching shell PATTERN'),
  hide: list('', 'hide', 'PATTERN', 'do not list implied entries matching shell PATTERN (overridden by -a or -A)'),
  kibibytes: flag('k', 'kibibytes', 'default to 1024-byte blocks for file system usage'),
  inode: flag('i', 'inode', 'print the index number of each file'),
  dereferenceArgs: flag('H', 'dereference-command-line'),
  long: flag('l', undefined, 'use a long listing format'),
  dereference: flag(
    'L',
    'dereference',
    'when showing file information for a symbolic link, show information for the file the link references',
  ),
  commas: flag('m', undefined, 'fill width with a comma separated list of entries'),
  numeric: flag('n', 'numeric-uid-gid', 'like -l, but list numeric user and group IDs'),
  literal: flag('N', 'literal'),
  o: flag('o', undefined, 'like -l, but do not list group information'),
  slash: flag('p', undefined, 'append / indicator to directories'),
  hideControl: flag('q', 'hide-control-chars'),
  quoteName: flag('Q', 'quote-name', 'enclose entry names in double quotes'),
  reverse: flag('r', 'reverse', 'reverse order while sorting'),
  recursive: flag('R', 'recursive', 'list subdirectories recursively'),
  size: flag('s', 'size', 'print the allocated size of each file, in blocks'),
  bySize: flag('S', undefined, 'sort by file size, largest first'),
  sort: value('', 'sort', 'WORD', 'sort by WORD instead of name: none, size, time, version, extension, width'),
  timeStyle: value('', 'time-style', 'TIME_STYLE'),
  byTime: flag('t', undefined, 'sort by time, newest first'),
  u: flag('u'),
  U: flag('U', undefined, 'do not sort; list entries in directory order'),
  byVersion: flag('v', undefined, 'natural sort of (version) numbers within text'),
  width: value('w', 'width', 'COLS', 'set output width to COLS.  0 means no limit'),
  lines: flag('x', undefined, 'list entries by lines instead of by columns'),
  byExtension: flag('X', undefined, 'sort alphabetically by entry extension'),
  context: flag('Z', 'context'),
  one: flag('1', undefined, 'list one file per line'),
}

type Ls = Tool<typeof OPTIONS>

interface Entry {
  readonly name: string
  readonly node: Inode
  /** Absolute path, for reading links. */
  readonly path: string
}

export const ls = defineTool({
  name: 'ls',
  summary:
    'List information about the FILEs (the current directory by default).\nSort entries alphabetically if none of -cftuvSUX nor --sort is specified.',
  usage: '[OPTION]... [FILE]...',
  usageStatus: 2,
  options: OPTIONS,
  *run(t) {
    const files: Entry[] = []
    const dirs: Entry[] = []
    const o = t.opts
    const long = isLong(t)
    for (const name of t.args.length > 0 ? t.args : ['.']) {
      try {
        let node = t.p.fs.lresolve(name, t.p.cwd, t.p.creds)
        if (node.kind === 'symlink' && (o.dereference || o.dereferenceArgs || (!long && !o.directory && !o.classify))) {
          node = t.p.fs.find(name, t.p.cwd) ?? node
        } else if (node.kind === 'symlink' && !o.directory && !long) node = t.p.fs.find(name, t.p.cwd) ?? node
        const entry = { name, node, path: normalize(name, t.p.cwd) }
        if (node.kind === 'dir' && !o.directory) dirs.push(entry)
        else files.push(entry)
      } catch (error) {
        if (!(error instanceof SysError)) throw error
        t.complain(`cannot access ${quoteName(name)}: ${error.strerror}`, 2)
      }
    }
    if (files.length > 0) print(t, sorted(t, files), false, dirs)
    const headings = t.args.length > 1 || o.recursive > 0
    for (const [i, dir] of sorted(t, dirs).entries()) {
      if (i > 0 || files.length > 0) t.write('\n')
      yield* listDirectory(t, dir, headings)
    }
    return 0
  },
})

const isLong = (t: Ls): boolean => {
  const o = t.opts
  if (!(o.long || o.numeric || o.g || o.o || o.fullTime)) return false
  // The last of -l and -C, -x, -m wins; -1 does not undo -l.
  for (const [key] of [...t.parsed.order].reverse()) {
    if (key === 'long' || key === 'numeric' || key === 'g' || key === 'o' || key === 'fullTime') return true
    if (key === 'columns' || key === 'lines' || key === 'commas') return false
  }
  return true
}

function* listDirectory(t: Ls, dir: Entry, heading: boolean): Generator<never, void> {
  const o = t.opts
  let children: Entry[]
  try {
    children = t.p.fs
      .readdir(dir.path, '/', t.p.creds)
      .filter(([name]) => o.all || o.almostAll || o.unsorted || !name.startsWith('.'))
      .filter(([name]) => !(o.noBackups && name.endsWith('~')))
      .filter(([name]) => !o.ignore.some((g) => matches(name, g)))
      .filter(([name]) => o.all || o.almostAll || !o.hide.some((g) => matches(name, g)))
      .map(([name, node]) => {
        const path = normalize(name, dir.path)
        const target = o.dereference && node.kind === 'symlink' ? t.p.fs.find(path) : undefined
        return { name, node: target ?? node, path }
      })
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    t.complain(`cannot open directory ${quoteName(dir.name)}: ${error.strerror}`, 2)
    return
  }
  if (heading) t.line(`${dir.name}:`)
  const dots: Entry[] =
    o.all || o.unsorted
      ? ['.', '..'].map((name) => ({
          name,
          node: t.p.fs.resolve(`${dir.path}/${name}`),
          path: normalize(name, dir.path),
        }))
      : []
  print(t, sorted(t, [...dots, ...children]), true)
  if (!o.recursive) return
  for (const child of sorted(t, children)) {
    if (child.node.kind !== 'dir') continue
    t.write('\n')
    yield* listDirectory(t, { ...child, name: `${dir.name.replace(/\/$/, '')}/${child.name}` }, true)
  }
}

function sorted(t: Ls, entries: Entry[]): Entry[] {
  const o = t.opts
  if (o.unsorted || o.U || o.sort === 'none') return entries
  let key = 'name'
  for (const [option, text] of t.parsed.order) {
    if (option === 'byTime' || ((option === 'c' || option === 'u') && !isLong(t))) key = 'time'
    else if (option === 'bySize') key = 'size'
    else if (option === 'byVersion') key = 'version'
    else if (option === 'byExtension') key = 'extension'
    else if (option === 'sort') key = text
  }
  const byName = (a: Entry, b: Entry): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)
  const extension = (e: Entry): string => /[^.](\.[^.]*)$/.exec(e.name)?.[1] ?? ''
  const out = [...entries].sort((a, b) => {
    let c = 0
    if (key === 'time') c = b.node.mtime - a.node.mtime
    else if (key === 'size') c = sizeOf(b.node) - sizeOf(a.node)
    else if (key === 'version') c = versionCompare(a.name, b.name)
    else if (key === 'extension') c = extension(a) < extension(b) ? -1 : extension(a) > extension(b) ? 1 : 0
    return c || byName(a, b)
  })
  if (o.reverse) out.reverse()
  if (o.groupFirst) out.sort((a, b) => Number(b.node.kind === 'dir') - Number(a.node.kind === 'dir'))
  return out
}

/** st_size: directories occupy a block, links their target's length. */
export const sizeOf = (node: Inode): number =>
  node.kind === 'file' ? fileSize(node) : node.kind === 'symlink' ? node.target.length : node.kind === 'dir' ? 4096 : 0

/** Lazily rendered files (/proc) are 0 bytes long, as in Linux. */
const fileSize = (node: File): number => node.size

const holesOf = (file: File): number => (typeof file.holes === 'function' ? file.holes() : file.holes)

/** Allocated blocks of 1024 bytes. */
export const blocksOf = (node: Inode): number =>
  node.kind === 'file' ? Math.ceil((node.size - holesOf(node)) / 4096) * 4 : node.kind === 'dir' ? 4 : 0

/** `others`: directories named beside these files, which count for the widths of columns. */
function print(t: Ls, entries: Entry[], directory: boolean, others: readonly Entry[] = []): void {
  const o = t.opts
  if (isLong(t)) return long(t, entries, directory, others)
  if (o.size && directory)
    t.line(
      `total ${o.human ? human(entries.reduce((n, e) => n + blocksOf(e.node), 0) * 1024) : entries.reduce((n, e) => n + blocksOf(e.node), 0)}`,
    )
  const blockWidth = Math.max(1, ...entries.map((e) => String(blocksOf(e.node)).length))
  const inodeWidth = Math.max(1, ...entries.map((e) => String(e.node.ino).length))
  const label = (e: Entry): string =>
    `${o.inode ? `${String(e.node.ino).padStart(inodeWidth)} ` : ''}${o.size ? `${String(blocksOf(e.node)).padStart(blockWidth)} ` : ''}`
  const plain = entries.map((e) => label(e) + shownName(t, e) + indicator(t, e))
  const shown = entries.map((e) => label(e) + paint(t, e, shownName(t, e)) + indicator(t, e))
  if (o.commas) {
    const width = lineWidth(t)
    let line = ''
    let used = 0
    for (const [i, text] of shown.entries()) {
      const length = [...plain[i]].length + (i < shown.length - 1 ? 1 : 0)
      if (line !== '' && used + 1 + length > width) {
        t.line(line)
        line = ''
        used = 0
      }
      line += `${line === '' ? '' : ' '}${text}${i < shown.length - 1 ? ',' : ''}`
      used += length + (used > 0 ? 1 : 0)
    }
    t.line(line)
    return
  }
  const inColumns = (o.columns > 0 || o.lines > 0 || t.p.stdout.isTty) && !o.one
  if (!inColumns) {
    for (const s of shown) t.line(s)
    return
  }
  grid(t, plain, shown, lineWidth(t), o.lines > 0)
}

const lineWidth = (t: Ls): number =>
  t.opts.width !== undefined ? Number(t.opts.width) || 1e9 : Number(t.p.env.COLUMNS ?? 80)

/** Columns as GNU ls lays them out: as many as fit, each as wide as its longest entry plus two blanks. */
function grid(t: Ls, plain: string[], shown: string[], width: number, byLine: boolean): void {
  const n = plain.length
  if (n === 0) return
  const lengths = plain.map((p) => [...p].length)
  let rows = n
  let columns = 1
  let widths: number[] = [Math.max(...lengths)]
  for (let c = Math.min(n, Math.floor(width / 3)); c >= 1; c--) {
    const r = Math.ceil(n / c)
    const real = byLine ? c : Math.ceil(n / r)
    const w = Array.from({ length: real }, () => 0)
    for (let i = 0; i < n; i++) {
      const col = byLine ? i % real : Math.floor(i / r)
      w[col] = Math.max(w[col], lengths[i] + (col < real - 1 ? 2 : 0))
    }
    if (w.reduce((a, b) => a + b, 0) <= width - 1 || c === 1) {
      rows = r
      columns = real
      widths = w
      break
    }
  }
  for (let r = 0; r < rows; r++) {
    let line = ''
    for (let c = 0; c < columns; c++) {
      const i = byLine ? r * columns + c : c * rows + r
      if (i >= n) continue
      const last = byLine ? c === columns - 1 || i === n - 1 : (c + 1) * rows + r >= n
      line += last ? shown[i] : shown[i] + ' '.repeat(widths[c] - lengths[i])
    }
    t.line(line)
  }
}

function shownName(t: Ls, e: Entry): string {
  if (t.opts.quoteName) return `"${e.name.replace(/["\\]/g, '\\$&')}"`
  if (t.opts.literal || !t.p.stdout.isTty) return e.name
  return /^[\w@%+=:,./~^#{}[\]-]+$/.test(e.name) && !/^[~#]/.test(e.name) ? e.name : quoteName(e.name)
}

function indicator(t: Ls, e: Entry): string {
  if (e.node.kind === 'dir' && (t.opts.classify || t.opts.slash)) return '/'
  if (!t.opts.classify) return ''
  if (e.node.kind === 'symlink') return isLong(t) ? '' : '@'
  if (e.node.kind === 'special') return { fifo: '|', socket: '=', char: '', block: '' }[e.node.type]
  return (e.node.mode & 0o111) !== 0 ? '*' : ''
}

function paint(t: Ls, e: Entry, text: string): string {
  const when = t.opts.color
  if (!(when === '' || when === 'always' || (when === 'auto' && t.p.stdout.isTty))) return text
  if (when === '' && !t.p.stdout.isTty && when !== '') return text
  const node = e.node
  let code = ''
  if (node.kind === 'dir') code = (node.mode & 0o1002) === 0o1002 ? '30;42' : '01;34'
  else if (node.kind === 'symlink') code = t.p.fs.exists(e.path) ? '01;36' : '40;31;01'
  else if (node.kind === 'special')
    code = node.type === 'socket' ? '01;35' : node.type === 'fifo' ? '40;33' : '40;33;01'
  else if ((node.mode & 0o111) !== 0) code = '01;32'
  else if (/\.(tar|tgz|gz|zip|xz|bz2|zst|deb|rpm|jar)$/.test(e.name)) code = '01;31'
  return code === '' ? text : `\x1b[0m\x1b[${code}m${text}\x1b[0m`
}

function long(t: Ls, entries: Entry[], directory: boolean, others: readonly Entry[]): void {
  const o = t.opts
  const zone = zoneOf(t.p)
  const now = t.p.now()
  const size = (e: Entry): string => {
    if (e.node.kind === 'special' && (e.node.type === 'char' || e.node.type === 'block'))
      return `${e.node.major}, ${e.node.minor}`
    return o.human
      ? (t.applet ? appletSize : human)(sizeOf(e.node))
      : o.si
        ? human(sizeOf(e.node), 1000)
        : String(sizeOf(e.node))
  }
  const time = (e: Entry): string => {
    const at = zone.at(e.node.mtime)
    if (o.fullTime || o.timeStyle === 'full-iso')
      return formatDate('%Y-%m-%d %H:%M:%S.%N %z', e.node.mtime, at.offset, at.name)
    if (o.timeStyle === 'long-iso') return formatDate('%Y-%m-%d %H:%M', e.node.mtime, at.offset)
    if (o.timeStyle?.startsWith('+')) return formatDate(o.timeStyle.slice(1), e.node.mtime, at.offset, at.name)
    const old = now - e.node.mtime > 15_778_476_000 || e.node.mtime > now
    return formatDate(old ? '%b %e  %Y' : '%b %e %H:%M', e.node.mtime, at.offset)
  }
  const owner = (e: Entry): string =>
    o.numeric ? String(e.node.uid) : (userName(t.p.fs, e.node.uid) ?? String(e.node.uid))
  const group = (e: Entry): string =>
    o.numeric ? String(e.node.gid) : (groupName(t.p.fs, e.node.gid) ?? String(e.node.gid))
  const blocks = entries.reduce((n, e) => n + blocksOf(e.node), 0)
  if (directory) t.line(`total ${o.human ? human(blocks * 1024) : blocks}`)
  const links = (e: Entry): string => String(linkCount(e.node))
  const wide = (f: (e: Entry) => string): number => Math.max(0, ...[...entries, ...others].map((e) => f(e).length))
  // busybox's columns are as wide as they are.
  const widths = {
    links: t.applet ? 4 : wide(links),
    owner: t.applet ? 8 : wide(owner),
    group: t.applet ? 8 : wide(group),
    size: t.applet ? 9 : wide(size),
    inode: wide((e) => String(e.node.ino)),
    blocks: wide((e) => String(blocksOf(e.node))),
  }
  for (const e of entries) {
    const cells = [
      ...(o.inode ? [String(e.node.ino).padStart(widths.inode)] : []),
      ...(o.size ? [String(blocksOf(e.node)).padStart(widths.blocks)] : []),
      modeText(e.node),
      links(e).padStart(widths.links),
      ...(o.g ? [] : [owner(e)[o.numeric && !t.applet ? 'padStart' : 'padEnd'](widths.owner)]),
      ...(o.o || o.noGroup ? [] : [group(e)[o.numeric && !t.applet ? 'padStart' : 'padEnd'](widths.group)]),
      size(e).padStart(widths.size),
      time(e),
      paint(t, e, shownName(t, e)) + indicator(t, e) + (e.node.kind === 'symlink' ? ` -> ${e.node.target}` : ''),
    ]
    t.line(cells.join(' '))
  }
}

/** A directory has a link for itself, its entry, and the `..` of each subdirectory. */
export const linkCount = (node: Inode): number =>
  node.kind === 'dir' ? 2 + [...node.entries.values()].filter((c) => c.kind === 'dir').length : node.nlink
