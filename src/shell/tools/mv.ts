import { normalize, type Process, readLine, SysError } from '../../host/index.ts'
import { defineTool, flag, optional, value } from '../command.ts'
import { copy, inside } from '../io/copy.ts'
import { quoteName } from '../text/quotes.ts'
import { backup, destination } from './destination.ts'

export const mv = defineTool({
  name: 'mv',
  summary: 'Rename SOURCE to DEST, or move SOURCE(s) to DIRECTORY.',
  usage: '[OPTION]... [-T] SOURCE DEST\n[OPTION]... SOURCE... DIRECTORY\n[OPTION]... -t DIRECTORY SOURCE...',
  options: {
    b: flag('b', undefined, 'like --backup but does not accept an argument'),
    backup: optional('', 'backup', 'CONTROL', 'make a backup of each existing destination file'),
    force: flag('f', 'force', 'do not prompt before overwriting'),
    interactive: flag('i', 'interactive', 'prompt before overwrite'),
    noClobber: flag('n', 'no-clobber', 'do not overwrite an existing file'),
    suffix: value('S', 'suffix', 'SUFFIX', 'override the usual backup suffix'),
    target: value('t', 'target-directory', 'DIRECTORY', 'move all SOURCE arguments into DIRECTORY'),
    noTarget: flag('T', 'no-target-directory', 'treat DEST as a normal file'),
    update: flag('u', 'update', 'equivalent to --update=older'),
    verbose: flag('v', 'verbose', 'explain what is being done'),
  },
  *run(t) {
    const o = t.opts
    const { fs, cwd, creds } = t.p
    const { sources, target, isDir } = destination(t, o.target, o.noTarget > 0)
    for (const source of sources) {
      const to = isDir ? inside(target, source) : target
      try {
        const node = fs.lresolve(source, cwd, creds)
        const existing = fs.find(to, cwd)
        if (existing === node) {
          t.complain(`${quoteName(source)} and ${quoteName(to)} are the same file`)
          continue
        }
        if (node.kind === 'dir' && `${normalize(to, cwd)}/`.startsWith(`${normalize(source, cwd)}/`)) {
          t.complain(`cannot move ${quoteName(source)} to a subdirectory of itself, ${quoteName(to)}`)
          continue
        }
        if (existing && (o.noClobber || (o.update && existing.mtime >= node.mtime))) continue
        if (existing && o.interactive && !o.force) {
          t.p.stderr.write(`mv: overwrite ${quoteName(to)}? `)
          if (!/^[yY]/.test((yield* readLine(t.p.stdin)) ?? '')) continue
        }
        if (existing?.kind === 'dir' && node.kind !== 'dir') {
          t.complain(`cannot overwrite directory ${quoteName(to)} with non-directory`)
          continue
        }
        if (existing && existing.kind !== 'dir' && node.kind === 'dir') {
          t.complain(`cannot overwrite non-directory ${quoteName(to)} with directory ${quoteName(source)}`)
          continue
        }
        if (o.b || o.backup !== undefined) backup(t, to, o.suffix)
        try {
          fs.rename(source, to, cwd, creds)
        } catch (error) {
          if (!(error instanceof SysError && error.code === 'EXDEV')) throw error
          copy(t.p, source, to, {
            recursive: true,
            preserve: true,
            links: true,
            force: true,
            update: false,
            noClobber: false,
            complain: (m) => t.complain(m),
          })
          fs.remove(source, cwd, creds)
        }
        if (o.verbose) t.line(`renamed ${quoteName(source)} -> ${quoteName(to)}`)
      } catch (error) {
        if (!(error instanceof SysError)) throw error
        t.complain(
          !exists(t.p, source)
            ? `cannot stat ${quoteName(source)}: ${error.strerror}`
            : `cannot move ${quoteName(source)} to ${quoteName(to)}: ${error.strerror}`,
        )
      }
    }
    return 0
  },
})

function exists(p: Process, path: string): boolean {
  try {
    p.fs.lresolve(path, p.cwd)
    return true
  } catch {
    return false
  }
}
