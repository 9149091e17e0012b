import { may } from '../../host/index.ts'
import { defineTool, flag, value } from '../command.ts'
import { lookupOrTell } from '../run-program.ts'

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
    const exe = lookupOrTell(p, argv, 'unshare')
    if (typeof exe === 'number') return exe
    return yield* p.exec(exe.program, exe.argv, exe.path)
  },
})
