import { normalize, readLine, SysError } from '../../host/index.ts'
import { defineTool, flag, optional, value } from '../command.ts'
import { copy, inside } from '../io/copy.ts'
import { quoteName } from '../text/quotes.ts'
import { backup, destination } from './destination.ts'

export const cp = defineTool({
  name: 'cp',
  summary: 'Copy SOURCE to DEST, or multiple SOURCE(s) to DIRECTORY.',
  usage: '[OPTION]... [-T] SOURCE DEST\n[OPTION]... SOURCE... DIRECTORY\n[OPTION]... -t DIRECTORY SOURCE...',
  options: {
    archive: flag('a', 'archive', 'same as -dR --preserve=all'),
    b: flag('b', undefined, 'like --backup but does not accept an argument'),
    backup: optional('', 'backup', 'CONTROL', 'make a backup of each existing destination file'),
    d: flag('d', undefined, 'same as --no-dereference --preserve=links'),
    force: flag('f', 'force', 'if an existing destination file cannot be opened, remove it and try again'),
    interactive: flag('i', 'interactive', 'prompt before overwrite'),
    link: flag('l', 'link', 'hard link files instead of copying'),
    dereference: flag('L', 'dereference', 'always follow symbolic links in SOURCE'),
    noClobber: flag('n', 'no-clobber', 'do not overwrite an existing file'),
    noDereference: flag('P', 'no-dereference', 'never follow symbolic links in SOURCE'),
    p: flag('p', undefined, 'same as --preserve=mode,ownership,timestamps'),
    preserve: optional('', 'preserve', 'ATTR_LIST', 'preserve the specified attributes'),
    parents: flag('', 'parents', 'use full source file name under DIRECTORY'),
    recursive: flag('rR', 'recursive', 'copy directories recursively'),
    symbolic: flag('s', 'symbolic-link', 'make symbolic links instead of copying'),
    suffix: value('S', 'suffix', 'SUFFIX', 'override the usual backup suffix'),
    target: value('t', 'target-directory', 'DIRECTORY', 'copy all SOURCE arguments into DIRECTORY'),
    noTarget: flag('T', 'no-target-directory', 'treat DEST as a normal file'),
    update: flag('u', undefined, 'equivalent to --update=older'),
    updateLong: optional('', 'update', 'UPDATE'),
    verbose: flag('v', 'verbose', 'explain what is being done'),
    oneFs: flag('x', 'one-file-system', 'stay on this file system'),
  },
  *run(t) {
    const o = t.opts
    const { fs, cwd } = t.p
    const { sources, target, isDir } = destination(t, o.target, o.noTarget > 0)
    if (!isDir && o.target !== undefined)
      return t.fail(
        `target directory ${quoteName(target)}: ${fs.exists(target, cwd) ? 'Not a directory' : 'No such file or directory'}`,
      )
    const recursive = o.recursive > 0 || o.archive > 0
    for (const source of sources) {
      const to = isDir
        ? o.parents
          ? `${target.replace(/\/$/, '')}/${source.replace(/^\/+/, '')}`
          : inside(target, source)
        : target
      try {
        const node = fs.lresolve(source, cwd, t.p.creds)
        const real =
          node.kind === 'symlink' && !o.noDereference && !o.archive && !o.d && !recursive
            ? fs.resolve(source, cwd)
            : node
        if (real.kind === 'dir' && !recursive) {
          t.complain(`-r not specified; omitting directory ${quoteName(source)}`)
          continue
        }
        if (fs.find(to, cwd) === real && normalize(to, cwd) !== '') {
          t.complain(`${quoteName(source)} and ${quoteName(to)} are the same file`)
          continue
        }
        if (to.endsWith('/') && real.kind !== 'dir' && !fs.exists(to, cwd)) {
          t.complain(`cannot create regular file ${quoteName(to)}: Not a directory`)
          continue
        }
        if (o.parents) fs.mkdir(normalize(`${to}/..`, cwd), { parents: true })
        if (o.symbolic || o.link) {
          if (o.symbolic) fs.symlink(source, to, cwd, t.p.creds)
          else fs.link(real, to, cwd, t.p.creds)
          continue
        }
        const there = fs.find(to, cwd)
        if (o.interactive && !o.noClobber && there && there.kind !== 'dir') {
          t.p.stderr.write(`cp: overwrite ${quoteName(to)}? `)
          if (!/^[yY]/.test((yield* readLine(t.p.stdin)) ?? '')) continue
        }
        if (o.b || o.backup !== undefined) backup(t, to, o.suffix)
        copy(t.p, source, to, {
          recursive,
          preserve: o.archive > 0 || o.p > 0 || o.preserve !== undefined,
          links: o.archive > 0 || o.d > 0 || o.noDereference > 0 || (recursive && !o.dereference),
          force: o.force > 0,
          update: o.update > 0 || o.updateLong !== undefined,
          noClobber: o.noClobber > 0,
          onCopy: o.verbose ? (a, b) => t.line(`${quoteName(a)} -> ${quoteName(b)}`) : undefined,
          complain: (message) => t.complain(message),
        })
      } catch (error) {
        if (!(error instanceof SysError)) throw error
        const missing = !fs.exists(source, cwd)
        if (missing) t.complain(`cannot stat ${quoteName(source)}: ${error.strerror}`)
        else if (error.syscall === 'write') t.complain(`error writing ${quoteName(to)}: ${error.strerror}`)
        else if (error.subject === source) t.complain(`cannot open ${quoteName(source)} for reading: ${error.strerror}`)
        else
          t.complain(
            `cannot create ${recursive && fs.find(source, cwd)?.kind === 'dir' ? 'directory' : 'regular file'} ${quoteName(to)}: ${error.strerror}`,
          )
      }
    }
    return 0
  },
})
