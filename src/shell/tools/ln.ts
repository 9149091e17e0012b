import { SysError } from '../../host/index.ts'
import { defineTool, flag, optional, value } from '../command.ts'
import { inside } from '../io/copy.ts'
import { UsageError } from '../options.ts'
import { quoteName } from '../text/quotes.ts'

export const ln = defineTool({
  name: 'ln',
  summary: 'In the 1st form, create a link to TARGET with the name LINK_NAME.',
  usage:
    '[OPTION]... [-T] TARGET LINK_NAME\n[OPTION]... TARGET\n[OPTION]... TARGET... DIRECTORY\n[OPTION]... -t DIRECTORY TARGET...',
  options: {
    backup: optional('b', 'backup', 'CONTROL', 'make a backup of each existing destination file'),
    force: flag('f', 'force', 'remove existing destination files'),
    interactive: flag('i', 'interactive', 'prompt whether to remove destinations'),
    noDereference: flag(
      'n',
      'no-dereference',
      'treat LINK_NAME as a normal file if it is a symbolic link to a directory',
    ),
    relative: flag('r', 'relative', 'with -s, create links relative to link location'),
    symbolic: flag('s', 'symbolic', 'make symbolic links instead of hard links'),
    target: value('t', 'target-directory', 'DIRECTORY', 'specify the DIRECTORY in which to create the links'),
    noTarget: flag('T', 'no-target-directory', 'treat LINK_NAME as a normal file always'),
    verbose: flag('v', 'verbose', 'print name of each linked file'),
  },
  *run(t) {
    const o = t.opts
    const { fs, cwd, creds } = t.p
    const targets = [...t.args]
    if (targets.length === 0) throw new UsageError('missing file operand')
    const dest = o.target ?? (targets.length > 1 ? targets.pop()! : '.')
    const find = (): boolean => {
      if (o.noTarget) return false
      const node = o.noDereference ? safe(() => fs.lresolve(dest, cwd)) : fs.find(dest, cwd)
      return node?.kind === 'dir'
    }
    const isDir = find()
    if (targets.length > 1 && !isDir)
      return t.fail(
        `target ${quoteName(dest)}: ${fs.exists(dest, cwd) ? 'Not a directory' : 'No such file or directory'}`,
      )
    for (const target of targets) {
      const path = isDir ? inside(dest, target) : dest
      const kind = o.symbolic ? 'symbolic' : 'hard'
      try {
        if (!o.symbolic) {
          const node = safe(() => fs.resolve(target, cwd, creds))
          if (!node) {
            t.complain(`failed to access ${quoteName(target)}: No such file or directory`)
            continue
          }
          if (node.kind === 'dir') {
            t.complain(`${target}: hard link not allowed for directory`)
            continue
          }
        }
        const existing = safe(() => fs.lresolve(path, cwd))
        if (existing && o.force) {
          if (existing.kind === 'dir') {
            t.complain(`${path}: cannot overwrite directory`)
            continue
          }
          fs.unlink(path, cwd, creds)
        }
        if (o.symbolic) fs.symlink(o.relative ? relative(path, target, cwd) : target, path, cwd, creds)
        else fs.link(fs.resolve(target, cwd), path, cwd, creds)
        if (o.verbose) t.line(`${quoteName(path)} ${o.symbolic ? '->' : '=>'} ${quoteName(target)}`)
      } catch (error) {
        if (!(error instanceof SysError)) throw error
        t.complain(
          `failed to create ${kind} link ${quoteName(path)}${o.symbolic ? '' : error.code === 'EEXIST' ? '' : ` => ${quoteName(target)}`}: ${error.strerror}`,
        )
      }
    }
    return 0
  },
})

function safe<T>(fn: () => T): T | undefined {
  try {
    return fn()
  } catch (error) {
    if (error instanceof SysError) return undefined
    throw error
  }
}

function relative(link: string, target: string, cwd: string): string {
  const absolute = (p: string): string[] =>
    (p.startsWith('/') ? p : `${cwd}/${p}`).split('/').filter((x) => x !== '' && x !== '.')
  const from = absolute(link).slice(0, -1)
  const to = absolute(target)
  let i = 0
  while (i < from.length && i < to.length && from[i] === to[i]) i++
  return [...from.slice(i).map(() => '..'), ...to.slice(i)].join('/') || '.'
}
