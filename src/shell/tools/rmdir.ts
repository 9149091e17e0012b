import { SysError } from '../../host/index.ts'
import { defineTool, flag } from '../command.ts'
import { UsageError } from '../options.ts'
import { quoteName } from '../text/quotes.ts'

export const rmdir = defineTool({
  name: 'rmdir',
  summary: 'Remove the DIRECTORY(ies), if they are empty.',
  usage: '[OPTION]... DIRECTORY...',
  options: {
    ignore: flag('', 'ignore-fail-on-non-empty', 'ignore each failure to remove a non-empty directory'),
    parents: flag('p', 'parents', 'remove DIRECTORY and its ancestors'),
    verbose: flag('v', 'verbose', 'output a diagnostic for every directory processed'),
  },
  *run(t) {
    if (t.args.length === 0) throw new UsageError('missing operand')
    for (const arg of t.args) {
      let path = arg.replace(/\/+$/, '') || arg
      for (;;) {
        try {
          if (t.opts.verbose) t.line(`rmdir: removing directory, ${quoteName(path)}`)
          t.p.fs.rmdir(path, t.p.cwd, t.p.creds)
        } catch (error) {
          if (!(error instanceof SysError)) throw error
          if (!(t.opts.ignore && error.code === 'ENOTEMPTY'))
            t.complain(`failed to remove ${quoteName(path)}: ${error.strerror}`)
          break
        }
        if (!t.opts.parents || !path.includes('/')) break
        path = path.slice(0, path.lastIndexOf('/'))
        if (path === '') break
      }
    }
    return 0
  },
})
