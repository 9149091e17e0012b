import { allowed, normalize, readLine, SysError } from '../../host/index.ts'
import type { Coro } from '../../kernel/index.ts'
import { defineTool, flag, optional, type Tool } from '../command.ts'
import { UsageError } from '../options.ts'
import { quoteName } from '../text/quotes.ts'

const OPTIONS = {
  force: flag('f', 'force', 'ignore nonexistent files and arguments, never prompt'),
  ask: flag('i', undefined, 'prompt before every removal'),
  askOnce: flag('I', undefined, 'prompt once before removing more than three files, or when removing recursively'),
  interactive: optional('', 'interactive', 'WHEN'),
  oneFs: flag('', 'one-file-system'),
  noPreserve: flag('', 'no-preserve-root', "do not treat '/' specially"),
  preserve: optional('', 'preserve-root', 'all', "do not remove '/' (default)"),
  recursive: flag('rR', 'recursive', 'remove directories and their contents recursively'),
  dir: flag('d', 'dir', 'remove empty directories'),
  verbose: flag('v', 'verbose', 'explain what is being done'),
}

export const rm = defineTool({
  name: 'rm',
  summary: 'Remove (unlink) the FILE(s).',
  usage: '[OPTION]... [FILE]...',
  options: OPTIONS,
  *run(t) {
    const o = t.opts
    if (t.args.length === 0) {
      if (o.force) return 0
      throw new UsageError('missing operand')
    }
    if (o.askOnce && (t.args.length > 3 || o.recursive)) {
      const what = `remove ${t.args.length} argument${t.args.length > 1 ? 's' : ''}${o.recursive ? ' recursively' : ''}`
      if (!(yield* confirm(t, what))) return 0
    }
    for (const path of t.args) {
      const last = path.replace(/\/+$/, '').split('/').at(-1)
      if (o.recursive && (last === '.' || last === '..')) {
        t.complain(`refusing to remove '.' or '..' directory: skipping ${quoteName(path)}`)
        continue
      }
      if (o.recursive && normalize(path, t.p.cwd) === '/' && !o.noPreserve) {
        t.p.stderr.write(
          "rm: it is dangerous to operate recursively on '/'\nrm: use --no-preserve-root to override this failsafe\n",
        )
        t.status = 1
        continue
      }
      yield* remove(t, path)
    }
    return 0
  },
})

function* confirm(t: Tool<typeof OPTIONS>, question: string): Coro<boolean> {
  t.p.stderr.write(`rm: ${question}? `)
  const answer = yield* readLine(t.p.stdin)
  return /^[yY]/.test(answer ?? '')
}

/** Removes one path (with its contents). Returns whether it is gone. */
function* remove(t: Tool<typeof OPTIONS>, path: string): Coro<boolean> {
  const { fs, cwd, creds } = t.p
  const o = t.opts
  try {
    const node = fs.lresolve(path, cwd, creds)
    if (node.kind === 'dir') {
      if (!o.recursive && !(o.dir && node.entries.size === 0)) {
        t.complain(`cannot remove ${quoteName(path)}: ${o.dir ? 'Directory not empty' : 'Is a directory'}`)
        return false
      }
      if (o.ask && node.entries.size > 0 && !(yield* confirm(t, `descend into directory ${quoteName(path)}`)))
        return false
      let whole = true
      for (const [name] of fs.readdir(path, cwd, creds))
        whole = (yield* remove(t, `${path.replace(/\/+$/, '')}/${name}`)) && whole
      if (!whole) return false
      if (o.ask && !(yield* confirm(t, `remove directory ${quoteName(path)}`))) return false
      fs.rmdir(path, cwd, creds)
      if (o.verbose) t.line(`removed directory ${quoteName(path)}`)
      return true
    }
    const kind =
      node.kind === 'file'
        ? node.size === 0
          ? 'regular empty file'
          : 'regular file'
        : node.kind === 'symlink'
          ? 'symbolic link'
          : node.type === 'socket'
            ? 'socket'
            : node.type === 'fifo'
              ? 'fifo'
              : 'special file'
    const guarded = !o.force && t.p.stdin.isTty && node.kind === 'file' && !allowed(node, creds, 2)
    if (
      (o.ask || guarded) &&
      !(yield* confirm(t, `remove ${guarded && !o.ask ? 'write-protected ' : ''}${kind} ${quoteName(path)}`))
    )
      return false
    fs.unlink(path, cwd, creds)
    if (o.verbose) t.line(`removed ${quoteName(path)}`)
    return true
  } catch (error) {
    if (!(error instanceof SysError)) throw error
    if (o.force && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return true
    t.complain(`cannot remove ${quoteName(path)}: ${error.strerror}`)
    return false
  }
}
