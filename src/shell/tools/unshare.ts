import { may } from '../../host/index.ts'
import { defineTool, flag, value } from '../command.ts'
import { lookup } from '../run-program.ts'

/** util-linux's unshare, as far as the mount namespace goes: what is mounted inside stays inside. */
export const unshare = defineTool({
  name: 'unshare',
  summary: 'Run a program with some namespaces unshared from the parent.',
  usage: '[options] [<program> [<argument>...]]',
  ordered: true,
  options: {
    mount: flag('m', 'mount', 'unshare mounts namespace'),
    propagation: value(
      '',
      'propagation',
      'slave|shared|private|unchanged',
      'modify mount propagation in mount namespace',
    ),
  },
  *run({ p, args, opts, fail }) {
    if (!may(p.creds, 'SYS_ADMIN')) return fail('unshare failed: Operation not permitted')
    if (opts.mount) p.fs = p.fs.clone()
    const argv = args.length > 0 ? args : [p.env.SHELL ?? '/bin/sh']
    const exe = lookup(p, argv)
    if (!('program' in exe)) {
      p.stderr.write(
        exe.bare
          ? `${exe.message}\n`
          : `unshare: failed to execute ${argv[0]}: ${exe.message.slice(exe.message.lastIndexOf(': ') + 2)}\n`,
      )
      return exe.status
    }
    return yield* p.exec(exe.program, exe.argv, exe.path)
  },
})
