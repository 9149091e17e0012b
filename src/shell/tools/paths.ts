import { normalize, SysError } from '../../host/index.ts'
import { defineTool, flag, optional, value } from '../command.ts'
import { UsageError } from '../options.ts'
import { curly } from '../text/quotes.ts'

const baseOf = (path: string, suffix = ''): string => {
  const trimmed = path.replace(/\/+$/, '')
  const base = trimmed === '' && path !== '' ? '/' : trimmed.slice(trimmed.lastIndexOf('/') + 1)
  return suffix !== '' && base !== suffix && base.endsWith(suffix) ? base.slice(0, -suffix.length) : base
}

export const basename = defineTool({
  name: 'basename',
  summary: 'Print NAME with any leading directory components removed.\nIf specified, also remove a trailing SUFFIX.',
  usage: 'NAME [SUFFIX]\nOPTION... NAME...',
  ordered: true,
  options: {
    multiple: flag('a', 'multiple', 'support multiple arguments and treat each as a NAME'),
    suffix: value('s', 'suffix', 'SUFFIX', 'remove a trailing SUFFIX; implies -a'),
    zero: flag('z', 'zero', 'end each output line with NUL, not newline'),
  },
  *run(t) {
    const o = t.opts
    if (t.args.length === 0) throw new UsageError('missing operand')
    const many = o.multiple > 0 || o.suffix !== undefined
    if (!many && t.args.length > 2) throw new UsageError(`extra operand ${curly(t.args[2])}`)
    const end = o.zero ? '\0' : '\n'
    for (const name of many ? t.args : t.args.slice(0, 1)) t.write(baseOf(name, many ? o.suffix : t.args[1]) + end)
    return 0
  },
})

export const dirname = defineTool({
  name: 'dirname',
  summary:
    "Output each NAME with its last non-slash component and trailing slashes\nremoved; if NAME contains no /'s, output '.' (meaning the current directory).",
  usage: '[OPTION] NAME...',
  options: { zero: flag('z', 'zero', 'end each output line with NUL, not newline') },
  *run(t) {
    if (t.args.length === 0) throw new UsageError('missing operand')
    for (const name of t.args) {
      const trimmed = name.replace(/\/+$/, '') || (name.startsWith('/') ? '/' : '')
      const at = trimmed.lastIndexOf('/')
      t.write((at < 0 ? '.' : trimmed.slice(0, at).replace(/\/+$/, '') || '/') + (t.opts.zero ? '\0' : '\n'))
    }
    return 0
  },
})

export const readlink = defineTool({
  name: 'readlink',
  summary: 'Print value of a symbolic link or canonical file name',
  usage: '[OPTION]... FILE...',
  options: {
    canonicalize: flag(
      'f',
      'canonicalize',
      'canonicalize by following every symlink in every component of the given name recursively;\n                                all but the last component must exist',
    ),
    existing: flag('e', 'canonicalize-existing', 'canonicalize; all components must exist'),
    missing: flag('m', 'canonicalize-missing', 'canonicalize without requirements on components existence'),
    noNewline: flag('n', 'no-newline', 'do not output the trailing delimiter'),
    quiet: flag('qs', 'quiet', 'suppress most error messages (on by default)'),
    verbose: flag('v', 'verbose', 'report error messages'),
    zero: flag('z', 'zero', 'end each output line with NUL, not newline'),
  },
  *run(t) {
    if (t.args.length === 0) throw new UsageError('missing operand')
    const o = t.opts
    const end = o.noNewline ? '' : o.zero ? '\0' : '\n'
    for (const path of t.args) {
      try {
        if (o.canonicalize || o.existing || o.missing)
          t.write(canonical(t.p, path, o.existing > 0, o.missing > 0) + end)
        else {
          const node = t.p.fs.lresolve(path, t.p.cwd, t.p.creds)
          if (node.kind !== 'symlink') throw new SysError('EINVAL', path)
          t.write(node.target + end)
        }
      } catch (error) {
        if (!(error instanceof SysError)) throw error
        t.status = 1
        if (o.verbose) t.complain(`${path}: ${error.strerror}`)
      }
    }
    return 0
  },
})

/** Where the link of that name points. */
function linkAt(p: import('../../host/index.ts').Process, path: string): string | undefined {
  try {
    const node = p.fs.lresolve(path, '/', p.creds)
    return node.kind === 'symlink' ? node.target : undefined
  } catch (error) {
    if (error instanceof SysError) return undefined
    throw error
  }
}

/** realpath(3) where the last component may be missing (-f), or any (-m). */
function canonical(
  p: import('../../host/index.ts').Process,
  path: string,
  existing: boolean,
  missing: boolean,
): string {
  const absolute = normalize(path, p.cwd)
  try {
    return p.fs.realpath(path, p.cwd, p.creds)
  } catch (error) {
    if (!(error instanceof SysError) || existing || error.code !== 'ENOENT') throw error
    const link = linkAt(p, absolute)
    if (link !== undefined) return canonical(p, normalize(link, normalize('..', absolute)), existing, missing)
    const cut = absolute.lastIndexOf('/')
    const parent = absolute.slice(0, cut) || '/'
    const base = missing ? canonical(p, parent, false, true) : p.fs.realpath(parent, '/', p.creds)
    return `${base === '/' ? '' : base}/${absolute.slice(cut + 1)}`
  }
}

export const realpath = defineTool({
  name: 'realpath',
  summary: 'Print the resolved absolute file name;\nall but the last component must exist',
  usage: '[OPTION]... FILE...',
  options: {
    existing: flag('e', 'canonicalize-existing', 'all components of the path must exist'),
    missing: flag('m', 'canonicalize-missing', 'no path components need exist or be a directory'),
    logical: flag('L', 'logical'),
    physical: flag('P', 'physical'),
    quiet: flag('q', 'quiet', 'suppress most error messages'),
    relativeTo: value('', 'relative-to', 'DIR', 'print the resolved path relative to DIR'),
    strip: { ...flag('s', 'strip', "don't expand symlinks"), alias: 'no-symlinks' },
    zero: flag('z', 'zero', 'end each output line with NUL, not newline'),
  },
  *run(t) {
    if (t.args.length === 0) throw new UsageError('missing operand')
    const o = t.opts
    for (const path of t.args) {
      try {
        let found = o.strip ? normalize(path, t.p.cwd) : canonical(t.p, path, o.existing > 0, o.missing > 0)
        if (o.relativeTo !== undefined) found = relative(canonical(t.p, o.relativeTo, false, true), found)
        t.write(found + (o.zero ? '\0' : '\n'))
      } catch (error) {
        if (!(error instanceof SysError)) throw error
        t.status = 1
        if (!o.quiet) t.complain(`${path}: ${error.strerror}`)
      }
    }
    return 0
  },
})

function relative(from: string, to: string): string {
  const a = from.split('/').filter(Boolean)
  const b = to.split('/').filter(Boolean)
  let i = 0
  while (i < a.length && i < b.length && a[i] === b[i]) i++
  return [...a.slice(i).map(() => '..'), ...b.slice(i)].join('/') || '.'
}

export const mktemp = defineTool({
  name: 'mktemp',
  summary: 'Create a temporary file or directory, safely, and print its name.',
  usage: '[OPTION]... [TEMPLATE]',
  options: {
    directory: flag('d', 'directory', 'create a directory, not a file'),
    dry: flag('u', 'dry-run', 'do not create anything; merely print a name (unsafe)'),
    quiet: flag('q', 'quiet', 'suppress diagnostics about file/dir-creation failure'),
    suffix: value('', 'suffix', 'SUFF', 'append SUFF to TEMPLATE'),
    tmpdir: optional('p', 'tmpdir', 'DIR', 'interpret TEMPLATE relative to DIR'),
    t: flag('t', undefined, 'interpret TEMPLATE as a single file name component'),
  },
  legacy: (argv) => argv.flatMap((a, i) => (argv[i - 1] === '-p' ? [] : a === '-p' ? [`-p${argv[i + 1] ?? ''}`] : [a])),
  *run(t) {
    const o = t.opts
    const template = (t.args[0] ?? 'tmp.XXXXXXXXXX') + (o.suffix ?? '')
    const x = /X{3,}(?!.*X{3,})/.exec(template)
    if (!x) return t.fail(`too few X's in template ${curly(t.args[0] ?? template)}`)
    const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
    const fill = [...x[0]].map(() => t.p.host.rng.pick([...letters])).join('')
    const name = template.slice(0, x.index) + fill + template.slice(x.index + x[0].length)
    const inTmp = t.args.length === 0 || o.t || o.tmpdir !== undefined
    const path = inTmp ? `${(o.tmpdir || t.p.env.TMPDIR || '/tmp').replace(/\/$/, '')}/${name}` : name
    try {
      if (!o.dry) {
        if (o.directory) t.p.fs.mkdir(path, { cwd: t.p.cwd, creds: t.p.creds, mode: 0o700 })
        else t.p.fs.writeFile(path, '', { cwd: t.p.cwd, creds: t.p.creds, mode: 0o600, exclusive: true })
      }
    } catch (error) {
      if (!(error instanceof SysError)) throw error
      return t.fail(
        `failed to create ${o.directory ? 'directory' : 'file'} via template ${curly(template)}: ${error.strerror}`,
      )
    }
    t.line(path)
    return 0
  },
})
