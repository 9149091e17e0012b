import { copyFile, type FsView, type Inode, type Process, SysError } from '../../host/index.ts'
import { type Coro, sleep } from '../../kernel/index.ts'
import { defineTool, flag, list, value } from '../command.ts'
import { inside } from '../io/copy.ts'
import { connect } from '../peers.ts'
import { userByName } from '../text/users.ts'

/** One end of a copy: a path in some machine's file system. */
interface End {
  readonly fs: FsView
  readonly path: string
  readonly cwd: string
  readonly remote: boolean
}

export const scp = defineTool({
  name: 'scp',
  summary: '',
  usage: '[-346ABCOpqRrsTv] [-i identity_file] source ... target',
  ordered: true,
  options: {
    recursive: flag('r'),
    preserve: flag('p'),
    flags: flag('346ABCOqRsTv'),
    port: value('P'),
    identity: list('i'),
    options: list('o'),
    other: list('cDFJlSX'),
  },
  *run(t) {
    const paths = [...t.args]
    const target = paths.pop()
    if (target === undefined || paths.length === 0) {
      t.p.stderr.write(
        'usage: scp [-346ABCOpqRrsTv] [-c cipher] [-D sftp_server_path] [-F ssh_config]\n           [-i identity_file] [-J destination] [-l limit] [-o ssh_option]\n           [-P port] [-S program] [-X sftp_option] source ... target\n',
      )
      return 1
    }
    const port = Number(t.opts.port ?? 22)
    const to = yield* resolveEnd(t.p, target, port)
    if (typeof to === 'string') return lost(t.p, to)
    for (const path of paths) {
      const from = yield* resolveEnd(t.p, path, port)
      if (typeof from === 'string') return lost(t.p, from)
      try {
        const node = from.fs.resolve(from.path, from.cwd)
        if (node.kind === 'dir' && !t.opts.recursive) {
          t.complain(`${from.remote ? 'download' : 'local'} "${from.path}" is not a regular file`)
          continue
        }
        const intoDir = to.fs.find(to.path || '.', to.cwd)?.kind === 'dir'
        const dest = intoDir ? inside(to.path || '.', from.path) : to.path
        transfer(from, node, { ...to, path: dest }, t.opts.preserve > 0)
        yield* sleep(t.p.host.kernel, 20)
      } catch (error) {
        if (!(error instanceof SysError)) throw error
        const atSource = !from.fs.exists(from.path, from.cwd)
        if (atSource)
          t.complain(from.remote ? `${from.path}: ${error.strerror}` : `stat local "${from.path}": ${error.strerror}`)
        else
          t.complain(
            to.remote ? `dest open "${to.path}": ${error.strerror}` : `open local "${to.path}": ${error.strerror}`,
          )
      }
    }
    return t.status
  },
})

function lost(p: Process, message: string): number {
  p.stderr.write(`${message}\nscp: Connection closed\n`)
  return 255
}

/** `user@host:path`, or a local path. */
function* resolveEnd(p: Process, text: string, port: number): Coro<End | string> {
  const m = /^(?:([^@/:]+)@)?([^/:]+):(.*)$/s.exec(text)
  if (!m) return { fs: p.fs, path: text, cwd: p.cwd, remote: false }
  const host = yield* connect(p, m[2], port)
  if (typeof host === 'string') return host
  const user = userByName(host.fs, m[1] ?? userByName(p.fs, undefined, p.creds.uid)?.name ?? 'root')
  return { fs: host.fs, path: m[3].replace(/^~\//, '') || '.', cwd: user?.home ?? '/root', remote: true }
}

function transfer(from: End, node: Inode, to: End, preserve: boolean): void {
  if (node.kind === 'dir') {
    if (!to.fs.exists(to.path, to.cwd)) to.fs.mkdir(to.path, { cwd: to.cwd, mode: node.mode })
    for (const [name, child] of from.fs.readdir(from.path, from.cwd))
      transfer(
        { ...from, path: `${from.path}/${name}` },
        child.kind === 'symlink' ? from.fs.resolve(`${from.path}/${name}`, from.cwd) : child,
        { ...to, path: `${to.path}/${name}` },
        preserve,
      )
    return
  }
  const file = from.fs.file(from.path, from.cwd)
  const made = to.fs.writeFile(to.path, file.raw, { cwd: to.cwd, mode: file.mode, size: file.size })
  copyFile(file, made)
  if (preserve) made.mtime = file.mtime
}
