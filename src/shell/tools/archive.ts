import { copyFile, File, type Inode, normalize, type Process, type Program, SysError } from '../../host/index.ts'
import { matches } from '../bash/expand/pattern.ts'
import { defineTool, flag, type Tool, value } from '../command.ts'
import { formatDate } from '../text/date.ts'
import { modeText } from '../text/mode.ts'
import { groupName, userName } from '../text/users.ts'

/** A file inside an archive: contents travel as values, not as tar's blocks. */
interface Entry {
  readonly name: string
  readonly node: Inode
}

interface Archive {
  readonly kind: 'tar'
  readonly entries: readonly Entry[]
}

interface Zipped {
  readonly kind: 'gzip'
  readonly file: File
}

const archiveOf = (p: Process, path: string): Archive | undefined => {
  const node = p.fs.find(path, p.cwd)
  const payload = node?.kind === 'file' ? (node.payload as Archive | Zipped | undefined) : undefined
  if (payload?.kind === 'gzip') return payload.file.payload as Archive | undefined
  return payload?.kind === 'tar' ? payload : undefined
}

/** tar with archives as structured payloads: -c, -x, -t, with -z -v -f -C. */
export const tar: Program = {
  name: 'tar',
  *main(p) {
    const args = [...p.argv.slice(1)]
    if (args[0] && !args[0].startsWith('-')) args[0] = `-${args[0]}`
    let mode = ''
    let file: string | undefined
    let dir = p.cwd
    let shownDir = ''
    let verbose = false
    let strip = 0
    let toStdout = false
    const excluded: string[] = []
    const operands: string[] = []
    while (args.length > 0) {
      const a = args.shift()!
      if (a === '--') operands.push(...args.splice(0))
      else if (a.startsWith('--strip-components')) strip = Number(a.split('=')[1] ?? args.shift())
      else if (a === '--directory') dir = args.shift() ?? dir
      else if (/^--exclude(=|$)/.test(a)) excluded.push(a.includes('=') ? a.slice(10) : (args.shift() ?? ''))
      else if (a === '--to-stdout') toStdout = true
      else if (a in LONG) {
        if (LONG[a] === 'v') verbose = true
        else if ('cxtr'.includes(LONG[a]) && LONG[a] !== '') mode = LONG[a]
      } else if (a.startsWith('--file=')) file = a.slice(7)
      else if (a === '--file') file = args.shift()
      else if (a.startsWith('--directory=')) dir = normalize(a.slice(12), p.cwd)
      else if (a.startsWith('--')) {
        p.stderr.write(`tar: unrecognized option '${a}'\n${HINT}`)
        return 64
      } else if (/^-./.test(a)) {
        for (let i = 1; i < a.length; i++) {
          const c = a[i]
          const rest = (): string => (i + 1 < a.length ? a.slice(i + 1) : (args.shift() ?? ''))
          if ('cxtr'.includes(c)) mode = c
          else if (c === 'v') verbose = true
          else if (c === 'O') toStdout = true
          else if (c === 'f' || c === 'C') {
            const text = rest()
            if (c === 'f') file = text
            else {
              dir = normalize(text, p.cwd)
              shownDir = text
            }
            break
          }
        }
      } else operands.push(a)
    }
    const fail = (text: string): number => {
      p.stderr.write(`tar: ${text}\ntar: Error is not recoverable: exiting now\n`)
      return 2
    }
    if (mode === '') {
      p.stderr.write(`tar: You must specify one of the '-Acdtrux', '--delete' or '--test-label' options\n${HINT}`)
      return 2
    }
    if (file === undefined || file === '-') {
      p.stderr.write('tar: archives on standard input and output: not simulated\n')
      return 127
    }
    if (mode === 'r') {
      p.stderr.write('tar: appending to archives: not simulated\n')
      return 127
    }
    if (shownDir !== '' && p.fs.find(dir)?.kind !== 'dir')
      return fail(`${shownDir}: Cannot open: ${p.fs.exists(dir) ? 'Not a directory' : 'No such file or directory'}`)
    if (mode === 'c') return create(p, file, dir, operands, verbose, excluded)
    if (!p.fs.exists(file, p.cwd)) return fail(`${file}: Cannot open: No such file or directory`)
    const archive = archiveOf(p, file)
    if (!archive) {
      p.stderr.write(
        'tar: This does not look like a tar archive\ntar: Exiting with failure status due to previous errors\n',
      )
      return 2
    }
    let status = 0
    const belongs = (e: Entry, o: string): boolean => e.name === o || e.name.startsWith(`${o.replace(/\/$/, '')}/`)
    for (const e of archive.entries) {
      if (operands.length > 0 && !operands.some((o) => belongs(e, o))) continue
      if (isExcluded(e.name, excluded)) continue
      if (mode === 't') {
        p.stdout.write(
          `${verbose ? `${modeText(e.node)} ${userName(p.fs, e.node.uid) ?? e.node.uid}/${groupName(p.fs, e.node.gid) ?? e.node.gid} ${String(e.node.kind === 'file' ? e.node.size : 0).padStart(9)} ${formatDate('%Y-%m-%d %H:%M', e.node.mtime, 0)} ` : ''}${e.name}\n`,
        )
        continue
      }
      if (toStdout) {
        if (e.node.kind === 'file') p.stdout.write(e.node.read())
        continue
      }
      const name = e.name.split('/').slice(strip).join('/')
      if (name === '') continue
      if (verbose) p.stdout.write(`${e.name}\n`)
      try {
        extract(p, `${dir}/${name}`, e.node)
      } catch (error) {
        if (!(error instanceof SysError)) throw error
        p.stderr.write(`tar: ${e.name}: Cannot open: ${error.strerror}\n`)
        status = 2
      }
    }
    for (const o of operands) {
      if (archive.entries.some((e) => belongs(e, o))) continue
      p.stderr.write(`tar: ${o}: Not found in archive\n`)
      status = 2
    }
    if (status !== 0) p.stderr.write('tar: Exiting with failure status due to previous errors\n')
    return status
  },
}

const HINT = "Try 'tar --help' or 'tar --usage' for more information.\n"

/** Long options without an argument, as letters; '' for those that change nothing here. */
const LONG: Readonly<Record<string, string>> = {
  '--create': 'c',
  '--extract': 'x',
  '--get': 'x',
  '--list': 't',
  '--append': 'r',
  '--verbose': 'v',
  '--gzip': '',
  '--gunzip': '',
  '--preserve-permissions': '',
  '--same-permissions': '',
  '--numeric-owner': '',
  '--no-same-owner': '',
  '--same-owner': '',
  '--overwrite': '',
  '--absolute-names': '',
  '--xattrs': '',
  '--acls': '',
  '--auto-compress': '',
  '--wildcards': '',
}

/** Whether a name, or the end of it, matches a pattern of --exclude. */
const isExcluded = (name: string, patterns: readonly string[]): boolean => {
  const parts = name.replace(/\/$/, '').split('/')
  return patterns.some((g) =>
    parts.some((_, i) =>
      parts.some((__, j) => j >= i && matches(parts.slice(i, j + 1).join('/'), g.replace(/\/$/, ''))),
    ),
  )
}

function create(
  p: Process,
  file: string,
  dir: string,
  operands: readonly string[],
  verbose: boolean,
  excluded: readonly string[],
): number {
  const entries: Entry[] = []
  let status = 0
  const add = (path: string, name: string): void => {
    const node = p.fs.lresolve(path, dir, p.creds)
    if (isExcluded(name, excluded)) return
    const shown = node.kind === 'dir' ? `${name.replace(/\/$/, '')}/` : name
    entries.push({ name: shown, node: node.kind === 'file' ? copyOf(node) : node })
    if (verbose) p.stdout.write(`${shown}\n`)
    if (node.kind === 'dir')
      for (const [child] of p.fs.readdir(path, dir, p.creds))
        add(`${path.replace(/\/$/, '')}/${child}`, `${name.replace(/\/$/, '')}/${child}`)
  }
  if (operands.length === 0) {
    p.stderr.write(`tar: Cowardly refusing to create an empty archive\n${HINT}`)
    return 2
  }
  for (const o of operands) {
    try {
      if (o.startsWith('/')) p.stderr.write("tar: Removing leading `/' from member names\n")
      add(o, o.replace(/^\/+/, ''))
    } catch (error) {
      if (!(error instanceof SysError)) throw error
      p.stderr.write(`tar: ${o}: Cannot stat: ${error.strerror}\n`)
      status = 2
    }
  }
  const size =
    Math.ceil(
      entries.reduce((n, e) => n + 512 + (e.node.kind === 'file' ? Math.ceil(e.node.size / 512) * 512 : 0), 1024) /
        10240,
    ) * 10240
  try {
    const made = p.fs.writeFile(file, '', { cwd: p.cwd, creds: p.creds, size })
    made.payload = { kind: 'tar', entries } satisfies Archive
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    p.stderr.write(`tar: ${file}: Cannot open: ${error.strerror}\ntar: Error is not recoverable: exiting now\n`)
    return 2
  }
  if (status !== 0) p.stderr.write('tar: Exiting with failure status due to previous errors\n')
  return status
}

/** A detached copy: what is archived does not change with the file. */
function copyOf(node: File): File {
  const { fs } = node
  const copy = new File(fs, node.mode)
  const { used } = fs
  copyFile(node, copy)
  fs.used = used
  copy.uid = node.uid
  copy.gid = node.gid
  copy.mtime = node.mtime
  return copy
}

function extract(p: Process, path: string, node: Inode): void {
  if (node.kind === 'dir') {
    p.fs.mkdir(path, { parents: true, creds: p.creds, mode: node.mode })
    return
  }
  p.fs.mkdir(path.slice(0, path.lastIndexOf('/')) || '/', { parents: true, creds: p.creds })
  if (node.kind === 'symlink') {
    p.fs.remove(path)
    p.fs.symlink(node.target, path, '/', p.creds)
  } else if (node.kind === 'file') {
    const made = p.fs.writeFile(path, node.raw, { creds: p.creds, mode: node.mode, size: node.size })
    copyFile(node, made)
    made.mtime = node.mtime
    made.mode = node.mode
  }
}

const OPTIONS = {
  decompress: flag('d', 'decompress', 'decompress'),
  keep: flag('k', 'keep', "keep (don't delete) input files"),
  stdout: flag('c', 'stdout', 'write on standard output, keep original files unchanged'),
  force: flag('f', 'force', 'force overwrite of output file'),
  quiet: flag('q', 'quiet'),
  verbose: flag('v', 'verbose'),
  levels: flag('123456789'),
  recursive: flag('r', 'recursive'),
  suffix: value('S', 'suffix', 'SUF'),
}

/** gzip and its relatives: the compressed file carries the original as its payload. */
function zipper(name: 'gzip' | 'gunzip' | 'zcat'): Program {
  return defineTool({
    name,
    summary: 'Compress or uncompress FILEs (by default, compress FILES in-place).',
    usage: '[OPTION]... [FILE]...',
    version: 'gzip 1.12',
    options: OPTIONS,
    *run(t) {
      const unzip = name !== 'gzip' || t.opts.decompress > 0
      if (t.args.length === 0) return t.fail('compressed data on standard input and output: not simulated', 127)
      for (const path of t.args) one(t, path, unzip, name === 'zcat')
      return t.status
    },
  })
}

function one(t: Tool<typeof OPTIONS>, path: string, unzip: boolean, toStdout: boolean): void {
  const { fs, cwd, creds } = t.p
  const found = fs.find(path, cwd) ? path : unzip && fs.find(`${path}.gz`, cwd) ? `${path}.gz` : undefined
  if (found === undefined) {
    t.complain(`${unzip && !path.endsWith('.gz') ? `${path}.gz` : path}: No such file or directory`)
    return
  }
  if (fs.find(found, cwd)?.kind === 'dir') {
    t.p.stderr.write(`gzip: ${found} is a directory -- ignored\n`)
    t.status = 2
    return
  }
  if (unzip && !toStdout && !t.opts.stdout && !/\.(gz|tgz|Z)$/.test(found)) {
    t.p.stderr.write(`gzip: ${found}: unknown suffix -- ignored\n`)
    t.status = 2
    return
  }
  const node = fs.file(found, cwd, creds)
  const out = t.opts.stdout > 0 || toStdout
  if (unzip) {
    const zipped = node.payload as Zipped | undefined
    if (zipped?.kind !== 'gzip') {
      t.p.stderr.write(`\ngzip: ${found}: not in gzip format\n`)
      t.status = 1
      return
    }
    if (out) {
      t.write(zipped.file.read())
      return
    }
    extract(t.p, `${cwd}/${found.replace(/\.gz$/, '').replace(/\.tgz$/, '.tar')}`.replace(/^.*\/\//, '/'), zipped.file)
  } else {
    if (out) return t.fail('compressed data on standard output: not simulated', 127)
    const original = copyOf(node)
    const made = fs.writeFile(`${found}.gz`, '', {
      cwd,
      creds,
      mode: node.mode,
      size: Math.max(20, Math.ceil(node.size * 0.3)),
    })
    made.payload = { kind: 'gzip', file: original } satisfies Zipped
    made.mtime = node.mtime
  }
  if (!t.opts.keep) fs.unlink(found, cwd, creds)
}

export const gzip = zipper('gzip')
export const gunzip = zipper('gunzip')
export const zcat = zipper('zcat')
