import { type Inode, SysError } from '../../host/index.ts'
import { defineTool, flag, list, type Tool, value } from '../command.ts'
import { UsageError } from '../options.ts'
import { appletSize } from '../text/busybox.ts'
import { curly, quoteName } from '../text/quotes.ts'
import { human } from '../text/size.ts'
import { blocksOf, sizeOf } from './ls.ts'

export const df = defineTool({
  name: 'df',
  summary: 'Show information about the file system on which each FILE resides,\nor all file systems by default.',
  usage: '[OPTION]... [FILE]...',
  options: {
    all: flag('a', 'all', 'include pseudo, duplicate, inaccessible file systems'),
    human: flag('h', 'human-readable', 'print sizes in powers of 1024 (e.g., 1023M)'),
    si: flag('H', 'si', 'print sizes in powers of 1000 (e.g., 1.1G)'),
    inodes: flag('i', 'inodes', 'list inode information instead of block usage'),
    k: flag('k', undefined, 'like --block-size=1K'),
    m: flag('m'),
    blockSize: value('B', 'block-size', 'SIZE', 'scale sizes by SIZE before printing them'),
    local: flag('l', 'local', 'limit listing to local file systems'),
    portable: flag('P', 'portability', 'use the POSIX output format'),
    types: list('t', 'type', 'TYPE', 'limit listing to file systems of type TYPE'),
    type: flag('T', 'print-type', 'print file system type'),
    exclude: list('x', 'exclude-type', 'TYPE', 'limit listing to file systems not of type TYPE'),
    total: flag('', 'total'),
    output: value('', 'output', 'FIELD_LIST'),
  },
  *run(t) {
    const o = t.opts
    const rootMount = { path: '/', fs: t.p.fs.root.fs, bind: false }
    const all = [...(t.p.fs.mounts.some((m) => m.path === '/') ? [] : [rootMount]), ...t.p.fs.table]
    let shown = all.filter((m) => !m.bind && (o.all || (Number.isFinite(m.fs.capacity) && m.fs.capacity > 0)))
    if (t.args.length > 0) {
      shown = []
      for (const path of t.args) {
        if (!t.p.fs.exists(path, t.p.cwd)) {
          t.complain(`${path}: No such file or directory`)
          continue
        }
        const real = t.p.fs.realpath(path, t.p.cwd)
        shown.push(t.p.fs.mountOf(real) ?? rootMount)
      }
      if (shown.length === 0) return 1
    }
    if (o.types.length > 0) shown = shown.filter((m) => o.types.includes(m.fs.type))
    if (o.exclude.length > 0) shown = shown.filter((m) => !o.exclude.includes(m.fs.type))
    if (shown.length === 0) {
      t.complain('no file systems processed')
      return 1
    }
    const fields = o.output?.split(',') ?? []
    const alien = fields.find((f) => !DF_FIELDS.includes(f))
    if (alien !== undefined) throw new UsageError(`option --output: field ${curly(alien)} unknown`)
    if (o.output !== undefined) return t.fail('not simulated: --output', 127)
    const block = o.blockSize === undefined ? undefined : blockSize(o.blockSize)
    if (o.blockSize !== undefined && !block) {
      t.complain(`invalid ${/^\d/.test(o.blockSize) ? 'suffix in ' : ''}-B argument '${o.blockSize}'`)
      return 1
    }
    const unit = block?.bytes ?? (o.m ? 2 ** 20 : 1024)
    const size = (n: number): string =>
      o.human
        ? (t.applet ? appletSize : human)(n)
        : o.si
          ? human(n, 1000)
          : `${Math.ceil(n / unit)}${block?.suffix ?? ''}`
    const head = o.inodes
      ? ['Filesystem', ...(o.type ? ['Type'] : []), 'Inodes', 'IUsed', 'IFree', 'IUse%', 'Mounted on']
      : [
          'Filesystem',
          ...(o.type ? ['Type'] : []),
          o.human || o.si
            ? 'Size'
            : block
              ? `${block.label}-blocks`
              : o.m
                ? '1M-blocks'
                : o.portable
                  ? '1024-blocks'
                  : '1K-blocks',
          'Used',
          o.human || o.si ? 'Avail' : 'Available',
          o.portable ? 'Capacity' : 'Use%',
          'Mounted on',
        ]
    const rows = shown.map((m) => {
      const { fs } = m
      const capacity = Number.isFinite(fs.capacity) ? fs.capacity : 0
      if (o.inodes) {
        const inodes = Math.floor(capacity / 16384)
        return [
          fs.source,
          ...(o.type ? [fs.type] : []),
          String(inodes),
          String(fs.inodes),
          String(Math.max(0, inodes - fs.inodes)),
          inodes === 0 ? '-' : `${Math.ceil((fs.inodes / inodes) * 100)}%`,
          m.path,
        ]
      }
      const free = capacity === 0 ? 0 : fs.free
      const used = Math.min(fs.used, capacity)
      const percent = capacity === 0 ? '-' : `${Math.ceil((used / Math.max(1, used + free)) * 100)}%`
      return [fs.source, ...(o.type ? [fs.type] : []), size(capacity), size(used), size(free), percent, m.path]
    })
    if (t.applet && !o.inodes && !o.type) return appletTable(t, head, rows)
    const table = [head, ...rows]
    const left = o.type ? 2 : 1
    const minimum = (c: number): number =>
      c === 0 ? 14 : !o.human && c >= left && c < head.length - 2 ? 5 : c < head.length - 2 && c >= left ? 5 : 0
    const widths = head.map((_h, c) => Math.max(minimum(c), ...table.map((r) => r[c].length)))
    for (const r of table)
      t.line(
        r
          .map((cell, c) => (c < left ? cell.padEnd(widths[c]) : c === r.length - 1 ? cell : cell.padStart(widths[c])))
          .join(' '),
      )
    return 0
  },
})

const DF_FIELDS = 'source fstype itotal iused iavail ipcent size used avail pcent file target'.split(' ')

/** -B: bytes of a block, what the heading calls it, and what stands behind each number. */
function blockSize(text: string): { bytes: number; label: string; suffix: string } | undefined {
  const match = /^(\d*)([KMGTP]?)(iB|B)?$/.exec(text)
  if (!match || text === '' || (match[3] && !match[2])) return undefined
  const [, digits, letter, tail] = match
  const base = tail === 'B' ? 1000 : 1024
  const bytes = Number(digits || 1) * base ** ' KMGTP'.indexOf(letter || ' ')
  if (bytes === 0) return undefined
  const powers = [...'PTGMK'].map((l) => [l, 1024 ** ' KMGTP'.indexOf(l)] as const)
  const even = powers.find(([, size]) => bytes % size === 0)
  const label = tail ? `${digits || 1}${letter}${tail}` : even ? `${bytes / even[1]}${even[0]}` : `${bytes}B`
  return { bytes, label, suffix: digits === '' ? `${letter}${tail ?? ''}` : '' }
}

/** busybox's columns have fixed widths; a long source gets a line of its own. */
function appletTable(t: Tool, head: readonly string[], rows: readonly string[][]): number {
  const row = ([size, used, free, percent, path]: readonly string[]): string =>
    ` ${size.padStart(9)} ${used.padStart(9)} ${free.padStart(9)} ${percent.padStart(4)} ${path}`
  t.line(`${head[0].padEnd(20)} ${head[1].padStart(9)}      Used Available Use% Mounted on`)
  for (const [source, ...cells] of rows)
    t.line(
      (source.length > 20 ? `${source}\n${' '.repeat(20)}` : source.padEnd(20)) +
        row(cells.map((c) => (c === '-' ? '0%' : c))),
    )
  return 0
}

export const du = defineTool({
  name: 'du',
  summary: 'Summarize device usage of the set of FILEs, recursively for directories.',
  usage: '[OPTION]... [FILE]...',
  options: {
    all: flag('a', 'all', 'write counts for all files, not just directories'),
    apparent: flag('', 'apparent-size', 'print apparent sizes rather than device usage'),
    bytes: flag('b', 'bytes', "equivalent to '--apparent-size --block-size=1'"),
    total: flag('c', 'total', 'produce a grand total'),
    depth: value(
      'd',
      'max-depth',
      'N',
      'print the total for a directory only if it is N or fewer levels below the command line argument',
    ),
    human: flag('h', 'human-readable', 'print sizes in human readable format (e.g., 1K 234M 2G)'),
    k: flag('k', undefined, 'like --block-size=1K'),
    m: flag('m', undefined, 'like --block-size=1M'),
    summarize: flag('s', 'summarize', 'display only a total for each argument'),
    oneFs: flag('x', 'one-file-system', 'skip directories on different file systems'),
    zero: flag('0', 'null'),
  },
  *run(t) {
    const o = t.opts
    if (o.depth !== undefined && !/^\d+$/.test(o.depth)) throw new UsageError(`invalid maximum depth ${curly(o.depth)}`)
    const max = o.summarize ? 0 : o.depth === undefined ? Number.POSITIVE_INFINITY : Number(o.depth)
    const own = (n: Inode): number => (o.bytes || o.apparent ? sizeOf(n) : blocksOf(n) * 1024)
    const show = (bytes: number, path: string): void =>
      t.line(
        `${o.human ? (t.applet ? appletSize : human)(bytes) : o.bytes ? bytes : Math.ceil(bytes / (o.m ? 2 ** 20 : 1024))}\t${path}`,
      )
    // With several operands nothing is counted, or shown, twice.
    const seen = t.args.length > 1 ? new Set<Inode>() : undefined
    const visit = (path: string, node: Inode, depth: number): number => {
      if (seen?.has(node)) return 0
      seen?.add(node)
      let sum = own(node)
      if (node.kind === 'dir') {
        try {
          for (const [name, child] of t.p.fs.readdir(path, t.p.cwd, t.p.creds)) {
            if (o.oneFs && child.fs !== node.fs) continue
            sum += visit(path.endsWith('/') ? path + name : `${path}/${name}`, child, depth + 1)
          }
        } catch (error) {
          if (!(error instanceof SysError)) throw error
          t.complain(`cannot read directory ${quoteName(path)}: ${error.strerror}`)
        }
      }
      if (depth <= max && (node.kind === 'dir' || o.all || depth === 0)) show(sum, path)
      return sum
    }
    let total = 0
    for (const path of t.args.length > 0 ? t.args : ['.']) {
      try {
        total += visit(path, t.p.fs.lresolve(path, t.p.cwd, t.p.creds), 0)
      } catch (error) {
        if (!(error instanceof SysError)) throw error
        t.complain(`cannot access ${quoteName(path)}: ${error.strerror}`)
      }
    }
    if (o.total) show(total, 'total')
    return 0
  },
})
