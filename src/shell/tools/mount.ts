import { may, SysError } from '../../host/index.ts'
import { digest } from '../../pki/index.ts'
import { defineTool, flag, list, optional, value } from '../command.ts'

export const mount = defineTool({
  name: 'mount',
  summary: 'Mount a filesystem.',
  usage: '[-lhV]\n-a [options]\n[options] [--source] <source> | [--target] <directory>\n[options] <source> <directory>',
  version: 'mount from util-linux 2.39.3',
  options: {
    all: flag('a', 'all'),
    types: list('t', 'types', 'list'),
    options: list('o', 'options', 'list'),
    list: flag('l'),
    bind: flag('B', 'bind'),
    readOnly: flag('r', 'read-only'),
    verbose: flag('v', 'verbose'),
  },
  *run(t) {
    const { fs, creds, cwd } = t.p
    if (t.args.length === 0 && !t.opts.all) {
      const root = fs.root.fs
      if (!fs.mounts.some((m) => m.path === '/'))
        t.line(`${root.source} on / type ${root.type} (${root.readOnly ? 'ro' : 'rw'},relatime)`)
      for (const m of fs.table)
        if (t.opts.types.length === 0 || t.opts.types.includes(m.fs.type))
          t.line(`${m.fs.source} on ${m.path} type ${m.fs.type} (${m.options})`)
      return 0
    }
    if (!may(creds, 'SYS_ADMIN')) return t.fail('only root can do that', 1)
    const options = t.opts.options.flatMap((o) => o.split(','))
    const [source, target] = t.args
    if (options.includes('remount')) {
      const m = fs.mountOf(target ?? source, cwd)
      const device = m?.fs ?? fs.root.fs
      if (options.includes('ro')) device.readOnly = true
      if (options.includes('rw')) device.readOnly = false
      return 0
    }
    if (t.opts.bind || options.includes('bind')) {
      if (target === undefined) return t.fail('bad usage')
      try {
        fs.mount(fs.realpath(target, cwd), fs.resolve(source, cwd), { bind: true, readOnly: options.includes('ro') })
        return 0
      } catch (error) {
        if (!(error instanceof SysError)) throw error
        return t.fail(`${target}: mount point does not exist.`, 32)
      }
    }
    if (t.opts.all) return 0
    if (target !== undefined && fs.find(target, cwd)?.kind !== 'dir')
      return t.fail(`${target}: mount point does not exist.`, 32)
    if (!fs.exists(source, cwd))
      return t.fail(
        target === undefined
          ? `${source}: can't find in /etc/fstab.`
          : `${target}: special device ${source} does not exist.`,
        target === undefined ? 1 : 32,
      )
    t.p.stderr.write('mount: attaching storage: not simulated\n')
    return 127
  },
})

export const umount = defineTool({
  name: 'umount',
  summary: 'Unmount filesystems.',
  usage: '[options] <source> | <directory>',
  version: 'umount from util-linux 2.39.3',
  options: {
    force: flag('f', 'force'),
    lazy: flag('l', 'lazy'),
    recursive: flag('R', 'recursive'),
    all: flag('a', 'all'),
  },
  *run(t) {
    for (const path of t.args) {
      try {
        t.p.fs.unmount(t.p.fs.realpath(path, t.p.cwd))
      } catch (error) {
        if (!(error instanceof SysError)) throw error
        t.complain(error.code === 'ENOENT' ? `${path}: no mount point specified.` : `${path}: not mounted.`, 32)
      }
    }
    return t.status
  },
})

/** Kinds of contents, as file(1) names them. */
function describe(text: string): string {
  if (text === '') return 'empty'
  const shebang = /^#!\s*(\S+)/.exec(text)
  if (shebang)
    return `${/bash/.test(shebang[1]) ? 'Bourne-Again shell' : /\bsh$/.test(shebang[1]) ? 'POSIX shell' : `a ${shebang[1]}`} script, ASCII text executable`
  if (text.startsWith('-----BEGIN CERTIFICATE')) return 'PEM certificate'
  if (/^-----BEGIN PRIVATE KEY/.test(text)) return 'ASCII text'
  if (/^-----BEGIN (RSA |EC )PRIVATE KEY/.test(text))
    return text.includes('RSA') ? 'PEM RSA private key' : text.includes('EC') ? 'PEM EC private key' : 'ASCII text'
  if (/^\s*[{[]/.test(text)) {
    try {
      JSON.parse(text)
      return 'JSON text data'
    } catch {
      // Not JSON after all.
    }
  }
  if (/[\x00-\x08\x0e-\x1a\x1c-\x1f\udc80-\udcff]/.test(text)) return 'data'
  const kind = /[^\x00-\x7f]/.test(text) ? 'Unicode text, UTF-8 text' : 'ASCII text'
  return `${kind}${text.endsWith('\n') ? '' : ', with no line terminators'}`
}

/** Released for any Linux, by Go's own linker. */
const STATIC_GO = /^(kube|etcd|crictl|helm)/

/** An ELF file; the ids that a build gives it follow from what was built. */
function executable(program: string, release = ''): string {
  if (!STATIC_GO.test(program))
    return 'ELF 64-bit LSB pie executable, x86-64, version 1 (SYSV), dynamically linked, interpreter /lib64/ld-linux-x86-64.so.2, for GNU/Linux 3.2.0, stripped'
  const part = (n: number): string => digest('sha256', `${program} ${release} ${n}`).toString('base64url').slice(0, 20)
  const id = digest('sha1', `${program} ${release}`).toString('hex')
  return `ELF 64-bit LSB executable, x86-64, version 1 (SYSV), statically linked, Go BuildID=${[1, 2, 3, 4].map(part).join('/')}, BuildID[sha1]=${id}, stripped`
}

export const file = defineTool({
  name: 'file',
  summary: 'Determine type of FILEs.',
  usage: '[OPTION...] [FILE...]',
  version: 'file-5.45',
  options: {
    brief: flag('b', 'brief'),
    dereference: flag('L', 'dereference'),
    mime: flag('i', 'mime'),
    separator: value('F', 'separator'),
  },
  *run(t) {
    const width = Math.max(0, ...t.args.map((a) => a.length)) + 1
    for (const path of t.args) {
      let text: string
      try {
        const node = t.opts.dereference ? t.p.fs.resolve(path, t.p.cwd) : t.p.fs.lresolve(path, t.p.cwd)
        if (node.kind === 'dir') text = 'directory'
        else if (node.kind === 'symlink')
          text = `${t.p.fs.exists(path, t.p.cwd) ? '' : 'broken '}symbolic link to ${node.target}`
        else if (node.kind === 'special')
          text =
            node.type === 'socket'
              ? 'socket'
              : node.type === 'fifo'
                ? 'fifo (named pipe)'
                : `${node.type === 'char' ? 'character' : 'block'} special (${node.major}/${node.minor})`
        else if (node.program !== undefined) text = executable(node.program, node.release)
        else if (node.payload !== undefined)
          text =
            (node.payload as { kind?: string }).kind === 'gzip'
              ? 'gzip compressed data, from Unix'
              : (node.payload as { kind?: string }).kind === 'tar'
                ? 'POSIX tar archive (GNU)'
                : 'data'
        else text = describe(node.read())
      } catch (error) {
        if (!(error instanceof SysError)) throw error
        text = `cannot open \`${path}' (${error.strerror})`
      }
      t.line(t.opts.brief ? text : `${`${path}:`.padEnd(width)} ${text}`)
    }
    return 0
  },
})

export const tree = defineTool({
  name: 'tree',
  summary: '',
  usage: '[-acdfghilnpqrstuvxACDFJQNSUX] [-L level [-R]] [<directory list>]',
  version: 'tree v2.1.1 © 1996 - 2023 by Steve Baker, Thomas Moore, Francesc Rocher, Florian Sesser, Kyosuke Tokoro',
  options: {
    all: flag('a'),
    dirs: flag('d'),
    full: flag('f'),
    level: value('L'),
    noReport: flag('', 'noreport'),
    slash: flag('F'),
    color: flag('Cn'),
    ignore: value('I'),
    pattern: value('P'),
    size: optional('', 'du'),
  },
  *run(t) {
    const max = t.opts.level === undefined ? Number.POSITIVE_INFINITY : Number(t.opts.level)
    let dirs = 0
    let files = 0
    const walk = (path: string, prefix: string, depth: number): void => {
      if (depth >= max) return
      const list = t.p.fs
        .readdir(path, t.p.cwd, t.p.creds)
        .filter(([n, c]) => (t.opts.all || !n.startsWith('.')) && (!t.opts.dirs || c.kind === 'dir'))
      list.forEach(([name, node], i) => {
        const last = i === list.length - 1
        const sub = `${path.replace(/\/$/, '')}/${name}`
        t.line(
          `${prefix}${last ? '└── ' : '├── '}${t.opts.full ? sub : name}${node.kind === 'symlink' ? ` -> ${node.target}` : ''}`,
        )
        if (node.kind === 'dir') {
          dirs++
          walk(sub, `${prefix}${last ? '    ' : '│\u00a0\u00a0 '}`, depth + 1)
        } else files++
      })
    }
    for (const path of t.args.length > 0 ? t.args : ['.']) {
      if (t.p.fs.find(path, t.p.cwd)?.kind !== 'dir') {
        t.line(`${path}  [error opening dir]`)
        t.status = 2
        continue
      }
      dirs++
      t.line(path)
      walk(path, '', 0)
    }
    const plural = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`
    if (!t.opts.noReport)
      t.write(
        `\n${plural(dirs, 'directory', 'directories')}${t.opts.dirs ? '' : `, ${plural(files, 'file', 'files')}`}\n`,
      )
    return t.status
  },
})
