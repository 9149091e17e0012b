import { type Dir, may, type Process, SysError } from '../../host/index.ts'
import { defineTool, value } from '../command.ts'
import { lookup } from '../run-program.ts'

/** The directory that becomes the root with its real path, or why it cannot. */
function newRoot(p: Process, path: string): { dir: Dir; real: string } | string {
  try {
    const dir = p.fs.resolve(path, p.cwd, p.creds)
    if (dir.kind !== 'dir') return 'Not a directory'
    return { dir, real: p.fs.realpath(path, p.cwd, p.creds) }
  } catch (error) {
    if (error instanceof SysError) return error.strerror
    throw error
  }
}

/** coreutils' chroot: the command sees a directory as its whole file system. */
export const chroot = defineTool({
  name: 'chroot',
  summary: 'Run COMMAND with root directory set to NEWROOT.',
  usage: '[OPTION] NEWROOT [COMMAND [ARG]...]\nOPTION',
  ordered: true,
  usageStatus: 125,
  options: {
    userspec: value('', 'userspec', 'USER:GROUP', 'specify user and group (ID or name) to use'),
    groups: value('', 'groups', 'G_LIST', 'specify supplementary groups as g1,g2,..,gN'),
  },
  *run({ p, args, fail }) {
    const [path, ...given] = args
    if (path === undefined) {
      p.stderr.write("chroot: missing operand\nTry 'chroot --help' for more information.\n")
      return 125
    }
    if (!may(p.creds, 'SYS_CHROOT'))
      return fail(`cannot change root directory to '${path}': Operation not permitted`, 125)
    const root = newRoot(p, path)
    if (typeof root === 'string') return fail(`cannot change root directory to '${path}': ${root}`, 125)
    p.fs = p.fs.chroot(root.dir, root.real)
    p.cwd = '/'
    const argv = given.length > 0 ? given : [p.env.SHELL ?? '/bin/sh', '-i']
    const exe = lookup(p, argv)
    if (!('program' in exe)) {
      p.stderr.write(
        exe.bare
          ? `${exe.message}\n`
          : `chroot: failed to run command ${exe.message.replace(/^(.*): ([^:]*)$/s, '‘$1’: $2')}\n`,
      )
      return exe.status
    }
    return yield* p.exec(exe.program, exe.argv, exe.path)
  },
})
