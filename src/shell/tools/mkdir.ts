import { SysError } from '../../host/index.ts'
import { defineTool, flag, optional, value } from '../command.ts'
import { umaskOf } from '../io/files.ts'
import { UsageError } from '../options.ts'
import { changeMode } from '../text/mode.ts'
import { curly, quoteName } from '../text/quotes.ts'

export const mkdir = defineTool({
  name: 'mkdir',
  summary: 'Create the DIRECTORY(ies), if they do not already exist.',
  usage: '[OPTION]... DIRECTORY...',
  options: {
    mode: value('m', 'mode', 'MODE', 'set file mode (as in chmod), not a=rwx - umask'),
    parents: flag('p', 'parents', 'no error if existing, make parent directories as needed'),
    verbose: flag('v', 'verbose', 'print a message for each created directory'),
    context: optional('Z', 'context', 'CTX'),
  },
  *run(t) {
    if (t.args.length === 0) throw new UsageError('missing operand')
    const o = t.opts
    const fallback = 0o777 & ~umaskOf(t.p)
    const mode = o.mode === undefined ? fallback : changeMode(0o777, o.mode, true, umaskOf(t.p))
    if (mode === undefined) return t.fail(`invalid mode ${curly(o.mode ?? '')}`)
    const how = { cwd: t.p.cwd, creds: t.p.creds }
    for (const path of t.args) {
      try {
        if (!o.parents) {
          t.p.fs.mkdir(path, { ...how, mode })
          if (o.verbose) t.line(`mkdir: created directory ${quoteName(path)}`)
          continue
        }
        let at = path.startsWith('/') ? '/' : ''
        const parts = path.split('/').filter(Boolean)
        for (const [i, part] of parts.entries()) {
          at += (at === '' || at.endsWith('/') ? '' : '/') + part
          const found = t.p.fs.find(at, t.p.cwd)
          if (found && found.kind !== 'dir') {
            t.complain(
              `cannot create directory ${curly(i === parts.length - 1 ? path : at)}: ${i === parts.length - 1 ? 'File exists' : 'Not a directory'}`,
            )
            break
          }
          if (found) continue
          t.p.fs.mkdir(at, { ...how, mode: i === parts.length - 1 ? mode : fallback })
          if (o.verbose) t.line(`mkdir: created directory ${quoteName(at)}`)
        }
      } catch (error) {
        if (!(error instanceof SysError)) throw error
        t.complain(`cannot create directory ${curly(path)}: ${error.strerror}`)
      }
    }
    return 0
  },
})
